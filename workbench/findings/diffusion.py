"""How many have come, and how many are still to come."""

from __future__ import annotations

from typing import Any

from workbench.findings.finding import Finding
from workbench.findings.phrases import between
from workbench.findings.rows import numbers_of
from workbench.findings.unanswered import untold
from workbench.results.verdict import Grade, Verdict
from workbench.results.words import of_100

RULE = "a curve of people who come by themselves and people who follow others (Bass), fitted to the weeks so far"
CAVEAT = "The forecast holds only if nothing new is done; who was given access later counts from the start."


def spread(found: Any, unknown: str = "") -> Finding:
    """How many have come, how many come soon, and how many in the end, as far as a Bass curve can tell.

    found : misses, fits, told, curve, forecast, parameters (`adoption.bass`); None: too little has happened
    unknown : why nothing can be said of who has not come, where that is so

    >>> print(spread(None, "the data name only people who have come"))
    How many are still to come cannot be told: the data name only people who have come.
    """
    question = "How many are still to come"
    if unknown or found is None:
        return untold(question, unknown or "too few weeks have passed, or too few people have come")
    last = found.curve.table.iloc[-1]
    if last["adopted"] == 1:
        rule = "a count"
        return Finding(
            "Everybody with access has come.", Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=int(last["n"])
        )
    come = f"So far {of_100(last['adopted'])} of 100 people with access have come"
    if not found.fits:
        why = f"people did not come the way such a curve has it, which is off by up to {of_100(found.misses)} of 100"
        return Finding(f"{come}. {question} cannot be told: {why}.", Verdict.UNKNOWN, Grade.NONE, RULE)
    numbers = numbers_of(found.forecast.table.iloc[-1], found.forecast)
    headline = f"{come}; {_soon(found)}. {_in_the_end(found)}."
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, RULE, **numbers, caveat=CAVEAT)


def _soon(found: Any) -> str:
    ahead = found.forecast.table
    last = ahead.iloc[-1]
    ends = between(of_100(last["conf_low"]), of_100(last["conf_high"]))
    return f"in {len(ahead)} weeks it will be {of_100(last['estimate'])} ({ends}) if this goes on"


def _in_the_end(found: Any) -> str:
    last = found.parameters.table.set_index("term").loc["ceiling"]
    ends = f"{between(of_100(last['conf_low']), of_100(last['conf_high']))} of 100"
    if found.told("ceiling"):
        return f"In the end {ends} come"
    return f"How many come in the end cannot be told yet: anything {ends} would go with these weeks"
