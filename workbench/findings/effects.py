"""What a programme did, and how far to believe it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.findings.finding import CAVEATS, Finding, first_row, no_answer, numbers_of, row_of, untold, why_none
from workbench.findings.phrases import (
    Estimated,
    Row,
    amount,
    amounts,
    between,
    bounds_of,
    enumerated,
    figure_of,
    noun_of,
    spaced,
    times_over,
    verdict_of,
)
from workbench.results.words import capital, number, of_100, people

PARTED = 0.05  # trends before the start count as different when chance alone would do this rarely
RARE = 0.05  # an effect as clear as this, seen so rarely by chance alone, is hardly chance
SURVIVES = 1.0  # times the largest parting of trends seen before the start
TOGETHER = "a difference between groups that nobody assigned: it goes together, which does not show what caused it"
BY_DRAW = "who came when was drawn at random, so those still waiting show what would have happened anyway"


def effect(
    estimates: Estimated,
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
    """
    row = row_of(estimates, at)
    if row is None:
        return no_answer(what, estimates.unit, why_none(estimates, at), when)
    if pretrend is None and not randomised:
        return association(estimates, f"people with {what}", at=at)
    verdict = verdict_of(row)
    grade, rule = _grade(verdict, first_row(pretrend), _breakdown(sensitivity), randomised, estimates.unit)
    said = _effect_words(verdict, row, what, when, estimates)
    return Finding(said, verdict, grade, rule, **numbers_of(row, estimates), caveat=caveat or CAVEATS.get(grade, ""))


def kinds(
    pairs: pd.DataFrame, unit: str, untold: Sequence[str] = (), thing: str = "kind", drawn: bool = False
) -> Finding:
    """Which of several kinds brought more than others.

    pairs : arm_a, arm_b, estimate, band_low, band_high (`trainings.pairs`); untold : what the data do not tell
    thing : what they are, in the singular; drawn : it was drawn by lot who got which
    """
    gap = (
        f"Nothing was compared by {enumerated(list(untold))}: the data do not say it, or all were alike."
        if untold
        else ""
    )
    if pairs.empty:
        return no_answer(f"another {thing}", unit, f"there are no two {thing}s to compare")
    clear = [row for row in pairs.to_dict("records") if row["band_low"] > 0 or row["band_high"] < 0]
    told = [
        f"{a} than with {b}"
        for a, b in ((row["arm_a"], row["arm_b"])[:: 1 if row["estimate"] > 0 else -1] for row in clear)
    ]
    said = (
        f"More {unit} came with {enumerated(told)}" if told else f"No {thing} clearly brought more {unit} than another"
    )
    chosen = f"who got which {thing} was not drawn by lot, so people who gain more anyway may have been in one of them"
    grade, rule = ("randomised", BY_DRAW) if drawn else ("fragile", chosen)
    caveat = " ".join(filter(None, [CAVEATS.get(grade, ""), gap]))
    return Finding(f"{said}.", "descriptive", grade, rule, unit=unit, caveat=caveat)


def dose(slopes: Mapping[str, Estimated], unit: str) -> Finding:
    """What one further hour of each programme brings.

    slopes : programme → one row, the change in `unit` for each further hour (`workbench.slope`)
    """
    rows = {name: row for name, each in slopes.items() if (row := row_of(each, None)) is not None}
    told = [_hour(name, row, unit) for name, row in rows.items()]
    if not told:
        return no_answer("more hours of training", unit, "too few people had other hours than others")
    rule = "people of unlike hours are compared; where they chose their hours, also eager people with others"
    alone = numbers_of(next(iter(rows.values())), next(iter(slopes.values()))) if len(rows) == 1 else {"unit": unit}
    return Finding(f"{capital('; '.join(told))}.", "descriptive", "descriptive only", rule, **alone)


def _hour(name: str, row: Row, unit: str) -> str:
    size, low, high = amounts(row, unit)
    if verdict_of(row) == "did not clearly change":
        low, high = (figure_of(row[end], unit, 2) for end in ("conf_low", "conf_high"))
        return f"{name}: each further hour brought no clear change in {noun_of(unit)} ({between(low, high)})"
    more = f"{size} {'more' if row['estimate'] > 0 else 'less'}"
    return f"{name}: each further hour brought {more} in {noun_of(unit)} ({between(low, high)})"


