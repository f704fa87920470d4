"""What is new since the last report: only where the two count the same, and only what differs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.reports.since_last import LINES, SinceLast, since_last
from workbench.results.record import Record

WORDS = ("descriptive", "descriptive only")
UNTIL = Record("until", "2025-12-07", "7 December 2025", *WORDS)
SETTINGS = Record("settings", "", "version: 1; source: crm", *WORDS, page="2_adoption")
HABIT = Record("tile", "have the habit", "Target 50%: reached.", *WORDS, figure="65%", page="2_adoption", anchor="h")
TALKS = Record("training", "Talks", "Talks.", "raised", "robust", effect="helped", page="4_training", anchor="which")
BEFORE = [UNTIL, SETTINGS, HABIT, TALKS]
LATER = replace(UNTIL, name="2026-01-04", headline="4 January 2026")


def test_what_is_judged_otherwise_and_what_has_another_figure_is_said_and_linked():
    worse = replace(TALKS, verdict="no clear effect", effect="no clear effect")
    new = replace(TALKS, name="Race", about="incentive", effect="harmed", verdict="lowered", page="5_incentives")
    found = since_last([LATER, SETTINGS, replace(HABIT, figure="67%"), worse, new], BEFORE)
    assert found.title == "Since the last report (to 7 December 2025)"
    assert [(line.headline, line.link) for line in found.lines] == [
        ("Talks: no clear effect; it was: helped", "4_training.html#which"),
        ("Race: harmed (new)", "5_incentives.html#which"),
        ("67% have the habit; it was 65%", "2_adoption.html#h"),
    ]
    assert found.said == ""


def test_where_nothing_changed_that_is_what_is_said():
    found = since_last([LATER, *BEFORE[1:]], BEFORE)
    assert (found.lines, found.said) == ([], "No verdict and no figure of this page has changed.")


@pytest.mark.parametrize("before", [[], BEFORE, [LATER, *BEFORE[1:]], BEFORE[1:]])
def test_the_same_day_a_later_one_or_none_is_no_earlier_report(before):
    assert since_last(BEFORE, before) == SinceLast()


@pytest.mark.parametrize("counted", ["version: 1; source: other", "version: 2; source: crm", ""])
def test_reports_that_count_otherwise_or_a_selection_of_people_are_not_compared(counted):
    now = [LATER, replace(SETTINGS, headline=counted), replace(HABIT, figure="67%"), TALKS]
    found = since_last(now, [UNTIL, replace(SETTINGS, headline=counted if not counted else "other"), HABIT, TALKS])
    assert found.lines == []
    assert found.said.startswith("We do not compare the two")


def test_no_more_lines_than_a_reader_reads():
    many = [replace(TALKS, name=f"Talk {i}") for i in range(9)]
    assert len(since_last([LATER, SETTINGS, *many], [UNTIL, SETTINGS]).lines) == LINES
