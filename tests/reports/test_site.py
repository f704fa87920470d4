"""The printed site in a real browser, with the network cut.

What must hold of every page: every chart is drawn, nothing is asked of any network, the console stays empty, no page
is wider than a phone, every heading of the contents leads somewhere, and a chart answers the mouse.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright import sync_api

from workbench.reports.printing import write_page
from workbench.reports.site import print_bundle, print_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def site(tmp_path_factory, executed, made_up) -> Path:
    """The real reports on the sample, and one made-up report whose data are hostile."""
    out = tmp_path_factory.mktemp("site")
    shutil.copytree(made_up[0], out / "made_up")
    (out / "real").mkdir()
    for report, ran in executed.values():
        write_page(report, ran, out / "real")
    print_bundle(out / "real")
    print_site(out / "real", list(executed), [])
    return out


class Opened:
    """A page as a reader has it, with everything it complained of and asked for."""

    def __init__(self, browser: sync_api.Browser, path: Path, **screen: object):
        self.page = browser.new_context(**screen).new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        # Warnings are not complaints: Vega-Lite has one for every chart as wide as the page and as high as it has rows.
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.route("**/*", lambda route: route.continue_() if _local(route.request.url) else route.abort())
        self.page.goto(path.as_uri())
        self.charts = self.page.locator("figure.chart").count()
        self.page.wait_for_function(f"document.querySelectorAll('figure.chart[data-drawn]').length === {self.charts}")

    def script(self, text: str) -> object:
        return self.page.evaluate(text)


def _local(url: str) -> bool:
    return url.startswith(("file:", "data:", "blob:"))


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_every_page_draws_its_charts_and_asks_nothing_of_a_network(site, browser):
    for path in pages(site):
        opened = Opened(browser, path)
        assert opened.page.locator("figure.chart > :not(.paper) svg.marks").count() == opened.charts, path.name
        assert opened.complaints == [], path.name
        assert [url for url in opened.asked if not _local(url)] == [], path.name
        opened.page.context.close()


def test_every_page_fits_a_phone(site, browser):
    for path in pages(site):
        opened = Opened(browser, path, viewport={"width": 390, "height": 844})
        assert opened.script("document.documentElement.scrollWidth") == 390, path.name
        wider = "[...document.querySelectorAll('figure.chart')].filter(f => f.scrollWidth > f.clientWidth + 1).length"
        assert opened.script(wider) == 0, path.name
        opened.page.context.close()


def test_no_table_is_cut_on_a_tablet(site, browser):
    cut = (
        "[...document.querySelectorAll('.scroll')].filter(t => t.scrollWidth > t.clientWidth + 1).map(t => t.innerText)"
    )
    for path in pages(site / "real"):
        opened = Opened(browser, path, viewport={"width": 768, "height": 1024})
        assert opened.script(cut) == [], path.name
        opened.page.context.close()


CAN_BE_PRESSED = "[...document.querySelectorAll('a[href],button,input,summary')].filter((one) => one.checkVisibility())"
WHERE_IT_IS = """() => {
    const one = document.activeElement, all = [...document.querySelectorAll('*')];
    return one === document.body ? null : [all.indexOf(one), getComputedStyle(one).outlineStyle];
}"""


@pytest.mark.parametrize("name", ["index", "8_next_steps"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(site, browser, name):
    opened = Opened(browser, site / "real" / f"{name}.html")
    wanted = set(opened.script(f"{CAN_BE_PRESSED}.map((one) => [...document.querySelectorAll('*')].indexOf(one))"))
    reached: dict[int, str] = {}
    for _ in range(2 * len(wanted) + 20):
        opened.page.keyboard.press("Tab")
        if there := opened.script(WHERE_IT_IS):
            reached[there[0]] = there[1]
    assert wanted
    assert wanted <= set(reached)
    assert set(reached.values()) == {"solid"}


OUTSIDE = """() => [...document.querySelectorAll('main svg')].flatMap((picture) => {
    const room = picture.getBoundingClientRect(), texts = room.width ? [...picture.querySelectorAll('text')] : [];
    const beyond = (box) => [room.left - box.left, box.right - room.right, room.top - box.top, box.bottom - room.bottom];
    const outside = (box) => box.width && Math.max(...beyond(box)) > 1;
    return texts.filter((text) => outside(text.getBoundingClientRect())).map((text) => text.textContent);
})"""  # texts that the edge of their picture cuts, by more than a pixel


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_text_of_a_picture_leaves_it(site, browser, width):
    for path in pages(site):
        opened = Opened(browser, path, viewport={"width": width, "height": 900})
        opened.script("document.querySelectorAll('details').forEach((part) => (part.open = true))")
        assert opened.script(OUTSIDE) == [], path.name
        opened.page.context.close()


def test_the_contents_lead_to_headings_and_every_page_has_one_title(site, browser):
    for path in pages(site):
        opened = Opened(browser, path)
        assert opened.page.locator("h1").count() == 1, path.name
        lost = "[...document.querySelectorAll('.contents a')].filter(a => !document.querySelector(a.hash)).length"
        assert opened.script(lost) == 0, path.name
        opened.page.context.close()


def test_every_chart_has_a_name_and_every_table_head_too(site, browser):
    for path in pages(site):
        opened = Opened(browser, path)
        unnamed = (
            "[...document.querySelectorAll('figure.chart')].filter(f => !f.ariaLabel || f.ariaLabel === 'Chart').length"
        )
        assert opened.script(unnamed) == 0, path.name
        empty = "[...document.querySelectorAll('th')].filter(th => !th.textContent.trim()).length"
        assert opened.script(empty) == 0, path.name
        opened.page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(site, browser, scheme):
    axe = Axe()
    for path in pages(site):
        opened = Opened(browser, path, color_scheme=scheme)
        found = axe.run(opened.page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == [], path.name
        opened.page.context.close()


def test_a_chart_answers_the_mouse(site, browser):
    opened = Opened(browser, site / "made_up" / "1_good.html")
    opened.page.locator("figure.chart").first.locator("path[aria-roledescription='point']").nth(5).hover(force=True)
    opened.page.wait_for_selector("#vg-tooltip-element.visible")
    assert "days" in opened.page.locator("#vg-tooltip-element").inner_text()


def test_hostile_data_are_shown_and_do_nothing(site, browser):
    opened = Opened(browser, site / "made_up" / "1_good.html")
    assert opened.page.title() == "Did the training change how people use the CRM?"
    assert "document.title='broken'" in opened.page.locator("table").first.inner_text()


def test_a_script_that_slipped_into_a_page_does_not_run(site, browser):
    page = (site / "made_up" / "1_good.html").read_text(encoding="utf-8")
    slipped = site / "made_up" / "slipped.htm"
    slipped.write_text(page.replace("</main>", "<script>document.title='broken'</script></main>"), encoding="utf-8")
    opened = Opened(browser, slipped)
    assert opened.page.title() != "broken"
    assert "Content Security Policy" in opened.complaints[0]


def test_the_code_is_out_of_sight_until_asked_for(site, browser):
    opened = Opened(browser, site / "made_up" / "1_good.html")
    code = opened.page.locator("details.code pre").first
    assert not code.is_visible()
    opened.page.get_by_role("button", name="Show the code").click()
    assert code.is_visible()


def test_the_appendix_is_folded_until_somebody_opens_it(site, browser):
    opened = Opened(browser, site / "made_up" / "1_good.html")
    checked = opened.page.get_by_text("the sums agree", exact=True)
    assert not checked.is_visible()
    opened.page.get_by_text("Show the tables behind it").click()
    assert checked.is_visible()


def test_the_summary_page_leads_to_every_page(site, browser):
    opened = Opened(browser, site / "real" / "index.html")
    links = {link.get_attribute("href") for link in opened.page.locator("article.entry h3 a").all()}
    assert links == {path.name for path in (site / "real").glob("*.html")} - {"index.html"}


def test_every_page_leads_to_its_neighbours_and_its_answers_to_their_sections(site, browser):
    names = [path.name for path in pages(site / "real") if path.name != "index.html"]
    for at, name in enumerate(names):
        opened = Opened(browser, site / "real" / name)
        found = [link.get_attribute("href") for link in opened.page.locator("header .pages a").all()]
        assert found == [*names[max(at - 1, 0) : at], *names[at + 1 : at + 2]], name
        assert opened.page.locator(".answers a").count() >= 2, name
        lost = "[...document.querySelectorAll('.answers a')].filter(a => !document.querySelector(a.hash)).length"
        assert opened.script(lost) == 0, name
        opened.page.context.close()


def test_the_contents_mark_the_section_that_is_read(site, browser):
    opened = Opened(browser, site / "real" / "2_adoption.html")
    opened.page.evaluate("window.scrollTo(0, document.querySelectorAll('main h2')[4].offsetTop - 20)")
    read = opened.page.locator("main h2").nth(4).inner_text()
    marked = "text => document.querySelector('.contents a[aria-current]')?.textContent === text"
    opened.page.wait_for_function(marked, arg=read)


def test_the_data_of_a_chart_are_a_file_that_no_spreadsheet_runs(site, browser):
    opened = Opened(browser, site / "made_up" / "1_good.html")
    with opened.page.expect_download() as saved:
        opened.page.get_by_role("button", name="Data (CSV)").first.click()
    text = Path(saved.value.path()).read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].split(",")[0]
    assert len(text.splitlines()) > 2
    assert not [line for line in text.splitlines() if line.startswith(("=", "+", "@"))]
    assert opened.complaints == []


def test_a_page_without_the_file_that_draws_says_its_charts_in_words(site, browser, tmp_path):
    alone = Path(shutil.copy(site / "real" / "2_adoption.html", tmp_path))
    page = browser.new_context().new_page()
    page.goto(alone.as_uri())
    first = page.locator("figure.chart").first
    words = first.locator("p").inner_text()
    assert words.startswith(first.get_attribute("aria-label") or "?")
    assert "vega.js" in words


def test_a_page_prints_on_paper_without_the_screen_s_furniture(site, browser):
    opened = Opened(browser, site / "made_up" / "1_good.html")
    opened.page.emulate_media(media="print")
    assert not opened.page.locator(".contents").is_visible()
    assert not opened.page.locator("#code").is_visible()
    assert not opened.page.locator("footer").is_visible()  # it could stand alone on the last sheet
    assert "1_good · adoption-workbench" in opened.page.locator(".printed").inner_text()
    assert opened.page.pdf(prefer_css_page_size=True)[:4] == b"%PDF"