def attrition(leavers: Estimated, what: str, others: str = "those not trained") -> Finding:
    """Whether more of the trained left than would have at the pace of the others (`workbench.attrition.leaving`)."""
    row = dict(leavers.overall)
    side = {"raised": "More left than expected", "lowered": "Fewer left than expected"}
    judged = side.get(verdict_of(row), "That is no clear difference")
    fewer, more = (number(100 * abs(row[end]), 1) for end in ("conf_low", "conf_high"))
    ends = [
        f"{fewer} {'fewer' if row['conf_low'] < 0 else 'more'}",
        f"{more} {'fewer' if row['conf_high'] < 0 else 'more'}",
    ]
    headline = (
        f"Of {people(row['n'])} in {what}, {row['left']:,.0f} left afterwards; at the pace of {others}"
        f" {number(row['expected'], 1)} would have. {judged} (from {' to '.join(ends)} of 100)."
    )
    rule = "a count, week by week, against everybody who was there and whose turn had not come yet"
    return Finding(headline, "descriptive", "descriptive only", rule, **numbers_of(row, leavers))


def redrawn(lots: pd.DataFrame) -> Finding:
    """How often chance alone would have shown as clear an effect, where dates were drawn (`randomisation.of_each`).

    lots : name, p_value, reason; its verdict is "hardly chance", "perhaps chance", or descriptive where they differ
    """
    question = "How often chance alone would show an effect as clear"
    if lots.empty:
        return untold(question, "no dates were drawn by lot")
    told, refused = (lots[lots["reason"].isna() == there].to_dict("records") for there in (True, False))
    missing = " ".join(f"{capital(row['name'])} has no such answer: {row['reason']}." for row in refused)
    if not told:
        return replace(untold(question, "the dates cannot be drawn anew"), caveat=missing)
    each = [
        f"Had the dates of {row['name']} been drawn differently, an effect as clear as the one seen would have come up"
        f" in {of_100(row['p_value'])} of 100 draws."
        for row in told
    ]
    rule = "had nobody gained anything, every order of the dates would show a difference by chance all the same"
    rare = {bool(row["p_value"] <= RARE) for row in told}
    verdict = "descriptive" if len(rare) > 1 else "hardly chance" if rare.pop() else "perhaps chance"
    return Finding(" ".join(each), verdict, "randomised", rule, caveat=missing)


def association(estimates: Estimated, who: str, than: str = "others", at: Row | None = None) -> Finding:
    """How `who` differ, worded as going together: "Teams whose leader uses the CRM stand 0.40 higher in …"."""
    row = row_of(estimates, at)
    if row is None:
        return untold(
            f"Whether {who} differ from {than} in {noun_of(estimates.unit)}", "nobody is there to compare with"
        )
    noun, (size, low, high) = noun_of(estimates.unit), amounts(row, estimates.unit)
    if verdict_of(row) == "did not clearly change":
        said = f"do not clearly differ from {than} in {noun}: {bounds_of(row, estimates, 'lead', 'lag')}"
    else:
        side = "higher" if row["estimate"] > 0 else "lower"
        said = f"stand {size} {side} in {noun} than {than} ({between(low, high)})"
    return Finding(f"{capital(who)} {said}.", "descriptive", "descriptive only", TOGETHER, **numbers_of(row, estimates))


