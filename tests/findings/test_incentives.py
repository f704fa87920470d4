"""What incentives did, left, cost, and whether they were gamed. Figures are made up; sentences are whole."""

from __future__ import annotations

import math

import pandas as pd
from results_by_hand import Ends, said

from workbench import findings
from workbench.results.estimates import Estimates
from workbench.results.gaming import Gaming
from workbench.results.phrases import speaking
from workbench.results.verdict import Verdict


def test_what_remains_follows_from_both_verdicts_and_is_unknown_while_it_runs():
    raised = said(Verdict.RAISED)
    assert findings.remains(raised, said(Verdict.LOWERED)) == "harm: less use than without it"
    assert findings.remains(raised, None) == "we cannot say"


def test_what_is_left_is_said_in_german_one_after_the_other():
    on = {"Prize": said(Verdict.RAISED), "Race": said(Verdict.RAISED)}
    after = {"Prize": said(Verdict.PROBABLY_LOWERED), "Race": said(Verdict.UNCLEAR)}
    with speaking("de"):
        found = findings.incentives(on, after, {"Race": said(Gaming.GAMED)})
    assert found.headline.endswith(
        "Nach dem Ende: bei Prize fiel die Nutzung vermutlich unter das erwartete Maß; bei Race blieb kein klarer Gewinn."
        " Race wurde ausgenutzt."
    )


def test_incentives_are_summed_up_in_three_sentences():
    on = {"Prize": said(Verdict.RAISED), "Race": said(Verdict.RAISED), "Bonus": said(Verdict.UNCLEAR)}
    after = {"Prize": said(Verdict.RAISED), "Race": said(Verdict.LOWERED)}
    played = {"Prize": said(Gaming.NOT_GAMED), "Race": said(Gaming.GAMED), "Bonus": said(Verdict.UNKNOWN)}
    found = findings.incentives(on, after, played)
    assert found.headline == (
        "Two of three incentives raised use: Prize and Race. One made no clear difference to use: Bonus. After they ended,"
        " part of the gain remained with Prize; use fell below its expected level with Race; we cannot say what"
        " remained with Bonus. Race was gamed."
    )
    raised = {"Prize": said(Verdict.RAISED)}
    probably = findings.incentives(raised, {"Prize": said(Verdict.PROBABLY_RAISED)}, {"Prize": said(Gaming.NOT_GAMED)})
    assert probably.headline.endswith(
        "After they ended, part of the gain probably remained with Prize. None was clearly gamed."
    )


def work(filled: Ends, alone: Ends) -> Estimates:
    rows = [
        ("fields filled", *filled, -1, True),
        ("never touched again", *alone, 1, True),
        ("late", 0.4, 0.3, 0.5, 1, False),
    ]
    columns = ["sign", "estimate", "band_low", "band_high", "suspect", "quality"]
    return Estimates(pd.DataFrame(rows, columns=columns).assign(n=82), "share of what was done", "made up")


def test_every_verdict_on_gaming_has_a_title():
    four = [
        findings.gamed(work((-0.3, -0.4, -0.2), (0.0, -0.1, 0.1)), said(Verdict.RAISED), "the race"),
        findings.gamed(work((-0.3, -0.4, -0.2), (0.0, -0.1, 0.1)), said(Verdict.UNCLEAR), "the race"),
        findings.gamed(work((0.0, -0.1, 0.1), (0.0, -0.1, 0.1)), said(Verdict.RAISED), "the race"),
        findings.gamed(work((0.0, -0.2, 0.1), (0.0, -0.1, 0.1)), said(Verdict.RAISED), "the race"),
    ]
    assert {each.verdict for each in four} | {"we cannot say"} == set(findings.GAMED)


def test_more_work_that_is_worse_was_gamed():
    found = findings.gamed(
        work((-0.336, -0.39, -0.282), (0.02, -0.1, 0.14)), said(Verdict.RAISED), "the race", randomised=True
    )
    assert (found.verdict, found.grade, found.n) == ("gamed", "randomised", 82)
    assert found.headline == "The race was gamed: people did more, but worse work."
    assert found.caveat == ("Fields filled fell by 33.6 percentage points (likely 28.2–39.0).")


def test_worse_work_that_is_not_more_is_not_called_gamed():
    found = findings.gamed(work((0.1, 0.05, 0.15), (0.2, 0.1, 0.3)), said(Verdict.UNCLEAR), "the bonus")
    assert (found.verdict, found.grade) == ("worse work", "sensitive")
    assert found.headline == "With the bonus the work got worse, and there was not clearly more of it."
    assert found.caveat.startswith("Never touched again rose by 20 percentage points (likely 10–30).")


def test_no_sign_of_gaming_says_what_could_have_been_missed():
    """A late burst is no sign of bad work, and fields filled better are no gaming."""
    found = findings.gamed(work((0.02, -0.01, 0.06), (0.0, -0.1, 0.17)), said(Verdict.RAISED), "the prize")
    assert found.verdict == "no sign found, and the check is weak"
    assert found.headline == "The prize shows no sign of gaming, but the check is weak."
    assert found.caveat.startswith(
        "The check would not have seen a rise of 17 percentage points in never touched again."
    )


def test_not_gamed_says_what_would_have_been_seen():
    found = findings.gamed(work((0.02, -0.01, 0.06), (0.0, -0.1, 0.1)), said(Verdict.RAISED), "the prize")
    assert found.headline == "The prize was not gamed."
    assert found.caveat.startswith(
        "A change for the worse of 10 percentage points would have been seen in fields filled and never touched again."
    )


def test_prices_name_what_has_none():
    rows = [("Bonus", 15.66, 12.72, 20.35), ("Prize", 2.82, 2.21, 3.88), ("Race", math.nan, math.nan, math.nan)]
    found = findings.prices(pd.DataFrame(rows, columns=["programme", "estimate", "conf_low", "conf_high"]))
    assert found.headline == (
        "Each extra day of use cost 2.82 with Prize (likely 2.21–3.88) and 15.66 with Bonus (likely 12.72–20.35); there is"
        " no price for Race, without a clear gain."
    )
    nothing = findings.prices(pd.DataFrame(rows[2:], columns=["programme", "estimate", "conf_low", "conf_high"]))
    assert nothing.verdict == "we cannot say"
    assert nothing.headline == "There is no price for Race, without a clear gain."
    assert findings.prices(pd.DataFrame(columns=["programme", "estimate"])).headline == (
        "We cannot say what each extra day of use cost: no cost is recorded."
    )
