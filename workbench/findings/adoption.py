"""Who uses it, how much, and whether that is changing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.findings.effects import PARTED
from workbench.findings.finding import Finding, no_answer, numbers_of, row_of, untold
from workbench.findings.phrases import Estimated, Row, amounts, between, bounds_of, how_often, noun_of, verdict_of
from workbench.results import privacy
from workbench.results.words import capital, level, of_100, people, sentence


def share(estimates: Estimated, says: str, of: str = "eligible people", at: Row | None = None) -> Finding:
    """A share in people: "31 of 100 eligible people are habitual users (between 29 and 33 of 100; 1,240 people)"."""
    row = row_of(estimates, at)
    if row is None:
        return untold(f"How many {of} {says}", "nobody is in this group")
    within = f"between {of_100(row['conf_low'])} and {of_100(row['conf_high'])} of 100; {people(row['n'])}"
    headline = f"{capital(of_100(row['estimate']))} of 100 {of} {says} ({within})."
    rule = "a count; the interval says how far chance alone could have moved it"
    return Finding(headline, "descriptive", "descriptive only", rule, **numbers_of(row, estimates))


def change(estimates: Estimated, since: str, at: Row | None = None) -> Finding:
    """Whether a measurement really moved `since` an earlier period; the estimate is the change itself."""
    row = row_of(estimates, at)
    if row is None:
        return no_answer("time", estimates.unit, f"there is nothing to compare with in {since}")
    noun, verdict, (size, low, high) = capital(noun_of(estimates.unit)), verdict_of(row), amounts(row, estimates.unit)
    if moved := {"raised": "rose", "lowered": "fell"}.get(verdict):
        headline = f"{noun} {moved} by {size} since {since} ({between(low, high)})."
        rule = "the change is larger than chance would bring; that it moved does not say why"
    else:
        headline = f"{noun} did not clearly change since {since}: {bounds_of(row, estimates)}."
        rule = "chance alone could have brought a change like this"
    return Finding(headline, verdict, "descriptive only", rule, **numbers_of(row, estimates))


def standing(estimates: Estimated, groups: str = "groups") -> Finding:
    """How many groups are clearly above or below everybody together, and which stand furthest out.

    Groups that may not be shown are not counted.
    """
    overall, table = row_of(estimates, None), privacy.shown(estimates).table.dropna(subset=["estimate"])
    if overall is None or table.empty:
        return Finding(f"None of the {groups} can be shown.", "cannot tell", "no answer", "too few people in each")
    low, high = ("band_low", "band_high") if "band_low" in table else ("conf_low", "conf_high")
    above, below = table[table[low] > overall["estimate"]], table[table[high] < overall["estimate"]]
    typical = level(overall["estimate"], estimates.unit)
    told = [_outstanding(above, "above", 1), _outstanding(below, "below", -1)]
    headline = f"Of {len(table)} {groups}, {' and '.join(told)} the {typical} of everybody together."
    by_chance = "intervals hold for all groups at once" if "band_low" in table else _stand_out_by_chance(estimates)
    return Finding(headline, "descriptive", "descriptive only", by_chance, **numbers_of(overall, estimates))


def pace(found: Any, groups: str, teams: bool = False) -> Finding:
    """Whether groups differ in how soon they adopt.

    found : log_rank (None: nothing to compare), by_week, reached (`workbench.time_to_adopt`)
    groups : what they are, in the plural; teams : chance is what dealing whole teams to the groups brings
    """
    question = f"Whether {groups} differ in how soon people make it a habit"
    shown = privacy.shown(found.reached).table.dropna(subset=["estimate"])
    if found.log_rank is None or len(shown) < 2:
        return untold(question, "fewer than two groups can be compared")
    named, ranked = shown.columns[0], shown.sort_values("estimate", kind="stable")
    low, high = ranked.iloc[0], ranked.iloc[-1]
    clear = found.log_rank["p_value"] < PARTED
    ends = f"{of_100(low['estimate'])} of 100 ({low[named]}) to {of_100(high['estimate'])} ({high[named]})"
    said = "clearly differ" if clear else "do not clearly differ"
    headline = (
        f"{capital(groups)} {said} in how soon people make it a habit:"
        f" within {found.by_week} weeks of access from {ends} have it."
    )
    dealt = "whole teams dealt to them by lot" if teams else "people dealt to them by lot"
    odds = f"{dealt} would lie as far apart in {how_often(found.log_rank['p_value'])}"
    rule = f"the whole courses of the {groups} were compared (log-rank test); {odds}"
    return Finding(headline, "descriptive", "descriptive only", rule, n=int(found.reached.overall["n"]))


def spread(found: Any, unknown: str = "") -> Finding:
    """How many have come, how many come soon, and how many in the end, as far as a Bass curve can tell.

    found : misses, fits, told, curve, forecast, parameters (`workbench.diffusion.bass`); None: too little has happened
    unknown : why nothing can be said of who has not come, where that is so
    """
    question = "How many are still to come"
    if unknown or found is None:
        return untold(question, unknown or "too few weeks have passed, or too few people have come")
    so_far, soon = found.curve.table.iloc[-1], found.forecast.table.iloc[-1]
    come = f"So far {of_100(so_far['adopted'])} of 100 people with access have come"
    rule = "a curve of people who come by themselves and people who follow others (Bass), fitted to the weeks so far"
    if so_far["adopted"] == 1:
        return Finding("Everybody with access has come.", "descriptive", "descriptive only", "a count", n=so_far["n"])
    if not found.fits:
        why = f"people did not come the way such a curve has it, which is off by up to {of_100(found.misses)} of 100"
        return Finding(f"{come}. {question} cannot be told: {why}.", "cannot tell", "no answer", rule)
    ends = f"between {of_100(soon['conf_low'])} and {of_100(soon['conf_high'])}"
    ahead = f"in {len(found.forecast.table)} weeks it will be {of_100(soon['estimate'])} ({ends}) if this goes on"
    last = found.parameters.table.set_index("term").loc["ceiling"]
    bounds = f"between {of_100(last['conf_low'])} and {of_100(last['conf_high'])} of 100"
    end = f"In the end {bounds} come"
    if not found.told("ceiling"):
        end = f"How many come in the end cannot be told yet: anything {bounds} would go with these weeks"
    caveat = "The forecast holds only if nothing new is done; who was given access later counts from the start."
    numbers = numbers_of(soon, found.forecast)
    return Finding(f"{come}; {ahead}. {end}.", "descriptive", "descriptive only", rule, **numbers, caveat=caveat)


def _outstanding(groups: pd.DataFrame, side: str, sign: int) -> str:
    if groups.empty:
        return f"none is clearly {side}"
    named = next(c for c in groups.columns if groups[c].dtype.kind not in "fiub")
    furthest = groups[named].iloc[int((sign * groups["estimate"]).argmax())]
    if len(groups) == 1:
        return f"1 is clearly {side} ({furthest})"
    return f"{len(groups)} are clearly {side} (furthest {furthest})"


def _stand_out_by_chance(estimates: Estimated) -> str:
    odds = round(1 / (1 - estimates.level))
    return f"each interval stands by itself, so about 1 in {odds} groups would stand out by chance alone"


def target(estimates: Estimated, says: str, aim: float, of: str = "people with access", caveat: str = "") -> Finding:
    """A share held against a target: reached, missed, or too close to say."""
    found = share(estimates, says, of)
    if found.estimate is None or found.conf_low is None or found.conf_high is None:
        return found
    aimed = f"the target of {of_100(aim)} of 100"
    side = (
        "is reached" if found.conf_low >= aim else "is not reached" if found.conf_high < aim else "is too close to say"
    )
    return replace(found, headline=f"{found.headline[:-1]}; {aimed} {side}.", caveat=caveat)


def gap(funnel: pd.DataFrame, steps: Mapping[str, str]) -> str:
    """How many get how far, in one sentence: "Of 100 people with access 93 tried it and 41 have the habit."

    funnel : step, share (of those with access); steps : step → what people did
    """
    shares = funnel.set_index("step")["share"]
    told = [f"{of_100(shares[step])} {did}" for step, did in steps.items()]
    return f"Of 100 people with access {', '.join(told[:-1])} and {told[-1]}."


def daily_share(stickiness: float) -> str:
    """Stickiness in one sentence; nothing where it is not known."""
    if math.isnan(stickiness):
        return ""
    return f"on an average day {of_100(stickiness)} of 100 who used it in the four weeks before use it"


def alike(icc: Estimated) -> str:
    """How much of what sets people apart lies between their groups, in one sentence."""
    row = row_of(icc, None)
    if row is None:
        return "how much of what sets people apart lies between groups cannot be told"
    low, high = (of_100(max(row[end], 0)) for end in ("conf_low", "conf_high"))
    part = of_100(max(row["estimate"], 0))
    return (
        f"of all that sets people apart, {part} of 100 parts lie between {_groups_of(icc)} (between {low} and {high})"
    )


def _groups_of(icc: Estimated) -> str:
    return icc.unit.rsplit(" ", 1)[-1]


def fitness(left_out: pd.DataFrame, silent_days: pd.DataFrame, problems: pd.DataFrame, caveat: str = "") -> Finding:
    """Whether the log can be believed: how much of it counts, and what to mend first.

    left_out : reason, rows, "kept" first; silent_days : working days on which hardly anything arrived
    problems : what the check noted (table, rule, rows); broken rules stop a notebook before it comes here
    """
    rows = left_out.set_index("reason")["rows"]
    counted = (
        f"{of_100(rows['kept'] / max(rows.sum(), 1))} of 100 rows of the log count ({rows['kept']:,} of {rows.sum():,})"
    )
    days = len(silent_days)
    doubts = [f"on {days} working {'day' if days == 1 else 'days'} hardly anything arrived"] if days else []
    doubts += [f"{row['rows']:,} rows break the rule that {row['rule']}" for row in problems.to_dict("records")]
    judged = "can be used, with care" if doubts or caveat else "can be used"
    rule = "every row is counted or left out for a stated reason, and every working day is looked at"
    told = [sentence("; ".join(doubts))] * bool(doubts) + [caveat] * bool(caveat)
    return Finding(f"The log {judged}: {counted}.", "descriptive", "descriptive only", rule, caveat=" ".join(told))
