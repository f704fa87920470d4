"""What further hours bring, who leaves afterwards, and what chance alone would show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from workbench.findings.finding import Finding
from workbench.findings.phrases import amounts, between, figure_of, noun_of
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
    Clinic: each further hour brought 0.20 more in active days a week (between 0.10 and 0.30).
    """
    rows = {name: row for name, each in slopes.items() if (row := row_of(each)) is not None}
    if not rows:
        return no_answer("more hours of training", unit, "too few people had other hours than others")
    headline = f"{capital('; '.join(_hour(name, row, unit) for name, row in rows.items()))}."
    rule = "people of unlike hours are compared; where they chose their hours, also eager people with others"
    only = next(iter(rows))
    numbers = numbers_of(rows[only], slopes[only]) if len(rows) == 1 else {"unit": unit}
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, **numbers)


def _hour(name: str, row: Row, unit: str) -> str:
    noun, (size, low, high) = noun_of(unit), amounts(row, unit)
    if not verdict_of(row).clear:
        ends = between(*(figure_of(row[end], unit, 2) for end in ("conf_low", "conf_high")))
        return f"{name}: each further hour brought no clear change in {noun} ({ends})"
    more = "more" if row["estimate"] > 0 else "less"
    return f"{name}: each further hour brought {size} {more} in {noun} ({between(low, high)})"


LEFT = {Verdict.RAISED: "More left than expected", Verdict.LOWERED: "Fewer left than expected"}


def attrition(leavers: Estimates, what: str, others: str = "those not trained") -> Finding:
    """Whether more of those in `what` left than would have at the pace of the others.

    leavers : the overall row has n (people), left and expected (people), and the difference as a share of n with its
        interval: estimate, conf_low, conf_high (`attrition.leaving`)

    >>> row = {"estimate": 0.01, "conf_low": -0.02, "conf_high": 0.04, "n": 100, "left": 8.0, "expected": 7.0}
    >>> leavers = Estimates(pd.DataFrame([row]), "share of people", "made up", overall=pd.Series(row))
    >>> print(attrition(leavers, "the tour"))
    Of 100 people in the tour, 8 left afterwards; at the pace of those not trained 7.0 would have. That is no clear \
difference (from 2.0 fewer to 4.0 more of 100).
    """
    row = row_of(leavers)
    if row is None:
        return untold(f"Whether more people in {what} left than would have anyway", why_none(leavers))
    clear = LEFT.get(verdict_of(row), "That is no clear difference")
    ends = " to ".join(_of_100_more(row[end]) for end in ("conf_low", "conf_high"))
    headline = (
        f"Of {people(row['n'])} in {what}, {row['left']:,.0f} left afterwards; at the pace of {others}"
        f" {number(row['expected'], 1)} would have. {clear} (from {ends} of 100)."
    )
    rule = "a count, week by week, against everybody who was there and whose turn had not come yet"
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, **numbers_of(row, leavers))


def _of_100_more(share: float) -> str:
    """A difference between shares as so many more or fewer of a hundred."""
    return f"{number(100 * abs(share), 1)} {'fewer' if share < 0 else 'more'}"


def redrawn(lots: pd.DataFrame) -> Finding:
    """How often chance alone would have shown as clear an effect, where dates were drawn at random.

    lots : name, p_value, and reason where there is none (`effects.of_each`)
    Returns the finding; its verdict is "hardly chance" or "perhaps chance", and descriptive where they differ.

    >>> print(redrawn(pd.DataFrame({"name": ["the clinic"], "p_value": [0.02], "reason": [None]})))
    Had the dates of the clinic been drawn differently, an effect as clear as the one seen would have come up in 2 of \
100 draws.
    """
    question = "How often chance alone would show an effect as clear"
    if lots.empty:
        return untold(question, "no dates were drawn by lot")
    answered, refused = (lots[lots["reason"].isna() == there].to_dict("records") for there in (True, False))
    missing = " ".join(f"{capital(row['name'])} has no such answer: {row['reason']}." for row in refused)
    if not answered:
        return replace(untold(question, "the dates cannot be drawn anew"), caveat=missing)
    verdicts = {chance_of(row["p_value"]) for row in answered}
    verdict = verdicts.pop() if len(verdicts) == 1 else Verdict.DESCRIPTIVE
    rule = "had nobody gained anything, every order of the dates would show a difference by chance all the same"
    return Finding(" ".join(map(_had_been_drawn, answered)), verdict, Grade.RANDOMISED, rule, caveat=missing)


def _had_been_drawn(row: Row) -> str:
    return (
        f"Had the dates of {row['name']} been drawn differently, an effect as clear as the one seen would have come up"
        f" in {of_100(row['p_value'])} of 100 draws."
    )
