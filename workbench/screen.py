"""Puts a desk on the screen of an analyst, in JupyterLab.

The widget draws what the desk sums up and says what is picked; it works without a network, for Vega comes along.
Numbers and people travel in messages, which no notebook keeps, never in the widget's state, which one may: so a saved
notebook names nobody, whatever its settings.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import anywidget
import traitlets
import vl_convert

from workbench.desk import Desk
from workbench.theme import look
from workbench.words import people

LABELS = {
    "metric": "Metric",
    "group": "Groups",
    "preset": "Definition of the segments",
    "since": "From the week of",
    "until": "To the week of",
    "who": "A mark picks",
}
TOLD = {"share": False, "top": 1, "most": 1}  # what charts are told beside their rows
MOST_PEOPLE = 200  # more nobody reads


class Screen(anywidget.AnyWidget):
    """A desk that answers the mouse: drag over cells or weeks, click on bars and cells, hold shift for several."""

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, desk: Desk):
        super().__init__(_esm=_script(), _css=_file("screen.css"))
        self.desk = desk
        self.on_msg(self._heard)

    def __repr__(self) -> str:
        return "The desk. It draws itself when the notebook runs; nothing of it is kept."

    def _heard(self, _: Any, asked: dict[str, Any], __: Any) -> None:
        anew = _follow(self.desk, asked)
        self.send(answer(self.desk, anew or "charts" in asked, "charts" in asked, "people" in asked))


def screen(desk: Desk) -> Screen:
    """The desk as a widget, for the last line of a cell."""
    return Screen(desk)


def answer(desk: Desk, drawn_anew: bool = False, controls: bool = False, named: bool = False) -> dict[str, Any]:
    """What the screen shows of a desk; the people only where it asked for them."""
    shown = {
        name: {"title": desk.title(name), "share": desk.unit(name).startswith("share"), "rows": rows}
        for name, rows in desk.rows().items()
    }
    return {
        "said": desk.said(),
        "views": shown,
        **({"specs": {name: _spec(view.chart) for name, view in desk.views.items()}} if drawn_anew else {}),
        **({"controls": _controls(desk)} if controls else {}),
        **({"people": _people(desk)} if named else {}),
    }


def _follow(desk: Desk, asked: dict[str, Any]) -> bool:
    """Do what the screen asks; true where its charts must be drawn anew, because what they mark is no longer picked."""
    if "clear" in asked:
        desk.clear()
    desk.look_at(**asked.get("look", {}))
    for view, cells in asked.get("picks", {}).items():
        desk.pick(view, cells)
    return "clear" in asked or "group" in asked.get("look", {})


def _controls(desk: Desk) -> dict[str, Any]:
    return {
        name: {"label": label, "options": desk.choices[name], "value": getattr(desk.look, name)}
        for name, label in LABELS.items()
    }


def _spec(chart: Any) -> dict[str, Any]:
    spec = chart.to_dict()
    spec["params"] = [*spec.get("params", []), *({"name": name, "value": value} for name, value in TOLD.items())]
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    spec["config"] = look()["config"]
    return spec


def _people(desk: Desk) -> dict[str, Any]:
    """The first people picked, in words."""
    found = desk.people()
    rows = found.sql(f"select * from this limit {MOST_PEOPLE}").to_arrow().to_pylist()
    n = found.sql("select cast(count(*) as bigint) as n from this").to_arrow()["n"][0].as_py()
    return {
        "columns": [name.replace("_", " ") for name in found.columns],
        "rows": [["–" if value is None else str(value) for value in row.values()] for row in rows],
        "more": f"{people(n - MOST_PEOPLE)} more" if n > MOST_PEOPLE else "",
    }


@cache
def _script() -> str:
    return str(vl_convert.javascript_bundle(_file("screen.js")))


def _file(name: str) -> str:
    return (files("workbench") / "templates" / "desk" / name).read_text(encoding="utf-8")
