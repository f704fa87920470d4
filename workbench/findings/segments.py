"""Which kinds of users there are, and how they move."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.findings.finding import Finding
from workbench.findings.phrases import enumerated
from workbench.results import privacy
from workbench.results.estimates import Estimates
from workbench.results.verdict import Grade, Stability, Verdict, Way
from workbench.results.words import of_100, people


def shifts(moved: Estimates) -> str:
    """How many moved to more use and how many to less; those who came, left or were new are not counted.

    moved : way ("to more use", "to less use", "the same", …), users (people) (`workbench.transitions`)
    Returns a chart's title.

    >>> table = pd.DataFrame({"way": ["to more use", "to less use", "the same"], "users": [30, 20, 950]})
    >>> shifts(Estimates(table, "share of people", "made up"))
    'Of 1,000 people in both weeks, 30 moved to more use and 20 to less'
    """
    users = moved.table.groupby("way")["users"].sum()
    more, less, same = (int(users.get(way, 0)) for way in (Way.MORE, Way.LESS, Way.SAME))
    return f"Of {people(more + less + same)} in both weeks, {more:,} moved to more use and {less:,} to less"


def patterns(shares: Estimates, verdicts: Mapping[str, Stability], structured: bool, among: int) -> Finding:
    """Which patterns people follow, how many each, and how sure that is.

    shares : one row per pattern: pattern, share of people (0 to 1), n (people)
    verdicts : pattern → whether it was found again (`results.Stability`)
    structured : whether people differ in kind at all; among : how many people were looked at for that

    >>> rows = pd.DataFrame({"pattern": ["steady", "fading"], "estimate": [0.6, 0.4], "n": [60, 40]})
    >>> found = patterns(Estimates(rows, "share of people", "made up"), {"steady": Stability.STABLE}, True, 100)
    >>> print(found)
    Of 100 people with access, by pattern: 60 steady, 40 fading.
    """
    if not structured:
        return _no_patterns(among)
    rows = privacy.shown(shares).table
    parts = [f"{of_100(row['estimate'])} {row['pattern']}" for row in rows.to_dict("records")]
    headline = f"Of 100 people with access, by pattern: {', '.join(parts)}."
    rule = _found_again(list(rows["pattern"]), verdicts)
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=int(rows["n"].sum()))


def _no_patterns(among: int) -> Finding:
    headline = (
        "No separate patterns can be told apart: as far as the data show, people differ in how much they use it,"
        " not in kind."
    )
    rule = "people left out of the search showed no clear gap between the groups found"
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=among)


def _found_again(shown: list[str], verdicts: Mapping[str, Stability]) -> str:
    """How many patterns were found again in redraws, and which of those shown were not."""
    stable = sum(verdict == Stability.STABLE for verdict in verdicts.values())
    shaky = [name for name in shown if verdicts.get(name) == Stability.SHAKY]
    doubt = f"shaky: {enumerated(shaky)}" if shaky else "none is shaky"
    return f"{stable} patterns were found again when people were drawn anew; {doubt}"
