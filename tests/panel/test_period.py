"""The whole weeks that a report is about."""

from __future__ import annotations

import dataclasses
from datetime import date

import pandas as pd
import pytest
from small_logs import an_event, source_of

import workbench as wb
from workbench.data.duckdb import DuckDB
from workbench.panel.period import Period, period_of


def test_an_unfinished_last_week_is_left_out_and_counted() -> None:
    rows = [an_event("a", "2025-01-06T08:00:00Z"), an_event("a", "2025-01-16T08:00:00Z")]  # a Thursday
    source = source_of(rows)
    assert wb.user_weeks(source).to_pandas()["week"].tolist() == [pd.Timestamp("2025-01-06")]
    assert wb.left_out(source).set_index("reason")["rows"]["outside period"] == 1
    until_friday = source_of([*rows, an_event("b", "2025-01-17T08:00:00Z")])
    assert wb.user_weeks(until_friday).to_pandas()["week"].max() == pd.Timestamp("2025-01-13")


def test_what_cannot_be_a_period_is_refused() -> None:
    source = source_of([an_event("a", "2025-01-06T08:00:00Z")])
    with pytest.raises(wb.ContractError, match="there is no whole week from 2025-01-06 to 2025-01-06"):
        wb.user_weeks(source)
    with pytest.raises(wb.ContractError, match="since = 'soon' is not a day; write it like 2025-03-31"):
        wb.user_weeks(source, since="soon")
    with pytest.raises(wb.ContractError, match="there is no time zone 'Europe/Berln'; did you mean 'Europe/Berlin'"):
        wb.user_weeks(source, time_zone="Europe/Berln")


ROWS = [an_event("a", "2025-01-06T08:00:00Z"), an_event("a", "2025-02-16T08:00:00Z")]  # six weeks, Monday to Sunday


def test_a_period_has_the_whole_weeks_between_two_days() -> None:
    source = source_of(ROWS)
    assert wb.period(source) == Period(date(2025, 1, 6), 6)
    inside = wb.period(source, since="2025-01-07", until=date(2025, 2, 15))  # a Tuesday, a Saturday
    assert (inside.start, inside.weeks, inside.last, inside.end) == (
        date(2025, 1, 13), 4, date(2025, 2, 3), date(2025, 2, 9),
    )  # fmt: skip


def test_the_first_and_the_last_day_are_those_of_the_time_zone() -> None:
    source = source_of([an_event("a", "2025-01-05T23:30:00Z"), an_event("a", "2025-01-19T22:30:00Z")])
    assert wb.period(source, time_zone="Europe/Berlin") == Period(date(2025, 1, 6), 2, "Europe/Berlin")
    assert wb.period(source) == Period(date(2024, 12, 30), 3)  # in UTC the first row is of Sunday 5 January


def test_a_period_is_the_same_made_once_or_on_the_way() -> None:
    source, days = source_of(ROWS), {"since": "2025-01-13", "until": "2025-02-02", "time_zone": "Asia/Kolkata"}
    once = wb.period(source, **days)
    for ask in (wb.user_weeks, wb.actions, wb.left_out):
        given, named = (
            pd.DataFrame(t.to_pandas() if isinstance(t, wb.Table) else t)
            for t in (ask(source, once), ask(source, **days))
        )
        pd.testing.assert_frame_equal(given, named)
    assert wb.user_weeks(source, once).to_pandas()["week"].nunique() == 3


def test_a_day_in_the_place_of_a_period_is_refused() -> None:
    source = source_of(ROWS)
    way_out = "\n  Make it with wb.period(log, since, until, time_zone) and pass it alone."
    with pytest.raises(wb.ContractError) as refused:
        wb.user_weeks(source, "2025-01-13")
    assert str(refused.value) == "one Period says which weeks to look at; this is '2025-01-13'." + way_out
    with pytest.raises(wb.ContractError, match="time_zone='UTC'"):
        wb.actions(source, wb.period(source), time_zone="UTC")


def test_the_log_is_asked_for_its_ends_once(monkeypatch: pytest.MonkeyPatch) -> None:
    source, asked = source_of(ROWS), []
    run = DuckDB.sql
    monkeypatch.setattr(DuckDB, "sql", lambda self, text: asked.append(text) or run(self, text))
    for zone in ("UTC", "Europe/Berlin"):
        wb.user_weeks(source, time_zone=zone)
        wb.actions(source, time_zone=zone)
        wb.left_out(source, time_zone=zone)
    assert len([text for text in asked if "max(occurred_at)" in text]) == 1


def test_an_empty_log_is_refused() -> None:
    source = source_of(ROWS)
    empty = wb.open_source({"users": source.users, "events": source.events.sql("select * from this where false")})
    with pytest.raises(wb.ContractError, match="the log is empty: events has no rows, so there is no week to look at"):
        wb.period(empty)


def test_the_weeks_of_a_panel_are_named_by_its_first_and_its_last() -> None:
    panel = pd.DataFrame({"week": pd.to_datetime(["2025-01-20", "2025-01-06", "2025-01-20"])})
    assert period_of(panel) == Period(date(2025, 1, 6), 3)
    assert wb.weeks_apart(wb.as_table(panel), 1) == (date(2025, 1, 13), date(2025, 1, 20))
    assert wb.weeks_apart(wb.as_table(panel), 12) == (
        date(2025, 1, 6),
        date(2025, 1, 20),
    )  # no further back than it goes


