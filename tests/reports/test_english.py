"""Plain English: phrases that no page, finding or message uses, and sentences of at most 20 words on average.

The phrases are those of a plain-English editor's list. They are looked for in the sample's pages as a reader has them
(words of pictures included), in all templates of the findings, and in the messages of the command line.
"""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from workbench.reports.pages import VEGALITE, page_html, page_of

PROJECT = Path(__file__).resolve().parents[2]
REFERENCES = sorted((PROJECT / "tests" / "reference").glob("*.ipynb"))
SOURCES = [*sorted((PROJECT / "workbench" / "findings").glob("*.py")), PROJECT / "workbench" / "cli.py"]
BANNED = (
    r"held against",
    r"read off",
    r"by lot\b",
    r"ha(?:s|ve) come\b",
    r"\balike\b",
    r"cannot be told",
    r"\btold\b",
    r"in doubt\b",
    r"\bresisters?\b",
    r"late bloomers?",
    r"goes? through the motions|going through the motions",
    r"\d of 100 (?:eligible )?people (?:with|have|use)",
    r"could not have been larger",
    r"did not clearly",
    r"as many per cent",
    r"called so",
    r"physical opportunity",
    r"\busually\b",
    r"at (?:least|most), ?%",
)
LONGEST = 20  # words of a sentence, on average over a page


def banned(text: str) -> list[str]:
    """The banned phrases in a text, with what stands around them."""
    found = re.finditer("|".join(BANNED), text, re.I)
    return [text[max(match.start() - 40, 0) : match.end() + 40].replace("\n", " ") for match in found]


def words_of_pictures(notebook: Any) -> Iterator[str]:
    """Titles, subtitles, alt texts, keys, axes and tooltips of a notebook's charts."""
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        spec = output.get("data", {}).get(VEGALITE)
        if spec:
            yield json.dumps([spec["title"], spec["description"], spec.get("usermeta")], ensure_ascii=False)
            yield " ".join(re.findall(r'"title": "([^"]*)"', json.dumps(spec["layer"], ensure_ascii=False)))


def read(path: Path) -> tuple[str, str]:
    """A page's text as a reader has it, and the sentences of its prose and findings alone."""
    notebook = nbformat.read(path, as_version=4)
    page = page_html(notebook, page_of(notebook, path.stem), [])
    page = re.sub(r"<(script|style|noscript)\b.*?</\1>", "", page, flags=re.S)
    page = re.sub(r'<details class="code">.*?</details>', "", page, flags=re.S)
    prose = re.findall(r"<(?:p|li)\b[^>]*>(.*?)</(?:p|li)>", page.split("<footer>")[0], flags=re.S)
    plain = [html.unescape(re.sub(r"<[^>]+>", "", part)) for part in prose]
    shown = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return "\n".join([shown, *words_of_pictures(notebook)]), "\n".join(
        part for part in plain if part.rstrip()[-1:] == "."
    )


def lengths(prose: str) -> list[int]:
    """Words of each sentence; a number with its unit or a bracket counts as it is written."""
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z■α\d])", prose)
    return [len(re.findall(r"[\w’'%–.,-]*\w[\w%]*", sentence)) for sentence in sentences if sentence.strip()]


def templates(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a file that a reader may see: all strings but names of one word."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, re.sub(r"^ *(?:>>>|\.\.\.).*$", "", node.value, flags=re.M)  # examples are code


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: path.stem)
def test_no_page_uses_a_banned_phrase(path):
    assert banned(read(path)[0]) == []


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: path.stem)
def test_sentences_of_a_page_are_short(path):
    found = lengths(read(path)[1])
    assert sum(found) / len(found) <= LONGEST


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_template_uses_a_banned_phrase(path):
    assert [(path.name, line, phrase) for line, text in templates(path) for phrase in banned(text)] == []


def test_banned_phrases_and_long_sentences_are_found():
    """By hand: three of the phrases, and sentences of three and five words."""
    bad = "67 of 100 people have come so far. How many cannot be told: dates were drawn by lot."
    assert len(banned(bad)) == 3
    assert lengths("Use rose clearly. It fell by 0.5 days.") == [3, 5]


def test_the_text_of_a_page_holds_the_words_of_its_pictures():
    text, prose = read(PROJECT / "tests" / "reference" / "2_adoption.ipynb")
    assert "Habit use" in text
    assert "Source" not in prose
