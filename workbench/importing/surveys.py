"""Reads wide answers, one row a person and one column a question, as one row an answer; and comments as feedback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from workbench.importing.answers import Scale, comments, scales
from workbench.importing.exports import Export, key
from workbench.importing.fragments import Fragment, Question
from workbench.importing.shipped import Shipped, fitted

ENDS = ((1, 5), (1, 7), (0, 10), (1, 10), (0, 100))  # of the usual scales in numbers
ANSWER = frozenset(map(key, ("Response", "Open-Ended Response", "")))  # a sub-heading that says nothing more


@dataclass(frozen=True)
class Sheet:
    """The answers of a survey under names of their own; what the mapping must say so that they have them."""

    export: Export
    words: dict[str, Any]

    def questions(self, mapping: Shipped) -> dict[str, list[str]]:
        """The columns that are questions, each with its answers."""
        asked = [name for name in self.export.header if name and key(name) not in mapping.about]
        return {name: self.export.column(name) for name in asked}


def survey_fragments(mapping: Shipped, export: Export, name: str) -> list[Fragment]:
    """The scales of a survey as fragments of `surveys`, its comments as fragments of `feedback`.

    name : what pages call the survey
    """
    sheet = _sheet(mapping, export)
    asked = sheet.questions(mapping)
    fragments = [_scale(mapping, sheet, scale, name) for scale in scales(asked)]
    fragments += [_comments(mapping, sheet, question) for question in comments(asked)]
    left = asked.keys() - {item for fragment in fragments for item in _items(fragment)}
    return [_with_rest(fragments[0], [item for item in asked if item in left]), *fragments[1:]] if fragments else []


def _sheet(mapping: Shipped, export: Export) -> Sheet:
    below = replace(export, rows=export.rows[mapping.headings :])
    names = tuple(_unique(_named_by_both(export))) if mapping.choices else export.header
    if not any(name != own for name, own in zip(names, export.header, strict=True)):
        return Sheet(below, export.words)
    words = {"skip_rows": export.words.get("skip_rows", 0) + 1, "header": False, "names": list(names)}
    return Sheet(replace(below, header=names), {**export.words, **words})


def _named_by_both(export: Export) -> Iterator[str]:
    """The question, and after it the choice where a question has several columns."""
    question = ""
    for place, name in enumerate(export.header):
        choice = export.rows[0][place].strip() if export.rows and place < len(export.rows[0]) else ""
        unnamed = name == f"column {place + 1}"
        question = question if unnamed else name
        yield question if key(choice) in ANSWER and not unnamed else f"{question}: {choice or place + 1}"


def _unique(names: Iterator[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"


def _scale(mapping: Shipped, sheet: Sheet, scale: Scale, name: str) -> Fragment:
    words, why = fitted(mapping.tables["surveys"], sheet.export.header)
    constants = {"survey": name, "lowest": scale.lowest, "highest": scale.highest}
    columns = {ours: {"value": str(said)} for ours, said in constants.items() if said is not None}
    words = {
        **sheet.words,
        **words,
        "columns": {**words.get("columns", {}), **columns},
        "long": {"items": list(scale.items), "item": "item", "answer": "value"},
    }
    if scale.words:
        words["values"] = {**words.get("values", {}), "value": scale.words}
    fragment = _fragment(mapping, sheet, "surveys", words, why)
    return fragment if scale.words else fragment.asked(_ends(sheet, scale))


def _ends(sheet: Sheet, scale: Scale) -> Question:
    answers = [int(answer) for item in scale.items for answer in sheet.export.column(item) if answer.strip().isdigit()]
    ends = [each for each in ENDS if each[0] <= min(answers) and max(answers) <= each[1]][:3]
    text = f"What are the ends of the scale? Answers run from {min(answers)} to {max(answers)}."
    return Question(
        text, tuple(f'lowest = {{ value = "{a}" }}\nhighest = {{ value = "{b}" }}' for a, b in ends), "columns"
    )


def _comments(mapping: Shipped, sheet: Sheet, question: str) -> Fragment:
    words, why = fitted(mapping.tables["feedback"], sheet.export.header)
    quoted = '"' + question.replace('"', '""') + '"'
    words = {
        **sheet.words,
        **words,
        "columns": {**words.get("columns", {}), "text": question},
        "leave_out": {**words.get("leave_out", {}), "no comment": f"coalesce(trim({quoted}), '') = ''"},
    }
    return _fragment(mapping, sheet, "feedback", words, why)


def _fragment(mapping: Shipped, sheet: Sheet, table: str, words: dict[str, Any], why: dict[str, str]) -> Fragment:
    return Fragment(table, (sheet.export.file,), words, mapping.title, mapping.seen, mapping.system, why)


def _items(fragment: Fragment) -> list[str]:
    return fragment.words["long"]["items"] if "long" in fragment.words else [fragment.words["columns"]["text"]]


def _with_rest(fragment: Fragment, left: list[str]) -> Fragment:
    if not left:
        return fragment
    named = ", ".join(repr(item) for item in left)
    return fragment.asked(
        Question(f"Are these needed? They are neither answers on a known scale nor comments: {named}.")
    )