def tally(found: Mapping[str, Finding], things: str, unit: str, courses: Mapping[str, str] | None = None) -> Finding:
    """How many of several things raised a measurement and how many lowered it; those in doubt are told apart.

    found : what each is called → its finding; things : what they are, in the plural
    courses : what each is called → what became of its effect (`course`); one that turned is named
    """
    doubted = [name for name, each in found.items() if each.grade == "fragile"]
    judged = {name: each for name, each in found.items() if each.grade != "fragile"}
    said = {"raised": "raised it", "lowered": "lowered it", "did not clearly change": "did not clearly change it"}
    names = {
        verdict: [n for n, each in judged.items() if each.verdict == verdict] for verdict in (*said, "cannot tell")
    }
    told = [f"{len(names[v])} {words} ({', '.join(names[v])})" for v, words in said.items() if names[v]]
    told += [f"{len(names['cannot tell'])} cannot be judged ({', '.join(names['cannot tell'])})"] * bool(
        names["cannot tell"]
    )
    told += [f"for {len(doubted)} the comparison does not hold ({', '.join(doubted)})"] * bool(doubted)
    rule = f"{len(judged) - len(names['cannot tell'])} of {len(found)} comparisons passed every check"
    headline = f"Of {len(found)} {things}, judged by {unit}, {enumerated(told)}."
    people_behind = sum(each.n or 0 for each in found.values()) or None
    caveat = " ".join(filter(None, [_turning(courses or {}), _could_still_be(judged), _reasons(judged)]))
    grades = {each.grade for each in judged.values()}
    weakest = next((grade for grade in ("robust", "randomised") if grade in grades), "no answer")
    grade = "mixed" if doubted else weakest
    return Finding(headline, "descriptive", grade, rule, unit=unit, n=people_behind, caveat=caveat)


def _turning(courses: Mapping[str, str]) -> str:
    """Effects of which the mean says too little, because they turned."""
    turned = [
        f"{name} first {went.replace(', then ', ' it and then ')} it"
        for name, went in courses.items()
        if ", then " in went
    ]
    return f"The mean hides that {enumerated(turned)}." if turned else ""


def _could_still_be(found: Mapping[str, Finding]) -> str:
    """How large effects may be that are not clear."""
    most = [
        f"{amount(max(each.conf_high, 0), each.unit)} with {name}"
        for name, each in found.items()
        if each.verdict == "did not clearly change" and each.conf_high is not None
    ]
    return f"Not clear is not nothing: a rise could still be up to {enumerated(most)}." if most else ""


def _reasons(found: Mapping[str, Finding]) -> str:
    """Why there is no answer, each reason once."""
    untold = {name: each.rule for name, each in found.items() if each.verdict == "cannot tell"}
    by = {reason: [name for name, each in untold.items() if each == reason] for reason in untold.values()}
    told = [f"{enumerated(names)}: {reason}" for reason, names in by.items()]
    return f"Cannot be judged: {'; '.join(told)}." if told else ""


def named(name: str, finding: Finding) -> str:
    """The name with a word of warning where the comparison does not hold, for a chart that shows it beside others."""
    return f"{name}, in doubt" if finding.grade == "fragile" else name


def most(found: Mapping[str, Finding], things: str) -> str:
    """Which of several things clearly raised a measurement by most, among those whose comparison holds.

    found : what each is called → its finding; things : what they are, in the plural
    """
    clear = [each for each in found.values() if each.verdict == "raised" and each.grade != "fragile"]
    if not clear:
        unit = next((each.unit for each in found.values() if each.unit), "it")
        told = any(each.verdict != "cannot tell" for each in found.values())
        return f"None of the {things} {f'clearly raised {noun_of(unit)}' if told else 'can be judged'}"
    best = max(clear, key=lambda each: each.estimate or 0).headline.rstrip(".")
    return best if len(clear) == 1 else f"Most of all, {best}"


def agreement(found: Mapping[str, Estimated], null: str = "") -> str:
    """How many of several ways of asking come to the verdict of the first.

    found : way → its estimates, the first as the page asks it; null : the way in which nothing should be found
    """
    rows = {way: row for way, each in found.items() if (row := row_of(each, None)) is not None}
    asked = next(iter(found))
    if asked not in rows:
        return "it rests on too few to tell it from chance, however it is asked"
    first = verdict_of(rows[asked])
    rest = [verdict_of(row) for way, row in rows.items() if way not in (asked, null)]
    answer = {"raised": "a rise", "lowered": "a fall"}.get(first, "no clear change")
    said = f"{rest.count(first)} of {len(rest)} other ways of asking also find {answer}" if rest else f"it is {answer}"
    if null not in rows:
        return said
    quiet = verdict_of(rows[null]) == "did not clearly change"
    return said + (
        "; nothing had happened before it began" if quiet else "; but something had happened before it began"
    )


