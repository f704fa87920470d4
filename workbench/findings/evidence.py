"""Why a result can be believed, or not: the reasons of `results.Evidence` in words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.findings.phrases import amount, times_over
from workbench.findings.rows import row_of
from workbench.results.estimates import Estimates
from workbench.results.verdict import Evidence, Grade, Reason, Verdict, verdict_of
from workbench.results.words import number

UNCHECKED = pd.DataFrame([{"p_value": float("nan"), "df": 0}])  # where no weeks before the start were looked at
CAVEATS = {Grade.FRAGILE: "Read it as a lead to follow, not as a result."}
PHRASES = {
    Reason.AT_RANDOM: "who came when was drawn at random, so those still waiting show what would have happened anyway",
    Reason.ALIKE: "before the start both groups moved alike"
    " (the check would have seen a drift of {drift} a week 8 times in 10)",
    Reason.UNLEVEL: "those treated did {level} standard deviations {more} before,"
    " which does no harm while both move alike",
    Reason.SURVIVES: "the result survives trends parting by {times} what was seen before",
    Reason.NOT_COMPARED: "a difference between groups that nobody assigned:"
    " it goes together, which does not show what caused it",
    Reason.NOT_SEEN: "there were too few weeks before the start to see whether both groups moved alike",
    Reason.ONCE: "only one period before the start shows whether both groups moved alike; two are needed",
    Reason.FAR: "those treated did {level} standard deviations {more} before,"
    " so fewer than half of them have anybody like them among the others",
    Reason.PARTED: "the groups already moved apart before the start",
    Reason.BLIND: "groups that start at different times were compared with each other alone, which shows no drift",
    Reason.NOT_COMPUTED: "how large a parting of trends the result survives was not computed",
    Reason.UNLIKE: "dates are recorded as random, but earlier use differed by date more than chance would bring",
    Reason.SENSITIVE: "it would not survive trends parting by {times} what was seen before",
}


def rule_of(evidence: Evidence, unit: str) -> str:
    """Why evidence has its grade: every doubt where it is fragile, else every support.

    unit : of the result, in which a drift is given

    >>> rule_of(Evidence(Grade.FRAGILE, (Reason.SENSITIVE,), survives=0.4), "active days a week")
    'it would not survive trends parting by 0.4 times what was seen before'
    """
    drift = "" if evidence.drift is None else amount(evidence.drift, unit)
    apart = evidence.level or 0
    words = {"drift": drift, "times": times_over(evidence.survives), "level": number(abs(apart), 1)}
    words["more"] = "more" if apart > 0 else "less"
    phrases = [PHRASES[reason].format(**words) for reason in evidence.reasons]
    return ("; " if evidence.grade is Grade.FRAGILE else ", and ").join(phrases)


def agreement(found: Mapping[str, Estimates], null: str = "") -> str:
    """How many of several ways of asking come to the verdict of the first.

    found : way → its estimates, the first as the page asks it; null : the way in which nothing should be found
    Returns a clause for a chart's title.

    >>> rise = pd.DataFrame([{"estimate": 0.5, "conf_low": 0.2, "conf_high": 0.8}])
    >>> flat = rise.assign(conf_low=-0.2)
    >>> ways = {"as above": rise, "never trained": rise, "balanced": flat}
    >>> agreement({way: Estimates(table, "active days a week", way) for way, table in ways.items()})
    '1 of 2 other ways of asking also find a rise'
    """
    verdicts = {way: verdict_of(row_of(each)) for way, each in found.items()}
    first = verdicts[next(iter(found))]
    if first is Verdict.UNKNOWN:
        return "it rests on too few to tell it from chance, however it is asked"
    known = {way: verdict for way, verdict in verdicts.items() if verdict is not Verdict.UNKNOWN}
    others = [verdict for way, verdict in list(known.items())[1:] if way != null]
    answer = {Verdict.RAISED: "a rise", Verdict.LOWERED: "a fall"}.get(first, "no clear change")
    same = f"{others.count(first)} of {len(others)} other ways of asking also find {answer}" if others else ""
    return "; ".join(filter(None, [same or f"it is {answer}", _before_the_start(known.get(null))]))


def _before_the_start(null: Verdict | None) -> str:
    """What the way of asking found in which nothing should be found."""
    if null is None:
        return ""
    if null.clear:
        return "but something had happened before it began"
    return "nothing had happened before it began"
