"""Sizes and ends of intervals as sentences give them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from results_by_hand import FLAT, one, survives

from workbench.findings import Finding, effect, no_answer, tally, target
from workbench.findings.phrases import anything_from
from workbench.results.estimates import Estimates
from workbench.results.phrases import speaking
from workbench.results.verdict import Grade, Verdict


def test_an_end_near_zero_gets_the_decimals_that_tell_it_from_zero():
    found = effect(one(0.31, 0.003, 0.617), pretrend=FLAT, sensitivity=survives(2))
    assert found.headline.endswith("by 0.310 days a week (likely 0.003–0.617).")


def test_wide_intervals_promise_no_decimals():
    assert effect(one(31.4, 12.3, 50.2), pretrend=FLAT, randomised=True).headline.endswith(
        "by 31 days a week (likely 12–50)."
    )


def test_a_share_moves_by_percentage_points():
    found = effect(one(0.041, 0.021, 0.062, "share of required fields filled"), "the audit", randomised=True)
    assert found.headline == (
        "The audit raised the share of required fields filled by 4.1 percentage points (likely 2.1–6.2)."
    )


def test_a_small_rate_keeps_two_significant_digits_of_its_wider_end() -> None:
    """effects-cases.md, 7: between −.0129 and .0026, a rise of at most "0.00"."""
    row = {"conf_low": -0.0129, "conf_high": 0.0026}
    said = anything_from(row, Estimates(pd.DataFrame([row]), "deals won a week", "made up"))
    assert said == "anything from a fall of 0.013 to a rise of 0.003"


def test_a_clear_effect_in_german() -> None:
    with speaking("de"):
        found = effect(one(0.31, 0.19, 0.43), "die Schulung", randomised=True)
        assert str(found) == "Die Schulung hat die Nutzung um 0,31 Tage pro Woche erhöht (wahrscheinlich 0,19–0,43)."
        assert found.likely == "+0,31 (0,19 bis 0,43)"


def test_an_unclear_effect_in_german() -> None:
    with speaking("de"):
        found = effect(one(0.05, -0.12, 0.22), "die Schulung", randomised=True)
    assert str(found) == (
        "Die Schulung hat die Nutzung nicht klar verändert: möglich ist alles von −0,12 bis +0,22 Tage pro Woche."
    )


def test_a_share_and_its_target_in_german() -> None:
    row = {"estimate": 0.31, "conf_low": 0.29, "conf_high": 0.33, "n": 1240}
    shares = Estimates(pd.DataFrame([row]), "share of people", "made up")
    with speaking("de"):
        assert str(target(shares, "use the CRM as a habit", 0.5)) == (
            "31\u00a0% der Personen mit Zugang nutzen das CRM aus Gewohnheit (384 von 1.240; wahrscheinlich"
            " 29–33\u00a0%). Das Ziel von 50\u00a0% ist nicht erreicht."
        )


def test_several_programmes_in_german() -> None:
    talks = Finding("Talks raised use.", Verdict.RAISED, Grade.ROBUST, "alle Prüfungen bestanden", n=40)
    tour = replace(talks, verdict=Verdict.UNKNOWN, grade=Grade.NONE, rule="niemand blieb zum Vergleichen übrig")
    with speaking("de"):
        found = tally({"Talks": talks, "Clinics": talks, "Tour": tour}, "training programmes", "active days a week")
    assert str(found) == (
        "Zwei der drei Schulungskurse haben die Nutzung erhöht: Talks und Clinics. Einer lässt sich nicht beurteilen: Tour."
    )


def test_no_answer_in_german() -> None:
    with speaking("de"):
        found = no_answer("an incentive", "active days a week", "it has not ended, or too short a time ago")
    assert str(found) == (
        "Wir können nicht sagen, ob ein Anreiz die Nutzung verändert hat: es ist nicht zu Ende oder erst seit zu"
        " kurzer Zeit."
    )
