"""Times as people write them: the instant that is written, or a refusal (reported troubles, cases.md 1 and 2)."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.data import as_table
from workbench.data.contract import TABLES
from workbench.data.raw import Found, Part, typed
from workbench.errors import QueryError

USERS = pd.DataFrame({"user_id": ["a"]})


def written(text: str, zone: str | None = "Europe/Berlin") -> wb.Source:
    events = pd.DataFrame({"user_id": ["a"], "occurred_at": [text], "action": ["update"]})
    return wb.open_source({"users": USERS, "events": events}, time_zone=zone)


# The hours are worked out by hand: Chicago is five hours behind UTC in July and six in November.
@pytest.mark.parametrize("zone", ["Europe/Berlin", None])
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-07-06 23:30:00 UTC", "2025-07-06T23:30Z"),
        ("2025-07-06 23:30:00 GMT", "2025-07-06T23:30Z"),
        ("2025-07-06 23:30:00 utc", "2025-07-06T23:30Z"),
        ("2025-07-06T23:30:00z", "2025-07-06T23:30Z"),
        ("2025-07-06 23:30:00UTC ", "2025-07-06T23:30Z"),
        ("2025-11-23T18:29:00.0000000Z ", "2025-11-23T18:29Z"),
        ("2025-07-06 23:30:00 America/Chicago", "2025-07-07T04:30Z"),
        ("2025-11-06 23:30:00 America/Chicago", "2025-11-07T05:30Z"),
        ("2025-07-06T23:30:00+02:00", "2025-07-06T21:30Z"),
        ("2025-07-06 23:30 +0200", "2025-07-06T21:30Z"),
        ("2025-07-06 23:30:00 -05", "2025-07-07T04:30Z"),
        ("2025-07-06 23:30:00 UTC+02:00", "2025-07-06T21:30Z"),
        ("2025-07-06 23:30:00 GMT-0530", "2025-07-07T05:00Z"),
        ("2025-07-06T23:30:00+02:00[Europe/Paris]", "2025-07-06T21:30Z"),
        ("2025-07-06T23:30:00Z[UTC]", "2025-07-06T23:30Z"),
        ("2025-07-06\u00a023:30:00\u00a0UTC", "2025-07-06T23:30Z"),
        ("2025-07-06 23:30:00 GMT+1", "2025-07-06T22:30Z"),
        ("2025-07-06 23:30:00 UTC-5:30", "2025-07-07T05:00Z"),
    ],
)
def test_an_instant_that_names_its_zone_is_that_instant(text: str, instant: str, zone: str | None) -> None:
    source = written(text, zone)
    assert source.events.to_pandas()["occurred_at"][0] == pd.Timestamp(instant)
    assert source.check().empty


# On 30 March clocks went from 2:00 to 3:00 in Berlin; in New York they had done so on the 9th.
@pytest.mark.parametrize(("zone", "rows"), [("Europe/Berlin", 1), ("America/New_York", 0), ("UTC", 0)])
@pytest.mark.parametrize("text", ["2025-03-30 02:30:00", "2025-03-30T02:30", pd.Timestamp("2025-03-30 02:30")])
def test_an_hour_that_clocks_skip_is_noted(text: object, zone: str, rows: int) -> None:
    source = written(text, zone)  # type: ignore[arg-type]
    found = source.check()
    assert found["rule"].tolist() == ["events.occurred_at names an hour that there is"] * rows
    assert not found["broken"].any()


def test_an_hour_that_clocks_show_twice_is_no_trouble() -> None:
    assert written("2025-10-26 02:30:00").check().empty


@pytest.mark.parametrize("zone", ["Europe/Berlin", None])
@pytest.mark.parametrize("text", ["2025-07-06 23:30:00 EST", "2025-07-06 23:30 IST", "2025-07-06T23:30:00 +2"])
def test_a_zone_with_several_meanings_is_refused_by_the_check_and_by_the_reader(text: str, zone: str | None) -> None:
    source = written(text, zone)
    found = source.check()
    assert found[["rule", "rows", "broken"]].to_numpy().tolist() == [
        ["events.occurred_at names a zone that means one thing", 1, True]
    ]
    with pytest.raises(QueryError, match="a zone that has several meanings or none"):
        source.events.to_arrow()


def test_a_zone_that_does_not_exist_cannot_be_read() -> None:
    found = written("2025-07-06 23:30:00 Mars/Phobos").check()
    assert found[["rule", "broken"]].to_numpy().tolist() == [["events.occurred_at reads as instant", True]]


def test_a_time_without_a_zone_is_taken_in_the_declared_one_or_refused() -> None:
    assert written("2025-07-06 23:30:00 ").events.to_pandas()["occurred_at"][0] == pd.Timestamp("2025-07-06T21:30Z")
    assert written("2025-07-06 23:30:00", None).check()["rule"].tolist() == ["events.occurred_at names its time zone"]


def test_a_translated_time_is_read_by_the_same_rules() -> None:
    occurred_at = next(c for c in TABLES["events"] if c.name == "occurred_at")
    raw = Part(Found(as_table(pd.DataFrame({"at": ["then"]}))), {"occurred_at": "at"}, {"occurred_at": {"then": "2025-07-06 23:30:00 UTC"}}, time_zone="Europe/Berlin")  # fmt: skip
    read = raw.table.sql(f"select {typed(occurred_at, raw)} as at from this").to_pandas()
    assert read["at"][0] == pd.Timestamp("2025-07-06T23:30Z")
