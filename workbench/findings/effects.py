"""What a programme did, and how groups that nobody assigned differ."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from workbench.findings.evidence import CAVEATS, rule_of
from workbench.findings.finding import Finding
from workbench.findings.phrases import (
    OPEN_BETWEEN,
    amounts,
    anything_from,
    changed,
    digits_of,
    figure_of,
    likely,
    noun_of,
    signed,
    spaced,
)
from workbench.findings.rows import first_row, numbers_of, row_of, why_none
from workbench.findings.unanswered import no_answer, untold
from workbench.results.estimates import Estimates
from workbench.results.judgement import PROBABLY, Judgement, judgement
from workbench.results.phrases import phrase, say, translated
from workbench.results.verdict import Evidence, Grade, Reason, Row, Verdict, grade_of, verdict_of
from workbench.results.words import capital

TURNED = {
    Verdict.TURNED_DOWN: phrase("{what} helped at first, then harmed: {noun} changed by {sizes}"),
    Verdict.TURNED_UP: phrase("{what} harmed at first, then helped: {noun} changed by {sizes}"),
}


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
    randomised : who came when, or who drew which arm of `experiment`, was drawn at random
    when : words for the time it holds for, such as "in the fourth week after it ended"
    caveat : what else a reader must know
    Returns the finding; one without an answer where the effect has no interval.
    Raises ValueError where `at` names several rows.

    >>> row = pd.Series({"estimate": 0.31, "conf_low": 0.19, "conf_high": 0.43, "n": 412})
    >>> found = Estimates(pd.DataFrame([row]), "active days a week", "made up", overall=row)
    >>> print(effect(found, "the clinic", randomised=True))
    The clinic raised use by 0.31 days a week (likely 0.19–0.43).
    """
    breakdown, row = getattr(sensitivity, "breakdown", sensitivity), row_of(estimates, at)
    evidence = grade_of(verdict_of(row), first_row(pretrend), breakdown, randomised, lost=estimates.lost)
    verdict = judgement(row, evidence, level=estimates.level)
    return judged(estimates, what, verdict, at=at, when=when, caveat=caveat)


def judged(
    estimates: Estimates,
    what: str,
    judgement: Judgement,
    *,
    at: Row | None = None,
    spans: Estimates | None = None,
    when: str = "",
    caveat: str = "",
) -> Finding:
    """The same where the verdict is known already (`results.judgement`).

    spans : the effect over time, for the sentence on one that turned

    >>> from workbench.results.judgement import judgement
    >>> row = pd.Series({"estimate": 0.44, "conf_low": 0.1, "conf_high": 0.78, "n": 412})
    >>> found = Estimates(pd.DataFrame([row]), "active days a week", "made up", overall=row)
    >>> print(judged(found, "the clinic", judgement(row, Evidence(Grade.FAILED, (Reason.PARTED,)))))
    The result for the clinic is unreliable: +0.44 days a week (0.10 to 0.78), because the groups were already \
drifting apart.
    """
    row = row_of(estimates, at)
    if row is None:
        return no_answer(what, estimates.unit, why_none(estimates, at), when)
    evidence = judgement.evidence
    if evidence.grade is Grade.DESCRIPTIVE:
        return association(estimates, say("people with {what}", what=what), at=at)
    rule = rule_of(evidence, estimates.unit)
    headline = f"{_said(judgement.verdict, row, what, when, estimates, rule, spans)}."
    caveats = [_alone(judgement), caveat or translated(CAVEATS.get(evidence.grade, ""))]
    return Finding(
        headline,
        judgement.verdict,
        evidence.grade,
        rule,
        **numbers_of(row, estimates),
        caveat=" ".join(filter(None, caveats)),
        course=judgement.course or "",
    )


def _said(
    verdict: Verdict, row: Row, what: str, when: str, estimates: Estimates, rule: str, spans: Estimates | None
) -> str:
    """The headline: what happened, by how much, and within which likely range."""
    noun, unit = changed(estimates.unit)
    parts = {"what": translated(what), "when": spaced(translated(when)), "noun": noun, "unit": unit}
    if verdict is Verdict.UNRELIABLE:
        size, low, high = (f(row, estimates.unit) for f in (_size, _low, _high))
        unreliable = phrase("the result for {what}{when} is unreliable: {size}{unit} ({low} to {high}), because {why}")
        return translated(unreliable, **parts, size=size, low=low, high=high, why=rule)
    if verdict in TURNED and spans is not None:
        return translated(TURNED[verdict], **parts, sizes=_turned(spans, unit))
    if verdict is Verdict.UNCLEAR or verdict in TURNED:
        open_to = anything_from(row, estimates, unit)
        return say("{what} made no clear difference to {noun}{when}: {open}", **parts, open=open_to)
    size, low, high = amounts(row, estimates.unit)
    return translated(MOVED[verdict], **parts, size=size, likely=likely(low, high))


