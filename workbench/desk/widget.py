"""Puts a desk on the screen of an analyst, in JupyterLab.

The widget draws what the desk sums up and says what is picked; it works without a network, for Vega comes along.
Numbers and people travel in messages, which no notebook keeps, never in the widget's state, which one may: so a saved
notebook names nobody, whatever its settings.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import anywidget
import traitlets
import vl_convert

from workbench.charts.theme import look
from workbench.desk.desk import Desk
from workbench.desk.views import Cells
from workbench.errors import ContractError
from workbench.panel.selections import save_selection
from workbench.results.words import capital, day, people

LABELS = {
    "metric": "Metric",
    "group": "Groups",
    "preset": "Segments over",
    "since": "From week",
    "until": "To week",
    "who": "A mark picks",
}
TOLD = {"share": False, "top": 1, "most": 1}  # what charts are told beside their rows
TALLEST = 600  # pixels of a chart with a row for every mark, unless rows became too thin to click
MOST_PEOPLE = 100  # more nobody reads
SAID = {"12w": "12 weeks", "4w": "4 weeks (early rollout)", "mature": "12 weeks (mature use)"}


class Screen(anywidget.AnyWidget):
    """A desk that answers the mouse: drag over cells or weeks, click on bars and cells, hold shift for several."""

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, desk: Desk, selections: str | Path = "selections"):
        super().__init__(_esm=_script(), _css=_file("widget.css"))
        self.desk, self.selections, self.named = desk, Path(selections), False
        self._drawn: dict[str, Any] = {}
        self.on_msg(self._heard)

    def __repr__(self) -> str:
        return "The desk. It draws itself when the notebook runs; nothing of it is kept."

    def _heard(self, _: Any, asked: dict[str, Any], __: Any) -> None:
        anew = set(self.desk.views) if "charts" in asked else _follow(self.desk, asked)
        self.named = asked.get("people", self.named)
        told = answer(self.desk, anew, "charts" in asked, self.named)
        views = told["views"]
        told["views"] = {name: v for name, v in views.items() if name in anew or v != self._drawn.get(name)}
        self.send({**told, **({"kept": self._kept(asked["keep"])} if "keep" in asked else {})})
        self._drawn = views

    def _kept(self, name: str) -> str:
        try:
            path = save_selection(self.desk.people(), name, self.selections)
        except ContractError as error:
            return capital(str(error))
        return f"Kept. For a report about them: --set selection={path}"


def screen(desk: Desk, selections: str | Path = "selections") -> Screen:
    """The desk as a widget, for the last line of a cell; the people whom its button keeps go into a folder.

    >>> desk = wb.Desk(wb.user_weeks(log), wb.actions(log))
    >>> type(wb.screen(desk)).__name__
    'Screen'
    """
    return Screen(desk, selections)


def answer(desk: Desk, anew: Collection[str] = (), controls: bool = False, named: bool = False) -> dict[str, Any]:
    """What the screen shows of a desk: numbers, the charts to draw anew, and people only where it asked for them."""
    shown = {
        name: {"title": desk.title(name), "share": desk.unit(name).startswith("share"), "rows": rows}
        for name, rows in desk.rows().items()
    }
    return {
        "said": desk.count(),
        "picks": [{"number": number, "words": words} for number, words in enumerate(desk.words())],
        "views": shown,
        "specs": {name: _spec(view.chart, shown[name]["rows"]) for name, view in desk.views.items() if name in anew},
        **({"controls": _controls(desk)} if controls else {}),
        **({"people": _people(desk)} if named else {}),
    }


def _follow(desk: Desk, asked: dict[str, Any]) -> set[str]:
    """Do what the screen asks; the charts to draw anew, because what they mark is no longer picked."""
    picks: dict[str, Cells] = asked.get("picks", {})
    before = {view: (desk.place(view), desk.place(view) in desk.picks) for view in desk.views}
    if "clear" in asked:
        desk.clear()
    if "drop" in asked:
        desk.drop(asked["drop"])
    desk.look_at(**asked.get("look", {}))
    for view, cells in picks.items():
        desk.pick(view, cells)
    moved = {view for view, (place, _) in before.items() if place != desk.place(view)}
    empty = {view for view, (place, picked) in before.items() if picked and place not in desk.picks}
    return moved | (empty - picks.keys())


def _controls(desk: Desk) -> dict[str, Any]:
    return {
        name: {
            "label": label,
            "options": [[_option(name, value), value] for value in desk.choices[name]],
            "value": getattr(desk.look, name),
        }
        for name, label in LABELS.items()
    }


def _option(name: str, value: str) -> str:
    return day(date.fromisoformat(value)) if name in ("since", "until") else SAID.get(value, value)


def _spec(chart: Any, rows: Any) -> dict[str, Any]:
    spec: dict[str, Any] = chart.to_dict()
    if isinstance(spec.get("height"), dict):  # so much for a row of marks
        down = spec["layer"][0]["encoding"]["y"]["field"]
        spec["height"] = {
            "step": min(spec["height"]["step"], max(9, TALLEST // max(1, len({row[down] for row in rows}))))
        }
    spec["params"] = [*spec.get("params", []), *({"name": name, "value": value} for name, value in TOLD.items())]
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    spec["config"] = look()["config"]
    return spec


def _people(desk: Desk) -> dict[str, Any]:
    """The first people picked, in words, and what each did week by week."""
    found, group = desk.people(), desk.look.group
    rows = found.sql(f"select * from this limit {MOST_PEOPLE}").rows()
    n = found.sql("select count(*) as n from this").row()["n"]
    courses = desk.courses([row["user_id"] for row in rows])
    return {
        "columns": ["person", group, "before", "after", "active weeks"],
        "rows": [[str(row[c]) for c in ("user_id", group, "before", "after")]
                 + [f"{row['active_weeks']} of {row['weeks']}"] for row in rows],
        "courses": list(courses.values()),
        "more": f"and {people(n - MOST_PEOPLE)} more" if n > MOST_PEOPLE else "",
    }  # fmt: skip


@cache
def _script() -> str:
    return str(vl_convert.javascript_bundle(_file("widget.js")))


def _file(name: str) -> str:
    return (files("workbench.desk") / name).read_text(encoding="utf-8")
