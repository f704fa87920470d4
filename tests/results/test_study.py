"""A study's answers are computed once, and a missing one has the reason of what it rests on."""

from __future__ import annotations

import pandas as pd

import workbench as wb
from workbench.errors import ContractError
from workbench.results.study import Answers, Given, Studies, Study, answer
from workbench.results.verdict import Grade, Reason, Verdict


def one(estimate: float, low: float, high: float) -> wb.Estimates:
    row = pd.Series({"estimate": estimate, "std_error": 0.1, "conf_low": low, "conf_high": high, "n": 9})
    return wb.Estimates(pd.DataFrame([row]), "days a week", "made up", overall=row)


class Counted(Study):
    """Counts how often it is asked; its effect rests on moments that may be missing."""

    unit, pretrend, sensitivity = "days a week", None, None

    def __init__(self, *, there: bool) -> None:
        super().__init__("Talks", drawn=False)
        self.there, self.times = there, 0

    @answer
    def moments(self) -> str:
        self.times += 1
        if not self.there:
            raise ContractError("nobody is there.\n  Look at the panel.")
        return "moments"

    @answer
    def effect(self) -> wb.Estimates:
        self.need("moments")
        return one(0.5, 0.2, 0.8)


def test_an_answer_is_computed_once() -> None:
    study = Counted(there=True)
    assert (study.moments, study.moments, study.times) == ("moments", "moments", 1)
    assert (study.reason, study.verdict) == ("", Verdict.RAISED)


def test_a_missing_answer_has_the_reason_of_what_it_rests_on() -> None:
    study = Counted(there=False)
    assert study.effect is None
    assert study.reasons == {"moments": "nobody is there", "effect": "nobody is there"}
    assert (study.reason, study.verdict) == ("nobody is there", Verdict.UNKNOWN)


def test_answers_of_several_studies_stand_apart_from_their_reasons() -> None:
    studies = Studies({"a": Counted(there=True), "b": Counted(there=False)})
    each = studies.each("effect")
    assert (list(each), each.reasons, studies.reason) == (["a"], {"b": "nobody is there"}, "nobody is there")
    assert list(studies.answered) == ["a"]
    assert each.missing("programme").to_numpy().tolist() == [["b", "nobody is there"]]
    assert Answers({"a": None, "b": 2}) == {"b": 2}


def test_an_effect_from_elsewhere_is_as_sure_as_its_check() -> None:
    """Without a look at the weeks before it is a lead; drawn at random it is not."""
    assert Given("Talks", False, one(0.5, 0.2, 0.8)).evidence.grade == Grade.SENSITIVE
    assert Given("Talks", True, one(0.5, 0.2, 0.8)).evidence.grade == Grade.RANDOMISED
    checked = pd.DataFrame([{"p_value": 0.01, "df": 3, "slope_detectable_80": 0.1}])
    assert Reason.PARTED in Given("Talks", False, one(0.5, 0.2, 0.8), pretrend=checked).evidence.reasons
