"""Dates and numbers in the formats that a mapping names; expected values are those that the text itself says."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.data.duckdb import duckdb_engine
from workbench.data.formats import date_format, number_format
from workbench.errors import ContractError, QueryError


def opened(
    text: object, words: str, zone: str = "Europe/Berlin", column: str = "occurred_at", **more: str
) -> wb.Source:
    """A log of one event with one value in one format."""
    mapping = f'time_zone = "{zone}"\n[events.formats]\n{column} = "{words}"\n'
    row = {"user_id": "a", "occurred_at": "2025-01-06T08:00:00Z", "action": "view", **more, column: text}
    return mapped({"events": pd.DataFrame([row])}, mapping)


def mapped(frames: dict[str, pd.DataFrame], mapping: str) -> wb.Source:
    import tempfile
    from pathlib import Path

    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(mapping)
        file.flush()
        return wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), **frames}, mapping=Path(file.name))


def instant(text: object, words: str, zone: str = "UTC") -> str:
    found = opened(text, words, zone).events.to_pandas()["occurred_at"][0]
    return str(found.tz_convert("UTC").tz_localize(None))


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("DD/MM/YYYY HH:mm:ss", "03/04/2025 08:05:09", "2025-04-03 08:05:09"),
        ("DD/MM/YYYY HH:mm", "3/4/2025 8:05", "2025-04-03 08:05:00"),
        ("MM/DD/YYYY h:mm:ss A", "9/20/2023 4:05:03 AM", "2023-09-20 04:05:03"),  # formats.md: Purview after Excel
        ("MM/DD/YYYY h:mm A", "5/12/2022 3:19 PM", "2022-05-12 15:19:00"),  # formats.md: Dataverse
        ("MM/DD/YYYY h:mm A", "5/12/2022 12:19 a.m.", "2022-05-12 00:19:00"),
        ("MM/DD/YYYY h:mm A", "5/12/2022 12:19\u202fPM", "2022-05-12 12:19:00"),
        ("DD/MM/YY, HH:mm", "17/10/21, 12:41", "2021-10-17 12:41:00"),  # formats.md: Moodle
        ("YYYYMMDDHHmmss.SSS", "20240311160000.000", "2024-03-11 16:00:00"),  # formats.md: EventLogFile
        ("YYYYMMDDHHmmss.SSS", "20240311160000.125", "2024-03-11 16:00:00.125000"),
        ("D MMM YYYY HH:mm", "6 Jan 2025 09:00", "2025-01-06 09:00:00"),
        ("D. MMMM YYYY HH:mm", "6. März 2025 09:00", "2025-03-06 09:00:00"),
        ("D MMMM YYYY HH:mm", "6 août 2025 09:00", "2025-08-06 09:00:00"),
        ("MMM D, YYYY h:mm A", "Dec 31, 2024 11:59 pm", "2024-12-31 23:59:00"),
        ("DD.MM.YYYY HH:mm Z", "27.08.2025 14:06 +02:00", "2025-08-27 12:06:00"),
        # E-mail (RFC 2822), a browser's Date.toString(), Python's and PHP's own; the offset decides, not the name
        ("ddd, D MMM YYYY HH:mm:ss Z", "Mon, 06 Jan 2025 14:03:00 +0100", "2025-01-06 13:03:00"),
        ("ddd, D MMM YYYY HH:mm:ss Z", "Mon, 6 Jan 2025 14:03:00 GMT", "2025-01-06 14:03:00"),
        ("ddd MMM D YYYY HH:mm:ss Z", "Mon Jan 06 2025 14:03:00 GMT+0100 (CET)", "2025-01-06 13:03:00"),
        (
            "ddd MMM D YYYY HH:mm:ss Z",
            "Fri Jul 04 2025 00:30:00 GMT-0700 (Pacific Daylight Time)",
            "2025-07-04 07:30:00",
        ),
        ("ddd D MMM YYYY HH:mm", "lun. 6 janv. 2025 09:00", "2025-01-06 09:00:00"),
        ("epoch seconds", "1634467260", "2021-10-17 10:41:00"),
        ("epoch milliseconds", "1634467260500", "2021-10-17 10:41:00.500000"),
        ("epoch seconds", 1634467260, "2021-10-17 10:41:00"),
        ("excel days", 45000.5, "2023-03-15 12:00:00"),  # what a spreadsheet shows for 45000.5
        ("excel days", "45000,25", "2023-03-15 06:00:00"),
        ("epoch microseconds", "1634467260500000", "2021-10-17 10:41:00.500000"),
        ("epoch nanoseconds", "1634467260500000000", "2021-10-17 10:41:00.500000"),
        ("windows filetime", "132789408600000000", "2021-10-17 10:41:00"),  # (1634467260 + 11644473600) * 10 ** 7
        ("YYYY.MM.DD HH:mm", "2025.01.06 08:00", "2025-01-06 08:00:00"),
    ],
)
def test_a_format_reads_what_is_written(words: str, text: object, expected: str) -> None:
    assert instant(text, words) == expected


def test_a_format_without_a_zone_takes_that_of_the_source_and_a_count_of_seconds_does_not() -> None:
    assert instant("06/01/2025 08:00", "DD/MM/YYYY HH:mm", "America/New_York") == "2025-01-06 13:00:00"
    assert instant("1634467260", "epoch seconds", "America/New_York") == "2021-10-17 10:41:00"


def test_a_date_in_the_order_of_iso_8601_is_read_beside_any_format() -> None:
    assert instant("2025-01-06T08:00:00Z", "DD/MM/YYYY HH:mm") == "2025-01-06 08:00:00"


@pytest.mark.parametrize(("text", "words"), [("03/04/2025", "DD/MM/YYYY"), ("45750", "excel days")])
def test_a_day_without_an_hour_is_that_day_in_every_zone(text: str, words: str) -> None:
    # A spreadsheet shows 45750 as 2025-04-03: 45000 is 2023-03-15, and 750 days later.
    for zone in ("Pacific/Auckland", "America/New_York"):
        found = opened(text, words, zone or "UTC").events.to_pandas()
        assert str(found["occurred_at_day"][0].date()) == "2025-04-03"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("DD/MM/YYYY", "13/13/2025"),
        ("DD/MM/YYYY", "31/02/2025"),
        ("DD/MM/YYYY", "03/04/25"),  # two digits only when the format says so
        ("MM/DD/YYYY", "20/09/2023"),
        ("DD/MM/YYYY HH:mm", "03/04/2025"),
        ("epoch seconds", "1634467260500"),  # milliseconds
        ("epoch seconds", "1.63E+09"),
        ("D MMM YYYY", "6 Foo 2025"),
    ],
)
def test_what_is_written_otherwise_is_refused_and_never_bent(words: str, text: str) -> None:
    source = opened(text, words)
    with pytest.raises(QueryError):
        source.events.to_arrow()
    found = source.check()
    assert found["rule"].tolist() == ["events.occurred_at reads as instant"]
    assert found["rows"].tolist() == [1]


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("1.234,5", "1.234.567,25", 1234567.25),
        ("1.234,5", "12,5", 12.5),
        ("1,234.5", "1,234.5", 1234.5),
        ("1 234,5", "1 234,5", 1234.5),
        ("1'234.5", "1'234.5", 1234.5),
        ("1234,5", "-3,75", -3.75),
    ],
)
def test_numbers_with_decimal_commas_and_thousands(words: str, text: str, expected: float) -> None:
    source = opened(text, words, column="duration_seconds")
    found = source.raw["events"].typed(frozenset({"duration_seconds"})).to_pandas()
    assert found["duration_seconds"][0] == expected


@pytest.mark.parametrize(("words", "text"), [("1.234,5", "3.5"), ("1,234.5", "1,23"), ("1234,5", "1.234,5")])
def test_a_number_of_another_format_is_refused(words: str, text: str) -> None:
    source = opened(text, words, column="duration_seconds")
    assert source.check()["rule"].tolist() == ["events.duration_seconds reads as number"]
    with pytest.raises(QueryError):
        source.events.to_arrow()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("dd/mm/yyyy", "did you mean 'DD/MM/YYYY'?"),
        ("DD/MM", "is no format of dates"),
        ("DD/MM/YYYY h:mm", "a clock of 12 hours is written h:mm A"),
        ("Z DD/MM/YYYY", "the zone, Z, comes last"),
        ("epoch second", "did you mean 'epoch seconds'?"),
    ],
)
def test_words_that_are_no_format_are_answered(words: str, said: str) -> None:
    with pytest.raises(wb.ContractError) as refused:
        date_format(words)
    assert said in str(refused.value)


def test_an_example_of_a_number_must_show_which_sign_begins_the_decimals() -> None:
    with pytest.raises(wb.ContractError, match="'1,234' is no format of numbers"):
        number_format("1,234")


def test_a_postgresql_server_reads_the_same_values(postgres: str) -> None:
    """Whatever DuckDB reads in a format, or does not, PostgreSQL reads, or does not."""
    from workbench.data.instants import read_instant
    from workbench.data.postgres import Postgres

    values = [
        *("3/4/2025 8:05 PM", "13/04/2025 12:05 am", "31/02/2025 8:05 PM", "3/4/25 8:05 PM", "3/4/2025", "soon"),
        *("20240311160000.125", "2025-01-06T08:00:00Z", "6 Jan 2025 09:00", "6. März 2025 09:00", "1634467260"),
    ]
    listed = " union all ".join(f"select {i} as i, '{value}' as value" for i, value in enumerate(values))
    for words in ("DD/MM/YYYY h:mm A", "YYYYMMDDHHmmss.SSS", "D MMM YYYY HH:mm", "D. MMM YYYY HH:mm", "epoch seconds"):
        answers = []
        for engine in (Postgres(postgres), duckdb_engine()):
            read = read_instant("value", engine.dialect, "Europe/Berlin", True, date_format(words))
            rows = engine.sql(f"select cast(i as bigint) as i, {read} as at from ({listed}) as given order by i")
            answers.append(rows.to_pydict()["at"])
        assert answers[0] == answers[1], words
        assert sum(answer is not None for answer in answers[0]) >= 2


def test_minutes_are_no_month_where_the_month_is_there():
    with pytest.raises(ContractError) as refused:
        date_format("DD-MMM-yy hh.mm.ss A")
    assert "did you mean 'DD-MMM-YY hh.mm.ss A'?" in str(refused.value)
