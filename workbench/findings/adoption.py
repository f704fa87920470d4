"""Who uses it, how much, and whether that is changing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from workbench.findings.finding import Finding
from workbench.findings.phrases import amounts, anything_from, enumerated, likely, noun_of
from workbench.findings.rows import numbers_of, row_of
from workbench.findings.unanswered import no_answer, untold
from workbench.results.estimates import Estimates
from workbench.results.privacy import ALIKE, MINIMUM, too_few, withheld
from workbench.results.verdict import Grade, Row, Verdict, verdict_of
from workbench.results.words import capital, percent

MOVED = {Verdict.RAISED: "rose", Verdict.LOWERED: "fell"}


def share(estimates: Estimates, says: str, of: str = "eligible people", at: Row | None = None) -> Finding:
    """A share of people, with its interval and the number of people behind it.

    estimates : a share from 0 to 1; its `overall`, or the row of its table where `at` holds
    says : what they do; of : who they are

    >>> row = {"estimate": 0.31, "conf_low": 0.29, "conf_high": 0.33, "n": 1240}
    >>> print(share(Estimates(pd.DataFrame([row]), "share of people", "made up"), "are habitual users"))
    31% of eligible people are habitual users (384 of 1,240; likely 29–33%).
    """
    row = row_of(estimates, at)
    if row is None:
        return untold(f"How many {of} {says}", next(iter(estimates.notes), "nobody is in this group"))
    if _is_withheld(row):
        few = f"fewer than {MINIMUM} people are in this group, or fewer than {ALIKE} who all do the same"
        return untold(f"How many {of} {says}", few)
    ends = likely(percent(row["conf_low"]), percent(row["conf_high"]))
    counted = f"{row['estimate'] * row['n']:,.0f} of {row['n']:,.0f}"
    headline = f"{capital(percent(row['estimate']))} of {of} {says} ({counted}; {ends})."
    rule = "a count; the likely range allows for chance"
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
    reached = "is reached" if found.conf_low >= aim else "is too close to call"
    reached = "is not reached" if found.conf_high < aim else reached
    return replace(found, headline=f"{found.headline} The target of {percent(aim)} {reached}.", caveat=caveat)


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
        return no_answer("time", estimates.unit, f"there is nothing to compare with in {since}")
    verdict = verdict_of(row)
    rule = "chance alone could explain a change like this"
    if verdict.clear:
        rule = "chance alone hardly explains it; the figures do not say what does"
    return Finding(_moved(row, since, estimates), verdict, Grade.DESCRIPTIVE, rule, **numbers_of(row, estimates))


def _moved(row: Row, since: str, estimates: Estimates) -> str:
    noun, verdict, (size, low, high) = noun_of(estimates.unit), verdict_of(row), amounts(row, estimates.unit)
    if not verdict.clear:
        return f"No clear change in {noun} since {since}: {anything_from(row, estimates)}."
    return f"{capital(noun)} {MOVED[verdict]} by {size} since {since} ({likely(low, high)})."


def gap(funnel: pd.DataFrame, steps: Mapping[str, str]) -> str:
    """How many get how far, in one sentence for a chart's title.

    funnel : step, share (of those with access, 0 to 1)[, users, n (people with access)]
    steps : step → what people did, of which some may be missing

    >>> funnel = pd.DataFrame({"step": ["ever", "habitual"], "share": [0.93, 0.41]})
    >>> gap(funnel, {"ever": "tried it", "habitual": "have the habit"})
    '93% tried it and 41% have the habit'
    """
    hidden = too_few(funnel["n"], having=funnel["users"]) if "n" in funnel else funnel["share"].isna()
    shares = funnel[~hidden].set_index("step")["share"]
    parts = [f"{percent(shares[step])} {did}" for step, did in steps.items() if step in shares]
    if len(parts) < 2:
        return "Too few people have access to say how far they get"
    return capital(enumerated(parts))


def daily_share(stickiness: float) -> str:
    """Stickiness, from 0 to 1, in one clause; nothing where it is not known.

    >>> daily_share(0.4321)
    'on an average day, 43% of recent users (last four weeks) use it'
    """
    if math.isnan(stickiness):
        return ""
    return f"on an average day, {percent(stickiness)} of recent users (last four weeks) use it"
