"""Formats that fit, with the evidence; all counts made by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import workbench as wb
from workbench.data.guesses import Fit, date_formats, number_formats

AMBIGUOUS = [f"{day:02d}/{month:02d}/2025 08:00" for day in range(1, 13) for month in range(1, 13)]


def fits(values: list, of=date_formats) -> list[Fit]:
    return of(wb.as_table(pd.DataFrame({"value": values})), "value")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2025-01-06", "2025-01-06T08:00:00Z", None], []),
        (["17/10/21, 12:41", "03/04/21, 09:00"], [("DD/MM/YY, HH:mm", 2), ("MM/DD/YY, HH:mm", 1)]),
        (["9/20/2023 4:05:03 AM"], [("MM/DD/YYYY h:mm:ss A", 1)]),
        (["20240311160000.000"], [("YYYYMMDDHHmmss.SSS", 1)]),
        (["1634467260", "1634467261"], [("epoch seconds", 2)]),
        ([1634467260000], [("epoch milliseconds", 1)]),
        (["45213.5", "45214.25"], [("excel days", 2)]),
        ([45213.5, 45214.0], [("excel days", 2)]),
        (["1634467260000000"], [("epoch microseconds", 1)]),
        (["1634467260000000000"], [("epoch nanoseconds", 1)]),
        (["132789408600000000"], [("windows filetime", 1)]),
        (["2025.01.06 08:00"], [("YYYY.MM.DD HH:mm", 1)]),
        (["27/08/2025 14:06:53 +0200"], [("DD/MM/YYYY HH:mm:ss Z", 1)]),
        (["5/12/2022 3:19 PM"], [("DD/MM/YYYY h:mm A", 1), ("MM/DD/YYYY h:mm A", 1)]),  # PM is no zone
        (["12345", "99"], []),
        (["6. März 2025"], [("D. MMM YYYY", 1)]),
        (["soon", "later"], []),
    ],
)
def test_dates(values: list, expected: list) -> None:
    assert [(fit.words, fit.rows) for fit in fits(values)] == expected


def test_numbers() -> None:
    assert fits(["1", "2.5"], number_formats) == []
    assert [fit.words for fit in fits(["1.234,5", "7"], number_formats)] == ["1.234,5"]
    assert [fit.words for fit in fits(["1,234"], number_formats)] == ["1.234,5", "1,234.5"]
    assert [fit.words for fit in fits(["1 234,5"], number_formats)] == ["1 234,5"]


def repair(values: list[str]) -> str:
    events = pd.DataFrame({"user_id": "a", "occurred_at": values, "action": "view"})
    found = wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": events}, time_zone="UTC").check()
    row = found[found["rule"] == "events.occurred_at reads as instant"].iloc[0]
    assert row["rows"] == len(values)
    return row["repair"]


def test_what_may_be_march_or_april_is_asked_with_the_evidence_and_never_guessed() -> None:
    assert repair(AMBIGUOUS) == (
        "Of 144 values none has a first or a second part above 12, so both may be the month: say which is meant in "
        'workbench.toml: [events.formats] occurred_at = "DD/MM/YYYY HH:mm" or "MM/DD/YYYY HH:mm".'
    )


def test_one_day_above_12_is_shown_as_evidence_and_still_not_guessed() -> None:
    assert repair([*AMBIGUOUS, "13/01/2025 08:00"]) == (
        'Say how it is written in workbench.toml: [events.formats] occurred_at = "DD/MM/YYYY HH:mm" '
        "(1 of 145 values have a first part above 12)."
    )


def test_days_in_both_orders_fit_no_format() -> None:
    assert repair([*AMBIGUOUS, "13/01/2025 08:00", "01/13/2025 08:00"]) == (
        'No format fits all 146 values: "DD/MM/YYYY HH:mm" fits 145, "MM/DD/YYYY HH:mm" fits 145. Say in '
        "workbench.toml: [events.formats] occurred_at = the right one, and correct the others."
    )


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_the_order_of_day_and_month_is_asked_first_and_the_zone_in_the_same_answer(zone: str | None) -> None:
    times = ["03/04/2025 08:00", "05/04/2025 09:00", "2025-04-07T10:00:00Z"]
    events = pd.DataFrame({"user_id": "a", "occurred_at": times, "action": "create"})
    frames = {"users": pd.DataFrame({"user_id": ["a"]}), "events": events}
    [problem] = wb.data.check_source(frames, time_zone=zone).to_dict("records")
    asked = '[events.formats] occurred_at = "DD/MM/YYYY HH:mm" or "MM/DD/YYYY HH:mm".'
    assert asked in problem["repair"]
    assert ("time_zone =" in problem["repair"]) == (zone is None)


def test_where_some_times_lack_a_zone_and_others_a_format_the_format_comes_first() -> None:
    times = ["2025-04-07 10:00", "03/04/2025 08:00"]
    events = pd.DataFrame({"user_id": "a", "occurred_at": times, "action": "create"})
    found = wb.data.check_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": events})
    assert found["rule"].tolist() == ["events.occurred_at reads as instant", "events.occurred_at names its time zone"]


@pytest.mark.parametrize(("zero", "script"), [(0x660, "Arabic-Indic"), (0x6F0, "Persian"), (0xFF10, "full-width")])
def test_other_digits_are_named_and_the_way_out_reads_them(zero: int, script: str, tmp_path: Path) -> None:
    digits = str.maketrans("0123456789", "".join(chr(zero + n) for n in range(10)))
    events = pd.DataFrame({"user_id": "a", "occurred_at": ["2025-01-06 08:00Z".translate(digits)], "action": "create"})
    frames = {"users": pd.DataFrame({"user_id": ["a"]}), "events": events}
    [problem] = wb.data.check_source(frames).to_dict("records")
    assert f"Its digits are {script}." in problem["repair"]
    answer = problem["repair"].split("[events.columns] ")[1].removesuffix(".")
    (tmp_path / "mapping.toml").write_text(f"[events.columns]\n{answer}\n", encoding="utf-8")
    log = wb.open_source(frames, mapping=tmp_path / "mapping.toml")
    assert log.events.to_pandas()["occurred_at"].tolist() == [pd.Timestamp("2025-01-06 08:00", tz="UTC")]


def test_the_files_in_another_order_are_named(tmp_path: Path) -> None:
    """Three months begin with the day, the last with the month."""
    months = {n: [f"{day:02d}/{n:02d}/2025 08:00" for day in range(1, 21)] for n in (1, 2, 3)}
    months |= {4: [f"04/{day:02d}/2025 08:00" for day in range(1, 21)]}
    for n, times in months.items():
        (tmp_path / f"log_{n}.csv").write_text("user_id,occurred_at,action\n" + "".join(f"a,{t},x\n" for t in times))
    mapping = tmp_path / "workbench.toml"
    mapping.write_text(
        'time_zone = "UTC"\n[events]\nfile = "log_*.csv"\n[events.formats]\noccurred_at = "DD/MM/YYYY HH:mm"\n'
    )
    [found] = wb.open_source(tmp_path).check().query("rule == 'events.occurred_at reads as instant'").to_dict("records")
    assert found["rows"] == 8  # 13 to 20 April
    assert found["repair"] == (
        'No format fits all 80 values: "DD/MM/YYYY HH:mm" fits 72, "MM/DD/YYYY HH:mm" fits 56. All that'
        ' "DD/MM/YYYY HH:mm" does not fit are in file 4 of 4, where "MM/DD/YYYY HH:mm" fits all. Read them by a [[events]]'
        " of their own, with their file and its format."
    )
