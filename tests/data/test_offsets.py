"""Offsets as systems write them; the minutes are ISO 8601's, or the number itself."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import workbench as wb

MEANT = {
    "-120": -120,
    "-300": -300,
    "0": 0,
    "60": 60,
    "+60": 60,
    "330": 330,
    "345": 345,
    "-120.0": -120,
    " 60 ": 60,
    "Z": 0,
    "utc": 0,
    "+0530": 330,
    "-07:00": -420,
    "+5:30": 330,
    "+00:00": 0,
    "-0330": -210,
    "+14:00": 840,
    "−05:00": -300,
    "": None,
}
REFUSED = ["0530", "2", "+02", "-1800", "1440", "60 min", "+25:00", "1e3", "+900", "-725"]


def log_with(offset: str, folder: Path) -> wb.Source:
    (folder / "users.csv").write_text("user_id\na\n")
    rows = f'user_id,occurred_at,action,utc_offset_minutes\na,2025-01-10T12:00:00Z,update,"{offset}"\n'
    (folder / "events.csv").write_text(rows)
    return wb.open_source(folder)


@pytest.mark.parametrize(("text", "minutes"), MEANT.items())
def test_a_number_is_minutes_and_a_clock_hours_and_minutes(text: str, minutes: int | None, tmp_path: Path) -> None:
    source = log_with(text, tmp_path)
    assert source.events.to_arrow()["utc_offset_minutes"].to_pylist() == [minutes]
    assert source.check().empty
    (local,) = wb.actions(source, since="2025-01-06", until="2025-01-12").to_pandas()["local_time"]
    assert local == pd.Timestamp("2025-01-10 12:00") + pd.Timedelta(minutes=minutes or 0)


@pytest.mark.parametrize("text", REFUSED)
def test_what_may_mean_hours_or_no_clock_at_all_is_refused(text: str, tmp_path: Path) -> None:
    problems = log_with(text, tmp_path).check()
    assert problems["column"].tolist() == ["utc_offset_minutes"]
    assert problems["broken"].all()


def test_a_column_of_numbers_is_held_to_the_same(tmp_path: Path) -> None:
    events = pd.DataFrame({"user_id": "a", "occurred_at": "2025-01-10T12:00Z", "action": "x"}, index=[0])
    users = pd.DataFrame({"user_id": ["a"]})
    assert wb.open_source({"users": users, "events": events.assign(utc_offset_minutes=-300)}).check().empty
    wrong = wb.open_source({"users": users, "events": events.assign(utc_offset_minutes=-5)}).check()
    assert wrong["rule"].tolist() == ["events.utc_offset_minutes is minutes from -720 to 840 in steps of 15"]
