"""Which types of users there are, and how they move."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.findings.finding import Finding
from workbench.findings.phrases import enumerated
from workbench.results import privacy
from workbench.results.estimates import Estimates
from workbench.results.minimum import MINIMUM
from workbench.results.phrases import say, say_n, translated
from workbench.results.verdict import Grade, Stability, Verdict, Way
from workbench.results.words import capital, number, people, percent


def shifts(moved: Estimates) -> str:
    """How many moved up to more use and how many down; people who joined, left or were new are not counted.

    Of fewer than five people it is not said how many they are.

    moved : way ("to more use", "to less use", "the same", …), users (people) (`workbench.transitions`)
    Returns a chart's title.

    >>> table = pd.DataFrame({"way": ["to more use", "to less use", "the same"], "users": [30, 20, 950]})
    >>> shifts(Estimates(table, "share of people", "made up"))
    '30 people moved up, 20 moved down, 950 stayed'
    """
    users = moved.table.groupby("way")["users"].sum()
    more, less, same = (int(users.get(way, 0)) for way in (Way.MORE, Way.LESS, Way.SAME))
    up = people(more) if not _few(more) else say("fewer than {n} people", n=MINIMUM)
    down, stayed = (say("fewer than {n}", n=MINIMUM) if _few(n) else number(n, 0) for n in (less, same))
    parts = {"people": up, "less": down, "same": stayed}
    return capital(say("{people} moved up, {less} moved down, {same} stayed", **parts))


def _few(count: int) -> bool:
    return 0 < count < MINIMUM


def patterns(shares: Estimates, verdicts: Mapping[str, Stability], structured: bool, among: int) -> Finding:
    """Which patterns people follow, how many each, and how sure that is.

    shares : one row per pattern: pattern, share of people (0 to 1), n (people)
    verdicts : pattern → whether it was found again (`results.Stability`)
    structured : whether people differ in kind at all; among : how many people were looked at for that

    >>> rows = pd.DataFrame({"pattern": ["steady", "fading"], "estimate": [0.6, 0.4], "n": [60, 40]})
    >>> found = patterns(Estimates(rows, "share of people", "made up"), {"steady": Stability.STABLE}, True, 100)
    >>> print(found)
    The most common pattern is steady: 60% steady, 40% fading.
    """
    if not structured:
        return _no_patterns(among)
    rows = privacy.shown(shares).table
    parts = [f"{percent(row['estimate'])} {translated(row['pattern'])}" for row in rows.to_dict("records")]
    most = translated(rows["pattern"][rows["estimate"].idxmax()])
    headline = say("The most common pattern is {pattern}: {shares}.", pattern=most, shares=", ".join(parts))
    rule = _found_again(list(rows["pattern"]), verdicts)
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=int(rows["n"].sum()))


def _no_patterns(among: int) -> Finding:
    headline = say("There are no separate patterns of use. People differ in how much they use it, not in how.")
    rule = say("people kept out of the search showed no clear gap between the groups")
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=among)


def _found_again(shown: list[str], verdicts: Mapping[str, Stability]) -> str:
    """How many patterns were found again in random samples, and which of those shown were not."""
    stable = sum(verdict == Stability.STABLE for verdict in verdicts.values())
    shaky = [translated(name) for name in shown if verdicts.get(name) == Stability.SHAKY]
    doubt = say("not reliable: {names}", names=enumerated(shaky)) if shaky else say("all shown are reliable")
    again = say_n(
        "{n} pattern was found again in random samples of people",
        "{n} patterns were found again in random samples of people",
        stable,
    )
    return f"{again}; {doubt}"
