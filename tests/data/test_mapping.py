"""Columns renamed, translated and typed; what a mapping may say; times without a zone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import workbench as wb
from workbench.errors import QueryError

USERS = "user_id,team\na,north\nb,south\n"
EVENTS = "user_id,occurred_at,action\na,2025-01-06T08:00:00Z,create\nb,2025-01-12T09:30:00+01:00,login\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "users.csv").write_text(USERS)
    (tmp_path / "events.csv").write_text(EVENTS)
    return tmp_path


def actions_of(source: wb.Source) -> list[str]:
    return source.events.sql("select action from this order by action").to_arrow()["action"].to_pylist()


def test_a_mapping_renames_translates_and_says_the_zone(folder: Path) -> None:
    (folder / "log.csv").write_text("who,at,verb,bot\nA1,2025-03-30 01:30,A,yes\nA1,2025-03-30 03:30,M,no\n")
    (folder / "workbench.toml").write_text(
        """
        time_zone = "Europe/Berlin"
        [events]
        file = "log.csv"
        [events.columns]
        user_id = "who"
        occurred_at = "at"
        action = "verb"
        is_robot = "bot"
        [events.values.action]
        A = "create"
        "*" = "update"
        [events.values.is_robot]
        yes = true
        "*" = false
        """
    )
    events = wb.open_source(folder).events.to_pandas()
    assert events["action"].tolist() == ["create", "update"]
    assert events["is_robot"].tolist() == [True, False]
    # The clocks went forward between the two: one hour apart, not two.
    assert events["occurred_at"].tolist() == [pd.Timestamp("2025-03-30T00:30Z"), pd.Timestamp("2025-03-30T01:30Z")]


def test_an_offset_may_be_minutes_or_text() -> None:
    for offsets in (["+0530", "-07:00", "Z"], [330, -420, 0]):
        rows = {"user_id": ["a"] * 3, "occurred_at": ["2025-01-06T08:00:00Z"] * 3, "action": ["view"] * 3}
        source = wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": pd.DataFrame({**rows, "utc_offset_minutes": offsets})})  # fmt: skip
        assert source.events.to_pandas()["utc_offset_minutes"].tolist() == [330, -420, 0]


def test_a_day_without_an_hour_stays_that_day_in_every_zone() -> None:
    trainings = pd.DataFrame({"user_id": ["a"], "programme": ["x"], "started_at": ["2025-01-13"]})
    source = wb.open_source({"trainings": trainings})
    for zone in ("America/Los_Angeles", "Asia/Tokyo", "UTC"):
        local = source.trainings.sql(f"select cast(timezone('{zone}', started_at) as date) as day from this")
        assert str(local.to_arrow()["day"][0]) == "2025-01-13"


@pytest.mark.parametrize(
    ("mapping", "answer"),
    [
        ("[event]\nfile='x'", "there is no word 'event'; did you mean 'events'?"),
        ("[events.columns]\nuserid='x'", "there is no column 'userid'; did you mean 'user_id'?"),
        ("[events.columns]\nuser_id='usr_id'", "there is no column 'usr_id'; did you mean 'user_id'?"),
        ("[events]\nfil='x'", "there is no word 'fil'; did you mean 'file'?"),
        ("[events]\nfile='nothing*.csv'", "matches nothing"),
        ("time_zone='Europe/Berln'", "did you mean 'Europe/Berlin'?"),
        ("access='first'", 'the only value is "events"'),
        ("[events", "cannot be read"),
    ],
)
def test_a_mapping_that_says_something_unknown_is_answered_with_the_nearest(folder: Path, mapping: str, answer: str) -> None:  # fmt: skip
    (folder / "workbench.toml").write_text(mapping)
    with pytest.raises(wb.ContractError) as refused:
        wb.open_source(folder)
    assert answer in str(refused.value)


def test_a_naive_time_is_refused_until_its_zone_is_said() -> None:
    users = pd.DataFrame({"user_id": ["a"]})
    typed = pd.DataFrame({"user_id": ["a"], "occurred_at": [pd.Timestamp("2025-01-06 08:00")], "action": ["x"]})
    with pytest.raises(wb.ContractError, match="events.occurred_at has no time zone"):
        _ = wb.open_source({"users": users, "events": typed}).events
    written = typed.assign(occurred_at="2025-01-06 08:00")
    with pytest.raises(QueryError, match="a time is written without a zone"):
        wb.open_source({"users": users, "events": written}).events.to_arrow()
    for events in (typed, written):
        opened = wb.open_source({"users": users, "events": events}, time_zone="Europe/Berlin")
        assert opened.events.to_pandas()["occurred_at"][0] == pd.Timestamp("2025-01-06T07:00Z")
