"""Sorts the columns of a survey: questions answered on a scale, comments, and what is neither."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from workbench.importing.exports import key

LONG = 15  # letters that a comment has on average, at least
LARGEST = 100  # a higher number answers no question of a scale


@dataclass(frozen=True)
class Scale:
    """Questions that are answered in the same way.

    items : their columns
    words : answer as found → number; empty where answers are numbers
    lowest, highest : the ends of the scale; None where only its owner knows them
    """

    items: tuple[str, ...]
    words: dict[str, str]
    lowest: int | None = None
    highest: int | None = None


def scales(columns: Mapping[str, Sequence[str]]) -> list[Scale]:
    """The questions of a survey that are answered on a scale, those of one scale together.

    columns : question → its answers; empty ones are passed over

    >>> [scale] = scales({"It helps me": ["Yes", "no"], "Why?": ["Because it is so much faster than before."]})
    >>> scale
    Scale(items=('It helps me',), words={'no': '1', 'Yes': '2'}, lowest=1, highest=2)
    """
    kinds: dict[str, list[str]] = {}
    for item, answers in columns.items():
        if kind := _kind(answers):
            kinds.setdefault(kind, []).append(item)
    return [_scale(kind, items, columns) for kind, items in kinds.items()]


def comments(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """The questions of a survey that are answered in people's own words."""
    return [item for item, answers in columns.items() if not _kind(answers) and _is_prose(answers)]


def _kind(answers: Sequence[str]) -> str:
    """The name of the scale that holds every answer, "numbers", or nothing."""
    filled = {answer.strip() for answer in answers if answer.strip()}
    if filled and all(_is_small_number(answer) for answer in filled):
        return "numbers"
    found = {key(answer) for answer in filled}
    return next((name for name, words in _words().items() if found and found <= words.keys()), "")


def _scale(kind: str, items: list[str], columns: Mapping[str, Sequence[str]]) -> Scale:
    if kind == "numbers":
        return Scale(tuple(items), {})
    places = _words()[kind]
    found = {answer.strip(): places[key(answer)] for item in items for answer in columns[item] if answer.strip()}
    unused = {spelt: place for spelt, place in _spelt()[kind].items() if place not in found.values()}
    words = sorted((found | unused).items(), key=lambda word: (word[1], word[0]))
    return Scale(tuple(items), {answer: str(place) for answer, place in words}, 1, max(places.values()))


def _is_small_number(answer: str) -> bool:
    return answer.isdigit() and int(answer) <= LARGEST


def _is_prose(answers: Sequence[str]) -> bool:
    filled = [answer.strip() for answer in answers if answer.strip()]
    return bool(filled) and sum(map(len, filled)) > LONG * len(filled) and any(" " in answer for answer in filled)


@cache
def _words() -> dict[str, dict[str, int]]:
    """Scale → answer, as it is compared → its place, from 1."""
    return {
        name: {key(spelt): place for place, said in enumerate(answers, 1) for spelt in said.split("|")}
        for name, answers in _scales().items()
    }


@cache
def _spelt() -> dict[str, dict[str, int]]:
    """Scale → its answers in their usual spelling → their places."""
    return {name: {said.split("|")[0]: n for n, said in enumerate(answers, 1)} for name, answers in _scales().items()}


def _scales() -> dict[str, list[str]]:
    return tomllib.loads((files("workbench.importing") / "scales.toml").read_text(encoding="utf-8"))
