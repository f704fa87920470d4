"""A raw export of an organisation whose week begins on Sunday, counted by hand from the file to what pages show.

Twelve people in Chicago act on the Sunday and the Saturday of every other week, from 5 January 2025. Weeks from Sunday hold
both days or none; weeks from Monday would hold one of them each.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import workbench as wb
from workbench import adoption

CHICAGO, SUNDAY = ZoneInfo("America/Chicago"), datetime(2025, 1, 5, 23, 30)
SUNDAYS = [date(2025, 1, 5) + timedelta(weeks=week) for week in range(7)]


@pytest.fixture
def log(tmp_path: Path) -> wb.Source:
    nights = [SUNDAY + timedelta(weeks=week, days=day) for week in (0, 2, 4, 6) for day in (0, 6)]
    instants = [night.replace(tzinfo=CHICAGO).astimezone(ZoneInfo("UTC")) for night in nights]  # the next day in UTC
    rows = [f"p{i};{at:%d/%m/%Y %I:%M %p}; update" for i in range(12) for at in instants]
    (tmp_path / "log.csv").write_text("\n".join(["Who;When (UTC);What", *rows]) + "\n")
    people = [f"p{i},2025-01-05" for i in range(12)]
    (tmp_path / "people.csv").write_text("\n".join(["Login,Start date", *people]) + "\n")
    (tmp_path / "workbench.toml").write_text(
        'time_zone = "America/Chicago"\nfirst_weekday = "sunday"\n[users]\nfile = "people.csv"\n'
        '[users.columns]\nuser_id = "Login"\naccess_start = "Start date"\n'
        '[events]\nfile = "log.csv"\ntime_zone = "UTC"\n[events.formats]\noccurred_at = "DD/MM/YYYY h:mm A"\n'
        '[events.columns]\nuser_id = "Who"\noccurred_at = "When (UTC)"\naction = "What"\n'
    )
    return wb.open_source(tmp_path)


def test_weeks_are_those_from_sunday_in_panel_retention_lifecycle_and_segments(log: wb.Source) -> None:
    panel = wb.user_weeks(log).stored()
    days = panel.to_pandas().groupby("week")["active_days"].agg(["min", "max"])
    assert [day.date() for day in days.index] == SUNDAYS
    assert days.to_numpy().tolist() == [[2, 2], [0, 0]] * 3 + [[2, 2]]
    stayed = wb.retention(panel)
    assert stayed["share"].tolist() == [1, 0, 1, 0, 1, 0, 1]
    assert {day.date() for day in stayed["cohort"]} == {SUNDAYS[0]}
    states = adoption.lifecycle(panel).query("users > 0")
    assert [(row.week.date(), row.state) for row in states.itertuples()] == list(
        zip(SUNDAYS, ["new", "dormant", "resurrected", "dormant", "resurrected", "dormant", "resurrected"], strict=True)
    )
    segments = wb.usage_segments(panel, "4w").to_pandas()
    assert sorted({day.date() for day in segments["week"]}) == SUNDAYS
