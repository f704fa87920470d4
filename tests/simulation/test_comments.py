"""Comments follow the mood of those who write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.simulation import comments, world
from workbench.simulation.calendar import Calendar


@pytest.fixture(scope="module")
def written(everyone) -> pd.DataFrame:
    table = comments.feedback_table(everyone, Calendar(52), 1, np.random.default_rng(0)).to_pandas()
    moods = {row["text"]: row["mood"] for row in comments.COMMENTS}
    assert table["written_at"].is_monotonic_increasing
    table = table.assign(mood=table["text"].map(moods))
    return table[table["mood"] != comments.SEARCH]


def test_texts_are_rows_of_a_file():
    """By hand: 21 texts, none twice, of three moods, and 6 on the theme that grows."""
    assert len({row["text"] for row in comments.COMMENTS}) == 21 + 6
    assert {row["mood"] for row in comments.COMMENTS} == {*comments.MOODS, comments.SEARCH}


def test_a_fifth_as_many_comments_as_people_a_third_anonymous(written):
    assert len(written) == 330
    assert written["user_id"].isna().mean() == pytest.approx(0.33, abs=3 * np.sqrt(0.33 * 0.67 / 330))
    assert written["mood"].notna().all()


def test_champions_never_complain_and_resisters_never_praise(everyone, written):
    """By plan: 35 % of everybody is in between, the rest is in the mood of the pattern."""
    signed = written.dropna(subset="user_id")
    pattern = everyone.pattern[signed["user_id"].str[1:].astype(int) - 1]
    assert set(signed["mood"][pattern == world.CHAMPION]) == {"likes it", "in between"}
    assert set(signed["mood"][pattern == world.RESISTER]) == {"does not like it", "in between"}


def test_nobody_writes_before_access_begins(everyone, written):
    signed = written.dropna(subset="user_id")
    number = signed["user_id"].str[1:].astype(int) - 1
    first = np.datetime64("2025-01-06") + np.maximum(everyone.first_day[number], 0)
    assert (pd.to_datetime(signed["written_at"]).dt.tz_localize(None).dt.normalize() >= first).all()


def test_a_theme_grows_in_a_straight_line_from_zero(everyone):
    """Of a line from zero, a quarter falls into the first half: within three errors."""
    many = comments.growing_theme(everyone, Calendar(52), np.random.default_rng(0)).to_pandas()
    assert len(many) == 75
    half = (many["written_at"] < "2025-07-07").mean()
    assert half == pytest.approx(0.25, abs=3 * np.sqrt(0.25 * 0.75 / 75))
