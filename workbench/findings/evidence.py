"""Why a result can be believed, or not: the reasons of `results.Evidence` in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from workbench.findings.finding import Finding
from workbench.findings.phrases import amount
from workbench.findings.rows import row_of
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, say, translated
from workbench.results.study import TOO_EARLY
from workbench.results.verdict import Evidence, Grade, Reason, Verdict, verdict_of
from workbench.results.words import capital, number

CAVEATS = {Grade.SENSITIVE: phrase("Read it as a lead to follow, not as a result.")}
PHRASES = {
    Reason.AT_RANDOM: phrase("dates were given at random, so those still waiting show what would have happened anyway"),
    Reason.ARMS_AT_RANDOM: phrase(
        "the groups were drawn at random, so the one compared with shows what would have happened anyway"
    ),
    Reason.ALIKE: phrase(
        "before the start both groups changed in the same way"
        " (the check would have seen a drift of {drift} a week 8 times in 10)"
    ),
    Reason.UNLEVEL: phrase(
        "those treated used it {more} before (by {level} standard deviations);"
        " this does no harm while both change in the same way"
    ),
    Reason.SURVIVES: phrase("the result holds even if they had drifted apart {times} as fast as before"),
    Reason.NOT_COMPARED: phrase("nobody was assigned to these groups, so the difference does not show what caused it"),
    Reason.NOT_SEEN: phrase(
        "there were too few weeks before the start to see whether both groups changed in the same way"
    ),
    Reason.ONCE: phrase(
        "only one period before the start shows whether both groups changed in the same way; two are needed"
    ),
    Reason.FAR: phrase(
        "the groups were too different to begin with: those treated did {level} standard deviations {more}"
    ),
    Reason.PARTED: phrase("the groups were already drifting apart"),
    Reason.BLIND: phrase(
        "groups that start at different times were compared only with each other, which shows no drift"
    ),
    Reason.NOT_COMPUTED: phrase("we did not compute how much drift the result survives"),
    Reason.UNLIKE: phrase("the dates do not look random: earlier use differed by date more than chance would bring"),
    Reason.LOST: phrase("more people of some groups are left out than chance explains, so those left may differ"),
    Reason.SENSITIVE: phrase(
        "it would not hold if the groups had drifted apart as fast as before, only at {times} that pace"
    ),
    Reason.FALLS: phrase("a drift of half the pace seen before would explain it"),
}


def rule_of(evidence: Evidence, unit: str) -> str:
    """Why evidence has its grade: every doubt where there is one, else every support.

    unit : of the result, in which a drift is given

    >>> rule_of(Evidence(Grade.FAILED, (Reason.PARTED, Reason.FALLS)), "active days a week")
    'the groups were already drifting apart; a drift of half the pace seen before would explain it'
    """
    drift = "" if evidence.drift is None else amount(evidence.drift, unit)
    apart = evidence.level or 0
    words = {"drift": drift, "times": _times(evidence.survives), "level": number(abs(apart), 1)}
    words["more"] = say("more") if apart > 0 else say("less")
    reasons = [translated(PHRASES[reason], **words) for reason in evidence.reasons]
    if evidence.grade in (Grade.SENSITIVE, Grade.FAILED):
        return "; ".join(reasons)
    return ". ".join([*reasons[:1], *map(capital, reasons[1:])])


def _times(breakdown: float | None) -> str:
    """How many times the earlier drift is survived, to stand before "as fast as before"."""
    if breakdown is None or math.isinf(breakdown):
        return say("any number of times")
    return say("{n} times", n=number(breakdown, 1))


def agreement(said: Finding, found: Mapping[str, Estimates], null: str = TOO_EARLY) -> str:
    """How many of several ways of asking come to the verdict of a finding.

    said : the finding; found : way → its estimates, the first as the page asks it
    null : the way in which nothing should be found
    Returns a clause for a chart's title.

    >>> from workbench.results.verdict import Grade, Verdict
    >>> rise = pd.DataFrame([{"estimate": 0.5, "conf_low": 0.2, "conf_high": 0.8}])
    >>> flat = rise.assign(conf_low=-0.2)
    >>> ways = {"as above": rise, "never trained": rise, "balanced": flat}
    >>> estimates = {way: Estimates(table, "active days a week", way) for way, table in ways.items()}
    >>> agreement(Finding("Talks raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed"), estimates)
    '1 of 2 other ways find a rise'
    """
    if said.verdict in SILENT:
        return translated(SILENT[said.verdict])
    verdicts = {way: verdict_of(row_of(each)) for way, each in found.items()}
    known = {way: verdict for way, verdict in verdicts.items() if verdict is not Verdict.UNKNOWN}
    others = [verdict for way, verdict in list(known.items())[1:] if way != null]
    same = [verdict for verdict in others if verdict is PLAINLY.get(said.verdict, Verdict.UNCLEAR)]
    answer = say("a rise") if said.verdict in UPWARDS else say("no clear change")
    answer = say("a fall") if said.verdict in DOWNWARDS else answer
    also = say("it is {answer}", answer=answer)
    if others:
        found_too = {"same": len(same), "all": len(others), "answer": answer}
        also = say("{same} of {all} other ways find {answer}", **found_too)
    return "; ".join(filter(None, [also, _before_the_start(known.get(null))]))


UPWARDS = (Verdict.RAISED, Verdict.PROBABLY_RAISED)
DOWNWARDS = (Verdict.LOWERED, Verdict.PROBABLY_LOWERED)
PLAINLY: dict[Any, Verdict] = {
    **dict.fromkeys(UPWARDS, Verdict.RAISED),
    **dict.fromkeys(DOWNWARDS, Verdict.LOWERED),
}
SILENT: dict[Any, str] = {  # verdicts that no other way of asking can mend
    Verdict.UNKNOWN: phrase("we cannot say, however it is asked"),
    Verdict.UNRELIABLE: phrase("unreliable, however it is asked"),
    Verdict.TURNED_DOWN: phrase("it helped at first and then harmed, so one mean says little"),
    Verdict.TURNED_UP: phrase("it harmed at first and then helped, so one mean says little"),
}


def _before_the_start(null: Verdict | None) -> str:
    """A warning where something was found before the start; the picture shows it where nothing was."""
    return say("but something had happened before it began") if null is not None and null.clear else ""
