"""What the pages on barriers and next steps say of simulated CRMs, beside what was planted in them.

Run: python benchmarks/barriers.py [first seed] [last seed]. Each seed is a CRM of its own, written, opened and read
as anybody's would be, with the parameters that the pages have by default.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from results import markdown, write_section
from scipy.stats import binomtest
from verdicts import USERS, WEEKS, Crm, opened

from workbench import effects, findings, programmes, surveys
from workbench.planning.experience import experience, features_at
from workbench.planning.worth import worth
from workbench.results.verdict import Side
from workbench.simulation.calendar import ZONE
from workbench.simulation.crm import write

SELL = ("account executive", "account manager", "sales representative", "sales assistant")
SHARE = 0.3  # of people who are offered coaching
ALPHA = 0.05


@dataclass(frozen=True)
class Said:
    """Whether something planted was found, or something that is not there was called clear."""

    about: str
    planted: bool
    clear: bool
    inside: bool | None = None


def barriers(crm: Crm) -> Iterator[Said]:
    """Every barrier of a department; all cells are judged together, so that what is absent is one question a page."""
    planted = {
        (name.removeprefix("Barrier: "), truth["department"])
        for name, truth in crm.truth.items()
        if name.startswith("Barrier: ")
    }
    asked = _answers(crm).of("com_b")
    cells = surveys.barriers(asked, "department")
    low = {tuple(row) for row in cells.loc[cells["side"] == Side.BELOW, ["component", "department"]].to_numpy()}
    for one in sorted(planted):
        yield Said(f"{one[0]} holds a department back", True, one in low)
    yield Said("any other barrier of a department", False, bool(low - planted))


def scales(crm: Crm) -> Iterator[Said]:
    """The item that people do not understand, and every other item of every scale."""
    reliable = surveys.reliability(_answers(crm))
    bad = {item for items in reliable["bad"] for item in str(items).split(", ") if item}
    planted = next(name.removeprefix("Bad item: ") for name in crm.truth if name.startswith("Bad item: "))
    yield Said(f"{planted} does not belong", True, planted in bad)
    yield Said("any other item does not belong", False, bool(bad - {planted}))


def themes(crm: Crm) -> Iterator[Said]:
    known = surveys.themes("")
    grown = surveys.growth(surveys.comments(crm.log.feedback, crm.log.users, known), known, crm.panel).table
    rising = set(grown.loc[grown["side"] == Side.ABOVE, "theme"])
    planted = next(name.removeprefix("Growing theme: ") for name in crm.truth if name.startswith("Growing theme: "))
    yield Said(f"comments on {planted} grow", True, planted in rising)
    moved = set(grown.loc[grown["side"] != Side.UNCLEAR, "theme"]) - {planted, ""}
    yield Said("any other theme grows or fades", False, bool(moved))


def help_desk(crm: Crm) -> Iterator[Said]:
    found = effects.study(programmes.slow_answers(crm.panel, crm.log, time_zone=ZONE), anticipation=1)
    finding, value = findings.of(found), crm.truth["Slow help desk"]["value"]
    inside = finding.conf_low <= value <= finding.conf_high if finding.estimate is not None else None
    yield Said("slow answers cost use", True, finding.estimate is not None and finding.conf_high < 0, inside)


def coaching(crm: Crm) -> Iterator[Said]:
    """People who do not sell gain more; whether choosing by worth is clearly better than choosing at random."""
    past = experience(crm.panel, crm.log, "One-to-one coaching", ZONE)
    now = features_at(crm.panel, crm.panel.sql("select max(week) as week from this").to_pandas()["week"].iloc[0])
    value = worth(past, SHARE)
    gain = pd.Series(value.of(now)).groupby(now["role"].isin(SELL).to_numpy()).mean()
    yield Said("those whom coaching helps most come first", True, bool(gain[False] > gain[True]))
    yield Said("choosing by worth is clearly better than at random", True, value.holds)


def later_use(crm: Crm) -> Iterator[Said]:
    """Nothing that people say moves their later use, apart from what they share in attitude."""
    found = surveys.later_use(_answers(crm).of("com_b"), crm.panel, crm.log.tickets, 8).table
    clear = set(found.loc[found["side"] != Side.UNCLEAR, "term"]) if len(found) else set()
    yield Said("anything goes with later use (no truth planted)", False, bool(clear))


def _answers(crm: Crm) -> surveys.Answers:
    return surveys.answers(crm.log.surveys, crm.log.users, surveys.scales(""))


PAGES = (barriers, scales, themes, help_desk, coaching, later_use)


def one_seed(seed: int) -> list[Said]:
    with tempfile.TemporaryDirectory() as folder:
        write(folder, USERS, WEEKS, seed)
        crm = opened(Path(folder))
        return [said for page in PAGES for said in page(crm)]


def summary(found: pd.DataFrame) -> str:
    lines = []
    for (about, planted), rows in found.groupby(["about", "planted"], sort=False):
        clear, n = int(rows["clear"].sum()), len(rows)
        chance = "" if planted else f"{binomtest(clear, n, ALPHA, alternative='greater').pvalue:.2f}"
        known = rows["inside"].dropna()
        inside = f"{int(known.sum())} of {len(known)}" if len(known) else "–"
        lines.append([about, "planted" if planted else "absent", f"{clear} of {n}", chance or "–", inside])
    return markdown(["about", "is", "said clearly", f"p, if the error rate is {ALPHA:.0%}", "truth inside"], lines)


def main(first: int = 1, last: int = 10) -> None:
    found = []
    for seed in range(first, last + 1):
        found += one_seed(seed)
        print(f"seed {seed} of {last}", file=sys.stderr, flush=True)
    about = f"Simulated CRMs of {USERS:,} people, {WEEKS} weeks, seeds {first} to {last}, read as the pages do it.\n\n"
    command = f"python benchmarks/barriers.py {first} {last}"
    write_section("Barriers and next steps", command, about + summary(pd.DataFrame(found)))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
