"""Formats of dates by the values of a column: every expected format was read by eye."""

from __future__ import annotations

import pytest

from workbench.importing.dates import ISO, dates


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (["2025-01-06T08:00:00Z", "2025-01-07 09:00"], ISO),
        (["2026-01-24T06:54:24.0000000Z "], ISO),
        (["2026/04/01 10:00:00"], ISO),
        (["17/10/21, 12:41", "03/10/21, 09:00"], "DD/MM/YY, HH:mm"),
        (["9/20/2023 4:05:03 AM", "9/4/2023 4:05:03 PM"], "MM/DD/YYYY h:mm:ss A"),
        (["29.2.2016 1:16"], "DD.MM.YYYY HH:mm"),
        (["20240311160000.000"], "YYYYMMDDHHmmss.SSS"),
        (["1736150400", "1736236800"], "epoch seconds"),
        (["1736150400000"], "epoch milliseconds"),
        (["3 Apr 2025", "13 Mai 2025"], "D MMM YYYY"),
        (["Mon, 06 Jan 2025 14:03:00 +0100", "Tue, 7 Jan 2025 08:00:00 GMT"], "ddd, D MMM YYYY HH:mm:ss Z"),
        (["Mon Jan 06 2025 14:03:00 GMT+0100 (CET)"], "ddd MMM D YYYY HH:mm:ss Z"),
        (["Mo., 6. Jan 2025"], "ddd, D. MMM YYYY"),
    ],
)
def test_one_format_that_reads_every_value(values, form):
    found = dates(values)
    assert (found.formats, found.read, found.of) == ((form,), len(values), len(values))


def test_what_could_be_march_or_april_is_both_and_the_order_of_rows_is_evidence():
    found = dates(["03/04/2025", "04/04/2025", "05/04/2025", "01/05/2025"])
    assert found.ambiguous
    assert found.formats == ("DD/MM/YYYY", "MM/DD/YYYY")
    assert found.in_order == ("DD/MM/YYYY",)


def test_a_day_after_the_twelfth_decides():
    assert dates(["03/04/2025", "13/04/2025"]).formats == ("DD/MM/YYYY",)


def test_a_column_of_few_dates_holds_none():
    assert dates(["Anna", "2025-01-06", "Ben", "Carl"]).formats == ()
    assert dates(["", " "]) == dates([])


def test_whether_zones_and_hours_are_named():
    assert dates(["2025-01-06 08:00:00 UTC"]).zoned
    assert not dates(["2025-01-06 08:00", "2025-01-06 08:00Z"]).zoned
    assert dates(["2025-01-06"]).days
    assert dates(["13.01.2025"]).days
    assert not dates(["13.01.2025 08:00"]).days


def test_oracle_writes_points_and_halves_of_the_day():
    values = ["06-JAN-25 08.25.11.123456 AM", "28-FEB-25 11.59.59.000001 PM"]
    assert dates(values).formats == ("D-MMM-YY hh.mm.ss.SSS A",)
