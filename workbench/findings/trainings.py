"""What further hours bring, who leaves afterwards, and what chance alone would show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from workbench.findings.finding import Finding
from workbench.findings.phrases import amounts, changed, digits_of, likely, signed
from workbench.findings.rows import numbers_of, row_of, why_none
from workbench.findings.unanswered import no_answer, untold
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, say, translated
from workbench.results.verdict import Grade, Row, Verdict, chance_of, verdict_of
from workbench.results.words import capital, number, of_100, people


def dose(slopes: Mapping[str, Estimates], unit: str) -> Finding:
    """What one further hour of each programme brings.

    slopes : programme → one row, the change in `unit` for each further hour (`workbench.slope`)

    >>> row = {"estimate": 0.2, "conf_low": 0.1, "conf_high": 0.3, "n": 60}
    >>> print(dose({"clinic": Estimates(pd.DataFrame([row]), "active days a week", "made up")}, "active days a week"))
    Clinic: each further hour went with 0.20 days a week more use (likely 0.10–0.30).
    """
    rows = {name: row for name, each in slopes.items() if (row := row_of(each)) is not None}
    if not rows:
        return no_answer("more hours of training", unit, say("too few people had other hours than others"))
    headline = f"{'; '.join(_hour(name, row, unit) for name, row in rows.items())}."
    rule = say(
        "people with few hours are compared with people with many; where they chose, also keen people with others"
    )
    only = next(iter(rows))
    numbers = numbers_of(rows[only], slopes[only]) if len(rows) == 1 else {"unit": unit}
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, **numbers)


def _hour(name: str, row: Row, unit: str) -> str:
    (noun, a_week), verdict = changed(unit), verdict_of(row)
    parts = {"name": name, "noun": noun, "unit": a_week}
    if not verdict.clear:
        low, high = (signed(row[end], unit, digits_of(row, unit)) for end in ("conf_low", "conf_high"))
        unclear = phrase("{name}: each further hour brought no clear change in {noun} ({low} to {high}{unit})")
        return translated(unclear, **parts, low=low, high=high)
    size, low, high = amounts(row, unit)
    return translated(FURTHER[verdict], **parts, size=size, likely=likely(low, high))


FURTHER = {
    Verdict.RAISED: phrase("{name}: each further hour went with {size}{unit} more {noun} ({likely})"),
    Verdict.LOWERED: phrase("{name}: each further hour went with {size}{unit} less {noun} ({likely})"),
}
LEFT = {
    Verdict.RAISED: phrase("More left than expected (likely {low} to {high} per 100)."),
    Verdict.LOWERED: phrase("Fewer left than expected (likely {low} to {high} per 100)."),
    Verdict.UNCLEAR: phrase("No clear difference (likely {low} to {high} per 100)."),
}


def attrition(leavers: Estimates, what: str, others: str = phrase("those not trained")) -> Finding:
    """Whether more of those in `what` left than would have at the pace of the others.

    leavers : the overall row has n (people), left and expected (people), and the difference as a share of n with its
        interval: estimate, conf_low, conf_high (`attrition.leaving`)

    >>> row = {"estimate": 0.01, "conf_low": -0.02, "conf_high": 0.04, "n": 100, "left": 8.0, "expected": 7.0}
    >>> leavers = Estimates(pd.DataFrame([row]), "share of people", "made up", overall=pd.Series(row))
    >>> print(attrition(leavers, "the tour"))
    8 of 100 people in the tour have left since; at the pace of those not trained, about 7 would have. No clear \
difference (likely 2.0 fewer to 4.0 more per 100).
    """
    row = row_of(leavers)
    if row is None:
        question = say("Whether more people in {what} left than would have anyway", what=what)
        return untold(question, next(iter(leavers.notes), why_none(leavers)))
    low, high = (_of_100_more(row[end]) for end in ("conf_low", "conf_high"))
    counts = {"left": number(row["left"], 0), "people": people(row["n"]), "expected": number(row["expected"], 0)}
    since = say(
        "{left} of {people} in {what} have left since; at the pace of {others}, about {expected} would have.",
        what=what,
        others=translated(others),
        **counts,
    )
    headline = f"{since} {translated(LEFT[verdict_of(row)], low=low, high=high)}"
    rule = say("a count, week by week, compared with all who were there and whose turn had not come yet")
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, **numbers_of(row, leavers))


def _of_100_more(share: float) -> str:
    """A difference between shares as so many more or fewer of a hundred."""
    size = number(100 * abs(share), 1)
    return say("{n} fewer", n=size) if share < 0 else say("{n} more", n=size)


def redrawn(lots: pd.DataFrame) -> Finding:
    """How often chance alone would have shown as clear an effect, where dates were drawn at random.

    lots : name, p_value, and reason where there is none (`effects.of_each`)
    Returns the finding; its verdict is "hardly chance" or "perhaps chance", and descriptive where they differ.

    >>> print(redrawn(pd.DataFrame({"name": ["the clinic"], "p_value": [0.02], "reason": [None]})))
    If the clinic had no effect, a result this clear would appear in 2 of 100 random orders of dates.
    """
    question = say("How often chance alone would show a result this clear")
    if lots.empty:
        return untold(question, say("no dates were given at random"))
    answered, refused = (lots[lots["reason"].isna() == there].to_dict("records") for there in (True, False))
    missing = " ".join(
        say("{name} has no such answer: {reason}.", name=capital(row["name"]), reason=translated(row["reason"]))
        for row in refused
    )
    if not answered:
        return replace(untold(question, say("the dates cannot be redrawn")), caveat=missing)
    verdicts = {chance_of(row["p_value"]) for row in answered}
    verdict = verdicts.pop() if len(verdicts) == 1 else Verdict.DESCRIPTIVE
    rule = say("without any effect, each random order of the dates would still show some difference")
    return Finding(" ".join(map(_had_been_drawn, answered)), verdict, Grade.RANDOMISED, rule, caveat=missing)


def _had_been_drawn(row: Row) -> str:
    said = phrase("If {name} had no effect, a result this clear would appear in {n} of 100 random orders of dates.")
    return translated(said, name=row["name"], n=of_100(row["p_value"]))
