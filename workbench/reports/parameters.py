"""What a notebook may be told, and whether it was told something it understands.

A report notebook names its parameters in one cell tagged `parameters`, one a line:

    weeks: int = 12  # how many weeks the page looks back

The cell is read, never run: names, types, defaults and meanings come from its syntax tree, so a misspelt name
or a value of the wrong type is refused before anything is computed.
"""

from __future__ import annotations

import ast
import io
import math
import tokenize
from dataclasses import dataclass
from typing import Any

from workbench.errors import ParameterError

KINDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list[str]": "texts separated by commas",
}
TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class Parameter:
    """One line of a notebook's `parameters` cell."""

    name: str
    kind: str  # a key of KINDS
    optional: bool  # may be none
    default: Any
    meaning: str

    @property
    def expected(self) -> str:
        """What may be given, in words."""
        return KINDS[self.kind] + (" or none" if self.optional else "")


def parameters(cell: str, notebook: str) -> dict[str, Parameter]:
    """The parameters of a `parameters` cell in their declared order; `notebook` is its name in errors."""
    comments = _comments(cell)
    found = [_parameter(line, comments, notebook) for line in ast.parse(cell).body]
    return {p.name: p for p in found}


def value(text: str, parameter: Parameter) -> Any:
    """What a typed text means for this parameter; ParameterError when it means nothing.

    >>> value("12", Parameter("weeks", "int", False, 26, "how far back"))
    12
    """
    if parameter.optional and text.lower() in ("none", ""):
        return None
    try:
        return _READERS[parameter.kind](text)
    except (ValueError, KeyError):
        raise ParameterError(f"{parameter.name} is {parameter.expected}, not {text!r}.") from None


def words(told: Any) -> str:
    """A parameter's value as a reader of the page sees it."""
    if told is None or told == "":
        return "not set"
    if isinstance(told, bool):
        return "yes" if told else "no"
    return (", ".join(told) or "none") if isinstance(told, list) else str(told)


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
        return Parameter(line.target.id, kind, "None" in kinds, default, comments.get(line.lineno, ""))
    except (ValueError, StopIteration):
        form = "name: type = literal  # meaning"
        raise ParameterError(
            f"{notebook}: line {line.lineno} of the parameters cell is not of the form `{form}` "
            f"with one of the types {', '.join(KINDS)}."
        ) from None


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ").strip() for t in tokens if t.type == tokenize.COMMENT}
