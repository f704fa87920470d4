"""A notebook's Markdown in the language of its page, and the headings that it becomes.

A paragraph, a heading or an item of a list is one phrase. The anchor of a heading is made of its English words in every
language, so that what one page says of another's section leads there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from workbench.results.phrases import translated

MARK = re.compile(r"^(#+ +|- +|\d+\. +)?(.*)$")  # what makes a line a heading or an item, and its words


def in_language(markdown: str) -> str:
    """The Markdown with each line in the language of the page; what the catalogue lacks stays.

    >>> in_language("## For the analyst")
    '## For the analyst'
    """
    return "\n".join(f"{mark}{translated(text)}" for mark, text in _lines(markdown))


def phrases_of(markdown: str) -> list[str]:
    """The phrases of a Markdown text, for the catalogue.

    >>> phrases_of("## For the analyst\\n\\n- *One*\\n- Two")
    ['For the analyst', '*One*', 'Two']
    """
    return [text for _, text in _lines(markdown) if text]


def _lines(markdown: str) -> Iterator[tuple[str, str]]:
    for line in markdown.split("\n"):
        found = MARK.match(line)
        assert found is not None  # every line fits
        yield found[1] or "", found[2]


def plain(markdown: str) -> str:
    """Markdown or a printed text without its marks, on one line."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return " ".join(re.sub(r"(?<!\w)[*_`]{1,3}(\S(?:.*?\S)?)[*_`]{1,3}(?!\w)", r"\1", text).split()).strip("'")


def headed(body: str, own: dict[str, str]) -> tuple[str, list[dict[str, Any]]]:
    """The body with an anchor on each heading, and the headings for the table of contents.

    own : heading as it is shown → as it was written, which names its anchor in every language
    """
    headings: list[dict[str, Any]] = []

    def anchored(match: re.Match[str]) -> str:
        level, text = int(match[1]), re.sub(r"<[^>]+>", "", match[2]).strip()
        shown = html.unescape(text)
        anchor = slug(own.get(shown, shown)) or "section"
        taken = [h["id"] for h in headings]
        number = next(n for n in range(1, len(taken) + 2) if (f"{anchor}-{n}" if n > 1 else anchor) not in taken)
        headings.append({"level": level, "text": text, "id": f"{anchor}-{number}" if number > 1 else anchor})
        return f'<h{level} id="{headings[-1]["id"]}">{match[2]}</h{level}>'

    body = re.sub(r"<h([23])\b[^>]*>(.*?)</h\1>", anchored, body, flags=re.S)
    return body, headings


def own_names(notebook: Any) -> dict[str, str]:
    """Each heading of a notebook as the page shows it → as it was written."""
    prose = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    written = [line.lstrip("# ") for line in prose if line.startswith("#")]
    return {plain(translated(text)): plain(text) for text in written}


def after_the_answer(body: str) -> str:
    """The body with everything from its second section on apart, so that a reader may see the answer alone."""
    starts = [found.start() for found in re.finditer(r'<div class="prose"><h2\b', body)]
    return body if len(starts) < 2 else f'{body[: starts[1]]}<div class="later">{body[starts[1] :]}</div>'


def slug(text: str) -> str:
    """The text as an anchor."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
