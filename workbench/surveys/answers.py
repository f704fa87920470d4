"""Puts survey answers in order: one row for each answer that counts, turned so that high is favourable.

*Sheet*: what one person answered in one survey. Who gave a user id has one sheet in each survey; of several answers to
one item the last counts. Anonymous answers of one team given at the same instant are one sheet, unless an item occurs
twice among them: then nobody knows whose is which, and each answer stands for itself.

*Place*: where an answer lies between the lowest (0) and the highest (1), after items marked `reverse` are turned round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import ContractError
from workbench.results.phrases import phrase, translated
from workbench.results.words import number
from workbench.surveys.people import with_groups
from workbench.surveys.scales import Item, Scale, scales

ASKED = ("survey", "answered_at", "scale", "item", "value", "lowest", "highest", "reverse")
NOWHERE = (None, "", False, False)
SHEET = ["survey", "team", "answered_at"]  # what anonymous answers of one person share


@dataclass(frozen=True, eq=False, repr=False)
class SurveyAnswers:
    """Answers that count.

    table : one row an answer: sheet (a number), user_id (missing: anonymous), team, department, role, region, survey,
        answered_at, scale, component, item, value, lowest, highest, place (0 to 1, high is favourable)
    scales : name → scale of every scale that occurs
    notes : what was left out, a sentence each
    """

    table: pd.DataFrame
    scales: Mapping[str, Scale]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        waves = ", ".join(self.waves) or "none"
        return f"SurveyAnswers({len(self.table):,} answers on {', '.join(self.scales) or 'no scale'}; surveys: {waves})"

    @property
    def waves(self) -> list[str]:
        """The surveys, the earliest first."""
        first = self.table.groupby("survey", sort=False)["answered_at"].min()
        return list(first.sort_values(kind="stable").index)

    @property
    def broadest(self) -> str:
        """The scale with the most components that were asked; empty where there is none."""
        parts = self.table.groupby("scale")["component"].nunique()
        return str(parts.idxmax()) if len(parts) else ""

    @property
    def definitions(self) -> pd.DataFrame:
        """How each scale that occurs is scored: scale (its label), means, source."""
        rows = [{"scale": s.label, "means": s.definition, "source": s.source} for s in self.scales.values()]
        return pd.DataFrame(rows, columns=["scale", "means", "source"])

    def of(self, scale: str) -> SurveyAnswers:
        """The answers on one scale alone; none where nobody was asked.

        scale : such as "com_b"
        """
        return replace(self, table=self.table[self.table["scale"] == scale])

    def last(self) -> SurveyAnswers:
        """Of each scale, the answers of its latest survey."""
        latest = [
            self.of(scale).table.query("survey == @wave") for scale in self.scales for wave in self.of(scale).waves[-1:]
        ]
        return replace(self, table=pd.concat(latest) if latest else self.table)


def answers(surveys: Any, users: Any, known: Mapping[str, Scale] | None = None) -> SurveyAnswers:
    """The survey answers that count, each with its scale, its component and the group of whoever gave it.

    surveys, users : the contract tables; an anonymous answer has its team, and the department and region of that team
    known : the scales, from `scales`; a scale that is not among them is scored by the mean of its items
    Returns SurveyAnswers; its notes count what was left out: robots, empty answers, answers outside their scale,
    repeated ones, items without a scale.
    Raises ContractError where the ends of an item's answers are not known, where two items of a component have
    different ends, or where the data and the scale disagree on what `reverse` means for an item.

    >>> from workbench import surveys
    >>> rows = {"user_id": "a", "survey": "spring", "answered_at": "2025-04-01T09:00Z", "scale": "sus"}
    >>> given = pd.DataFrame([rows | {"item": "sus_1", "value": 5}, rows | {"item": "sus_2", "value": 2}])
    >>> tables = {"users": pd.DataFrame({"user_id": ["a"]}), "surveys": given}
    >>> log = wb.open_source(tables)
    >>> surveys.answers(log.surveys, log.users).table[["item", "value", "place"]].to_dict("list")
    {'item': ['sus_1', 'sus_2'], 'value': [5.0, 2.0], 'place': [1.0, 0.75]}
    """
    known = scales() if known is None else known
    rows = with_groups(surveys, users, ASKED)
    notes: list[str] = []
    rows = _without(rows, rows["value"].isna(), phrase("answers left out because they are empty: {n}"), notes)
    rows = _with_scales(rows, known, notes)
    rows = _within_their_ends(rows, known, notes)
    rows = _numbered(rows.sort_values(["answered_at", "survey", "item"], kind="stable"))
    rows = _without(
        rows,
        rows.duplicated(["sheet", "scale", "item"], keep="last"),
        phrase("answers left out because they were given again: {n}"),
        notes,
    )
    used = list(dict.fromkeys(rows["scale"]))
    own = {name: known.get(name) or _own_scale(name) for name in sorted(used)}
    return SurveyAnswers(rows.reset_index(drop=True), own, tuple(notes))


def _without(rows: pd.DataFrame, leave: pd.Series, what: str, notes: list[str]) -> pd.DataFrame:
    if leave.any():
        notes.append(translated(what, n=number(leave.sum(), 0)))
    return rows[~leave]


def _with_scales(rows: pd.DataFrame, known: Mapping[str, Scale], notes: list[str]) -> pd.DataFrame:
    """Scale, component and direction of each item."""
    rows = rows.assign(scale=rows["scale"].fillna(""))
    asked = rows[["scale", "item"]].drop_duplicates()
    places = [_placed(name, item, known) for name, item in zip(asked["scale"], asked["item"], strict=True)]
    columns = ["named", "component", "theirs", "listed"]
    placed = pd.DataFrame(places, columns=columns, index=asked.index)
    rows = rows.merge(asked.join(placed), on=["scale", "item"]).assign(scale=lambda table: table.pop("named"))
    rows = _without(
        rows, rows["scale"].isna(), phrase("answers left out because they belong to no known scale: {n}"), notes
    )
    _refuse_other_direction(rows)
    reverse = rows["reverse"].astype("boolean").fillna(rows["theirs"].astype("boolean")).astype(bool)
    return rows.drop(columns=["listed", "theirs"]).assign(reverse=reverse)


def _placed(name: str, item: str, known: Mapping[str, Scale]) -> tuple[str | None, str, bool, bool]:
    """Of an item: its scale (None: no known one), its component, whether it is reverse, whether the scale lists it."""
    if not name:
        homes = [(scale.name, each) for scale in known.values() for each in scale.items if each.name == item]
        return (homes[0][0], homes[0][1].component, homes[0][1].reverse, True) if len(homes) == 1 else NOWHERE
    scale = next((s for s in known.values() if name == s.name or name in s.also), None)
    if scale is None:
        return name, name, False, False
    part = scale.also.get(name) or (next(iter(scale.components)) if len(scale.components) == 1 else "")
    found = scale.item(item) or (Item(item, part) if part else None)
    return NOWHERE if found is None else (scale.name, found.component, found.reverse, found in scale.items)


def _refuse_other_direction(rows: pd.DataFrame) -> None:
    against = rows["listed"] & rows["reverse"].notna() & (rows["reverse"].astype("boolean") != rows["theirs"])
    if against.any():
        first = rows[against].iloc[0]
        says = "reverse" if first["theirs"] else "not reverse"
        raise ContractError(
            f"the data and the scale agree on which items are reverse, but {int(against.sum()):,} of {len(rows):,}"
            f" answers disagree.\n  first: {first['scale']}, {first['item']}: the scale says {says}\n"
            "  Correct surveys.reverse, or give a scale of your own that says what the data say."
        )


def _within_their_ends(rows: pd.DataFrame, known: Mapping[str, Scale], notes: list[str]) -> pd.DataFrame:
    """Lowest, highest and place of each answer; those outside are left out."""
    ends = {
        end: rows[end].fillna(rows["scale"].map({s.name: getattr(s, end) for s in known.values()}).astype(float))
        for end in ("lowest", "highest")
    }
    rows = rows.assign(**ends)
    _refuse_without_ends(rows)
    place = (rows["value"] - rows["lowest"]) / (rows["highest"] - rows["lowest"])
    rows = rows.assign(place=np.where(rows["reverse"], 1 - place, place))
    return _without(
        rows, ~rows["place"].between(0, 1), phrase("answers left out because they lie outside their scale: {n}"), notes
    )


def _refuse_without_ends(rows: pd.DataFrame) -> None:
    lacking = rows["lowest"].isna() | rows["highest"].isna() | (rows["lowest"] >= rows["highest"])
    if lacking.any():
        first = rows[lacking].iloc[0]
        raise ContractError(
            f"every item has a lowest and a higher highest answer, but {int(lacking.sum()):,} of {len(rows):,} answers"
            f" have not.\n  first: {first['scale']}, {first['item']}\n"
            "  Fill surveys.lowest and surveys.highest, or give a scale of your own that says them."
        )
    ends = rows.drop_duplicates(["scale", "component", "survey", "lowest", "highest"])
    mixed = ends[ends.duplicated(["scale", "component", "survey"])]
    if len(mixed):
        first = mixed.iloc[0]
        raise ContractError(
            f"the items of a component are answered on one range, but {len(mixed)} have another.\n"
            f"  first: {first['scale']}, {first['item']} in {first['survey']}, from {first['lowest']:g} to"
            f" {first['highest']:g}\n  Give them scales of their own."
        )


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """The sheet of each answer, as a number that says nothing of who gave it."""
    anonymous = rows["user_id"].isna()
    mixed_up = anonymous & rows.duplicated([*SHEET, "scale", "item"], keep=False)
    unclear = mixed_up.groupby([rows[c].astype(str) for c in SHEET]).transform("any") & anonymous
    parts = rows[["user_id", "survey"]].assign(
        team=rows["team"].where(anonymous),
        at=rows["answered_at"].where(anonymous),
        own=np.where(unclear, np.arange(len(rows)), -1),
    )
    return rows.assign(sheet=parts.groupby(list(parts), dropna=False, sort=False).ngroup())


def _own_scale(name: str) -> Scale:
    return Scale(name, name.replace("_", " "), "the survey's own", (), {name: name.replace("_", " ")})
