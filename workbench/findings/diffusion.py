"""How many have used it, and how many still will."""

from __future__ import annotations

from typing import Any

from workbench.findings.finding import Finding
from workbench.findings.phrases import likely
from workbench.findings.rows import numbers_of
from workbench.findings.unanswered import untold
from workbench.results.verdict import Grade, Verdict
from workbench.results.words import capital, percent, ranged

RULE = "the standard adoption curve (Bass: starters and followers), fitted to the weeks so far"
CAVEAT = "The forecast assumes that nothing new is done, and that all had access from the start."


def spread(found: Any, unknown: str = "") -> Finding:
    """How many have used it, how many soon will, and how many in the end, where a Bass curve fits.

    found : what `adoption.bass` found; None: too little has happened
    unknown : why we cannot forecast the rest, where that is so

    >>> print(spread(None, "the data name only people who have used it"))
    We cannot say how many more will use it: the data name only people who have used it.
    """
    question = "How many more will use it"
    if unknown or found is None:
        return untold(question, unknown or "too few weeks have passed, or too few people have used it")
    last = found.curve.table.iloc[-1]
    if last["adopted"] == 1:
        all_of_them = "All people with access have used it."
        return Finding(all_of_them, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, "a count", n=int(last["n"]))
    come = f"{capital(percent(last['adopted']))} of people with access have used it"
    if not found.fits:
        why = f"the standard adoption curve does not fit (off by up to {percent(found.misses)})"
        return Finding(f"{come}. We cannot forecast the rest: {why}.", Verdict.UNKNOWN, Grade.NONE, RULE)
    numbers = numbers_of(found.forecast.table.iloc[-1], found.forecast)
    headline = f"{come}. {_soon(found)}. {_in_the_end(found)}."
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, RULE, **numbers, caveat=CAVEAT)


def _soon(found: Any) -> str:
    ahead = found.forecast.table
    last = ahead.iloc[-1]
    ends = likely(percent(last["conf_low"]), percent(last["conf_high"]))
    return f"In {len(ahead)} weeks it will be {percent(last['estimate'])} ({ends}) if this goes on"


def _in_the_end(found: Any) -> str:
    last = found.parameters.table.set_index("term").loc["ceiling"]
    ends = ranged(percent(last["conf_low"]), percent(last["conf_high"]))
    if found.told("ceiling"):
        return f"In the end {ends} will use it"
    return f"We cannot say yet how many will in the end: anything from {ends} fits these weeks"
