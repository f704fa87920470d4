"""What a notebook may be told, and whether it was told something it understands.

A report notebook names its parameters in one cell tagged `parameters`, one a line:

    weeks: int = 12  # how many weeks the page looks back [1 to 520]

The cell is read, never run: names, types, defaults, meanings and limits come from its syntax tree and its comments, so
a misspelt name, or a value that means nothing, is refused before anything is computed. A limit stands in brackets at
the end of a comment: `[0 to 1]`, `[a day]`, `[a time zone]`, `[a language]`, or a choice, `[team, person]`. A text
whose default is empty may be empty.
"""

from __future__ import annotations

import ast
import io
import json
import math
import re
import tokenize
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeGuard
from zoneinfo import available_timezones

from workbench.errors import ParameterError, ReportError
from workbench.results.phrases import languages, say

KINDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list[str]": "texts separated by commas",
}
DAY, ZONE, LANGUAGE = "a day", "a time zone", "a language"
LIMIT = re.compile(r"\s*\[([^\[\]]+)\]$")  # at the end of a comment
RANGE = re.compile(r"(-?[\d.]+) to (-?[\d.]+)")
FIRST, LAST = date(1990, 1, 1), date(2100, 1, 1)  # days that reports may be about, as in the contract
TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class Parameter:
    """One line of a notebook's `parameters` cell."""

    name: str
    kind: str  # a key of KINDS
    optional: bool  # may be none
    default: Any
    meaning: str
    limit: str = ""  # what the comment says in brackets

    @property
    def expected(self) -> str:
        """What may be given, in words."""
        return self._limited + (" or none" if self.optional else "") + (" or empty" if self.default == "" else "")

    @property
    def _limited(self) -> str:
        if RANGE.fullmatch(self.limit):
            return f"{KINDS[self.kind]} from {self.limit}"
        if self.limit == DAY:
            return f"a day such as 2025-01-06, from {FIRST} to {LAST}"
        if self.limit == ZONE:
            return "a time zone such as Europe/Berlin"
        if self.limit == LANGUAGE:
            return f"one of {', '.join(languages())}"
        return f"one of {self.limit}" if self.limit else KINDS[self.kind]

    def allows(self, given: Any) -> bool:
        """Whether a value of the right type keeps the limit."""
        if not self.limit or given is None or given == self.default == "":
            return True
        if bounds := RANGE.fullmatch(self.limit):
            return isinstance(given, int | float) and float(bounds[1]) <= given <= float(bounds[2])
        if self.limit == DAY:
            return _is_day(given)
        known = {ZONE: available_timezones, LANGUAGE: languages}.get(self.limit, lambda: self.limit.split(", "))
        return bool(given in known())


def parameters(cell: str, notebook: str) -> dict[str, Parameter]:
    """The parameters of a `parameters` cell in their declared order; `notebook` is its name in errors."""
    comments = _comments(cell)
    try:
        lines = ast.parse(cell).body
    except (SyntaxError, ValueError):
        raise ParameterError(f"{notebook}: the parameters cell is not Python.") from None
    found = [_parameter(line, comments, notebook) for line in lines]
    return {p.name: p for p in found}


def value(text: str, parameter: Parameter) -> Any:
    """What a typed text means for this parameter; ParameterError when it means nothing.

    >>> value("12", Parameter("weeks", "int", False, 26, "how far back"))
    12
    """
    if parameter.optional and text.lower() in ("none", ""):
        return None
    try:
        meant = _READERS[parameter.kind](text)
    except (ValueError, KeyError):
        meant = None
    if meant is None or not parameter.allows(meant):
        raise ParameterError(f"{parameter.name} is {parameter.expected}, not {text!r}.")
    return meant


def words(told: Any) -> str:
    """A parameter's value as a reader of the page sees it."""
    if told is None or told == "":
        return say("not set")
    if isinstance(told, bool):
        return say("yes") if told else say("no")
    return (", ".join(told) or say("none")) if isinstance(told, list) else str(told)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


_READERS: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": _number,
    "bool": lambda text: TRUTHS[text.lower()],
    "list[str]": lambda text: [part.strip() for part in text.split(",") if part.strip()],
}


def _parameter(line: ast.stmt, comments: dict[int, str], notebook: str) -> Parameter:
    try:
        if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name) or line.value is None:
            raise ValueError
        kinds = [part.strip() for part in ast.unparse(line.annotation).split("|")]
        kind = next(k for k in kinds if k != "None")
        if set(kinds) - {kind, "None"} or kind not in KINDS:
            raise ValueError
        default = ast.literal_eval(line.value)
        said = " ".join(comments[n] for n in range(line.lineno, (line.end_lineno or line.lineno) + 1) if n in comments)
        limit = LIMIT.search(said)
        meaning, limited = LIMIT.sub("", said), limit[1] if limit else ""
        found = Parameter(line.target.id, kind, "None" in kinds, default, meaning, limited)
    except (ValueError, StopIteration):
        form = "name: type = literal  # meaning"
        raise ParameterError(
            f"{notebook}: line {line.lineno} of the parameters cell is not of the form `{form}` "
            f"with one of the types {', '.join(KINDS)}."
        ) from None
    if not found.allows(default):
        raise ParameterError(f"{notebook}: {found.name} is {found.expected}, but its default is {default!r}.")
    return found


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and FIRST <= date.fromisoformat(text) <= LAST
    except ValueError:
        return False


def _comments(source: str) -> dict[int, str]:
    """Line → its comment; none where the text cannot be taken apart."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return {}
    return {t.start[0]: t.string.lstrip("# ").strip() for t in tokens if t.type == tokenize.COMMENT}


def parameters_cell(path: Path) -> str:
    """The source of the one cell of a report notebook that is tagged `parameters`; ReportError where it is none.

    Read as JSON: a notebook's own reader takes a second to import.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (ValueError, RecursionError):
        raise ReportError(f"{path.name} is not a notebook: it is not JSON.") from None
    except OSError as error:
        raise ReportError(f"{path.name} cannot be read: {error.strerror}.") from None
    if not _is_notebook(notebook):
        raise ReportError(f"{path.name} is not a notebook: it has no cells with sources and metadata.")
    if notebook["metadata"].get("workbench", {}).get("report") is False:
        raise ReportError(f"{path.stem} is a desk to work at, not a report: open it with `workbench lab`.")
    if not re.fullmatch(r"[\w-]+", path.stem):
        raise ReportError(f"{path.name}: a page's address is its notebook's name; use letters, digits, - and _ only.")
    tagged = [c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", [])]
    if len(tagged) != 1:
        raise ReportError(f"{path.stem} has {len(tagged)} cells tagged `parameters`; a report has exactly one.")
    return "".join(tagged[0]["source"])


def _is_notebook(read: Any) -> TypeGuard[dict[str, Any]]:
    """Whether what was read as JSON has the parts of a notebook that are looked at here."""
    if not isinstance(read, dict) or not isinstance(read.get("cells"), list):
        return False
    about = read.get("metadata")
    whole = isinstance(about, dict) and isinstance(about.get("workbench", {}), dict)
    return whole and all(map(_is_cell, read["cells"]))


def _is_cell(read: Any) -> bool:
    if not isinstance(read, dict) or not isinstance(read.get("metadata"), dict):
        return False
    return isinstance(read["metadata"].get("tags", []), list) and isinstance(read.get("source"), str | list)
