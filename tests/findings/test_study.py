"""The sentence of a study is that of its numbers; several measures of one programme stand together."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from results_by_hand import said

import workbench as wb
from workbench import findings
from workbench.findings.study import _rank
from workbench.results.course import Course
from workbench.results.offer import Offer
from workbench.results.study import Given, Studies, Study
from workbench.results.verdict import Grade, Verdict


def one(estimate: float, low: float, high: float, unit: str = "active days a week") -> wb.Estimates:
    row = pd.Series({"estimate": estimate, "std_error": 0.1, "conf_low": low, "conf_high": high, "n": 90})
    return wb.Estimates(pd.DataFrame([row]), unit, "made up", overall=row)


class Missing(Study):
    """A study without an effect."""

    unit, effect, pretrend, sensitivity = "active days a week", None, None, None

    def __init__(self) -> None:
        super().__init__("Talks", drawn=False, when="while it ran")
        self.reasons["effect"] = "nobody came"


def test_a_study_says_what_its_numbers_say() -> None:
    found = findings.of(Given("Clinics", True, one(0.5, 0.2, 0.8)))
    assert found.headline == "Clinics raised use by 0.50 days a week (likely 0.20–0.80)."
    assert (found.verdict, found.grade, found.n) == (Verdict.RAISED, Grade.RANDOMISED, 90)


def test_a_study_without_an_answer_says_why() -> None:
    assert findings.of(Missing()).headline == ("We cannot say whether Talks changed use while it ran: nobody came.")
    both = findings.of_each({"none": Missing(), "some": Given("Clinics", True, one(0.5, 0.2, 0.8))})
    assert list(both) == ["some", "none"]  # those with an answer first
    assert findings.sound(both) == ["some"]


def test_where_no_comparison_holds_all_that_have_an_answer_are_kept() -> None:
    shaky = findings.of_each({"a": Given("A", False, one(0.5, 0.2, 0.8)), "none": Missing()})
    assert findings.sound(shaky) == ["a"]


def test_measures_of_one_programme_stand_together() -> None:
    studies = {
        "logins": Studies({"Rule": Given("Rule", True, one(0.5, 0.2, 0.8, "logins a week"))}),
        "days": Studies({"Rule": Given("Rule", True, one(0.1, -0.2, 0.4)), "none": Missing()}),
    }
    found = findings.of_measures(studies)
    assert {name: list(each) for name, each in found.items()} == {"Rule": ["logins", "days"], "none": []}
    table = findings.listed_by_measure(found, "name")
    assert table[["name", "measure", "verdict"]].to_numpy().tolist() == [
        ["Rule", "logins", "raised"],
        ["Rule", "days", "no clear change"],
    ]


def test_effects_over_time_stand_beside_what_became_of_them() -> None:
    rows = [("early", 0.8, 0.6, 1.0), ("late", 0.1, -0.1, 0.3)]
    table = pd.DataFrame(rows, columns=["span", "estimate", "conf_low", "conf_high"])
    spans = {"Clinics": wb.Estimates(table, "active days a week", "made up")}
    found = {"Clinics": replace(said(Verdict.RAISED), course=Course.FADES)}
    assert findings.lasting(spans, found, "programme").to_numpy().tolist() == [
        ["Clinics", "helped", "fades", "0.80 (0.60 to 1.00)", "0.10 (−0.10 to 0.30)"]
    ]


def test_several_studies_are_judged_together_with_those_beside_them() -> None:
    """0.2 of 0.1 errors of size is clear alone (1.96 errors) and not with a second one (2.24)."""
    one_of = {"a": Given("A", True, one(0.2, 0.004, 0.396))}
    later = {"a": Given("A", True, one(0.0, -0.196, 0.196), "after it ended")}
    assert findings.of_each(one_of)["a"].verdict is Verdict.RAISED
    assert findings.of_each(one_of, beside=later)["a"].verdict is Verdict.PROBABLY_RAISED
    assert findings.of_each(one_of, beside={"b": Missing()})["a"].verdict is Verdict.RAISED


def test_who_came_stands_beside_the_effect_of_an_offer() -> None:
    study = Given("Clinics", True, one(0.4, 0.2, 0.6))
    study.by_offer = Offer(
        **{name: getattr(study.effect, name) for name in ("table", "unit", "about", "overall")},
        take_up=one(0.8, 0.7, 0.9, "share of people"),
        came=one(0.5, 0.25, 0.75),
    )
    assert findings.of(study).caveat == (
        "This is the effect of the offer: 80% came because of it. For those who came it was 0.50 more (likely"
        " 0.25–0.75)."
    )


def test_findings_stand_in_the_order_of_their_picture():
    """By hand: the largest effect first, then what failed a check, whatever its size, then what has no answer."""
    ends = {"failed": (0.9, Verdict.UNRELIABLE), "none": (None, Verdict.UNKNOWN)}
    ends |= {"small": (-0.1, Verdict.UNCLEAR), "large": (0.5, Verdict.RAISED)}
    found = {name: replace(said(verdict), estimate=size) for name, (size, verdict) in ends.items()}
    assert sorted(found, key=lambda name: _rank(found[name])) == ["large", "small", "failed", "none"]
