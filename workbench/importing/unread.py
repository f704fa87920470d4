"""Says of a file that is not read why, and proposes the table of the mapping that reads it, as comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbench.data.contract import TABLES
from workbench.importing.dates import dates
from workbench.importing.exports import WESTERN, Export
from workbench.importing.guesses import calendar, is_number, nearly
from workbench.importing.headings import proposed_names
from workbench.importing.shipped import Shipped
from workbench.importing.toml import line, value

LISTED = 12  # columns that are named of a file that is not read
ASKS = {  # required column → what no column of the file says
    "user_id": "who",
    "occurred_at": "when",
    "action": "what was done",
    "programme": "which programme",
    "started_at": "when it began",
    "starts_on": "when it began",
    "survey": "which survey",
    "answered_at": "when",
    "item": "which question",
    "written_at": "when",
    "text": "the comment",
    "opened_at": "when it was opened",
    "name": "what happened",
    "measured_on": "for which day",
    "outcome": "which outcome",
    "value": "how much",
    "since": "since when",
}
COUNTS = "no log: it holds counts of a day or a week and no single actions"


def reason(mapping: Shipped | None, export: Export, people: frozenset[str]) -> str:
    """Why an export is not read; of one without a header nothing is quoted.

    people : those of the log, in small letters
    """
    if export.trouble.startswith("cannot be read as"):
        return f"it is neither UTF-8 nor {WESTERN}; name its encoding in a mapping, such as shift_jis"
    if export.trouble:
        return f"it {export.trouble}"
    if mapping and mapping.refused:
        return f"{mapping.title}. {mapping.refused}"
    if mapping:
        return f"{mapping.title}, in which no question on a scale and no comment was found."
    if _is_headless(export):
        return "it seems to have no header; say so in a mapping: header = false, names = […]"
    names = [name for name in export.header if name]
    return _of_names(names, export, people) if names else "it is empty"


def _of_names(names: list[str], export: Export, people: frozenset[str]) -> str:
    twice = next((found[1] for name in names if (found := re.fullmatch(r"(.+) \(\d+\)", name))), None)
    if twice:
        return f"its header has {twice} more than once; name the columns in a mapping, as in {twice} (1)"
    if by_person := next((name for name in names if name.endswith("(UPN)")), ""):
        return (
            "it looks like an attendance report of Microsoft Teams in a language whose headings are not known; save it"
            f" in English, or name its columns in the mapping: user_id = {by_person!r}, started_at = when somebody"
            " joined, programme = the title of the meeting"
        )
    if _counts(export):
        return COUNTS
    if calendar(export, people):
        return "it looks like a list of what happened and is no part of the log; if so, it is milestones"
    near = nearly(export, people)
    if near:
        table, _, lacking = near
        return f"it looks like {table}; no column says {ASKS.get(lacking, lacking)}"
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"nothing is known of its columns {', '.join(names[:LISTED])}{more}"


def proposal(export: Export, people: frozenset[str]) -> tuple[str, ...]:
    """The lines of the mapping that read an export once they are filled in; none where nothing is known of it."""
    if export.trouble:
        return ()
    if _is_headless(export):
        return tuple(_headed(export, proposed_names(export)))
    if counted := _counts(export):
        return tuple(_as_outcomes(export, counted))
    near = nearly(export, people)
    happened = calendar(export, people)
    if happened:
        near = ("milestones", happened, "")
    if not near:
        return ()
    table, columns, lacking = near
    asked = {c.name: columns.get(c.name, "…") for c in TABLES[table] if c.name in columns or c.name == lacking}
    return (f"[{table}]", *_file(export), f"[{table}.columns]", *(line(ours, theirs) for ours, theirs in asked.items()))


def _headed(export: Export, names: list[str]) -> Iterator[str]:
    """A table whose columns get names: of people where it has their names, else a log."""
    table = "users" if "name" in names else "events"
    who = next((name for name in ("e-mail", "name") if name in names), "…")
    when = "date" if "date" in names else "…"
    yield f"[{table}]"
    yield from _file(export)
    yield line("names", names)
    yield f"[{table}.columns]"
    yield line("user_id", who)
    yield from (line("occurred_at", when), line("action", "…")) if table == "events" else (line("access_start", when),)


def _file(export: Export) -> Iterator[str]:
    yield line("file", export.file)
    yield from (line(word, said) for word, said in export.words.items())


def _as_outcomes(export: Export, counted: Sequence[str]) -> Iterator[str]:
    yield "[outcomes]"
    yield from _file(export)
    _, columns, _ = nearly(export, frozenset(), table="outcomes") or ("", {}, "")
    yield "[outcomes.columns]"
    yield from (line(ours, columns.get(ours, "…")) for ours in ("user_id", "measured_on"))
    yield "[outcomes.long]"
    yield f"items = {value(list(counted))}"
    yield 'item = "outcome"'
    yield 'answer = "value"'


def _is_headless(export: Export) -> bool:
    return export.words.get("header") is False and "names" not in export.words


def _counts(export: Export) -> list[str]:
    """The columns of numbers of a file of people and days that has no others; nothing for any other file."""
    _, columns, _ = nearly(export, frozenset(), table="outcomes") or ("", {}, "")
    used = (columns.get("user_id"), columns.get("measured_on"))
    others = [name for name in export.header if name and name not in used]
    if not {"user_id", "measured_on"} <= columns.keys() or not others:
        return []
    return others if all(_are_counts(export.column(name)) for name in others) else []


def _are_counts(values: Sequence[str]) -> bool:
    filled = [each for each in values if each.strip()]
    return bool(filled) and all(map(is_number, filled)) and not dates(filled).formats
