"""What incentives did, left, cost, and whether they were gamed. Figures are made up; sentences are whole."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
from results_by_hand import Ends, said

from workbench import findings
from workbench.results.estimates import Estimates
from workbench.results.gaming import Gaming
from workbench.results.verdict import Verdict


def test_what_remains_follows_from_both_verdicts_and_is_unknown_while_it_runs():
    raised = said(Verdict.RAISED)
    assert findings.remains(raised, said(Verdict.LOWERED)) == "harm: less use than without it"
    assert findings.remains(raised, None) == "cannot be told"


def test_incentives_are_summed_up_in_three_sentences():
    on = {"Prize": said(Verdict.RAISED), "Race": said(Verdict.RAISED), "Bonus": said(Verdict.UNCLEAR)}
    after = {"Prize": said(Verdict.RAISED), "Race": said(Verdict.LOWERED)}
    played = {"Prize": said(Gaming.NOT_GAMED), "Race": said(Gaming.GAMED), "Bonus": said(Verdict.UNKNOWN)}
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
    raised = {"Prize": said(Verdict.RAISED)}
    honest = findings.incentives(raised, {}, {"Prize": said(Gaming.NOT_GAMED)}, replace(beside, table=ends.iloc[:1]))
    assert honest.caveat == ""
    assert honest.headline.endswith("None was clearly gamed.")


def work(filled: Ends, alone: Ends) -> Estimates:
    rows = [
        ("fields filled", *filled, -1, True),
        ("never touched again", *alone, 1, True),
        ("late", 0.4, 0.3, 0.5, 1, False),
    ]
    columns = ["sign", "estimate", "band_low", "band_high", "suspect", "quality"]
    return Estimates(pd.DataFrame(rows, columns=columns).assign(n=82), "share of what was done", "made up")


def test_every_verdict_on_gaming_has_a_title():
    three = [
        findings.gamed(work((-0.3, -0.4, -0.2), (0.0, -0.1, 0.1)), said(Verdict.RAISED), "the race"),
        findings.gamed(work((-0.3, -0.4, -0.2), (0.0, -0.1, 0.1)), said(Verdict.UNCLEAR), "the race"),
        findings.gamed(work((0.0, -0.1, 0.1), (0.0, -0.1, 0.1)), said(Verdict.RAISED), "the race"),
    ]
    assert {each.verdict for each in three} | {"cannot tell"} == set(findings.GAMED)


def test_more_work_that_is_worse_was_gamed():
    found = findings.gamed(
        work((-0.336, -0.39, -0.282), (0.02, -0.1, 0.14)), said(Verdict.RAISED), "the race", randomised=True
    )
    assert (found.verdict, found.grade, found.n) == ("gamed", "randomised", 82)
    assert found.headline == (
        "The race was gamed: more was done, and it was worse: fields filled fell by 33.6 percentage points (between 28.2"
        " and 39.0)."
    )


def test_worse_work_that_is_not_more_is_not_called_gamed():
    found = findings.gamed(work((0.1, 0.05, 0.15), (0.2, 0.1, 0.3)), said(Verdict.UNCLEAR), "the bonus")
    assert (found.verdict, found.grade) == ("worse work", "fragile")
    assert found.headline == (
        "With the bonus the work got worse, though there was not clearly more of it: never touched again rose by 20"
        " percentage points (between 10 and 30)."
    )


def test_no_sign_of_gaming_says_what_could_have_been_missed():
    """A late burst is no sign of bad work, and fields filled better are no gaming."""
    found = findings.gamed(work((0.02, -0.01, 0.06), (0.0, -0.1, 0.1)), said(Verdict.RAISED), "the prize")
    assert found.verdict == "not gamed"
    assert found.headline == (
        "The prize shows no clear sign of gaming, though it could have been missed: fields filled could have fallen by up"
        " to 1 percentage point; never touched again could have risen by up to 10 percentage points."
    )


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
        "We cannot say what one more active day cost: no cost is recorded."
    )
