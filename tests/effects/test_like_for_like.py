"""The rule that makes people of the same traits the comparison, part by part, and a world in which it must."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench import effects
from workbench.effects.like_for_like import more_credible
from workbench.programmes.comparison import Comparison

ROLES = np.array(["field", "office"])


def chosen(growth: float = 0.3, seed: int = 3, people: int = 400, weeks: int = 24) -> Comparison:
    """Nothing is gained; field staff grow by so much a week whatever happens, and choose the course three times as often."""
    rng = np.random.default_rng(seed)
    field = rng.random(people) < 0.5
    goes = rng.random(people) < np.where(field, 0.6, 0.2)
    start = np.where(goes, np.where(rng.random(people) < 0.5, 12, 16), 99)
    week, user = np.meshgrid(np.arange(weeks), np.arange(people))
    use = 2 + rng.normal(0, 1, people)[user] + growth * field[user] * week + rng.normal(0, 0.4, week.shape)
    rows = pd.DataFrame({"user_id": user.ravel(), "week": week.ravel(), "active_days": use.ravel()})
    rows["began"] = np.where(start == 99, np.nan, start)[rows["user_id"]]
    traits = wb.as_table(pd.DataFrame({"user_id": np.arange(people), "role": ROLES[field.astype(int) ^ 1]}))
    table = wb.as_table(rows)
    return Comparison("Course", table, table, table, traits=traits)


def test_where_trends_part_by_role_people_of_the_same_role_are_the_answer():
    """The truth is 0: field staff, more often trained, grow whatever happens."""
    study = effects.study(chosen(), checked=8)
    assert study.adjusts
    everybody, answer = study.against_everybody.overall, study.effect.overall
    assert everybody["conf_low"] > 0
    assert answer["conf_low"] < 0 < answer["conf_high"]
    assert study.pretrend["p_value"][0] > 0.05
    assert study.effect.overall.equals(study.of_same_traits.overall)


def test_where_everybody_moves_alike_everybody_is_compared():
    study = effects.study(chosen(growth=0.0), checked=8)
    assert study.adjusts is False
    assert study.against_everybody is None
    assert study.reasons["against_everybody"] == "the effect is not adjusted"


def test_a_lottery_and_unknown_traits_are_never_adjusted():
    assert effects.study(replace(chosen(), drawn=True), checked=8).adjusts is False
    unknown = effects.study(replace(chosen(), traits=None), checked=8)
    assert not unknown.adjusts
    assert unknown.of_same_traits is None
    assert unknown.reasons["of_same_traits"] == "what people were like before the start is not known"
    assert unknown.effect is not None


@pytest.mark.parametrize(
    ("plain", "alike", "df", "unlike", "there", "expected"),
    [
        (0.01, 0.30, 6, "unlike", "good", True),
        (0.20, 0.30, 6, "unlike", "good", False),  # trends of everybody did not part
        (0.01, 0.01, 6, "unlike", "good", False),  # those of the same traits parted as well
        (0.01, 0.30, 1, "unlike", "good", False),  # one comparison before the start is no check
        (0.01, 0.30, 6, "adjustable", "good", False),  # traits were alike
        (0.01, 0.30, 6, "unlike", "thin", False),  # hardly anybody is like the treated
    ],
)
def test_every_part_of_the_rule_counts(plain, alike, df, unlike, there, expected):
    checks = [pd.DataFrame([{"p_value": p, "df": df}]) for p in (plain, alike)]
    verdicts = [pd.DataFrame({"verdict": [verdict]}) for verdict in (unlike, there)]
    assert more_credible(False, *checks, *verdicts) is expected
    assert more_credible(True, *checks, *verdicts) is False