MOVED = {
    Verdict.RAISED: phrase("{what} raised {noun}{when} by {size}{unit} ({likely})"),
    Verdict.PROBABLY_RAISED: phrase("{what} probably raised {noun}{when} by {size}{unit} ({likely})"),
    Verdict.PROBABLY_LOWERED: phrase("{what} probably lowered {noun}{when} by {size}{unit} ({likely})"),
    Verdict.LOWERED: phrase("{what} lowered {noun}{when} by {size}{unit} ({likely})"),
}


def _turned(spans: Estimates, unit: str) -> str:
    """The size of an effect in its first and last spans that are clear."""
    kind: Literal["conf", "band"] = "band" if "band_low" in spans.table else "conf"
    clear = [row for row in spans.table.to_dict("records") if verdict_of(row, kind).clear]
    first, last = clear[0], clear[-1]
    soon, late = _size(first, spans.unit), _size(last, spans.unit)
    parts = {"soon": soon, "unit": unit, "first": _within(first), "late": late, "last": _within(last)}
    return say("{soon}{unit} {first} and by {late} {last}", **parts)


def _within(row: Row) -> str:
    span = str(row["span"])
    return translated(span) if span.startswith("from") else say("in {span}", span=translated(span))


def _size(row: Row, unit: str) -> str:
    return signed(row["estimate"], unit, digits_of(row, unit))


def _low(row: Row, unit: str) -> str:
    return figure_of(row["conf_low"], unit, digits_of(row, unit))


def _high(row: Row, unit: str) -> str:
    return figure_of(row["conf_high"], unit, digits_of(row, unit))


def _alone(judgement: Judgement) -> str:
    """What "probably" means; empty where the verdict is none of these."""
    if judgement.verdict not in PROBABLY.values():
        return ""
    return say("It is clear by itself, but not when all {n} results are judged together.", n=judgement.at_once)


def association(estimates: Estimates, who: str, than: str = "others", at: Row | None = None) -> Finding:
    """How `who` differ from others, worded as going together, never as cause.

    estimates : the difference between both; its `overall`, or the row of its table where `at` holds
    who, than : the groups compared, in the plural

    >>> row = {"estimate": 0.4, "conf_low": 0.2, "conf_high": 0.6, "n": 90}
    >>> found = Estimates(pd.DataFrame([row]), "active days a week", "made up")
    >>> print(association(found, "teams whose leader uses it", "other teams"))
    Teams whose leader uses it use it 0.40 days a week more than other teams (likely 0.20–0.60).
    """
    row, noun, who, than = row_of(estimates, at), noun_of(estimates.unit), translated(who), translated(than)
    if row is None:
        question = say("Whether {who} and {than} differ in {noun}", who=who, than=than, noun=noun)
        return untold(question, say("nobody is there to compare with"))
    headline, rule = f"{capital(_apart(row, who, than, estimates))}.", rule_of(NOBODY_ASSIGNED, estimates.unit)
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, **numbers_of(row, estimates))


NOBODY_ASSIGNED = Evidence(Grade.DESCRIPTIVE, (Reason.NOT_COMPARED,))


def _apart(row: Row, who: str, than: str, estimates: Estimates) -> str:
    """How far two groups are apart."""
    (noun, unit), verdict = changed(estimates.unit), verdict_of(row)
    parts = {"who": who, "than": than, "noun": noun, "unit": unit}
    if not verdict.clear:
        open_to = anything_from(row, estimates, unit, OPEN_BETWEEN)
        return say("no clear difference in {noun} between {who} and {than}: {open}", **parts, open=open_to)
    size, low, high = amounts(row, estimates.unit)
    more = (USE_IT if estimates.unit == "active days a week" else HAVE)[verdict]
    return translated(more, **parts, size=size, likely=likely(low, high))


USE_IT = {
    Verdict.RAISED: phrase("{who} use it {size}{unit} more than {than} ({likely})"),
    Verdict.LOWERED: phrase("{who} use it {size}{unit} less than {than} ({likely})"),
}
HAVE = {
    Verdict.RAISED: phrase("{who} have {size} more {noun}{unit} than {than} ({likely})"),
    Verdict.LOWERED: phrase("{who} have {size} less {noun}{unit} than {than} ({likely})"),
}
