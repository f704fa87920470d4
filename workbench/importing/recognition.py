"""Sorts the exports of a folder into sources of tables: by shipped mappings first, then by names and content."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.data.contract import TABLES
from workbench.data.engine import identifier, literals
from workbench.importing.dates import ISO, dates
from workbench.importing.exports import CENTRAL, WESTERN, Export, archives, central, exports, key, without_header
from workbench.importing.fragments import Fragment, Question
from workbench.importing.guesses import fitting, guessed
from workbench.importing.headings import has_no_header
from workbench.importing.notation import NULLS, written
from workbench.importing.people import with_people
from workbench.importing.shipped import Shipped, fitted, recognised
from workbench.importing.surveys import survey_fragments
from workbench.importing.toml import line
from workbench.importing.unread import proposal, reason

NO_ACCESS = re.compile(r"log.?in|seen|activ|modif|updat|chang|birth|geburt|password", re.IGNORECASE)  # other dates
PACKED = "it is an archive; unpack it here, then run workbench init --force"


@dataclass(frozen=True)
class Seen:
    """What was found in a folder.

    fragments : sources of tables
    passed_over : file → why it is not read
    proposed : file → lines of the mapping that read it once they are filled in
    """

    fragments: tuple[Fragment, ...]
    passed_over: dict[str, str]
    proposed: dict[str, tuple[str, ...]]


def seen(folder: Path) -> Seen:
    """What the files of a folder are."""
    found: list[tuple[Fragment, list[Export]]] = []
    passed_over: dict[str, str] = {}
    proposed: dict[str, tuple[str, ...]] = {}
    there = [without_header(each) if has_no_header(each) else each for each in exports(folder)]
    people = _of_the_log(there)
    for mapping, group in _groups(there, people):
        made = _fragments(mapping, group, people, len({each.files for each, _ in found if each.table == "surveys"}))
        below = [replace(export, rows=export.rows[mapping.headings :] if mapping else export.rows) for export in group]
        found += [(_encoded(written(each, below, folder), folder), below) for each in made]
        if not made:
            passed_over |= {export.name: reason(mapping, export, people) for export in group}
            proposed |= {export.name: proposal(export, people) for export in group if mapping is None}
    packed = {file.relative_to(folder).as_posix(): PACKED for file in archives(folder)}
    return Seen(tuple(with_people(found, folder)), passed_over | packed, proposed)


def _of_the_log(found: Sequence[Export]) -> frozenset[str]:
    """The people of the logs, in small letters."""
    logs = [(export, columns["user_id"]) for export in found for columns in [_log(export)] if "user_id" in columns]
    return frozenset(value.strip().lower() for export, who in logs for value in export.column(who))


def _log(export: Export) -> dict[str, Any]:
    """The columns of a log, by their names; nothing where an export is none."""
    mapping = recognised(export.header)
    if mapping:
        said = fitted(mapping.tables.get("events", {}), export.header)[0].get("columns", {})
        return {ours: name for ours, name in said.items() if isinstance(name, str)}
    guess = guessed(export)
    return guess[1] if guess and guess[0] == "events" else {}


def _groups(found: Sequence[Export], people: frozenset[str]) -> list[tuple[Shipped | None, list[Export]]]:
    """Exports that are one source, with the mapping that knows them."""
    groups: dict[Any, tuple[Shipped | None, list[Export]]] = {}
    for export in found:
        mapping = recognised(export.header)
        groups.setdefault(_kind(mapping, export, people), (mapping, []))[1].append(export)
    return [(mapping, each) for mapping, group in groups.values() for each in _of_one_order(mapping, group, people)]


def _of_one_order(mapping: Shipped | None, group: list[Export], people: frozenset[str]) -> list[list[Export]]:
    """The files of a group, those apart that write day and month in another order; what may be either is apart, too."""
    guess = guessed(group[0], people) if mapping is None and len(group) > 1 else None
    if guess is None:
        return [group]
    table, columns = guess
    theirs = {key(columns[c.name]) for c in TABLES[table] if c.required and c.type in ("date", "instant")}
    orders: dict[tuple[tuple[str, ...], ...], list[Export]] = {}
    for export in group:
        formats = tuple(dates(export.column(name)).formats for name in export.header if key(name) in theirs)
        orders.setdefault(formats, []).append(export)
    sure = {words for formats in orders for each in formats if len(each) == 1 for words in each if words != ISO}
    return list(orders.values()) if _differ_in_order(sure) else [group]


def _differ_in_order(formats: set[str]) -> bool:
    """Whether some formats are the same but for the order of their parts."""
    return len({tuple(sorted(words)) for words in formats}) < len(formats)


def _kind(mapping: Shipped | None, export: Export, people: frozenset[str]) -> Any:
    if mapping and not mapping.answers:
        spelt = [] if mapping.recognised else [mapping.required(table, export.header) for table in mapping.tables]
        return (
            mapping.name,
            str(spelt),
            _part(export),
        )  # lists that name their columns differently are their own sources
    guess = None if mapping else guessed(export, people)
    if guess is None:  # a survey, or something unknown: each file by itself
        return export.file
    table, columns = guess
    required = (key(columns[c.name]) for c in TABLES[table] if c.required)  # later generations have more columns
    return table, *required, _part(export)


def _part(export: Export) -> tuple[Any, ...]:
    """Which part of a file is read: files of which other parts are read are other sources."""
    return tuple(export.words.get(word) for word in ("sheet", "section", "skip_rows", "delimiter", "header"))


def _encoded(fragment: Fragment, folder: Path) -> Fragment:
    """A fragment that asks for the encoding, where that was taken for one of two because it is not UTF-8."""
    taken = fragment.words.get("encoding")
    if taken not in (WESTERN, CENTRAL):
        return fragment
    signs = sum(central(folder / file) for file in fragment.files)
    why = {
        WESTERN: f"as in Western Europe; Polish, Czech, Hungarian or Croatian would be {CENTRAL}",
        CENTRAL: f"as in Central Europe: {signs:,} signs within words are letters there, and none in {WESTERN}",
    }
    return fragment.asked(
        Question(f"Are all letters right? The file is not UTF-8; it is read as {taken}, {why[taken]}.")
    )


def _fragments(mapping: Shipped | None, group: list[Export], people: frozenset[str], surveys: int) -> list[Fragment]:
    if mapping is None:
        return _guessed(group, people)
    if mapping.answers:
        return survey_fragments(mapping, group[0], f"{mapping.system} {surveys + 1}")
    return [] if mapping.refused else [_known(mapping, table, group) for table in mapping.tables]


def _known(mapping: Shipped, table: str, group: list[Export]) -> Fragment:
    words, why = fitted(mapping.tables[table], _header(group))
    fragment = Fragment(
        table,
        tuple(export.file for export in group),
        {**_words(group), **words},
        mapping.title,
        mapping.seen,
        mapping.system,
        why,
        verbs=mapping.verbs,
        holds=mapping.holds,
        yields_to=mapping.yields_to,
        aside=mapping.aside,
    )
    return fragment.asked(*map(Question, mapping.questions))


def _guessed(group: list[Export], people: frozenset[str]) -> list[Fragment]:
    guess = guessed(max(group, key=lambda export: len(export.header)), people)
    if guess is None:
        return []
    table, guesses = guess
    spelt = {name.lower(): name for name in reversed(_header(group))}  # as in the first file that has it
    columns = {ours: spelt[theirs.lower()] for ours, theirs in guesses.items()}
    renamed = {ours: theirs for ours, theirs in columns.items() if ours != theirs}
    words = {**_words(group), **({"columns": renamed} if renamed else {})}
    same = tuple(ours for ours, theirs in columns.items() if ours == theirs)
    title = "guessed by its columns" if renamed else "columns are called as in the contract"
    fragment = Fragment(table, tuple(export.file for export in group), words, title, same=same)
    question = Question(
        f"Are these the right columns of {table}? They were guessed by their names and by what is in them."
    )
    fragment = _with_others(_with_dates(fragment.asked(question) if renamed else fragment, group), group)
    return [_with_nobody(fragment, group)]


def _with_others(fragment: Fragment, group: list[Export]) -> Fragment:
    """A log that asks about further columns that say who acted, or when, with how many values each has."""
    if fragment.table != "events":
        return fragment
    export = max(group, key=lambda export: len(export.header))
    for ours in ("user_id", "occurred_at"):
        taken = fragment.column(ours)
        fits = fitting(ours, export)
        if taken in fits and len(fits) > 1:
            counts = {name: sum(bool(value.strip()) for value in export.column(name)) for name in fits}
            others = ", ".join(f"{name} ({counts[name]:,})" for name in fits if name != taken)
            text = f"Is {taken} right for {ours}? It has {counts[taken]:,} values; these fit as well: {others}."
            fragment = fragment.asked(Question(text, under="columns"))
    return fragment


def _with_dates(fragment: Fragment, group: list[Export]) -> Fragment:
    """Users that ask about columns of dates that are none of ours, where a first or a last day of access is lacking."""
    lacking = [ours for ours in ("access_start", "access_end") if ours not in fragment.found]
    if fragment.table != "users" or not lacking:
        return fragment
    used = {fragment.column(ours) for ours in fragment.found}
    values = {
        name: [value for export in group if name in export.header for value in export.column(name)]
        for name in _header(group)
        if name not in used
    }
    dated = [name for name, each in values.items() if dates(each).formats and not NO_ACCESS.search(name)]
    if not dated:
        return fragment
    asked = " or ".join({"access_start": "began", "access_end": "ended"}[ours] for ours in lacking)
    text = f"Does one of these say when access {asked}? Nothing is read from them: {', '.join(dated)}."
    choices = tuple(line(ours, name) for ours in lacking for name in dated)
    return fragment.asked(Question(text, choices, "columns"))


def _with_nobody(fragment: Fragment, group: list[Export]) -> Fragment:
    """A log with rows of nobody left out, where it has such."""
    who = fragment.column("user_id")
    if fragment.table != "events" or who is None:
        return fragment
    values = {value.strip() for export in group if who in export.header for value in export.column(who)}
    nulls = sorted(NULLS & values)
    among = f"in ({literals(['', *nulls])})" if nulls else "= ''"
    nobody, unnamed = f"coalesce({identifier(who)}, '') {among}", nulls or "" in values
    return fragment.said("leave_out", "nobody is named", nobody) if unnamed else fragment


def _words(group: Sequence[Export]) -> dict[str, Any]:
    """What the mapping says of the files themselves: of the encoding, what is true of those that are not UTF-8."""
    return {word: value for export in reversed(group) for word, value in export.words.items()}


def _header(group: Sequence[Export]) -> list[str]:
    """The columns of all files, each once."""
    return list(dict.fromkeys(name for export in group for name in export.header if name))


def place(files: Sequence[str], folder: Path) -> str | list[str]:
    """The files in the mapping's words: one, all of a folder within, or a list."""
    if len(files) == 1:
        return glob.escape(files[0])
    inside = {Path(file).parent.as_posix() for file in files}
    every = f"{glob.escape(min(inside))}/*{''.join(Path(files[0]).suffixes)}"
    if (
        len(inside) == 1
        and inside != {"."}
        and {p.relative_to(folder).as_posix() for p in folder.glob(every)} == set(files)
    ):
        return every
    return [glob.escape(file) for file in files]
