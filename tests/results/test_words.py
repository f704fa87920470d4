"""Numbers and days as people read them."""

from __future__ import annotations

import locale
from datetime import date

import pytest

from workbench.results import words


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1234.5, 2, "1,234.50"), (-0.004, 2, "0.00"), (-0.006, 2, "−0.01"), (2.5, 0, "2"), (999.999, 2, "1,000.00")],
)
def test_numbers_have_commas_a_minus_sign_and_no_negative_zero(value: float, digits: int, text: str) -> None:
    assert words.number(value, digits) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0"), (0.004, "fewer than 1"), (0.006, "1"), (0.994, "99"), (0.996, "more than 99"), (1.0, "100")],
)
def test_only_nobody_is_0_and_only_everybody_is_100(share: float, text: str) -> None:
    assert words.of_100(share) == text


def test_a_share_is_in_per_cent_and_every_other_unit_stands_as_it_is() -> None:
    assert words.level(0.25, "share of people") == "25%"
    assert words.level(0.25, "active days") == "0.25 active days"
    assert words.level(0.25, "") == "0.25"


def test_one_is_a_person_and_more_are_people() -> None:
    assert [words.people(n) for n in (0, 1, 2.0, 12345)] == ["0 people", "1 person", "2 people", "12,345 people"]


def test_every_month_is_named_as_the_english_calendar_names_it() -> None:
    # The C locale's own names, which are English wherever the tests run.
    assert locale.setlocale(locale.LC_TIME) in {"C", "POSIX", "C.UTF-8", "en_US.UTF-8", "en_GB.UTF-8"}
    for month in range(1, 13):
        when = date(2025, month, 3)
        assert words.day(when) == f"3 {when:%b} 2025"
        assert words.day_in_full(when) == f"3 {when:%B} 2025"


@pytest.mark.parametrize(
    ("length", "text"), [("week", "1 Oct 2025"), ("month", "Oct 2025"), ("quarter", "Q4 2025"), ("day", "1 Oct 2025")]
)
def test_a_period_is_named_by_its_length(length: str, text: str) -> None:
    assert words.period(date(2025, 10, 1), length) == text


def test_a_sentence_begins_with_a_capital_and_ends_with_one_full_stop() -> None:
    assert [words.sentence(text) for text in ("so it is", "So it is.", "")] == ["So it is.", "So it is.", ""]


def test_only_nobody_is_no_per_cent_and_only_everybody_all() -> None:
    assert [words.percent(v) for v in (0.0, 0.004, 0.5, 0.996, 1.0)] == [
        "0%", "less than 1%", "50%", "more than 99%", "100%"]  # fmt: skip


def test_a_range_below_nothing_is_written_out() -> None:
    assert words.ranged("−0.10", "0.20") == "−0.10 to 0.20"
    assert words.ranged("64%", "69%") == "64–69%"
