"""Left truncation: 40 people who had access for years, and 40 who join; only of these is a beginning seen."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench import adoption
from workbench.panel.entry import came_before, joined, notes_on_entry, people_from_before, weeks_before

FIRST = pd.Timestamp("2025-01-06")
LOG = ("2025-01-06", "2025-07-06")  # 26 weeks


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    """Veterans work from the first day on; joiners get access in the third week, and first come in the fifth."""
    people = [(f"v{i}", "2021-03-01", 0) for i in range(40)] + [(f"j{i}", "2025-01-20", 4) for i in range(40)]
    events = pd.DataFrame(
        [(who, FIRST + pd.Timedelta(days=7 * week + 1, hours=9)) for who, _, first in people for week in range(first, 26)],
        columns=["user_id", "occurred_at"],
    ).assign(action="update", occurred_at=lambda rows: rows["occurred_at"].dt.tz_localize("UTC"))  # fmt: skip
    users = pd.DataFrame([(who, start) for who, start, _ in people], columns=["user_id", "access_start"])
    return wb.user_weeks(wb.open_source({"users": users, "events": events}), since=LOG[0], until=LOG[1]).to_pandas()


def test_the_week_of_access_may_lie_before_the_panel(panel: pd.DataFrame) -> None:
    begun = panel.groupby(panel["user_id"].str[0])["access_week"].unique()
    assert begun["v"].tolist() == [pd.Timestamp("2021-03-01")]
    assert begun["j"].tolist() == [pd.Timestamp("2025-01-20")]


def test_who_came_before_is_told_from_who_joined(panel: pd.DataFrame) -> None:
    assert set(came_before(panel).to_pandas()["user_id"]) == {f"v{i}" for i in range(40)}
    assert set(joined(panel).to_pandas()["user_id"]) == {f"j{i}" for i in range(40)}
    assert people_from_before(panel) == 40
    assert weeks_before(panel).to_pandas()["before"].unique().tolist() == [201]  # from 2021-03-01 to 2025-01-06
    assert notes_on_entry(panel)[0].startswith("40 people who had access before these weeks count from")


def test_few_people_are_not_counted_in_a_note(panel: pd.DataFrame) -> None:
    few = panel[~panel["user_id"].str.startswith("v") | panel["user_id"].isin(["v1", "v2"])]
    assert notes_on_entry(few)[0].startswith("fewer than 5 people who had access")


def test_where_access_is_not_known_people_begin_with_their_first_row(panel: pd.DataFrame) -> None:
    assert people_from_before(panel.drop(columns="access_week")) == 0
    assert people_from_before(panel.assign(access_week=pd.NaT)) == 0
    assert notes_on_entry(panel.drop(columns="access_week")) == ()


def test_only_joiners_are_new(panel: pd.DataFrame) -> None:
    states = wb.lifecycle(panel).pivot(index="week", columns="state", values="users")
    assert states["new"].sum() == 40
    assert states["new"].idxmax() == FIRST + pd.Timedelta(weeks=4)
    assert states.loc[FIRST, "not known"] == 40
    assert states.loc[FIRST + pd.Timedelta(weeks=1), "retained"] == 40  # from the second week on it is known
    assert (states.sum(axis=1) == [40, 40] + [80] * 24).all()  # everybody is somewhere


def test_only_joiners_make_cohorts(panel: pd.DataFrame) -> None:
    cohorts = wb.retention(panel)
    assert cohorts.drop_duplicates("cohort")[["cohort", "n"]].values.tolist() == [[FIRST + pd.Timedelta(weeks=2), 40]]


def test_the_clock_to_the_habit_starts_with_access(panel: pd.DataFrame) -> None:
    # A joiner has nine active weeks in the eleventh week of access: weeks 3 and 4 of the log pass without use.
    waited = wb.time_to_adopt(panel)
    assert waited.medians[["people", "adopted", "median"]].values.tolist() == [[40, 40, 11.0]]
    # The veterans have the habit within the first twelve weeks: when they adopted is not known.
    assert waited.curve.notes == (
        "40 people who had access before these weeks are left out, because when they began is not seen",
    )


def test_where_everybody_came_before_no_beginning_is_seen(panel: pd.DataFrame) -> None:
    veterans = panel[panel["user_id"].str.startswith("v")]
    waited = wb.time_to_adopt(veterans)
    assert (len(waited.curve.table), waited.log_rank) == (0, None)
    assert len(wb.retention(veterans)) == 0
    assert adoption.adopters(veterans)["people"].tolist() == [0] * 26
