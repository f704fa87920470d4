"""Brings the catalogues of phrases up to the source: `python tests/make_phrases.py` adds those that are missing, with
an empty translation, and takes away those that nothing says any more.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from page_phrases import page_phrases

from workbench.results.phrases import CATALOGUES, ENGLISH, languages

PROJECT = Path(__file__).resolve().parents[1]
SAYING = {"say": 1, "say_n": 2, "phrase": 1, "phrase_n": 2}  # function → how many of its first arguments are phrases
ITSELF = "workbench/results/phrases.py"  # may pass on what it was given


class Said(NamedTuple):
    """A phrase, or its forms for one and for many, and the file that says it."""

    text: Any
    file: str


@cache
def phrases() -> list[Said]:
    """Everything that pages say, in the order of the files that say it."""
    found = {said.text: said for said in _all()}
    return list(found.values())


def _all() -> Iterator[Said]:
    for file in sorted((PROJECT / "workbench").rglob("*.py")):
        yield from _in_python(file)
    yield from (Said(text, file) for text, file in page_phrases())


def _in_python(file: Path) -> Iterator[Said]:
    name = file.relative_to(PROJECT).as_posix()
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called not in SAYING or (called == "say_n" and isinstance(node.args[0], ast.Starred)):  # by `phrase_n`
            continue
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args[: SAYING[called]]]
        if None not in texts:
            yield Said(texts[0] if len(texts) == 1 else tuple(texts), name)
        elif name != ITSELF:
            raise ValueError(f"{name}, line {node.lineno}: {called} needs its phrase written out; mark it by `phrase`.")


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it stands."""
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def renewed(language: str) -> Catalog:
    """The catalogue with every phrase of the source and no other, in the order of the source."""
    old, new = catalogue(language), Catalog(locale=language, fuzzy=False)
    for said in phrases():
        kept = old.get(said.text)
        new.add(said.text, kept.string if kept else "", locations=[(said.file, None)]).flags.clear()
    return new


def untranslated(language: str) -> list[Any]:
    """The phrases of the source that a language lacks."""
    return [m.id for m in renewed(language) if m.id and not all(m.string if m.pluralizable else [m.string])]


def renew(language: str) -> None:
    """Write the catalogue of a language anew; what stands at its head stays."""
    file = CATALOGUES / f"{language}.po"
    head, written = file.read_text(encoding="utf-8").split("\n\n")[0], BytesIO()
    write_po(written, renewed(language), width=120, omit_header=True)
    file.write_text(f"{head}\n\n{written.getvalue().decode().strip()}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    for each in languages():
        if each != ENGLISH:
            renew(each)
            print(f"{each}: {len(untranslated(each))} phrases to translate")
