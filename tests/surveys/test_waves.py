import numpy as np
import pandas as pd
import pytest
from scipy import stats
from small_surveys import opened, survey

from workbench import surveys
from workbench.errors import ContractError
from workbench.results.verdict import Side

THEN = "2025-10-01T09:00Z"


def two_waves(one, two):
    autumn = survey({who: {"mood": v} for who, v in two.items()}, "mood", "autumn", lowest=1, highest=5).assign(
        answered_at=THEN
    )
    log = opened(pd.concat([survey({who: {"mood": v} for who, v in one.items()}, "mood", lowest=1, highest=5), autumn]))
    return surveys.answers(log.surveys, log.users)


def test_the_same_people_and_all_who_answered_are_kept_apart():
    """By hand: b and c rose by 1 and 2; all: mean 2 becomes mean 5."""
    found = surveys.changes(
        two_waves({"a": 1, "b": 2, "c": 3}, {"b": 3, "c": 5, "d": 5, "e": 5, "f": 5, "g": 5, "h": 5})
    ).table
    assert found["who"].tolist() == ["the same people", "all who answered"]
    assert found["estimate"].tolist() == pytest.approx([1.5, 33 / 7 - 2])
    assert found["n"].tolist() == [2, 7]


def test_the_same_people_have_the_interval_of_a_paired_test():
    rng = np.random.default_rng(3)
    one, two = rng.integers(1, 6, 40), rng.integers(1, 6, 40)
    ids = [f"u{i:02}" for i in range(40)]
    row = surveys.changes(two_waves(dict(zip(ids, one, strict=True)), dict(zip(ids, two, strict=True)))).table.iloc[0]
    expected = stats.ttest_rel(two, one).confidence_interval()
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((expected.low, expected.high))


def test_where_all_answer_twice_both_rows_are_one():
    rng = np.random.default_rng(4)
    ids = [f"u{i:02}" for i in range(40)]
    waves = [dict(zip(ids, rng.integers(1, 6, 40), strict=True)) for _ in range(2)]
    found = surveys.changes(two_waves(*waves)).table
    assert found["std_error"][0] == pytest.approx(found["std_error"][1])
    assert found["estimate"][0] == pytest.approx(found["estimate"][1])


def test_people_who_answer_once_only_are_two_samples():
    """Welch's error, but for the denominators: n in the place of n − 1, and all persons' correction."""
    rng = np.random.default_rng(5)
    one, two = rng.integers(1, 6, 200), rng.integers(1, 6, 200)
    waves = {f"a{i}": v for i, v in enumerate(one)}, {f"b{i}": v for i, v in enumerate(two)}
    row = surveys.changes(two_waves(*waves)).table.iloc[1]
    expected = np.sqrt(one.var(ddof=1) / 200 + two.var(ddof=1) / 200)
    assert row["std_error"] == pytest.approx(expected, rel=0.01)


def test_a_clear_rise_is_called_clear_and_three_people_are_not():
    many = {f"u{i:02}": 2 + i % 2 for i in range(30)}
    assert (
        surveys.changes(two_waves(many, {who: v + 1 + i % 2 for i, (who, v) in enumerate(many.items())}))
        .table["side"]
        .tolist()
        == [Side.ABOVE] * 2
    )
    few = surveys.changes(two_waves({"a": 2, "b": 3, "c": 2}, {"a": 4, "b": 3, "c": 5}))
    assert few.table["side"].tolist() == [Side.UNCLEAR] * 2


def test_one_survey_has_no_change_and_a_survey_that_is_not_there_is_refused():
    log = opened(survey({"a": {"nps": 3}}, "nps"))
    found = surveys.changes(surveys.answers(log.surveys, log.users))
    assert (len(found.table), found.notes) == (0, ("there is one survey only",))
    with pytest.raises(ContractError, match="there is no survey 'winter'"):
        surveys.changes(two_waves({"a": 1}, {"a": 2}), before="winter")
