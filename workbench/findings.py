"""Says a result in words that cannot outrun the evidence.

The verdict is chosen by where the interval lies, the grade by what was checked; nobody types either.

    interval above zero    raised                        dates drawn at random                    randomised
    interval below zero    lowered                       trends alike before, and survives        robust
    zero inside            did not clearly change        a check failed or is missing             fragile
    no interval            cannot tell                   nothing to compare with                  descriptive only

Zero inside the interval is not "no effect": the sentence then says how large an effect could still be. What is
descriptive only is worded as going together, never as cause. An effect survives when it stays clear although the
trends had parted after the start by as much as they ever did before it: Rambachan & Roth (2023), Review of Economic
Studies 90(5), 2555–2591, relative magnitudes. That a check found nothing is not proof, so its rule says what the check
would have seen: Roth (2022), AER: Insights 4(3), 305–322.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from html import escape
from typing import Any, Protocol

import pandas as pd
from IPython.display import display

from workbench import privacy
from workbench.words import capital, is_share, level, number, of_100, people, sentence

JSON = "application/vnd.workbench.finding+json"
PARTED = 0.05  # trends before the start count as different when chance alone would do this rarely
RARE = 0.05  # an effect as clear as this, seen so rarely by chance alone, is hardly chance
SURVIVES = 1.0  # times the largest parting of trends seen before the start
TOGETHER = "a difference between groups that nobody assigned: it goes together, which does not show what caused it"
BY_DRAW = "who came when was drawn at random, so those still waiting show what would have happened anyway"
SIGNS_ONLY = "Signs are rates of teams; they say nothing of any one person."
CAVEATS = {"fragile": "Read it as a lead to follow, not as a result."}
UNCHECKED = pd.DataFrame([{"p_value": math.nan, "df": 0}])  # where no weeks before the start were looked at
Row = Mapping[Any, Any]


class Estimated(Protocol):
    """What a finding reads of an `Estimates`."""

    table: pd.DataFrame
    overall: Any
    unit: str
    about: str
    level: float


@dataclass(frozen=True)
class Finding:
    """One result, as the page says it.

    verdict : raised, lowered, did not clearly change, cannot tell, descriptive
    grade : randomised, robust, fragile, descriptive only, no answer, of several mixed; `rule` says why
    estimate, conf_low, conf_high : in `unit`; shares and their changes from 0 to 1; None where there is no answer
    n : people behind it
    """

    headline: str
    verdict: str
    grade: str
    rule: str
    estimate: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    unit: str = ""
    n: int | None = None
    caveat: str = ""

    def __str__(self) -> str:
        return self.headline

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {JSON: _plain(asdict(self)), "text/html": self._html(), "text/plain": self._text()}

    def _text(self) -> str:
        return "\n".join([self.headline, *(f"  {line}" for line in self._lines())])

    def _html(self) -> str:
        lines = "".join(f"<p>{escape(line)}</p>" for line in self._lines())
        headline = f"<p><strong>{escape(self.headline)}</strong></p>"
        return f'<div class="finding {self.grade.replace(" ", "-")}">{headline}{lines}</div>'

    def _lines(self) -> list[str]:
        rests = f" Rests on {people(self.n)}." if self.n else ""
        return [f"How sure: {self.grade}. {sentence(self.rule)}{rests}", *([self.caveat] if self.caveat else [])]


# ── findings ────────────────────────────────────────────────────────────────────────────────────────────────────


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
    row = _row(estimates, at)
    if row is None:
        return no_answer(what, estimates.unit, _why_none(estimates, at), when)
    if pretrend is None and not randomised:
        return association(estimates, f"people with {what}", at=at)
    verdict = _verdict(row)
    grade, rule = _grade(verdict, _first(pretrend), _breakdown(sensitivity), randomised, estimates.unit)
    said = _effect_words(verdict, row, what, when, estimates)
    return Finding(said, verdict, grade, rule, **_numbers(row, estimates), caveat=caveat or CAVEATS.get(grade, ""))


def kinds(
    pairs: pd.DataFrame, unit: str, untold: Sequence[str] = (), thing: str = "kind", drawn: bool = False
) -> Finding:
    """Which of several kinds brought more than others.

    pairs : arm_a, arm_b, estimate, band_low, band_high (`trainings.pairs`); untold : what the data do not tell
    thing : what they are, in the singular; drawn : it was drawn by lot who got which
    """
    gap = f"Nothing was compared by {_and(list(untold))}: the data do not say it, or all were alike." if untold else ""
    if pairs.empty:
        return no_answer(f"another {thing}", unit, f"there are no two {thing}s to compare")
    clear = [row for row in pairs.to_dict("records") if row["band_low"] > 0 or row["band_high"] < 0]
    told = [
        f"{a} than with {b}"
        for a, b in ((row["arm_a"], row["arm_b"])[:: 1 if row["estimate"] > 0 else -1] for row in clear)
    ]
    said = f"More {unit} came with {_and(told)}" if told else f"No {thing} clearly brought more {unit} than another"
    chosen = f"who got which {thing} was not drawn by lot, so people who gain more anyway may have been in one of them"
    grade, rule = ("randomised", BY_DRAW) if drawn else ("fragile", chosen)
    caveat = " ".join(filter(None, [CAVEATS.get(grade, ""), gap]))
    return Finding(f"{said}.", "descriptive", grade, rule, unit=unit, caveat=caveat)


def dose(slopes: Mapping[str, Estimated], unit: str) -> Finding:
    """What one further hour of each programme brings.

    slopes : programme → one row, the change in `unit` for each further hour (`workbench.slope`)
    """
    rows = {name: row for name, each in slopes.items() if (row := _row(each, None)) is not None}
    told = [_hour(name, row, unit) for name, row in rows.items()]
    if not told:
        return no_answer("more hours of training", unit, "too few people had other hours than others")
    rule = "people of unlike hours are compared; where they chose their hours, also eager people with others"
    alone = _numbers(next(iter(rows.values())), next(iter(slopes.values()))) if len(rows) == 1 else {"unit": unit}
    return Finding(f"{capital('; '.join(told))}.", "descriptive", "descriptive only", rule, **alone)


def _hour(name: str, row: Row, unit: str) -> str:
    size, low, high = _amounts(row, unit)
    if _verdict(row) == "did not clearly change":
        low, high = (_figure(row[end], unit, 2) for end in ("conf_low", "conf_high"))
        return f"{name}: each further hour brought no clear change in {_noun(unit)} ({_between(low, high)})"
    more = f"{size} {'more' if row['estimate'] > 0 else 'less'}"
    return f"{name}: each further hour brought {more} in {_noun(unit)} ({_between(low, high)})"


def attrition(leavers: Estimated, what: str, others: str = "those not trained") -> Finding:
    """Whether more of the trained left than would have at the pace of the others (`workbench.attrition.leaving`)."""
    row = dict(leavers.overall)
    side = {"raised": "More left than expected", "lowered": "Fewer left than expected"}
    judged = side.get(_verdict(row), "That is no clear difference")
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
    return Finding(headline, "descriptive", "descriptive only", rule, **_numbers(row, leavers))


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
    row = _row(estimates, at)
    if row is None:
        return untold(f"Whether {who} differ from {than} in {_noun(estimates.unit)}", "nobody is there to compare with")
    noun, (size, low, high) = _noun(estimates.unit), _amounts(row, estimates.unit)
    if _verdict(row) == "did not clearly change":
        said = f"do not clearly differ from {than} in {noun}: {_bounds(row, estimates, 'lead', 'lag')}"
    else:
        side = "higher" if row["estimate"] > 0 else "lower"
        said = f"stand {size} {side} in {noun} than {than} ({_between(low, high)})"
    return Finding(f"{capital(who)} {said}.", "descriptive", "descriptive only", TOGETHER, **_numbers(row, estimates))


def no_answer(what: str, unit: str, reason: str, when: str = "") -> Finding:
    """That there is no answer, and why."""
    return replace(untold(f"Whether {what} changed {_noun(unit)}{_spaced(when)}", reason), unit=unit)


def complete(things: str) -> Finding:
    """That there is an answer to everything asked about."""
    return Finding(f"All {things} have an answer.", "descriptive", "descriptive only", "none is left without one")


def untold(question: str, reason: str) -> Finding:
    """That a question, such as "Which patterns people follow", has no answer here, and why."""
    return Finding(f"{question} cannot be told: {reason}.", "cannot tell", "no answer", reason)


def share(estimates: Estimated, says: str, of: str = "eligible people", at: Row | None = None) -> Finding:
    """A share in people: "31 of 100 eligible people are habitual users (between 29 and 33 of 100; 1,240 people)"."""
    row = _row(estimates, at)
    if row is None:
        return untold(f"How many {of} {says}", "nobody is in this group")
    within = f"between {of_100(row['conf_low'])} and {of_100(row['conf_high'])} of 100; {people(row['n'])}"
    headline = f"{capital(of_100(row['estimate']))} of 100 {of} {says} ({within})."
    rule = "a count; the interval says how far chance alone could have moved it"
    return Finding(headline, "descriptive", "descriptive only", rule, **_numbers(row, estimates))


def change(estimates: Estimated, since: str, at: Row | None = None) -> Finding:
    """Whether a measurement really moved `since` an earlier period; the estimate is the change itself."""
    row = _row(estimates, at)
    if row is None:
        return no_answer("time", estimates.unit, f"there is nothing to compare with in {since}")
    noun, verdict, (size, low, high) = capital(_noun(estimates.unit)), _verdict(row), _amounts(row, estimates.unit)
    if moved := {"raised": "rose", "lowered": "fell"}.get(verdict):
        headline = f"{noun} {moved} by {size} since {since} ({_between(low, high)})."
        rule = "the change is larger than chance would bring; that it moved does not say why"
    else:
        headline = f"{noun} did not clearly change since {since}: {_bounds(row, estimates)}."
        rule = "chance alone could have brought a change like this"
    return Finding(headline, verdict, "descriptive only", rule, **_numbers(row, estimates))


def standing(estimates: Estimated, groups: str = "groups") -> Finding:
    """How many groups are clearly above or below everybody together, and which stand furthest out.

    Groups that may not be shown are not counted.
    """
    overall, table = _row(estimates, None), privacy.shown(estimates).table.dropna(subset=["estimate"])
    if overall is None or table.empty:
        return Finding(f"None of the {groups} can be shown.", "cannot tell", "no answer", "too few people in each")
    low, high = ("band_low", "band_high") if "band_low" in table else ("conf_low", "conf_high")
    above, below = table[table[low] > overall["estimate"]], table[table[high] < overall["estimate"]]
    typical = level(overall["estimate"], estimates.unit)
    told = [_outstanding(above, "above", 1), _outstanding(below, "below", -1)]
    headline = f"Of {len(table)} {groups}, {' and '.join(told)} the {typical} of everybody together."
    by_chance = "intervals hold for all groups at once" if "band_low" in table else _stand_out_by_chance(estimates)
    return Finding(headline, "descriptive", "descriptive only", by_chance, **_numbers(overall, estimates))


def shifts(moved: Estimated) -> str:
    """How many moved to more use and how many to less, in one sentence; those who came, left or were new apart.

    moved : way, users (`workbench.transitions`)
    """
    users = moved.table.groupby("way")["users"].sum()
    more, less, same = (int(users.get(way, 0)) for way in ("to more use", "to less use", "the same"))
    return f"Of {people(more + less + same)} in both weeks, {more:,} moved to more use and {less:,} to less"


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
    odds = f"{dealt} would lie as far apart in {_often(found.log_rank['p_value'])}"
    rule = f"the whole courses of the {groups} were compared (log-rank test); {odds}"
    return Finding(headline, "descriptive", "descriptive only", rule, n=int(found.reached.overall["n"]))


def _often(chance: float) -> str:
    """How often something happens, in words: "fewer than 1 of 100 cases", "about 21 of 100 cases"."""
    return f"{'fewer than 1' if chance < 0.01 else f'about {of_100(chance)}'} of 100 cases"


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
    numbers = _numbers(soon, found.forecast)
    return Finding(f"{come}; {ahead}. {end}.", "descriptive", "descriptive only", rule, **numbers, caveat=caveat)


def patterns(shares: Estimated, verdicts: Mapping[str, str], structured: bool, among: int) -> Finding:
    """Which patterns people follow, how many each, and how sure that is.

    shares : one row per pattern: pattern, share of people, n (people); verdicts : pattern → stable, shaky or nothing
    structured : whether people differ in kind at all; among : how many people were looked at for that
    """
    rows = privacy.shown(shares).table
    if not structured:
        said = "No separate patterns can be told apart: as far as the data show, people differ in how much they use it"
        rule = "people left out of the search showed no clear gap between the groups found"
        return Finding(f"{said}, not in kind.", "descriptive", "descriptive only", rule, n=among)
    told = [f"{of_100(row['estimate'])} {row['pattern']}" for row in rows.to_dict("records")]
    shaky = [name for name in rows["pattern"] if verdicts.get(name) == "shaky"]
    steady = sum(verdict == "stable" for verdict in verdicts.values())
    rule = f"{steady} patterns were found again when people were drawn anew" + (
        f"; shaky: {_and(shaky)}" if shaky else "; none is shaky"
    )
    headline = f"Of 100 people with access, by pattern: {', '.join(told)}."
    return Finding(headline, "descriptive", "descriptive only", rule, n=int(rows["n"].sum()))


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
    headline = f"Of {len(found)} {things}, judged by {unit}, {_and(told)}."
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
    return f"The mean hides that {_and(turned)}." if turned else ""


def _could_still_be(found: Mapping[str, Finding]) -> str:
    """How large effects may be that are not clear."""
    most = [
        f"{_amount(max(each.conf_high, 0), each.unit)} with {name}"
        for name, each in found.items()
        if each.verdict == "did not clearly change" and each.conf_high is not None
    ]
    return f"Not clear is not nothing: a rise could still be up to {_and(most)}." if most else ""


def _reasons(found: Mapping[str, Finding]) -> str:
    """Why there is no answer, each reason once."""
    untold = {name: each.rule for name, each in found.items() if each.verdict == "cannot tell"}
    by = {reason: [name for name, each in untold.items() if each == reason] for reason in untold.values()}
    told = [f"{_and(names)}: {reason}" for reason, names in by.items()]
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
        return f"None of the {things} {f'clearly raised {_noun(unit)}' if told else 'can be judged'}"
    best = max(clear, key=lambda each: each.estimate or 0).headline.rstrip(".")
    return best if len(clear) == 1 else f"Most of all, {best}"


def agreement(found: Mapping[str, Estimated], null: str = "") -> str:
    """How many of several ways of asking come to the verdict of the first.

    found : way → its estimates, the first as the page asks it; null : the way in which nothing should be found
    """
    rows = {way: row for way, each in found.items() if (row := _row(each, None)) is not None}
    asked = next(iter(found))
    if asked not in rows:
        return "it rests on too few to tell it from chance, however it is asked"
    first = _verdict(rows[asked])
    rest = [_verdict(row) for way, row in rows.items() if way not in (asked, null)]
    answer = {"raised": "a rise", "lowered": "a fall"}.get(first, "no clear change")
    said = f"{rest.count(first)} of {len(rest)} other ways of asking also find {answer}" if rest else f"it is {answer}"
    if null not in rows:
        return said
    quiet = _verdict(rows[null]) == "did not clearly change"
    return said + (
        "; nothing had happened before it began" if quiet else "; but something had happened before it began"
    )


def course(spans: Estimated) -> str:
    """What became of an effect over time, from its clear spans: "lasts", "fades", "raised, then lowered" …"""
    verdicts = [_verdict(row) for row in spans.table.to_dict("records")]
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


def listed(found: Mapping[str, Finding], term: str) -> pd.DataFrame:
    """Findings as a table, one row each in the order given: term, and the fields of `Finding`."""
    return pd.DataFrame([{term: name, **asdict(each)} for name, each in found.items()])


# ── incentives ──────────────────────────────────────────────────────────────────────────────────────────────────


LEFT = {  # what is left → how a sentence says it of several
    "part of it stays": "part of it stayed with",
    "harm: less use than without it": "people did less than they would have without it after",
    "nothing clear is left": "nothing clear was left of",
    "it came late": "it came late with",
    "no clear change": "nothing clearly changed after",
    "cannot be told": "what was left cannot be told of",
}


def remains(on: Finding, after: Finding | None) -> str:
    """What is left of an incentive that has stopped, from its effects while on and after: one of `LEFT`."""
    if after is None or after.verdict == "cannot tell":
        return "cannot be told"
    if after.verdict == "lowered":
        return "harm: less use than without it"
    if after.verdict == "raised":
        return "part of it stays" if on.verdict == "raised" else "it came late"
    return "nothing clear is left" if on.verdict == "raised" else "no clear change"


def incentives(
    on: Mapping[str, Finding], after: Mapping[str, Finding], gaming: Mapping[str, Finding], beside: Estimated
) -> Finding:
    """What several incentives did while they ran, what was left when they stopped, and which were gamed.

    on, after, gaming : what each is called → its finding; one that has not stopped has none in `after`
    beside : all these effects side by side (`workbench.side_by_side`); what is clear only by itself is named
    """
    while_on = tally(on, "incentives", f"{beside.unit} while they ran")
    left = {what: [n for n, each in on.items() if remains(each, after.get(n)) == what] for what in LEFT}
    said = _and([f"{LEFT[what]} {_and(names)}" for what, names in left.items() if names])
    played = [name for name, each in gaming.items() if each.verdict == "gamed"]
    shown = f"{_and(played)} {'was' if len(played) == 1 else 'were'} gamed" if played else "None was clearly gamed"
    headline = f"{while_on.headline} When they stopped, {said}. {shown}."
    caveat = " ".join(filter(None, [while_on.caveat, _clear_alone(beside.table)]))
    return replace(while_on, headline=headline, caveat=caveat)


def _clear_alone(table: pd.DataFrame) -> str:
    """Which of several effects are clear each by itself, but not when all are looked at together."""
    alone = (table["conf_low"] > 0) | (table["conf_high"] < 0)
    together = (table["band_low"] > 0) | (table["band_high"] < 0)
    names = table.loc[alone & ~together, table.columns[0]].tolist()
    if not names:
        return ""
    return f"Clear by itself, but not when all {len(table)} results are looked at together: {'; '.join(names)}."


GAMED = {  # verdict on an incentive → how a title says it
    "gamed": "was gamed",
    "worse work": "brought worse work, and not clearly more of it",
    "not gamed": "shows no clear sign of gaming",
    "cannot tell": "cannot be judged",
}


def gamed(signs: Estimated, volume: Finding, what: str, randomised: bool = False) -> Finding:
    """Whether an incentive brought more work, or more that only looks like it.

    signs : sign, estimate, band_low, band_high, n, suspect, quality (`workbench.gaming.changes`); volume : the finding
        on how much was done
    Verdict: gamed, where more was done and any sign of its quality clearly turned the wrong way, for all signs at once;
    "worse work" without more of it; "not gamed", with what could have been missed; "cannot tell".
    """
    table = signs.table[signs.table["quality"].astype(bool)]
    if table.empty:
        return no_answer(what, "the quality of work", "nothing of it was recorded")
    ends = zip(table["band_low"], table["band_high"], table["suspect"], strict=True)
    worse = table[[low > 0 if suspect > 0 else high < 0 for low, high, suspect in ends]]
    parts = "; ".join(_turned(row, signs.unit) for row in worse.to_dict("records"))
    verdict = "not gamed" if worse.empty else "gamed" if volume.verdict == "raised" else "worse work"
    if worse.empty:
        missed = "; ".join(_could_have(row, signs.unit) for row in table.to_dict("records"))
        headline = f"{capital(what)} shows no clear sign of gaming, though it could have been missed: {missed}."
    elif verdict == "gamed":
        headline = f"{capital(what)} was gamed: more was done, and it was worse: {parts}."
    else:
        headline = f"With {what} the work got worse, though there was not clearly more of it: {parts}."
    grade = ("randomised", BY_DRAW) if randomised else ("fragile", "nobody drew who came when")
    return Finding(headline, verdict, *grade, unit=signs.unit, n=int(table["n"].max()), caveat=SIGNS_ONLY)


def _turned(row: Row, unit: str) -> str:
    size, low, high = _amounts({**row, "conf_low": row["band_low"], "conf_high": row["band_high"]}, unit)
    return f"{row['sign']} {'rose' if row['estimate'] > 0 else 'fell'} by {size} ({_between(low, high)})"


def _could_have(row: Row, unit: str) -> str:
    up = row["suspect"] > 0
    most = _amount(max(row["band_high"] if up else -row["band_low"], 0), unit, 0)
    return f"{row['sign']} could have {'risen' if up else 'fallen'} by up to {most}"


def beside(asked: Finding, others: Mapping[str, Finding]) -> Finding:
    """What came of something that asked for one thing: that, and what else was looked at.

    asked : the finding on what was asked for or rewarded; others : what else was looked at → its finding
    """
    words = {"raised": "raised", "lowered": "lowered", "did not clearly change": "did not clearly change"}
    named = {verdict: [name for name, each in others.items() if each.verdict == verdict] for verdict in words}
    told = [f"it {words[verdict]} {_and(names)}" for verdict, names in named.items() if names]
    headline = f"{'; '.join([asked.headline.rstrip('.'), *told])}."
    doubted = any(each.grade == "fragile" for each in (asked, *others.values()))
    grade = ("fragile", "at least one of these comparisons failed a check") if doubted else (asked.grade, asked.rule)
    return replace(asked, headline=headline, grade=grade[0], rule=grade[1])


def prices(costs: pd.DataFrame) -> Finding:
    """What one more active day cost with each incentive, the cheapest first.

    costs : programme, estimate, conf_low, conf_high (`workbench.incentives.cost_of_a_day`); missing: it cannot be told
    """
    if costs.empty:
        headline, reason = "What one more active day cost cannot be told", "no cost is recorded"
        return Finding(f"{headline}: {reason}.", "cannot tell", "no answer", reason, unit="cost a day")
    told = costs.dropna(subset=["estimate"]).sort_values("estimate")
    parts = [
        f"{number(row['estimate'])} with {row['programme']}"
        f" ({_between(number(row['conf_low']), number(row['conf_high']))})"
        for row in told.to_dict("records")
    ]
    unknown = costs[costs["estimate"].isna()]["programme"].tolist()
    rest = f"no price can be told for {_and(unknown)}, which brought no clear gain" if unknown else ""
    said = f"One more active day cost {_and(parts)}" if parts else ""
    headline = capital("; ".join(part for part in (said, rest) if part)) + "."
    rule = (
        "the cost is known, the days gained are estimated; everybody offered counts as gaining what those compared did"
    )
    return Finding(headline, "descriptive" if parts else "cannot tell", "descriptive only", rule, unit="cost a day")


def _and(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


class Unanswerable(Exception):
    """The notebook's question cannot be asked of this source; the page ends with the sentence that says why."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]  # all that JupyterLab shows: nothing went wrong


