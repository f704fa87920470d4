"""Which kinds of users there are, and how they move."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.findings.finding import Finding
from workbench.findings.phrases import Estimated, enumerated
from workbench.results import privacy
from workbench.results.words import of_100, people


def shifts(moved: Estimated) -> str:
    """How many moved to more use and how many to less, in one sentence; those who came, left or were new apart.

    moved : way, users (`workbench.transitions`)
    """
    users = moved.table.groupby("way")["users"].sum()
    more, less, same = (int(users.get(way, 0)) for way in ("to more use", "to less use", "the same"))
    return f"Of {people(more + less + same)} in both weeks, {more:,} moved to more use and {less:,} to less"


def patterns(shares: Estimated, verdicts: Mapping[str, str], structured: bool, among: int) -> Finding:
    """Which patterns people follow, how many each, and how sure that is.

    shares : one row per pattern: pattern, share of people, n (people); verdicts : pattern → stable, shaky or nothing
    structured : whether people differ in kind at all; among : how many people were looked at for that
    """
    rows = privacy.shown(shares).table
    if not structured:
        said = "No separate patterns can be told apart: as far as the data show, people differ in how much they use it"
        rule = "people left out of the search showed no clear gap between the groups found"
        return Finding(f"{said}, not in kind.", "descriptive", "descriptive only", rule, n=among)
    told = [f"{of_100(row['estimate'])} {row['pattern']}" for row in rows.to_dict("records")]
    shaky = [name for name in rows["pattern"] if verdicts.get(name) == "shaky"]
    steady = sum(verdict == "stable" for verdict in verdicts.values())
    rule = f"{steady} patterns were found again when people were drawn anew" + (
        f"; shaky: {enumerated(shaky)}" if shaky else "; none is shaky"
    )
    headline = f"Of 100 people with access, by pattern: {', '.join(told)}."
    return Finding(headline, "descriptive", "descriptive only", rule, n=int(rows["n"].sum()))
