"""What a programme did, and how groups that nobody assigned differ."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.findings.evidence import CAVEATS, rule_of
from workbench.findings.finding import Finding
from workbench.findings.phrases import amounts, between, bounds_of, noun_of, spaced
from workbench.findings.rows import first_row, numbers_of, row_of, why_none
from workbench.findings.unanswered import no_answer, untold
from workbench.results.estimates import Estimates
from workbench.results.verdict import Course, Evidence, Grade, Reason, Row, Verdict, course_of, grade_of, verdict_of
from workbench.results.words import capital


def effect(
    estimates: Estimates,
    what: str = "training",
    *,
    pretrend: pd.DataFrame | None = None,
    sensitivity: Any = None,
    randomised: bool = False,
    at: Row | None = None,
    when: str = "",
    caveat: str = "",
) -> Finding:
    """Whether `what` changed the outcome, how much, and how far to believe it.

    estimates : the effect; its `overall`, or the row of its table where `at` holds, such as {"event_week": 4}
    pretrend : one row with p_value, df, slope_detectable_80; without it nothing but an association is claimed
    sensitivity : has `.breakdown`: how many times the largest earlier parting of trends the effect survives
    randomised : who came when was drawn at random
    when : words for the time it holds for, such as "in the fourth week after it ended"
    caveat : what else a reader must know
    Returns the finding; one without an answer where the effect has no interval.
    Raises ValueError where `at` names several rows.

    >>> row = pd.Series({"estimate": 0.31, "conf_low": 0.19, "conf_high": 0.43, "n": 412})
    >>> found = Estimates(pd.DataFrame([row]), "active days a week", "made up", overall=row)
    >>> print(effect(found, "the clinic", randomised=True))
    The clinic raised active days a week by 0.31 (between 0.19 and 0.43).
    """
    breakdown = getattr(sensitivity, "breakdown", sensitivity)
    evidence = grade_of(verdict_of(row_of(estimates, at)), first_row(pretrend), breakdown, randomised)
    return judged(estimates, what, evidence, at=at, when=when, caveat=caveat)


def judged(
    estimates: Estimates, what: str, evidence: Evidence, *, at: Row | None = None, when: str = "", caveat: str = ""
) -> Finding:
    """The same where the evidence is known already (`results.grade_of`).

    >>> row = pd.Series({"estimate": 0.31, "conf_low": 0.19, "conf_high": 0.43, "n": 412})
    >>> found = Estimates(pd.DataFrame([row]), "active days a week", "made up", overall=row)
    >>> said = judged(found, "the clinic", Evidence(Grade.FRAGILE, (Reason.PARTED,)))
    >>> said.rule, said.caveat
    ('the groups already moved apart before the start', 'Read it as a lead to follow, not as a result.')
    """
    row = row_of(estimates, at)
    if row is None:
        return no_answer(what, estimates.unit, why_none(estimates, at), when)
    if evidence.grade is Grade.DESCRIPTIVE:
        return association(estimates, f"people with {what}", at=at)
    headline, rule = _changed(row, what, when, estimates), rule_of(evidence, estimates.unit)
    caveat = caveat or CAVEATS.get(evidence.grade, "")
    return Finding(headline, verdict_of(row), evidence.grade, rule, **numbers_of(row, estimates), caveat=caveat)


def _changed(row: Row, what: str, when: str, estimates: Estimates) -> str:
    verdict, noun = verdict_of(row), noun_of(estimates.unit)
    said = f"{capital(what)} {verdict} {noun}{spaced(when)}"
    if not verdict.clear:
        return f"{said}: {bounds_of(row, estimates)}."
    size, low, high = amounts(row, estimates.unit)
    return f"{said} by {size} ({between(low, high)})."


def association(estimates: Estimates, who: str, than: str = "others", at: Row | None = None) -> Finding:
    """How `who` differ from others, worded as going together, never as cause.

    estimates : the difference between both; its `overall`, or the row of its table where `at` holds
    who, than : the groups compared, in the plural

    >>> row = {"estimate": 0.4, "conf_low": 0.2, "conf_high": 0.6, "n": 90}
    >>> found = Estimates(pd.DataFrame([row]), "active days a week", "made up")
    >>> print(association(found, "teams whose leader uses it", "other teams"))
    Teams whose leader uses it stand 0.40 higher in active days a week than other teams (between 0.20 and 0.60).
    """
    row, noun = row_of(estimates, at), noun_of(estimates.unit)
    if row is None:
        return untold(f"Whether {who} differ from {than} in {noun}", "nobody is there to compare with")
    headline, rule = f"{capital(who)} {_apart(row, than, estimates)}.", rule_of(NOBODY_ASSIGNED, estimates.unit)
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, **numbers_of(row, estimates))


NOBODY_ASSIGNED = Evidence(Grade.DESCRIPTIVE, (Reason.NOT_COMPARED,))
HIGHER = {Verdict.RAISED: "higher", Verdict.LOWERED: "lower"}


def _apart(row: Row, than: str, estimates: Estimates) -> str:
    """How far two groups are apart."""
    noun, verdict, (size, low, high) = noun_of(estimates.unit), verdict_of(row), amounts(row, estimates.unit)
    if not verdict.clear:
        return f"do not clearly differ from {than} in {noun}: {bounds_of(row, estimates, 'lead', 'lag')}"
    return f"stand {size} {HIGHER[verdict]} in {noun} than {than} ({between(low, high)})"


def course(spans: Estimates) -> Course:
    """What became of an effect over time, as `results.course_of` judges its spans.

    spans : a row for each span of time, in their order (`workbench.over`)

    >>> table = pd.DataFrame({"estimate": [0.8, 0.7], "conf_low": [0.6, 0.4], "conf_high": [1.0, 1.0]})
    >>> str(course(Estimates(table, "active days a week", "made up")))
    'lasts'
    """
    return course_of(spans.table.to_dict("records"))
