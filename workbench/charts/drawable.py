"""Names that every reader can draw, whatever people call their teams.

What draws the charts looks names up in tables that begin with words of their own, such as `constructor`, and reads some
of them as lines of a script, which a line separator of Unicode ends. A name without end makes a page without end.
"""

from __future__ import annotations

import re
from typing import Any

LONGEST = 200  # letters of a name; an axis shows fewer, a pointer all
ENDS_A_LINE = re.compile("[\u2028\u2029\x00-\x08\x0b-\x1f\x7f-\x9f]+")
JOINER = "\u2060"  # has no width: a name with it looks the same, and is no word of the script
TAKEN = frozenset(
    [
        *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString"),
        *("valueOf", "__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
    ]
)
DATA = ("data", "datasets", "domain", "sort", "values")  # parts of a chart that name what the data name


def drawable(chart: dict[str, Any]) -> dict[str, Any]:
    """The chart with names that can be drawn, each the same wherever it stands and none the same as another.

    chart : a Vega-Lite specification

    >>> drawable({"data": {"values": [{"team": "constructor"}]}})["data"]["values"][0]["team"] == "constructor"
    False
    """
    changed: dict[str, Any] = _changed(chart, False, {})
    return changed


def _changed(part: Any, in_data: bool, names: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _changed(value, in_data or key in DATA, names) for key, value in part.items()}
    if isinstance(part, list):
        return [_changed(value, in_data, names) for value in part]
    if not isinstance(part, str):
        return part
    if in_data and part not in names:
        names[part] = _name(part, set(names.values()))
    return names[part] if in_data else ENDS_A_LINE.sub(" ", part)


def _name(text: str, others: set[str]) -> str:
    name = ENDS_A_LINE.sub(" ", text)
    name = f"{name}{JOINER}" if name in TAKEN else name
    name = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
    while name in others:
        name += JOINER
    return name
