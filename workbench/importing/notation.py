"""Finds how columns are written: dates, numbers with commas, yes and no in words, words for nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from workbench.data.contract import TABLES, Column
from workbench.data.duckdb import as_table
from workbench.data.engine import identifier
from workbench.data.guesses import number_formats
from workbench.importing.dates import ISO, Dates, dates
from workbench.importing.exports import ROWS, Export, key, whole
from workbench.importing.fragments import Fragment, Question

MISSING = ("?", "-", "--", "NULL", "null", r"\N", "N/A", "n/a", "None", "NaT")  # words for nothing
NULLS = frozenset(("NULL", r"\N", "(null)", "<null>", "#N/A"))  # never a word of somebody's, whatever the column
YES = """yes y ja j oui sí si sì x ✓ sim tak ano da evet kyllä attended present completed passed participated
    teilgenommen anwesend bestanden abgeschlossen présent presente concluído aprovado aanwezig"""
NO = """no n nein non não nao nie ne nej nei nee hayır ei absent no-show missed not-attended did-not-attend not-started
    cancelled canceled registered enrolled nicht-teilgenommen nicht-erschienen abwesend fehlt abgesagt angemeldet
    ausente faltou cancelado inscrito assente afwezig"""
TRUE, FALSE = (frozenset(map(key, words.split())) for words in (YES, NO))
HOUR = ("time", "clock", "hour", "zeit", "uhr", "heure", "hora", "ora", "tijd")  # in the name of a column of hours
CLOCK = re.compile(r"\d{1,2}[:.]\d\d([:.]\d\d)?( ?[AaPp]\.?[Mm]\.?)?")
UNIVERSAL = ("utc", "gmt")  # a column whose name ends so says its zone
PLAIN = frozenset(("true", "false", "1", "0", "t", "f"))  # the engine reads these itself


def written(fragment: Fragment, group: Sequence[Export], folder: Path) -> Fragment:
    """The fragment with the formats and values that its files show; what is ambiguous is asked."""
    for c in TABLES[fragment.table]:
        theirs, look = fragment.column(c.name), _LOOKS.get(c.type)
        if look and theirs and any(theirs in export.header for export in group):
            fragment = look(fragment, c, theirs, group, folder)
    return fragment


def _dated(fragment: Fragment, c: Column, theirs: str, group: Sequence[Export], folder: Path) -> Fragment:
    clock = _clock(fragment, c, theirs, group)
    if clock:
        sql = f"{identifier(theirs)} || coalesce(' ' || {identifier(clock)}, '')"
        fragment = fragment.said("columns", c.name, {"sql": sql})
    values = _values(theirs, group, clock)
    for word in sorted(set(values) & set(MISSING)):
        fragment = fragment.said("values", c.name, {**fragment.words.get("values", {}).get(c.name, {}), word: ""})
    found = dates(_filled(values))
    if found.ambiguous and any(len(export.rows) >= ROWS for export in group):
        found = dates(_filled(_values(theirs, [whole(export, folder) for export in group], clock)))
    fragment = _formatted(fragment, c, found, _filled(values))
    naive = (
        c.type == "instant" and found.formats and not (found.zoned or found.days) and "time_zone" not in fragment.words
    )
    if not naive:
        return fragment
    if key(theirs).endswith(UNIVERSAL):
        return replace(fragment, words={"time_zone": "UTC", **fragment.words})
    return replace(fragment, naive=(*fragment.naive, c.name))


def _named(fragment: Fragment, c: Column, theirs: str, group: Sequence[Export], folder: Path) -> Fragment:
    """A text is what it says, but for how databases write that there is none."""
    nulls = sorted(NULLS.intersection(_values(theirs, group)))
    return fragment.said("values", c.name, dict.fromkeys(nulls, "")) if nulls and not c.required else fragment


def _clock(fragment: Fragment, c: Column, day: str, group: Sequence[Export]) -> str:
    """The only other column that holds the hour, where a guessed column of moments holds days; else nothing."""
    if not c.required or c.type != "instant" or fragment.system or not dates(_filled(_values(day, group))).days:
        return ""
    used = {fragment.column(ours) for ours in fragment.found}
    names = [name for name in group[0].header if name not in used and any(word in key(name) for word in HOUR)]
    clocks = [name for name in names if (found := _filled(_values(name, group))) and all(map(CLOCK.fullmatch, found))]
    return clocks[0] if len(clocks) == 1 else ""


def _formatted(fragment: Fragment, c: Column, found: Dates, values: Sequence[str]) -> Fragment:
    expected = fragment.words.get("formats", {}).get(c.name)
    formats = {ours: form for ours, form in fragment.words.get("formats", {}).items() if ours != c.name}
    if not found.formats:
        return fragment if not found.of else fragment.asked(_unread(c, found, values[0]))
    fragment = _with_formats(fragment, formats)
    if found.ambiguous:
        return fragment.asked(_ambiguous(c, found, expected))
    return fragment if found.formats == (ISO,) else fragment.said("formats", c.name, found.formats[0])


def _ambiguous(c: Column, found: Dates, expected: str | None) -> Question:
    likely = sorted(found.formats, key=lambda form: (form != expected, form not in found.in_order))
    ordered = f" The rows follow each other in time if it is {' or '.join(found.in_order)}." if found.in_order else ""
    usual = f" {expected} is usual for this export." if expected in found.formats else ""
    text = f"How are the dates of {c.name} written? {found.read:,} of {found.of:,} values fit each of these."
    return Question(text + ordered + usual, tuple(f'{c.name} = "{form}"' for form in likely), "formats", blocks=True)


def _unread(c: Column, found: Dates, value: str) -> Question:
    text = f"How are the dates of {c.name} written? No format that is known reads its {found.of:,} values."
    return Question(text, (f'{c.name} = "{looking_like(value)}"',), "formats", blocks=True)


def _counted(fragment: Fragment, c: Column, theirs: str, group: Sequence[Export], folder: Path) -> Fragment:
    rows = as_table(pa.table({"value": pa.array(_filled(_values(theirs, group)), pa.string())}))
    fitting = [fit.words for fit in number_formats(rows, "value") if fit.rows == fit.of]
    if len(fitting) < 2:
        return fragment.said("formats", c.name, fitting[0]) if fitting else fragment
    text = f"Is the comma in {c.name} the decimal one, or does it mark the thousands?"
    choices = tuple(f'{c.name} = "{words}"' for words in fitting)
    return fragment.asked(Question(text, choices, "formats", blocks=True))


def _boolean(fragment: Fragment, c: Column, theirs: str, group: Sequence[Export], folder: Path) -> Fragment:
    found = set(_filled(_values(theirs, group)))
    words = sorted(word for word in found if word.lower() not in PLAIN)
    if not words:
        return fragment
    known = {word: key(word) in TRUE for word in words if key(word) in TRUE | FALSE}
    given = fragment.words.get("values", {}).get(c.name, {})
    fragment = fragment.said("values", c.name, {**known, **given})
    unknown = [word for word in words if word not in known and word not in given]
    if not unknown:
        return fragment
    text = f"Which words of {c.name} mean yes? {len(unknown)} of its {len(found)} words are not known."
    return fragment.asked(Question(text, ('"…" = true', '"*" = false'), f"values.{c.name}", blocks=True))


def _values(theirs: str, group: Sequence[Export], clock: str = "") -> list[str]:
    """The values of a column; with those of `clock` behind them, where the hour stands in another one."""
    read = [export for export in group if theirs in export.header]
    if not clock:
        return [value.strip() for export in read for value in export.column(theirs)]
    both = (pair for export in read for pair in zip(export.column(theirs), export.column(clock), strict=True))
    return [f"{day} {hour}".strip() for day, hour in both]


def _filled(values: Sequence[str]) -> list[str]:
    return [value for value in values if value and value not in MISSING]


def _with_formats(fragment: Fragment, formats: dict[str, str]) -> Fragment:
    others = {word: value for word, value in fragment.words.items() if word != "formats"}
    return replace(fragment, words={**others, **({"formats": formats} if formats else {})})


_LOOKS: dict[str, Callable[[Fragment, Column, str, Sequence[Export], Path], Fragment]] = {
    "instant": _dated,
    "date": _dated,
    "number": _counted,
    "integer": _counted,
    "boolean": _boolean,
    "text": _named,
}


def looking_like(value: str) -> str:
    """A format that looks like a value, of which its owner puts right what is meant otherwise.

    >>> looking_like("06-JAN-25 08.25.11.123456 AM"), looking_like("6/1/2025 24:00")
    ('DD-MMM-YY hh.mm.ss.SSS A', 'D/M/YYYY HH:mm')
    """
    half = re.search(r"[ap]\.?m\.?$", value.strip(), re.IGNORECASE) is not None
    day = iter(("YYYY", "MM", "DD") if re.match(r"\d{4}", value) else ("DD", "MM", "YYYY"))
    time = iter(("hh" if half else "HH", "mm", "ss", "SSS"))
    words: list[str] = []
    for piece in re.findall(r"\d+|[^\W\d_]+\.?|.", value.strip()):
        places = day if len([word for word in words if word and word[0] in "YMD"]) < 3 else time
        words.append(_token(piece, places))
    return "".join(words)


def _token(piece: str, places: Iterator[str]) -> str:
    if piece[0].isdigit():
        token = next(places, piece)
        short = token in ("MM", "DD", "HH", "hh") and len(piece) == 1
        return token[0] if short else "YY" if token == "YYYY" and len(piece) == 2 else token
    if not piece[0].isalpha() or piece == "T":
        return piece
    if piece.lower() in ("am", "pm", "a.", "p.", "m."):
        return "A" if piece.lower() != "m." else ""
    if piece[0].isalpha() and len(piece) > 2:
        next(places, "")
        return "MMM"
    return "Z"