def needed(there: bool, question: str, reason: str) -> None:
    """End a notebook with one sentence where what it needs is not there: no half page, and no error.

    question : what cannot be told, such as "Whether training changed use"; reason : why
    Raises Unanswerable, which the press takes for the end of the page.
    """
    if not there:
        headline = f"{question} cannot be told from this source: {reason}."
        display(Finding(headline, "cannot tell", "no answer", reason))
        raise Unanswerable(headline)


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
    row = _row(icc, None)
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


# ── verdict and grade ───────────────────────────────────────────────────────────────────────────────────────────


def _verdict(row: Row) -> str:
    if row["conf_low"] > 0:
        return "raised"
    return "lowered" if row["conf_high"] < 0 else "did not clearly change"


def _grade(verdict: str, before: Row | None, survives: float | None, randomised: bool, unit: str) -> tuple[str, str]:
    if randomised:
        return "randomised", BY_DRAW
    doubts = _doubts(verdict, before, survives)
    if doubts or before is None:
        return "fragile", "; ".join(doubts)
    drift = f"the check would have seen a drift of {_amount(before['slope_detectable_80'], unit)} a week 8 times in 10"
    rule = f"before the start both groups moved alike ({drift})"
    if verdict == "did not clearly change":
        return "robust", rule
    return "robust", f"{rule}, and the result survives trends parting by {_times(survives)} what was seen before"


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
        doubts.append(f"it would not survive trends parting by {_times(max(survives, 0))} what was seen before")
    return doubts


