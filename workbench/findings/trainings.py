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
from workbench.results.verdict import Grade, Row, Verdict, chance_of, verdict_of
from workbench.results.words import capital, number, of_100, people


def dose(slopes: Mapping[str, Estimates], unit: str) -> Finding:
    """What one further hour of each programme brings.

    slopes : programme → one row, the change in `unit` for each further hour (`workbench.slope`)

    >>> row = {"estimate": 0.2, "conf_low": 0.1, "conf_high": 0.3, "n": 60}
    >>> print(dose({"clinic": Estimates(pd.DataFrame([row]), "active days a week", "made up")}, "active days a week"))
    Clinic: each further hour raised use by 0.20 days a week (likely 0.10–0.30).
    """
    rows = {name: row for name, each in slopes.items() if (row := row_of(each)) is not None}
    if not rows:
        return no_answer("more hours of training", unit, "too few people had other hours than others")
    headline = f"{capital('; '.join(_hour(name, row, unit) for name, row in rows.items()))}."
    rule = "people with few hours are compared with people with many; where they chose, also keen people with others"
    only = next(iter(rows))
    numbers = numbers_of(rows[only], slopes[only]) if len(rows) == 1 else {"unit": unit}
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, **numbers)


def _hour(name: str, row: Row, unit: str) -> str:
    (noun, a_week), verdict = changed(unit), verdict_of(row)
    if not verdict.clear:
        ends = " to ".join(signed(row[end], unit, digits_of(row, unit)) for end in ("conf_low", "conf_high"))
        return f"{name}: each further hour brought no clear change in {noun} ({ends}{a_week})"
    size, low, high = amounts(row, unit)
    return f"{name}: each further hour {verdict} {noun} by {size}{a_week} ({likely(low, high)})"


LEFT = {Verdict.RAISED: "More left than expected", Verdict.LOWERED: "Fewer left than expected"}


def attrition(leavers: Estimates, what: str, others: str = "those not trained") -> Finding:
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
        return untold(f"Whether more people in {what} left than would have anyway", why_none(leavers))
    clear = LEFT.get(verdict_of(row), "No clear difference")
    ends = " to ".join(_of_100_more(row[end]) for end in ("conf_low", "conf_high"))
    headline = (
        f"{row['left']:,.0f} of {people(row['n'])} in {what} have left since; at the pace of {others}, about"
        f" {number(row['expected'], 0)} would have. {clear} (likely {ends} per 100)."
    )
    rule = "a count, week by week, compared with all who were there and whose turn had not come yet"
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, **numbers_of(row, leavers))


def _of_100_more(share: float) -> str:
    """A difference between shares as so many more or fewer of a hundred."""
    return f"{number(100 * abs(share), 1)} {'fewer' if share < 0 else 'more'}"


def redrawn(lots: pd.DataFrame) -> Finding:
    """How often chance alone would have shown as clear an effect, where dates were drawn at random.

    lots : name, p_value, and reason where there is none (`effects.of_each`)
    Returns the finding; its verdict is "hardly chance" or "perhaps chance", and descriptive where they differ.

    >>> print(redrawn(pd.DataFrame({"name": ["the clinic"], "p_value": [0.02], "reason": [None]})))
    If the clinic had no effect, a result this clear would appear in 2 of 100 random orders of dates.
    """
    question = "How often chance alone would show a result this clear"
    if lots.empty:
        return untold(question, "no dates were given at random")
    answered, refused = (lots[lots["reason"].isna() == there].to_dict("records") for there in (True, False))
    missing = " ".join(f"{capital(row['name'])} has no such answer: {row['reason']}." for row in refused)
    if not answered:
        return replace(untold(question, "the dates cannot be redrawn"), caveat=missing)
    verdicts = {chance_of(row["p_value"]) for row in answered}
    verdict = verdicts.pop() if len(verdicts) == 1 else Verdict.DESCRIPTIVE
    rule = "without any effect, each random order of the dates would still show some difference"
    return Finding(" ".join(map(_had_been_drawn, answered)), verdict, Grade.RANDOMISED, rule, caveat=missing)


def _had_been_drawn(row: Row) -> str:
    often = of_100(row["p_value"])
    return f"If {row['name']} had no effect, a result this clear would appear in {often} of 100 random orders of dates."
