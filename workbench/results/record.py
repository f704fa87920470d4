"""What one page found, as data that the page of next steps reads: a finding without its words around it.

Each printed page leaves its records as JSON in the run's folder `findings/`. They are about groups and programmes,
never about people, and hold no more than the page shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from workbench.errors import ContractError
from workbench.results.verdict import Grade

RECORDS = "application/vnd.workbench.records+json"  # how a notebook hands its records on


@dataclass(frozen=True)
class Record:
    """One finding as data.

    about : what kind of thing was judged: training, incentive, afterwards, gaming, mandate, colleagues, barrier,
        support, habit; or the part of the summary: tile, until, trust, since, paid, concern, unknown, action, advice;
        or settings: what the page counted and how, with the system's name and, as its unit, the currency
    name : which one; group : whom it concerns, a group and never a person; empty: everybody compared
    headline, verdict, grade : as the page says it (`findings.Finding`); effect, evidence : the last two in its words
    likely : the number with its range; figure, importance : of a tile, see `findings.tile`
    estimate, conf_low, conf_high : in `unit`; None where there is no answer
    n : people behind it
    course : what became of it over time, or was left when it stopped; gamed : whether it was gamed
    cost : what one more active day cost, in the currency of the data; None where unknown
    over : it had ended by the last week looked at
    page, anchor : where it stands; empty until the page is printed

    >>> Record("training", "Talks", "Talks raised use.", "raised", "robust", estimate=0.3, unit="days", n=40).link
    ''
    """

    about: str
    name: str
    headline: str
    verdict: str
    grade: str
    estimate: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    unit: str = ""
    n: int | None = None
    group: str = ""
    course: str = ""
    gamed: str = ""
    cost: float | None = None
    over: bool = False
    page: str = ""
    anchor: str = ""
    effect: str = ""
    evidence: str = ""
    likely: str = ""
    figure: str = ""
    importance: float = 0.0

    @property
    def link(self) -> str:
        """The address of the finding in the site; empty where it stands on no page."""
        return f"{self.page}.html#{self.anchor}" if self.page else ""

    @property
    def squares(self) -> str:
        """How far to believe it, as squares; none for what compares nothing."""
        return Grade(self.grade).squares


def in_json(records: Iterable[Record]) -> str:
    """Records as the text of a file.

    >>> print(in_json([])[:2])
    []
    """
    return json.dumps([asdict(each) for each in records], ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_records(folder: str | Path) -> list[Record]:
    """The records of every page of a run, in the order of the pages; none where the folder is not named or empty.

    folder : the run's folder `findings/`; "" where a page is printed alone
    Raises ContractError where a file is not what a page writes.

    >>> read_records("")
    []
    """
    files = sorted(Path(folder).glob("*.json")) if str(folder) else []
    return [record for file in files for record in _of_file(file)]


def _of_file(file: Path) -> list[Record]:
    known = {each.name for each in fields(Record)}
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        return [Record(**{name: value for name, value in row.items() if name in known}) for row in rows]
    except (ValueError, TypeError, AttributeError):
        raise ContractError(f"{file.name} is no list of findings; print the pages again.") from None
