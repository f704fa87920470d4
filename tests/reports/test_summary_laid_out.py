"""The first page on paper and on a phone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_up_charts import milestones, rates

from workbench import charts
from workbench.charts import theme
from workbench.reports.pages import Page, site_html
from workbench.reports.printing import print_bundle
from workbench.results.record import Record

pytestmark = [pytest.mark.slow, pytest.mark.browser]
WORKSHOP = Record(
    *("training", "Workshop", "It raised use by 0.30 days a week.", "raised", "robust", 0.3, 0.1, 0.5),
    *("active days a week", 40),
    course="lasts",
    effect="helped",
    likely="+0.30 (0.10 to 0.50)",
    page="4_training",
)
TOLD = [
    *(
        Record("tile", f"have the habit {n}", "Said of it. " * 8, "descriptive", "descriptive", figure="67%")
        for n in "abcd"
    ),
    *(replace(WORKSHOP, name=f"Workshop of all teams {n}") for n in range(14)),
    *(Record("concern", f"c{n}", "Use fell by 0.40 days a week. " * 2, "lowered", "robust") for n in range(6)),
    *(
        Record("action", f"a{n}", "Offer it to more people, and soon.", "raised", "robust", group="all")
        for n in range(5)
    ),
]


@pytest.fixture
def opened(tmp_path: Path, browser: Any, monkeypatch: Any) -> Any:
    """The summary of fourteen programmes, with its chart."""
    monkeypatch.setenv("WORKBENCH_PICTURES", "none")
    picture = theme.shown(charts.trend(rates(), title="It grew", milestones=milestones()).to_dict())[theme.MIME]
    page = Page("2_adoption", "Adoption", picture=picture)
    (tmp_path / "index.html").write_text(site_html([(page, False)], TOLD), encoding="utf-8")
    print_bundle(tmp_path)
    shown = browser.new_page(viewport={"width": 1280, "height": 900})
    shown.goto((tmp_path / "index.html").as_uri())
    shown.wait_for_selector("figure.chart[data-drawn=true]")
    yield shown
    shown.close()


def test_it_is_one_sheet_whose_chart_is_as_wide_as_the_sheet_and_has_its_key(opened: Any) -> None:
    """By hand: A4 less two margins of 14 mm is 182 mm, or 688 pixels; texts of 15 pixels are 8.6 points there."""
    assert len(re.findall(rb"/Type\s*/Page[^s]", opened.pdf(prefer_css_page_size=True))) == 1
    opened.set_viewport_size({"width": 688, "height": 1039})
    opened.emulate_media(media="print")
    drawn = opened.locator("figure.chart .paper svg").bounding_box()
    assert drawn["width"] == pytest.approx(688, abs=2)
    assert not opened.locator("figure.chart > div").first.is_visible()
    assert "1 Go-live" in opened.locator("figcaption").inner_text()


def test_on_a_phone_all_that_is_known_of_a_programme_is_seen_and_first_what_to_do(opened: Any) -> None:
    opened.set_viewport_size({"width": 360, "height": 800})
    assert opened.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('.worked .scroll'))") == 0
    first = opened.locator(".worked tbody tr").first
    places = [(cell.bounding_box()["y"], cell.get_attribute("data-label")) for cell in first.locator("th, td").all()]
    assert [label for _, label in sorted(places, key=lambda place: place[0])][:3] == [None, "What to do", "Effect"]
    assert first.get_by_role("cell").count() == 6


def test_a_screen_reader_hears_what_a_chart_shows_and_not_the_numbers_of_its_marks(opened: Any) -> None:
    figure = opened.locator("figure.chart")
    assert figure.get_attribute("aria-label").startswith("It grew")
    assert figure.locator("svg:not([aria-hidden=true])").count() == 0