def course(spans: Estimated) -> str:
    """What became of an effect over time, from its clear spans: "lasts", "fades", "raised, then lowered" …"""
    verdicts = [verdict_of(row) for row in spans.table.to_dict("records")]
    sizes = spans.table["estimate"].tolist()
    if "raised" in verdicts and "lowered" in verdicts[verdicts.index("raised") :]:
        return "raised, then lowered"
    if "lowered" in verdicts and "raised" in verdicts[verdicts.index("lowered") :]:
        return "lowered, then raised"
    clear = [i for i, verdict in enumerate(verdicts) if verdict != "did not clearly change"]
    if not clear:
        return "no clear effect at any time"
    if clear[-1] < len(verdicts) - 1 or abs(sizes[-1]) < abs(sizes[clear[0]]) / 2:
        return "fades"
    return "lasts" if clear[0] == 0 else "comes late"


def beside(asked: Finding, others: Mapping[str, Finding]) -> Finding:
    """What came of something that asked for one thing: that, and what else was looked at.

    asked : the finding on what was asked for or rewarded; others : what else was looked at → its finding
    """
    words = {"raised": "raised", "lowered": "lowered", "did not clearly change": "did not clearly change"}
    named = {verdict: [name for name, each in others.items() if each.verdict == verdict] for verdict in words}
    told = [f"it {words[verdict]} {enumerated(names)}" for verdict, names in named.items() if names]
    headline = f"{'; '.join([asked.headline.rstrip('.'), *told])}."
    doubted = any(each.grade == "fragile" for each in (asked, *others.values()))
    grade = ("fragile", "at least one of these comparisons failed a check") if doubted else (asked.grade, asked.rule)
    return replace(asked, headline=headline, grade=grade[0], rule=grade[1])


def _grade(verdict: str, before: Row | None, survives: float | None, randomised: bool, unit: str) -> tuple[str, str]:
    if randomised:
        return "randomised", BY_DRAW
    doubts = _doubts(verdict, before, survives)
    if doubts or before is None:
        return "fragile", "; ".join(doubts)
    drift = f"the check would have seen a drift of {amount(before['slope_detectable_80'], unit)} a week 8 times in 10"
    rule = f"before the start both groups moved alike ({drift})"
    if verdict == "did not clearly change":
        return "robust", rule
    return "robust", f"{rule}, and the result survives trends parting by {times_over(survives)} what was seen before"


def _doubts(verdict: str, before: Row | None, survives: float | None) -> list[str]:
    """Every reason not to call it robust; none is needed to be certain of the sign, one is enough to say fragile."""
    doubts = []
    if before is None or not math.isfinite(before["p_value"]):
        doubts.append("there were too few weeks before the start to see whether both groups moved alike")
    elif before["p_value"] < PARTED:
        doubts.append("the groups already moved apart before the start")
    elif math.isinf(before.get("slope_detectable_80", 0)):
        doubts.append("groups that start at different times were compared with each other alone, which shows no drift")
    if verdict == "did not clearly change":
        return doubts
    if survives is None:
        doubts.append("how large a parting of trends the result survives was not computed")
    elif survives < SURVIVES:
        doubts.append(f"it would not survive trends parting by {times_over(max(survives, 0))} what was seen before")
    return doubts


def _breakdown(sensitivity: Any) -> float | None:
    found = getattr(sensitivity, "breakdown", sensitivity)
    return None if found is None or math.isnan(found) else float(found)


def _effect_words(verdict: str, row: Row, what: str, when: str, estimates: Estimated) -> str:
    noun, (size, low, high) = noun_of(estimates.unit), amounts(row, estimates.unit)
    if verdict == "did not clearly change":
        return f"{capital(what)} did not clearly change {noun}{spaced(when)}: {bounds_of(row, estimates)}."
    return f"{capital(what)} {verdict} {noun}{spaced(when)} by {size} ({between(low, high)})."
