"""The sample's pages in another language: nothing of them stays English, and no place of a phrase stays empty."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from make_phrases import catalogue
from make_reference import NOTEBOOKS

import workbench as wb
from workbench.reports.printing import chosen, printed, reports
from workbench.results.phrases import ENGLISH, languages

# Words that sentences of English hardly do without, and that German does not have.
FUNCTION_WORDS = {
    *("about", "after", "and", "are", "because", "been", "before", "between", "but", "by", "each", "every", "for"),
    *("from", "had", "has", "have", "how", "is", "it", "least", "most", "of", "only", "other", "others", "people"),
    *("same", "since", "than", "that", "the", "their", "these", "they", "this", "those", "to", "week", "weeks"),
    *("when", "where", "which", "who", "whose", "with", "without", "use", "used"),
}
UNSEEN = {"phase", "segment", "state", "step", "verdict"}  # columns of charts that only code reads
OF_USERS = {  # table → the columns of names that stay as they are
    "events": ("action", "feature"),
    "incentives": ("programme", "kind", "rewarded_action"),
    "milestones": ("name",),
    "surveys": ("survey", "item", "scale"),
    "tickets": ("topic",),
    "trainings": ("programme", "format"),
    "users": ("department", "team", "role", "region"),
}
SOURCE = re.compile(r"\w+ \(\d{4}\), ")  # a publication, which keeps its title
PLACE = re.compile(r"\{[a-z_]*(:[^}]*)?\}")


@pytest.fixture(scope="session", params=[each for each in languages() if each != ENGLISH])
def site(request: pytest.FixtureRequest, once: Callable[..., Any], sample: Path) -> tuple[str, Path]:
    """The language, and the folder of the sample's pages in it, printed once for all tests."""
    return request.param, once(_site, sample, request.param)


def _site(out: Path, sample: Path, language: str) -> Path:
    asked = reports(chosen(NOTEBOOKS), {"source": str(sample), "language": language})
    assert {ended.name: ended.error for ended in printed(asked, out, jobs=2) if ended.error} == {}
    return out


def shown(page: Path) -> Iterator[str]:
    """What a reader can see or hear of a page: text, names of parts, and the words of charts."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    yield from (figure for each in soup.select("figure script") for figure in _of_chart(json.loads(each.text)))
    for part in soup.select("script, style, pre, code"):
        part.decompose()
    yield from soup.stripped_strings
    yield from (
        str(each[name]) for name in ("aria-label", "alt", "title") for each in soup.find_all(attrs={name: True})
    )


def _of_chart(part: Any, key: str = "") -> Iterator[str]:
    """Titles, notes and the data that marks and pointers show, of a chart's specification."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from _of_chart(value, "data" if key == "datasets" else f"column {name}" if key == "row" else name)
    elif isinstance(part, list) and key in ("text", "subtitle", "title"):
        yield " ".join(map(str, part))
    elif isinstance(part, list):
        for each in part:
            yield from _of_chart(each, "row" if key == "data" else key)
    elif isinstance(part, str) and _is_read(key):
        yield part


def _is_read(key: str) -> bool:
    column = key.removeprefix("column ")
    return column not in UNSEEN if column != key else key in ("title", "text", "subtitle", "description", "notes")


def names_of(log: wb.Source, language: str) -> list[str]:
    """Names that the data give, and what the catalogue leaves as it is; the longest first."""
    names = {message.id for message in catalogue(language) if message.id and message.id == message.string}
    for table, columns in OF_USERS.items():
        for column in columns:
            found = log.table(table).sql(f"select distinct {column} as name from this where {column} is not null")
            names |= set(found.to_pandas()["name"])
    return sorted(names, key=len, reverse=True)


def test_every_page_says_its_language(site):
    language, folder = site
    for page in folder.glob("*.html"):
        html = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").html
        assert isinstance(html, Tag)
        assert html["lang"] == language


def test_no_page_keeps_english_sentences(site, log):
    language, folder = site
    names = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names_of(log, language)))}|\w+_\w+)(?!\w)")
    texts = {(page.stem, text) for page in folder.glob("*.html") for text in shown(page) if not SOURCE.search(text)}
    left = {
        f"{page}: {text[:160]}"
        for page, text in texts
        if FUNCTION_WORDS.intersection(re.findall(r"[a-z]+", names.sub("", text).lower()))
    }
    assert sorted(left) == []


def test_no_place_of_a_phrase_stays_empty(site):
    _, folder = site
    assert [text for page in folder.glob("*.html") for text in shown(page) if PLACE.search(text)] == []


def test_anchors_are_those_of_the_english_pages(site):
    _, folder = site
    for page in folder.glob("[0-9]*.html"):
        cells = json.loads((NOTEBOOKS / f"{page.stem}.ipynb").read_text(encoding="utf-8"))["cells"]
        prose = [
            line for cell in cells if cell["cell_type"] == "markdown" for line in "".join(cell["source"]).split("\n")
        ]
        written = {re.sub(r"[^a-z0-9]+", "-", line.lower()).strip("-") for line in prose if line.startswith("## ")}
        headings = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select("h2[id]")
        assert {str(each["id"]) for each in headings} - {"how-this-page-was-made"} <= written