def _times(breakdown: float | None) -> str:
    if breakdown is None or breakdown < 0.05:
        return "any part of"
    return "more than any multiple tried of" if math.isinf(breakdown) else f"{number(breakdown, 1)} times"


def _first(row: Any) -> Row | None:
    """One row, however it came: a mapping, a Series, a table of one row."""
    if isinstance(row, pd.DataFrame):
        row = row.iloc[0]
    return row if row is None else dict(row)


def _breakdown(sensitivity: Any) -> float | None:
    found = getattr(sensitivity, "breakdown", sensitivity)
    return None if found is None or math.isnan(found) else float(found)


def _why_none(estimates: Estimated, at: Row | None) -> str:
    found = _first(estimates.overall if at is None else _where(estimates.table, at))
    known = found is not None and pd.notna(found.get("std_error"))
    return "it rests on too few teams to tell it from chance" if known else "nobody was left to compare with"


def _row(estimates: Estimated, at: Row | None) -> Row | None:
    """The row a finding is about (the overall one, or the only one), or None where it has no number or no interval."""
    only = estimates.table if estimates.overall is None and len(estimates.table) == 1 else estimates.overall
    row = _first(only if at is None else _where(estimates.table, at))
    needed = ("estimate", "conf_low", "conf_high")
    return row if row is not None and all(pd.notna(row[c]) and math.isfinite(row[c]) for c in needed) else None


