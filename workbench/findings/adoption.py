"""Who uses it, how much, and whether that is changing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from workbench.findings.finding import Finding
from workbench.findings.phrases import amounts, anything_from, enumerated, likely, noun_of, subject_of
from workbench.findings.rows import numbers_of, row_of
from workbench.findings.unanswered import no_answer, untold
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, say, translated
from workbench.results.privacy import ALIKE, MINIMUM, too_few, withheld
from workbench.results.verdict import Grade, Row, Verdict, verdict_of
from workbench.results.words import capital, number, percent

MOVED = {
    Verdict.RAISED: phrase("{noun} rose by {size} since {since} ({likely})."),
    Verdict.LOWERED: phrase("{noun} fell by {size} since {since} ({likely})."),
}


def share(estimates: Estimates, says: str, of: str = "eligible people", at: Row | None = None) -> Finding:
    """A share of people, with its interval and the number of people behind it.

    estimates : a share from 0 to 1; its `overall`, or the row of its table where `at` holds
    says : what they do; of : who they are

    >>> row = {"estimate": 0.31, "conf_low": 0.29, "conf_high": 0.33, "n": 1240}
    >>> print(share(Estimates(pd.DataFrame([row]), "share of people", "made up"), "are habitual users"))
    31% of eligible people are habitual users (384 of 1,240; likely 29–33%).
    """
    row, of, says = row_of(estimates, at), translated(of), translated(says)
    question = say("How many {of} {says}", of=of, says=says)
    if row is None:
        return untold(question, next(iter(estimates.notes), say("nobody is in this group")))
    if _is_withheld(row):
        few = phrase("fewer than {least} people are in this group, or fewer than {most} who all do the same")
        return untold(question, translated(few, least=MINIMUM, most=ALIKE))
    parts = {
        "share": percent(row["estimate"]),
        "count": number(row["estimate"] * row["n"], 0),
        "all": number(row["n"], 0),
        "likely": likely(percent(row["conf_low"]), percent(row["conf_high"])),
    }
    headline = say("{share} of {of} {says} ({count} of {all}; {likely}).", of=of, says=says, **parts)
    rule = say("a count; the likely range allows for chance")
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, **numbers_of(row, estimates))


def _is_withheld(row: Row) -> bool:
    """Whether a share says too much of too few people, by the rule for every group that is shown."""
    n = pd.Series([row["n"]])
    return bool(withheld(n, having=(n * row["estimate"]).round()).any())


def target(estimates: Estimates, says: str, aim: float, of: str = "people with access", caveat: str = "") -> Finding:
    """A share compared with a target: reached, missed, or too close to say.

    estimates : a share from 0 to 1; aim : the target, from 0 to 1
    says : what they do; of : who they are; caveat : what else a reader must know

    >>> row = {"estimate": 0.31, "conf_low": 0.29, "conf_high": 0.33, "n": 1240}
    >>> print(target(Estimates(pd.DataFrame([row]), "share of people", "made up"), "use it as a habit", 0.5))
    31% of people with access use it as a habit (384 of 1,240; likely 29–33%). The target of 50% is not reached.
    """
    found = share(estimates, says, of)
    if found.conf_low is None or found.conf_high is None:
        return found
    reached = phrase("The target of {aim} is too close to call.")
    if found.conf_low >= aim:
        reached = phrase("The target of {aim} is reached.")
    if found.conf_high < aim:
        reached = phrase("The target of {aim} is not reached.")
    return replace(found, headline=f"{found.headline} {translated(reached, aim=percent(aim))}", caveat=caveat)


def change(estimates: Estimates, since: str, at: Row | None = None) -> Finding:
    """Whether a measurement really moved since an earlier period.

    estimates : the change itself; its `overall`, or the row of its table where `at` holds
    since : the earlier period, such as "the spring"

    >>> row = {"estimate": 0.04, "conf_low": 0.021, "conf_high": 0.062, "n": 1240}
    >>> print(change(Estimates(pd.DataFrame([row]), "share of people active", "made up"), "the spring"))
    The share of people active rose by 4.0 percentage points since the spring (likely 2.1–6.2).
    """
    row = row_of(estimates, at)
    if row is None:
        return no_answer("time", estimates.unit, say("there is nothing to compare with in {since}", since=since))
    verdict = verdict_of(row)
    rule = say("chance alone could explain a change like this")
    if verdict.clear:
        rule = say("chance alone hardly explains it; the figures do not say what does")
    return Finding(_moved(row, since, estimates), verdict, Grade.DESCRIPTIVE, rule, **numbers_of(row, estimates))


def _moved(row: Row, since: str, estimates: Estimates) -> str:
    verdict, (size, low, high) = verdict_of(row), amounts(row, estimates.unit)
    if row["conf_low"] == row["conf_high"] == 0:
        return say("No change in {noun} since {since}.", noun=noun_of(estimates.unit), since=since)
    if not verdict.clear:
        parts = {"noun": noun_of(estimates.unit), "since": since, "open": anything_from(row, estimates)}
        return say("No clear change in {noun} since {since}: {open}.", **parts)
    noun = subject_of(estimates.unit)
    return translated(MOVED[verdict], noun=noun, size=size, since=since, likely=likely(low, high))


def gap(funnel: pd.DataFrame, steps: Mapping[str, str]) -> str:
    """How many get how far, in one sentence for a chart's title.

    funnel : step, share (of those with access, 0 to 1)[, users, n (people with access)]
    steps : step → what people did, of which some may be missing

    >>> funnel = pd.DataFrame({"step": ["ever", "habitual"], "share": [0.93, 0.41]})
    >>> gap(funnel, {"ever": "tried it", "habitual": "have the habit"})
    '93% tried it and 41% have the habit'
    >>> gap(funnel.head(1), {"ever": "tried it", "habitual": "have the habit"})  # too soon to say who has it
    '93% tried it'
    """
    hidden = too_few(funnel["n"], having=funnel["users"]) if "n" in funnel else funnel["share"].isna()
    shares = funnel[~hidden].set_index("step")["share"]
    parts = [
        say("{share} {did}", share=percent(shares[step]), did=translated(did))
        for step, did in steps.items()
        if step in shares
    ]
    if not parts:
        return say("Too few people have access to say how far they get")
    return capital(enumerated(parts))


def daily_share(stickiness: float) -> str:
    """Stickiness, from 0 to 1, in one clause; nothing where it is not known.

    >>> daily_share(0.4321)
    'on an average day, 43% of recent users (last four weeks) use it'
    """
    if math.isnan(stickiness):
        return ""
    return say("on an average day, {share} of recent users (last four weeks) use it", share=percent(stickiness))
