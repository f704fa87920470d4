"""How many have used it, and how many still will."""

from __future__ import annotations

from typing import Any

from workbench.findings.finding import Finding
from workbench.findings.phrases import likely
from workbench.findings.rows import numbers_of
from workbench.findings.unanswered import untold
from workbench.results.phrases import say
from workbench.results.verdict import Grade, Verdict
from workbench.results.words import capital, percent, ranged


def spread(found: Any, unknown: str = "") -> Finding:
    """How many have used it, how many soon will, and how many in the end, where a Bass curve fits.

    found : what `adoption.bass` found; None: too little has happened
    unknown : why we cannot forecast the rest, where that is so

    >>> print(spread(None, "the data name only people who have used it"))
    We cannot say how many more will use it: the data name only people who have used it.
    """
    if unknown or found is None:
        reason = unknown or say("too few weeks have passed, or too few people have used it")
        return untold(say("How many more will use it"), reason)
    last = found.curve.table.iloc[-1]
    if last["adopted"] == 1:
        all_of_them = say("All people with access have used it.")
        return Finding(all_of_them, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, say("a count"), n=int(last["n"]))
    come = capital(say("{share} of people with access have used it.", share=percent(last["adopted"])))
    rule = say("the standard adoption curve (Bass: starters and followers), fitted to the weeks so far")
    if not found.fits:
        why = say(
            "We cannot forecast the rest: the standard adoption curve does not fit (off by up to {share}).",
            share=percent(found.misses),
        )
        return Finding(f"{come} {why}", Verdict.UNKNOWN, Grade.NONE, rule)
    numbers = numbers_of(found.forecast.table.iloc[-1], found.forecast)
    headline = f"{come} {_soon(found)} {_in_the_end(found)}"
    caveat = say("The forecast assumes that nothing new is done, and that all had access from the start.")
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, **numbers, caveat=caveat)


def _soon(found: Any) -> str:
    ahead = found.forecast.table
    last = ahead.iloc[-1]
    ends = likely(percent(last["conf_low"]), percent(last["conf_high"]))
    parts = {"weeks": len(ahead), "share": percent(last["estimate"]), "likely": ends}
    return say("In {weeks} weeks it will be {share} ({likely}) if this goes on.", **parts)


def _in_the_end(found: Any) -> str:
    last = found.parameters.table.set_index("term").loc["ceiling"]
    ends = ranged(percent(last["conf_low"]), percent(last["conf_high"]))
    if found.told("ceiling"):
        return say("In the end {range} will use it.", range=ends)
    return say("We cannot say yet how many will in the end: anything from {range} fits these weeks.", range=ends)