def _where(table: pd.DataFrame, at: Row) -> pd.DataFrame | None:
    found = table[(table[list(at)] == pd.Series(at)).all(axis=1)]
    if len(found) > 1:
        raise ValueError(f"{dict(at)} names {len(found)} rows of the estimates; name one, by {list(table.columns)}.")
    return found if len(found) else None


def _numbers(row: Row, estimates: Estimated) -> dict[str, Any]:
    n = row.get("n")
    known = {c: float(row[c]) for c in ("estimate", "conf_low", "conf_high")}
    return {**known, "unit": estimates.unit, "n": None if n is None or pd.isna(n) else int(n)}


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _effect_words(verdict: str, row: Row, what: str, when: str, estimates: Estimated) -> str:
    noun, (size, low, high) = _noun(estimates.unit), _amounts(row, estimates.unit)
    if verdict == "did not clearly change":
        return f"{capital(what)} did not clearly change {noun}{_spaced(when)}: {_bounds(row, estimates)}."
    return f"{capital(what)} {verdict} {noun}{_spaced(when)} by {size} ({_between(low, high)})."


def _bounds(row: Row, estimates: Estimated, up: str = "rise", down: str = "fall") -> str:
    digits = _digits(row, estimates.unit)
    most, least = (_amount(max(end, 0), estimates.unit, digits) for end in (row["conf_high"], -row["conf_low"]))
    sure = f"({estimates.level:.0%} confidence)"
    return f"a {up} could not have been larger than {most}, nor a {down} larger than {least} {sure}"


