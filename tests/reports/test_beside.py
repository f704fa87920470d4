"""Pages of one site that are about almost the same people."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench.reports.beside import differ_by_few
from workbench.results.phrases import speaking
from workbench.simulation import tiny_crm

LINE = "sample{}: {:,} people with access, 9,000 user-weeks in 52 weeks from 6 January 2025; fingerprint 01234567"


def rests_on(people: int, selection: str = "") -> str:
    return LINE.format(", only a saved selection" if selection else "", people)


@pytest.mark.parametrize(("people", "few"), [(1499, 1), (1496, 4), (1495, None), (1500, None), (20, None)])
def test_one_to_four_people_apart_are_few(people: int, few: int | None) -> None:
    assert differ_by_few(rests_on(1500), rests_on(people, "pilot")) == few
    assert differ_by_few(rests_on(people, "pilot"), rests_on(1500)) == few


def test_everybody_in_other_weeks_is_no_other_selection() -> None:
    assert differ_by_few(rests_on(20), rests_on(19)) is None
    assert differ_by_few(rests_on(20, "pilot"), rests_on(19, "second pilot")) == 1


def test_a_page_that_says_nothing_of_its_people_is_not_compared() -> None:
    assert differ_by_few("", rests_on(20)) is None


def test_pages_in_two_languages_are_compared() -> None:
    source = wb.open_source(tiny_crm())
    panel = wb.user_weeks(source)
    with speaking("de"):
        german = str(wb.rests_on(source, panel, "pilot", "UTC"))
    assert german.startswith("frames, nur eine gespeicherte Auswahl: 24 Personen mit Zugang, 216 Nutzerwochen")
    assert differ_by_few(german, rests_on(26)) == 2
    assert differ_by_few(german, german) is None
