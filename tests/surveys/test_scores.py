import numpy as np
import pandas as pd
import pytest
from small_surveys import opened, people, survey

from workbench import surveys


def scored(given, users=None):
    log = opened(given, users)
    return surveys.scores(surveys.answers(log.surveys, log.users))


def test_sus_is_brookes_formula():
    """((sum of odd items − 5) + (25 − sum of even items)) × 2.5, on answers drawn at random."""
    rng = np.random.default_rng(4)
    values = rng.integers(1, 6, (20, 10))
    found = scored(
        survey({f"u{i:02}": {f"sus_{k + 1}": v for k, v in enumerate(row)} for i, row in enumerate(values)}, "sus")
    )
    odd, even = values[:, 0::2].sum(axis=1), values[:, 1::2].sum(axis=1)
    assert np.allclose(found.sort_values("user_id")["score"], ((odd - 5) + (25 - even)) * 2.5)


def test_nps_is_promoters_minus_detractors():
    """Of ten, by hand: 4 answer 9 or 10, 3 answer 6 or less, so 40 − 30 = 10."""
    answers = [10, 10, 9, 9, 8, 8, 7, 6, 3, 0]
    found = scored(survey({f"u{i}": {"nps": v} for i, v in enumerate(answers)}, "nps"))
    assert found["score"].mean() == pytest.approx(10)
    assert found["favourable"].sum() == 4


def test_csat_is_the_share_of_fours_and_fives():
    found = scored(survey({f"u{i}": {"satisfied": v} for i, v in enumerate([5, 4, 3, 1])}, "satisfaction"))
    assert found["score"].mean() == 0.5


def test_tam_is_the_mean_of_the_items():
    found = scored(survey({"a": {"ease_1": 7, "ease_2": 4, "usefulness_1": 2}}, "tam"))
    assert found.set_index("component")["score"].to_dict() == {"ease": 5.5, "usefulness": 2.0}


def test_too_few_items_give_no_score_and_half_of_them_do():
    """Three items are asked; at least half of them are two."""
    given = survey(
        {"a": {"ease_1": 7, "ease_2": 1, "ease_3": 1}, "b": {"ease_1": 4, "ease_2": 6}, "c": {"ease_1": 4}}, "tam"
    )
    assert scored(given).set_index("user_id")["score"].to_dict() == {"a": 3.0, "b": 5.0}


def test_the_upper_two_of_five_are_favourable():
    found = scored(survey({f"u{v}": {"mood": v} for v in range(1, 6)}, "mood", lowest=1, highest=5))
    assert found.sort_values("score")["favourable"].tolist() == [False, False, False, True, True]


def test_the_barrier_point_is_the_first_element_at_three_or_less():
    elements = ["awareness", "desire", "knowledge", "ability", "reinforcement"]
    sheets = {"a": [4, 3, 1, 5, 5], "b": [5, 5, 5, 5, 5], "c": [3, 3, 3, 3, 3], "d": [5, 4, 2, 1, 1]}
    given = survey({who: dict(zip(elements, values, strict=True)) for who, values in sheets.items()}, "adkar")
    log = opened(given, people("abcd", department=["x", "x", "y", "y"]))
    points = surveys.barrier_points(surveys.answers(log.surveys, log.users), "department")
    counts = points.pivot(index="department", columns="element", values="people")
    assert counts.loc["x", ["desire", "none"]].tolist() == [1, 1]
    assert counts.loc["y", ["awareness", "knowledge"]].tolist() == [1, 1]
    assert counts.to_numpy().sum() == 4


def test_who_left_an_element_out_has_no_barrier_point():
    given = survey({"a": {"awareness": 4, "desire": 4}, "b": {"awareness": 4}}, "adkar")
    log = opened(given)
    points = surveys.barrier_points(surveys.answers(log.surveys, log.users))
    assert points["people"].sum() == 1
    assert points.columns.tolist() == ["scale", "survey", "element", "people", "n", "share"]


def test_a_score_depends_on_no_other_sheet():
    values = {"a": {"ease_1": 7, "ease_2": 4}, "b": {"ease_1": 1, "ease_2": 2}}
    both = scored(survey(values, "tam"))
    alone = scored(survey({"a": values["a"]}, "tam"))
    assert both[both["user_id"] == "a"]["score"].tolist() == alone["score"].tolist()
    assert pd.notna(alone["score"]).all()