def _amounts(row: Row, unit: str) -> tuple[str, str, str]:
    """Size of a change and the ends of its interval, nearer to zero first; the words around say which way it went."""
    sign, digits = (-1 if row["estimate"] < 0 else 1), _digits(row, unit)
    low, high = sorted((sign * row["conf_low"], sign * row["conf_high"]))
    return _amount(sign * row["estimate"], unit, digits), _figure(low, unit, digits), _figure(high, unit, digits)


def _between(low: str, high: str) -> str:
    return f"between {low} and {high}"


def _amount(value: float, unit: str, digits: int = 2) -> str:
    figure = _figure(value, unit, digits)
    return figure + (f" percentage point{'' if figure == '1' else 's'}" if is_share(unit) else "")


def _figure(value: float, unit: str, digits: int) -> str:
    return number(100 * value if is_share(unit) else value, digits)


def _digits(row: Row, unit: str) -> int:
    """Two decimals, fewer where the interval is wide; more only where an end that is not zero would read as zero."""
    scale = 100 if is_share(unit) else 1
    ends = [scale * abs(row[c]) for c in ("conf_low", "conf_high")]
    width = scale * (row["conf_high"] - row["conf_low"])
    digits = 0 if width >= 20 else 1 if width >= 2 else 2
    clear = _verdict(row) != "did not clearly change"
    while clear and digits < 6 and not all(round(end, digits) for end in ends):
        digits += 1
    return digits


def _noun(unit: str) -> str:
    return f"the {unit}" if is_share(unit) else unit


def _spaced(text: str) -> str:
    return f" {text}" if text else ""


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Six significant digits, so that two machines' last bits make one JSON."""
    return {k: float(f"{v:.6g}") if isinstance(v, float) else v for k, v in fields.items()}