def test_the_latest_weeks_of_a_table() -> None:
    table = pd.DataFrame({"week": pd.date_range("2025-01-06", periods=5, freq="7D"), "users": range(5)})
    assert wb.latest(table, 2)["users"].tolist() == [3, 4]
    assert len(wb.latest(table, 104)) == 5


def thirty_people(*strays: dict) -> wb.Source:
    """Thirty people, each active in each of twelve weeks, and rows that must not set the period (cases.md, 8)."""
    names = [f"u{n}" for n in range(30)]
    weeks = pd.date_range("2025-01-10", periods=12, freq="7D", tz="UTC")  # Fridays
    rows = [an_event(name, week, "update") for name in names for week in weeks]
    users = {"user_id": [*names, "robot"], "access_start": "2024-06-03", "access_end": ["2025-04-30"] + [None] * 30}
    users["is_robot"] = [False] * 30 + [True]
    return wb.open_source({"users": pd.DataFrame(users), "events": pd.DataFrame([*rows, *strays])}, time_zone="UTC")


@pytest.mark.parametrize(
    "stray",
    [
        an_event("robot", "2025-11-21T09:00Z"),
        an_event("stranger", "2025-11-21T09:00Z"),
        an_event("u0", "2025-11-21T09:00Z"),  # after access ended
        an_event("u1", "2025-11-21T09:00Z"),  # a wrong clock
        an_event("u1", "2015-11-21T09:00Z"),
    ],
)
def test_rows_that_do_not_count_or_stand_alone_do_not_set_the_period(stray: dict) -> None:
    source = thirty_people(stray)
    assert wb.period(source) == Period(date(2025, 1, 6), 12)
    panel = wb.user_weeks(source).to_pandas()
    assert (panel["actions"] > 0).all()
    assert panel["week"].nunique() == 12


def test_a_day_after_the_period_is_outside_it_for_whoever_still_has_access() -> None:
    counts = wb.left_out(thirty_people(), until="2025-03-16").set_index("reason")["rows"]
    assert counts[["kept", "no access", "outside period"]].tolist() == [300, 0, 60]  # cases.md, 9: ten weeks of twelve


def test_a_log_of_which_no_row_counts_is_refused_in_words() -> None:
    source = source_of([an_event("stranger", "2025-01-06T08:00:00Z")])
    with pytest.raises(wb.ContractError, match="no row of the log counts"):
        wb.period(source)


SUNDAYS = [an_event("a", "2025-01-05T12:00:00Z"), an_event("a", "2025-02-14T12:00:00Z")]  # a Sunday, a Friday


def test_weeks_begin_on_the_sources_own_weekday() -> None:
    # The calendar of Viva Insights' exports: weeks from Sunday 5 January 2025 on.
    source = dataclasses.replace(source_of(SUNDAYS), first_weekday="sunday")
    period = wb.period(source)
    assert (period.start, period.weeks, period.last) == (date(2025, 1, 5), 6, date(2025, 2, 9))
    panel = wb.user_weeks(source, period).to_pandas()
    assert panel["week"].unique().tolist() == pd.date_range("2025-01-05", periods=6, freq="7D").tolist()
    assert panel.groupby("week")["actions"].sum().tolist() == [1, 0, 0, 0, 0, 1]
    assert wb.retention(panel)["cohort"].unique().tolist() == [pd.Timestamp("2025-01-05")]
    assert wb.lifecycle(panel)["week"].min() == pd.Timestamp("2025-01-05")
    assert wb.usage_segments(panel).to_pandas()["week"].max() == pd.Timestamp("2025-02-09")


@pytest.mark.parametrize(
    ("begins", "last_day", "weeks"),
    [
        ("sunday", "2025-02-13", 5),  # a Thursday: Friday is still to come
        ("sunday", "2025-02-14", 6),
        ("saturday", "2025-02-12", 5),  # the working week of Egypt ends on Thursday
        ("saturday", "2025-02-13", 6),
        ("wednesday", "2025-02-15", 5),  # Friday is over, but only four days of the week are
        ("wednesday", "2025-02-16", 6),
    ],
)
def test_a_week_is_finished_with_its_last_working_day(begins: str, last_day: str, weeks: int) -> None:
    first = {"sunday": "2025-01-05", "saturday": "2025-01-04", "wednesday": "2025-01-08"}[begins]
    rows = [an_event("a", f"{day}T12:00:00Z") for day in (first, last_day)]
    assert wb.period(dataclasses.replace(source_of(rows), first_weekday=begins)).weeks == weeks


def test_the_zone_of_a_report_is_the_sources_unless_one_is_named() -> None:
    source = dataclasses.replace(source_of(ROWS), time_zone="America/New_York")
    assert wb.period(source).time_zone == wb.period(source, time_zone="").time_zone == "America/New_York"
    assert wb.period(source, time_zone="Asia/Tokyo").time_zone == "Asia/Tokyo"
    assert wb.period(source_of(ROWS)).time_zone == "UTC"
