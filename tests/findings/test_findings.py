"""Sentences are written out: what a reader reads is what is tested. Numbers are given, so every figure is by hand."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import findings
from workbench.findings import (
    Finding,
    alike,
    association,
    change,
    daily_share,
    effect,
    needed,
    no_answer,
    share,
    standing,
)
from workbench.results.estimates import Estimates

Ends = tuple[float, float, float]  # estimate, low, high
FLAT = pd.DataFrame(
    [{"statistic": 2.1, "df": 3, "p_value": 0.55, "slope_detectable_50": 0.01, "slope_detectable_80": 0.02}]
)
PARTED = FLAT.assign(p_value=0.001)
UNKNOWN = FLAT.assign(p_value=math.nan, df=0)
BLIND = FLAT.assign(slope_detectable_50=math.inf, slope_detectable_80=math.inf)


def one(estimate: float, low: float, high: float, unit: str = "active days a week", n: float = 412) -> Estimates:
    row = pd.Series({"estimate": estimate, "conf_low": low, "conf_high": high, "n": n})
    return Estimates(pd.DataFrame([row, row]).assign(event_week=[0, 4]), unit, "", overall=row)


def survives(times: float) -> Any:
    return SimpleNamespace(breakdown=times)


# ── the verdict follows the interval ────────────────────────────────────────────────────────────────────────────


def test_an_interval_above_zero_reads_raised():
    found = effect(one(0.31, 0.19, 0.43), pretrend=FLAT, sensitivity=survives(1.4))
    assert found.headline == "Training raised active days a week by 0.31 (between 0.19 and 0.43)."
    assert (found.verdict, found.grade) == ("raised", "robust")


def test_an_interval_below_zero_reads_lowered_by_a_positive_amount():
    found = effect(one(-0.31, -0.43, -0.19), "the contest", pretrend=FLAT, sensitivity=survives(2))
    assert found.headline == "The contest lowered active days a week by 0.31 (between 0.19 and 0.43)."
    assert (found.estimate, found.conf_low, found.conf_high) == (-0.31, -0.43, -0.19)


def test_a_true_null_says_how_large_it_could_still_be():
    found = effect(one(0.02, -0.05, 0.12), "the webinar", pretrend=FLAT)
    assert found.verdict == "did not clearly change"
    assert found.headline == (
        "The webinar did not clearly change active days a week: a rise could not have been larger than 0.12,"
        " nor a fall larger than 0.05 (95% confidence)."
    )


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.2), (-0.2, 0.0), (0.0, 0.0)])
def test_zero_at_the_end_of_the_interval_is_not_clear(low, high):
    assert effect(one(0.1, low, high), pretrend=FLAT).verdict == "did not clearly change"


@given(
    st.floats(-5, 5),
    st.floats(0, 5),
    st.floats(0, 5),
    st.sampled_from(["active days a week", "share of fields filled"]),
)
def test_no_sentence_outruns_its_interval(middle, below, above, unit):
    found = effect(one(middle, middle - below, middle + above, unit), pretrend=FLAT, sensitivity=survives(2))
    clear = middle - below > 0 or middle + above < 0
    assert (found.verdict in ("raised", "lowered")) == clear
    assert ("did not clearly change" in found.headline) == (not clear)
    assert not re.search(r"no effect|significan|p ?[<=]|\*|-\d|nan", found.headline)
    if clear and min(abs(middle - below), abs(middle + above)) > 1e-5:
        assert not re.search(r"between 0(\.0+)? ", found.headline)  # a clear effect never reads as one from nothing


def test_an_end_near_zero_gets_the_decimals_that_tell_it_from_zero():
    found = effect(one(0.31, 0.003, 0.617), pretrend=FLAT, sensitivity=survives(2))
    assert found.headline.endswith("by 0.310 (between 0.003 and 0.617).")


def test_wide_intervals_promise_no_decimals():
    assert effect(one(31.4, 12.3, 50.2), pretrend=FLAT, randomised=True).headline.endswith("by 31 (between 12 and 50).")


def test_a_share_moves_by_percentage_points():
    found = effect(one(0.041, 0.021, 0.062, "share of required fields filled"), "the audit", randomised=True)
    assert found.headline == (
        "The audit raised the share of required fields filled by 4.1 percentage points (between 2.1 and 6.2)."
    )


def test_the_time_it_holds_for_is_said():
    found = effect(
        one(-0.3, -0.4, -0.2), "the bonus", pretrend=FLAT, at={"event_week": 4}, when="four weeks after it ended"
    )
    assert found.headline.startswith("The bonus lowered active days a week four weeks after it ended by 0.30")


# ── the grade follows what was checked ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("checks", "grade", "rule"),
    [
        ({"randomised": True}, "randomised", "drawn at random"),
        ({"pretrend": FLAT, "sensitivity": survives(1.0)}, "robust", "survives trends parting by 1.0 times"),
        ({"pretrend": FLAT, "sensitivity": survives(math.inf)}, "robust", "more than any multiple tried"),
        ({"pretrend": FLAT, "sensitivity": survives(0.4)}, "fragile", "would not survive trends parting by 0.4 times"),
        ({"pretrend": FLAT}, "fragile", "was not computed"),
        ({"pretrend": FLAT, "sensitivity": survives(math.nan)}, "fragile", "was not computed"),
        ({"pretrend": PARTED, "sensitivity": survives(3)}, "fragile", "already moved apart"),
        ({"pretrend": UNKNOWN, "sensitivity": survives(3)}, "fragile", "too few weeks before"),
        ({"pretrend": BLIND, "sensitivity": survives(3)}, "fragile", "with each other alone, which shows no drift"),
        ({}, "descriptive only", "does not show what caused it"),
    ],
)
def test_the_grade_prints_its_rule(checks, grade, rule):
    found = effect(one(0.31, 0.19, 0.43), **checks)
    assert found.grade == grade
    assert rule in found.rule


def test_a_robust_grade_says_what_the_check_would_have_seen():
    assert (
        "a drift of 0.02 a week 8 times in 10"
        in effect(one(0.3, 0.2, 0.4), pretrend=FLAT, sensitivity=survives(2)).rule
    )


def test_a_null_needs_no_breakdown_but_flat_trends():
    assert effect(one(0.0, -0.1, 0.1), pretrend=FLAT).grade == "robust"
    assert effect(one(0.0, -0.1, 0.1), pretrend=PARTED).grade == "fragile"


def test_fragile_says_how_to_read_it():
    assert effect(one(0.3, 0.2, 0.4), pretrend=PARTED).caveat == "Read it as a lead to follow, not as a result."
    assert effect(one(0.3, 0.2, 0.4), pretrend=PARTED, caveat="Mind this.").caveat == "Mind this."


def test_without_any_check_nothing_is_said_to_have_caused_anything():
    found = effect(one(0.31, 0.19, 0.43))
    assert (
        found.headline
        == "People with training stand 0.31 higher in active days a week than others (between 0.19 and 0.43)."
    )
    assert found.verdict == "descriptive"


@given(st.floats(-5, 5), st.floats(0, 5))
def test_an_association_is_never_worded_as_cause(middle, width):
    found = association(one(middle, middle - width, middle + width), "teams whose leader uses the CRM", "other teams")
    assert not re.search(r"raised|lowered|effect|change|because|thanks|leads? to|improve", found.headline)
    assert found.grade == "descriptive only"
    assert "goes together" in found.rule


def test_an_association_that_is_not_clear():
    found = association(one(0.04, -0.02, 0.06), "teams whose leader uses the CRM", "other teams")
    assert found.headline == (
        "Teams whose leader uses the CRM do not clearly differ from other teams in active days a week:"
        " a lead could not have been larger than 0.06, nor a lag larger than 0.02 (95% confidence)."
    )


# ── no answer ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_no_interval_is_no_answer(broken):
    found = effect(one(0.3, broken, 0.4), pretrend=FLAT)
    assert (found.verdict, found.grade, found.estimate) == ("cannot tell", "no answer", None)
    assert (
        found.headline == "Whether training changed active days a week cannot be told: nobody was left to compare with."
    )


def test_no_answer_gives_the_reason():
    found = no_answer("the bonus", "share of deals won", "there is no table of outcomes", "in the spring")
    assert (
        found.headline
        == "Whether the bonus changed the share of deals won in the spring cannot be told: there is no table of outcomes."
    )


def test_a_row_that_is_not_there_is_no_answer_and_two_rows_are_a_mistake():
    assert effect(one(0.3, 0.2, 0.4), pretrend=FLAT, at={"event_week": 9}).verdict == "cannot tell"
    twice = one(0.3, 0.2, 0.4)
    twice.table["event_week"] = 0
    with pytest.raises(ValueError, match=r"names 2 rows of the estimates; name one, by"):
        effect(twice, pretrend=FLAT, at={"event_week": 0})


def test_a_notebook_ends_where_its_tables_are_missing(capsys):
    with pytest.raises(findings.Unanswerable, match="Whether training changed use cannot be told"):
        needed(False, "Whether training changed use", "there is no table of trainings")
    needed(True, "", "")


# ── descriptions ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_share_reads_as_people_of_a_hundred():
    found = share(one(0.313, 0.29, 0.334, "share of people", 1240), "are habitual users")
    assert found.headline == "31 of 100 eligible people are habitual users (between 29 and 33 of 100; 1,240 people)."
    assert found.verdict == "descriptive"


def test_few_are_not_nobody_and_many_are_not_everybody():
    few = share(one(0.001, 0.0, 0.004, "share of people", 5000), "do")
    many = share(one(0.999, 0.998, 1.0, "share of people", 5000), "do")
    assert few.headline.startswith("Fewer than 1 of 100 eligible people do (between 0 and fewer than 1 of 100")
    assert many.headline.startswith("More than 99 of 100 eligible people do (between more than 99 and 100 of 100")


def test_a_change_is_real_or_not_clear():
    rose = change(one(0.04, 0.021, 0.062, "share of people active"), "the spring")
    same = change(one(0.01, -0.021, 0.062, "share of people active"), "the spring")
    assert (
        rose.headline
        == "The share of people active rose by 4.0 percentage points since the spring (between 2.1 and 6.2)."
    )
    assert same.headline == (
        "The share of people active did not clearly change since the spring: a rise could not have been larger than"
        " 6.2 percentage points, nor a fall larger than 2.1 percentage points (95% confidence)."
    )
    assert "does not say why" in rose.rule


def departments() -> Estimates:
    table = pd.DataFrame(
        {
            "department": ["North", "South", "Office", "Legal", "Board"],
            "estimate": [0.52, 0.36, 0.2, 0.1, 0.9],
            "conf_low": [0.46, 0.3, 0.15, 0.05, 0.8],
            "conf_high": [0.58, 0.42, 0.26, 0.2, 0.95],
            "n": [240, 120, 60, 45, 4],
        }
    )
    return Estimates(
        table,
        "share of people",
        "",
        overall=pd.Series({"estimate": 0.36, "conf_low": 0.33, "conf_high": 0.39, "n": 469}),
    )


def test_who_leads_and_lags_is_told_of_groups_that_may_be_shown():
    # The board has four people, and the legal department hides it.
    assert standing(departments(), "departments").headline == (
        "Of 3 departments, 1 is clearly above (North) and 1 is clearly below (Office) the 36 of 100 of everybody together."
    )


def test_groups_looked_at_one_by_one_stand_out_by_chance():
    assert "about 1 in 20 groups would stand out by chance alone" in standing(departments()).rule


def test_an_interval_for_all_groups_at_once_counts_where_there_is_one():
    wide = departments()
    wide.table["band_low"], wide.table["band_high"] = 0.0, 1.0
    assert standing(wide).headline.startswith("Of 3 groups, none is clearly above and none is clearly below")


# ── how it shows itself ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_finding_shows_itself_as_html_text_and_json():
    found = Finding("A <b> & more.", "raised", "robust", "a rule", 1 / 3, 0.2, 0.4, "days", 1240, "Mind <this>.")
    shown = found._repr_mimebundle_()
    assert shown["text/plain"] == "A <b> & more.\n  How sure: robust. A rule. Rests on 1,240 people.\n  Mind <this>."
    assert "<b>" not in shown["text/html"]
    assert "A &lt;b&gt; &amp; more." in shown["text/html"]
    told = shown["application/vnd.workbench.finding+json"]
    assert told["estimate"] == 0.333333
    assert json.loads(json.dumps(told)) == told
    assert list(told) == [
        "headline",
        "verdict",
        "grade",
        "rule",
        "estimate",
        "conf_low",
        "conf_high",
        "unit",
        "n",
        "caveat",
    ]


def test_a_finding_is_its_headline_where_text_is_wanted():
    assert f"{Finding('It rose.', 'raised', 'robust', 'a rule')}" == "It rose."


def test_how_often_people_come_is_one_sentence_or_none():
    assert daily_share(0.4321) == "on an average day 43 of 100 who used it in the four weeks before use it"
    assert daily_share(math.nan) == ""


def test_how_alike_groups_are_never_reads_below_nothing():
    row = {"estimate": 0.034, "conf_low": -0.01, "conf_high": 0.08}
    found = Estimates(pd.DataFrame([row]), "share of the variation that lies between teams", "ICC(1)", 0.95)
    assert alike(found) == "of all that sets people apart, 3 of 100 parts lie between teams (between 0 and 8)"


# ── incentives ──────────────────────────────────────────────────────────────────────────────────────────────────


def said(verdict: str, headline: str = "", grade: str = "randomised") -> Finding:
    return Finding(headline, verdict, grade, "drawn by lot", 0.5, 0.2, 0.8, "active days a week", 40)


@pytest.mark.parametrize(
    ("on", "after", "left"),
    [
        ("raised", "raised", "part of it stays"),
        ("raised", "lowered", "harm: less use than without it"),
        ("raised", "did not clearly change", "nothing clear is left"),
        ("did not clearly change", "raised", "it came late"),
        ("did not clearly change", "did not clearly change", "no clear change"),
        ("raised", "cannot tell", "cannot be told"),
    ],
)
def test_what_remains_follows_from_both_verdicts(on, after, left):
    assert findings.remains(said(on), said(after)) == left


def test_incentives_are_summed_up_in_three_sentences():
    on = {"Prize": said("raised"), "Race": said("raised"), "Bonus": said("did not clearly change")}
    after = {"Prize": said("raised"), "Race": said("lowered")}
    played = {"Prize": said("not gamed"), "Race": said("gamed"), "Bonus": said("cannot tell")}
    rows = [("Prize, while on", 0.2, 0.8, 0.1, 0.9), ("Prize, afterwards", 0.1, 0.7, -0.1, 0.9)]
    rows += [("Race, afterwards", -0.8, -0.1, -0.9, 0.1), ("Bonus, while on", -0.2, 0.4, -0.3, 0.5)]
    ends = pd.DataFrame(rows, columns=["incentive", "conf_low", "conf_high", "band_low", "band_high"])
    beside = Estimates(ends, "active days a week", "side by side")
    found = findings.incentives(on, after, played, beside)
    assert found.headline == (
        "Of 3 incentives, judged by active days a week while they ran, 2 raised it (Prize, Race) and 1 did not clearly"
        " change it (Bonus). When they stopped, part of it stayed with Prize, people did less than they would have"
        " without it after Race and what was left cannot be told of Bonus. Race was gamed."
    )
    assert found.caveat == (
        "Not clear is not nothing: a rise could still be up to 0.80 with Bonus. Clear by itself, but not when all 4"
        " results are looked at together: Prize, afterwards; Race, afterwards."
    )
    raised = {"Prize": said("raised")}
    honest = findings.incentives(raised, {}, {"Prize": said("not gamed")}, replace(beside, table=ends.iloc[:1]))
    assert honest.caveat == ""
    assert honest.headline.endswith("None was clearly gamed.")


def test_a_tally_says_what_its_means_hide_and_what_is_missing():
    found = {
        "Basics": said("raised"),
        "Tour": said("did not clearly change"),
        "Track": said("raised", grade="fragile"),
        "Talk": no_answer("Talk", "active days a week", "nobody was left to compare with"),
        "Walk": no_answer("Walk", "active days a week", "nobody was left to compare with"),
    }
    courses = {"Basics": "lasts", "Tour": "raised, then lowered", "Track": "fades"}
    tallied = findings.tally(found, "programmes", "active days a week", courses)
    assert tallied.headline == (
        "Of 5 programmes, judged by active days a week, 1 raised it (Basics), 1 did not clearly change it (Tour), 2 cannot"
        " be judged (Talk, Walk) and for 1 the comparison does not hold (Track)."
    )
    assert tallied.caveat == (
        "The mean hides that Tour first raised it and then lowered it. Not clear is not nothing: a rise could still be up"
        " to 0.80 with Tour. Cannot be judged: Talk and Walk: nobody was left to compare with."
    )
    assert (tallied.grade, tallied.rule) == ("mixed", "2 of 5 comparisons passed every check")
    untold = findings.tally({"Talk": found["Talk"]}, "programmes", "active days a week")
    assert (untold.grade, untold.rule) == ("no answer", "0 of 1 comparisons passed every check")


def test_a_tally_is_as_sure_as_the_least_sure_of_what_it_judges():
    drawn, seen = said("raised", grade="randomised"), said("raised", grade="robust")
    for grade, found in (("randomised", [drawn, drawn]), ("robust", [drawn, seen])):
        assert findings.tally(dict(zip("ab", found, strict=True)), "programmes", "active days a week").grade == grade


def test_the_title_names_the_programme_that_brought_most_and_holds():
    few, many = said("raised", "A raised it by 0.20."), replace(said("raised", "B raised it by 0.90."), estimate=0.9)
    doubted = replace(said("raised", "C raised it by 2.00.", "fragile"), estimate=2.0)
    assert findings.most({"A": few, "B": many, "C": doubted}, "programmes") == "Most of all, B raised it by 0.90"
    assert findings.most({"A": few, "C": doubted}, "programmes") == "A raised it by 0.20"
    assert findings.most({"C": doubted}, "programmes") == "None of the programmes clearly raised active days a week"


def test_a_name_warns_where_the_comparison_does_not_hold():
    assert findings.named("Track", said("raised", grade="fragile")) == "Track, in doubt"
    assert findings.named("Track", said("raised", grade="robust")) == "Track"


def test_a_title_tells_what_cannot_be_judged_from_what_did_not_work():
    untold = no_answer("Talk", "active days a week", "nobody was left to compare with")
    assert findings.most({"Talk": untold}, "programmes") == "None of the programmes can be judged"


def test_every_verdict_on_gaming_has_a_title():
    three = [
        findings.gamed(work((-0.3, -0.4, -0.2), (0.0, -0.1, 0.1)), said("raised"), "the race"),
        findings.gamed(work((-0.3, -0.4, -0.2), (0.0, -0.1, 0.1)), said("did not clearly change"), "the race"),
        findings.gamed(work((0.0, -0.1, 0.1), (0.0, -0.1, 0.1)), said("raised"), "the race"),
    ]
    assert {each.verdict for each in three} | {"cannot tell"} == set(findings.GAMED)


def test_other_ways_of_asking_are_counted_and_the_null_one_apart():
    up, flat = one(0.5, 0.2, 0.8), one(0.1, -0.2, 0.4)
    asked = {"as above": up, "never": up, "balanced": flat, "too early": flat}
    assert findings.agreement(asked, "too early") == (
        "1 of 2 other ways of asking also find a rise; nothing had happened before it began"
    )
    assert findings.agreement({"as above": flat, "too early": up}, "too early") == (
        "it is no clear change; but something had happened before it began"
    )
    unknown = one(0.5, math.nan, math.nan)
    assert findings.agreement({"as above": unknown, "never": up}, "never") == (
        "it rests on too few to tell it from chance, however it is asked"
    )
    assert findings.agreement({"as above": up, "never": up}) == "1 of 1 other ways of asking also find a rise"


def work(filled: Ends, alone: Ends) -> Estimates:
    rows = [
        ("fields filled", *filled, -1, True),
        ("never touched again", *alone, 1, True),
        ("late", 0.4, 0.3, 0.5, 1, False),
    ]
    columns = ["sign", "estimate", "band_low", "band_high", "suspect", "quality"]
    return Estimates(pd.DataFrame(rows, columns=columns).assign(n=82), "share of what was done", "made up")


def test_more_work_that_is_worse_was_gamed():
    found = findings.gamed(
        work((-0.336, -0.39, -0.282), (0.02, -0.1, 0.14)), said("raised"), "the race", randomised=True
    )
    assert (found.verdict, found.grade, found.n) == ("gamed", "randomised", 82)
    assert found.headline == (
        "The race was gamed: more was done, and it was worse: fields filled fell by 33.6 percentage points (between 28.2"
        " and 39.0)."
    )


def test_worse_work_that_is_not_more_is_not_called_gamed():
    found = findings.gamed(work((0.1, 0.05, 0.15), (0.2, 0.1, 0.3)), said("did not clearly change"), "the bonus")
    assert (found.verdict, found.grade) == ("worse work", "fragile")
    assert found.headline == (
        "With the bonus the work got worse, though there was not clearly more of it: never touched again rose by 20"
        " percentage points (between 10 and 30)."
    )


def test_no_sign_of_gaming_says_what_could_have_been_missed():
    """A late burst is no sign of bad work, and fields filled better are no gaming."""
    found = findings.gamed(work((0.02, -0.01, 0.06), (0.0, -0.1, 0.1)), said("raised"), "the prize")
    assert found.verdict == "not gamed"
    assert found.headline == (
        "The prize shows no clear sign of gaming, though it could have been missed: fields filled could have fallen by up"
        " to 1 percentage point; never touched again could have risen by up to 10 percentage points."
    )


def test_what_was_asked_for_stands_beside_what_was_not():
    logins = said("raised", "The rule raised logins a week by 0.91 (between 0.66 and 1.17).")
    others = {"days": said("did not clearly change"), "features": said("did not clearly change")}
    found = findings.beside(logins, {**others, "satisfaction": said("lowered")})
    assert found.headline == (
        "The rule raised logins a week by 0.91 (between 0.66 and 1.17); it lowered satisfaction; it did not clearly change"
        " days and features."
    )
    assert found.grade == "randomised"
    assert findings.beside(logins, {"days": said("raised", grade="fragile")}).grade == "fragile"


def test_prices_name_what_has_none():
    rows = [("Bonus", 15.66, 12.72, 20.35), ("Prize", 2.82, 2.21, 3.88), ("Race", math.nan, math.nan, math.nan)]
    found = findings.prices(pd.DataFrame(rows, columns=["programme", "estimate", "conf_low", "conf_high"]))
    assert found.headline == (
        "One more active day cost 2.82 with Prize (between 2.21 and 3.88) and 15.66 with Bonus (between 12.72 and 20.35);"
        " no price can be told for Race, which brought no clear gain."
    )
    nothing = findings.prices(pd.DataFrame(rows[2:], columns=["programme", "estimate", "conf_low", "conf_high"]))
    assert nothing.verdict == "cannot tell"
    assert nothing.headline == "No price can be told for Race, which brought no clear gain."
    assert findings.prices(pd.DataFrame(columns=["programme", "estimate"])).headline == (
        "What one more active day cost cannot be told: no cost is recorded."
    )


def test_kinds_say_only_what_their_bands_hold():
    pairs = pd.DataFrame(
        [
            ("coaching", "online", 0.6, 0.4, 0.8),
            ("one session", "several", -0.3, -0.5, -0.1),
            ("a", "b", 0.1, -0.1, 0.3),
        ],
        columns=["arm_a", "arm_b", "estimate", "band_low", "band_high"],
    )
    said = findings.kinds(pairs, "active days a week", ["format"])
    assert str(said) == "More active days a week came with coaching than with online and several than with one session."
    assert said.grade == "fragile"
    assert "Nothing was compared by format: the data do not say it, or all were alike." in said.caveat
    none = findings.kinds(pairs.iloc[2:], "active days a week", [])
    assert str(none) == "No kind clearly brought more active days a week than another."
    assert findings.kinds(pairs.iloc[:0], "active days a week", []).verdict == "cannot tell"
    lot = findings.kinds(pairs.iloc[2:], "active days a week", thing="incentive", drawn=True)
    assert (str(lot), lot.grade) == ("No incentive clearly brought more active days a week than another.", "randomised")
    nothing = findings.kinds(pairs.iloc[:0], "active days a week", thing="incentive")
    assert str(nothing).endswith("cannot be told: there are no two incentives to compare.")


def moves():
    rows = pd.DataFrame({"way": ["to more use", "to less use", "the same", "came, left or was new"],
                         "users": [30, 20, 950, 40]})  # fmt: skip
    return Estimates(rows, "share of people", "")


def test_movement_is_told_in_people():
    assert findings.shifts(moves()) == "Of 1,000 people in both weeks, 30 moved to more use and 20 to less"


def groups_in_time(p_value):
    reached = pd.DataFrame({"team": ["North", "South", "Few"], "estimate": [0.8, 0.4, 0.5], "std_error": 0.1,
                            "conf_low": 0.3, "conf_high": 0.9, "n": [50, 40, 20]})  # fmt: skip
    return SimpleNamespace(
        reached=Estimates(reached, "share of people", "", overall=pd.Series({"estimate": 0.6, "n": 110})),
        by_week=26,
        log_rank={"p_value": p_value},
    )


def test_groups_differ_in_time_only_where_chance_would_not_bring_it():
    clear = findings.pace(groups_in_time(0.004), "teams")
    assert clear.headline == (
        "Teams clearly differ in how soon people make it a habit:"
        " within 26 weeks of access from 40 of 100 (South) to 80 (North) have it."
    )
    assert clear.rule == (
        "the whole courses of the teams were compared (log-rank test);"
        " people dealt to them by lot would lie as far apart in fewer than 1 of 100 cases"
    )
    doubtful = findings.pace(groups_in_time(0.21), "departments", teams=True)
    assert doubtful.headline.startswith("Departments do not clearly differ in how soon")
    assert doubtful.rule.endswith("whole teams dealt to them by lot would lie as far apart in about 21 of 100 cases")


def test_groups_that_cannot_be_compared_in_time_are_said_to_be_so():
    none = findings.pace(SimpleNamespace(**vars(groups_in_time(0.5)) | {"log_rank": None}), "teams")
    assert none.headline == (
        "Whether teams differ in how soon people make it a habit cannot be told: fewer than two groups can be compared."
    )


def spreading(so_far=0.55, misses=0.01, told=True):
    last = pd.DataFrame({"term": ["ceiling"], "estimate": [0.8], "conf_low": [0.7], "conf_high": [0.9]})
    curve = pd.DataFrame({"adopted": [so_far], "estimate": [so_far], "n": [1500]})
    ahead = pd.DataFrame({"estimate": [0.7, 0.75], "conf_low": [0.6, 0.65], "conf_high": [0.8, 0.85], "n": 1500})
    return SimpleNamespace(
        curve=Estimates(curve, "share of people", ""),
        forecast=Estimates(ahead, "share of people", ""),
        parameters=Estimates(last, "", ""),
        misses=misses,
        fits=misses <= 0.05,
        told=lambda term: told,
    )


def test_what_is_still_to_come_is_told_as_far_as_the_curve_knows():
    assert findings.spread(spreading()).headline == (
        "So far 55 of 100 people with access have come; in 2 weeks it will be 75 (between 65 and 85) if this goes on."
        " In the end between 70 and 90 of 100 come."
    )
    assert findings.spread(spreading(told=False)).headline.endswith(
        "How many come in the end cannot be told yet: anything between 70 and 90 of 100 would go with these weeks."
    )


def test_a_curve_that_does_not_fit_forecasts_nothing():
    told = findings.spread(spreading(misses=0.41))
    assert told.headline == (
        "So far 55 of 100 people with access have come. How many are still to come cannot be told:"
        " people did not come the way such a curve has it, which is off by up to 41 of 100."
    )
    assert (told.verdict, told.estimate) == ("cannot tell", None)


def test_nobody_is_to_come_where_all_have_or_where_only_those_who_came_are_known():
    assert findings.spread(spreading(so_far=1.0)).headline == "Everybody with access has come."
    assert findings.spread(None, "the data name only people who have come").headline == (
        "How many are still to come cannot be told: the data name only people who have come."
    )
    assert findings.spread(None).headline.endswith("too few weeks have passed, or too few people have come.")


def test_patterns_are_told_in_people_and_small_ones_are_withheld():
    rows = pd.DataFrame({"pattern": ["steady", "fading", "champion", "resister"],
                         "estimate": [0.5, 0.3, 0.17, 0.03], "n": [50, 30, 17, 3]})  # fmt: skip
    shares = Estimates(rows.assign(std_error=0.0, conf_low=0.0, conf_high=1.0), "share of people", "")
    told = findings.patterns(shares, {"steady": "stable", "fading": "shaky"}, structured=True, among=97)
    assert "resister" not in told.headline
    assert told.headline.startswith("Of 100 people with access, by pattern: 50 steady, 30 fading")
    assert told.rule == "1 patterns were found again when people were drawn anew; shaky: fading"


def test_people_who_differ_by_degree_are_told_that_they_have_no_patterns():
    rows = pd.DataFrame({"pattern": ["no clear pattern"], "estimate": [1.0], "std_error": [0.0], "conf_low": [0.9],
                         "conf_high": [1.0], "n": [300]})  # fmt: skip
    told = findings.patterns(Estimates(rows, "share of people", ""), {}, structured=False, among=280)
    assert told.headline == (
        "No separate patterns can be told apart:"
        " as far as the data show, people differ in how much they use it, not in kind."
    )
    assert (told.verdict, told.n) == ("descriptive", 280)


def test_what_nobody_is_there_to_tell_is_asked_in_its_own_words():
    nobody = pd.DataFrame([{"estimate": math.nan, "conf_low": math.nan, "conf_high": math.nan, "n": 0}])
    none = Estimates(nobody, "share of people", "none", 0.95)
    assert share(none, "use it as a habit", "leaders").headline == (
        "How many leaders use it as a habit cannot be told: nobody is in this group."
    )
    assert association(none, "teams with a keen leader").headline == (
        "Whether teams with a keen leader differ from others in the share of people cannot be told:"
        " nobody is there to compare with."
    )


def test_dates_drawn_anew_are_said_in_draws():
    lots = pd.DataFrame(
        [("coaching", 0.021, None), ("the clinic", 0.0005, None), ("tour", float("nan"), "a team has one date")],
        columns=["name", "p_value", "reason"],
    )
    found = findings.redrawn(lots)
    assert found.headline == (
        "Had the dates of coaching been drawn differently, an effect as clear as the one seen would have come up in 2 of"
        " 100 draws. Had the dates of the clinic been drawn differently, an effect as clear as the one seen would have"
        " come up in fewer than 1 of 100 draws."
    )
    assert found.caveat == "Tour has no such answer: a team has one date."
    assert (found.verdict, found.grade) == ("hardly chance", "randomised")
    assert findings.redrawn(lots.assign(p_value=0.4)).verdict == "perhaps chance"
    assert findings.redrawn(lots.assign(p_value=[0.4, 0.01, 0.2])).verdict == "descriptive"
    assert findings.redrawn(lots.iloc[:0]).headline == (
        "How often chance alone would show an effect as clear cannot be told: no dates were drawn by lot."
    )
    assert findings.redrawn(lots.iloc[2:]).headline == (
        "How often chance alone would show an effect as clear cannot be told: the dates cannot be drawn anew."
    )


def test_what_a_further_hour_brings_is_said_of_each_programme():
    both = {"Coaching": one(0.11, -0.01, 0.23), "Clinic": one(0.2, 0.1, 0.3)}
    found = findings.dose(both, "active days a week")
    assert found.headline == (
        "Coaching: each further hour brought no clear change in active days a week (between −0.01 and 0.23); Clinic: each"
        " further hour brought 0.20 more in active days a week (between 0.10 and 0.30)."
    )
    alone = findings.dose({"Coaching": both["Coaching"]}, "active days a week")
    assert (alone.estimate, alone.n) == (0.11, 412)
    assert findings.dose({}, "active days a week").verdict == "cannot tell"
