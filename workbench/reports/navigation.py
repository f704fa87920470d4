"""How a reader gets around: the answers on top of a page, and the pages before and after it.

A page cannot know which others a run will make. It leaves a place for them, which is filled when all are there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from workbench.results.phrases import say

MOST = 8  # answers on top of a page: more are no summary
BEGIN, END = "<!-- pages -->", "<!-- /pages -->"
PLACE = BEGIN + END


def answers(said: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """The first answer of each section, in short.

    said : the anchor of a section and a short sentence of it, in the order of the page

    >>> answers([("habit", "67% have it"), ("habit", "The target is reached"), ("", "No section")])
    [{'text': '67% have it', 'anchor': 'habit'}]
    """
    first: dict[str, str] = {}
    for anchor, sentence in said:
        first.setdefault(anchor, sentence)
    return [{"text": text, "anchor": anchor} for anchor, text in first.items() if anchor and text][:MOST]


def linked(text: str, titles: dict[str, str], name: str) -> str:
    """The page with links to the pages around it in its place for them.

    text : the page's HTML; titles : name → title of every page of the site, in order; name : the page's own
    """
    return re.sub(rf"{BEGIN}.*?{END}", lambda _: f"{BEGIN}{_links(titles, name)}{END}", text, flags=re.S)


def _links(titles: dict[str, str], name: str) -> str:
    names = list(titles)
    at = names.index(name)
    ways = [
        ("prev", say("Previous"), names[at - 1] if at else ""),
        ("next", say("Next"), names[at + 1] if names[at + 1 :] else ""),
    ]
    return "".join(
        f'<a rel="{rel}" href="{to}.html"><span>{word}</span> {html.escape(titles[to])}</a>'
        for rel, word, to in ways
        if to
    )
