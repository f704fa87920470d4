"""The way from a page's answers to its sections, and from page to page."""

from __future__ import annotations

import re

from workbench.reports.navigation import MOST, PLACE, answers, linked

TITLES = {"1_a": "First", "2_b": "Second & more", "3_c": "Third"}


def hrefs(text: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', text)


def test_a_page_leads_to_the_one_before_and_the_one_after():
    page = linked(f"<p>{PLACE}</p>", TITLES, "2_b")
    assert hrefs(page) == ["1_a.html", "3_c.html"]
    assert hrefs(linked(page, TITLES, "2_b")) == hrefs(page)  # the next run links it anew, and once


def test_the_first_page_has_none_before_and_the_last_none_after():
    assert hrefs(linked(PLACE, TITLES, "1_a")) == ["2_b.html"]
    assert hrefs(linked(PLACE, TITLES, "3_c")) == ["2_b.html"]
    assert "Second &amp; more" in linked(PLACE, TITLES, "1_a")


def test_a_page_that_is_no_more_is_not_linked():
    page = linked(PLACE, TITLES, "2_b")
    assert hrefs(linked(page, {"2_b": "Second"}, "2_b")) == []


def test_answers_are_few_and_one_a_section():
    said = [(f"section-{i}", f"Answer {i}") for i in range(20)]
    found = answers([*said, ("section-0", "Another.")])
    assert len(found) == MOST
    assert found[0] == {"text": "Answer 0", "anchor": "section-0"}
