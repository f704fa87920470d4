"""Writes a draft as TOML with comments, in the order in which a person reads it."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from workbench.importing.fragments import Fragment, Question

WIDTH = 118
TABLES_WITHIN = ("columns", "formats", "values", "leave_out", "long")
SAYS = {"columns": "ours = theirs", "values": "theirs = ours", "leave_out": "reason = rows that are counted, not read"}


def comment(text: str, mark: str = "#") -> Iterator[str]:
    """The lines of a comment, in which TOML allows no control characters."""
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    yield from textwrap.wrap(text, WIDTH, initial_indent=f"{mark} ", subsequent_indent="# ", break_long_words=False)


def asked(question: Question) -> Iterator[str]:
    """The lines of a question, and the lines that answer it as comments."""
    keep = " The check refuses until it is answered." if question.blocks else ""
    take = " Remove the # from one of these:" if len(question.choices) > 1 else " Answer:" if question.choices else ""
    yield from comment(f"{question.text}{keep}{take}", "# ?")
    yield from (f"# {line}" for choice in question.choices for line in choice.splitlines())


def source(fragment: Fragment, file: Any, several: bool) -> Iterator[str]:
    """The lines of one source of a table.

    file : the file, a glob or a list of them
    several : the table has other sources, too
    """
    yield from comment(f"{fragment.title[0].upper()}{fragment.title[1:]}. {fragment.seen}".strip())
    yield f"[[{fragment.table}]]" if several else f"[{fragment.table}]"
    yield f"file = {value(file)}"
    yield from (f"{word} = {value(said)}" for word, said in fragment.words.items() if word not in TABLES_WITHIN)
    yield from _questions(fragment, "")
    for word in TABLES_WITHIN:
        yield from _within(fragment, word)


def _within(fragment: Fragment, word: str) -> Iterator[str]:
    if word == "values":
        yield from _values(fragment)
        return
    said, questions = fragment.words.get(word, {}), list(_questions(fragment, word))
    if said or questions:
        yield _heading(f"[{fragment.table}.{word}]", SAYS.get(word, ""))
        yield from (
            line(ours, each, fragment.why.get(ours, "") if word == "columns" else "") for ours, each in said.items()
        )
        yield from questions


def _values(fragment: Fragment) -> Iterator[str]:
    said = fragment.words.get("values", {})
    asked_of = [
        question.under.removeprefix("values.") for question in fragment.questions if "values." in question.under
    ]
    for column in dict.fromkeys([*said, *asked_of]):
        yield _heading(f"[{fragment.table}.values.{column}]", SAYS["values"])
        yield from (line(theirs, ours) for theirs, ours in said.get(column, {}).items())
        yield from _questions(fragment, f"values.{column}")


def _questions(fragment: Fragment, under: str) -> Iterator[str]:
    yield from (line for question in fragment.questions if question.under == under for line in asked(question))


def _heading(words: str, says: str) -> str:
    return f"{words:<32} # {says}" if says else words


def line(name: str, said: Any, why: str = "") -> str:
    """A word of the mapping with what it says; `why` as a comment behind it."""
    said = f"{_key(name)} = {value(said)}"
    return f"{said}  # {why}" if why else said


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def value(said: Any) -> str:
    """A value in TOML.

    >>> value({"column": "Description", "pattern": r"id '(\\d+)'"})
    '{ column = "Description", pattern = "id \\'(\\\\\\\\d+)\\'" }'
    """
    if isinstance(said, dict):
        return f"{{ {', '.join(f'{_key(name)} = {value(each)}' for name, each in said.items())} }}"
    if isinstance(said, (list, tuple)):
        return _list(said)
    if isinstance(said, str):
        return _text(said)
    return json.dumps(said)


def _text(said: str) -> str:
    """A text in the marks that leave it most legible."""
    legible = all(letter.isprintable() or letter == "\n" for letter in said)
    if not legible or not ('"' in said or "\\" in said):
        return _quoted(said)
    if "'" not in said and "\n" not in said:
        return f"'{said}'"
    return _quoted(said) if "'''" in said or said.startswith("\n") or said.endswith("'") else f"'''{said}'''"


def _list(said: Sequence[Any]) -> str:
    line = f"[{', '.join(map(value, said))}]"
    return line if len(line) <= WIDTH - 20 else "[\n" + "".join(f"    {value(each)},\n" for each in said) + "]"
