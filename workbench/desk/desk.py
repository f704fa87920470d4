"""Holds which people an analyst has picked, and what every view shows of them.

A view is one SELECT: rows of *facts* (people by week, by age of their cohort, by feature), told apart by *keys*, each
mark a quotient of two sums, for the people picked in the other views and beside it for everybody. A pick is the
reverse: the people who have rows with these keys. So every view filters the others, a new one is a line (`View`), and
all of it is added up where the data are; a browser sees some hundred numbers. What every pick asks again, the sums of
each person at each mark, is computed once and kept (`Sums`), so that a pick reads whole numbers and adds them up.

    desk = wb.Desk(panel, actions)
    desk.pick("groups", [{"group": ["Sales"]}])
    desk.selection                              # the user-weeks of the people picked: a panel like any other

That the numbers are those of the reports is tested in tests/desk/test_desk.py. `widget.py` puts a desk on the screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.charts.wording import figure
from workbench.data.duckdb import as_table
from workbench.data.engine import Table, literal, literals
from workbench.desk.facts import Facts, depends
from workbench.desk.look import Look, choices
from workbench.desk.picks import as_day, in_words, taken
from workbench.desk.sums import ADDED, GROUPS, MEASURES, WHO
from workbench.desk.unattended import show_nothing_unattended
from workbench.desk.views import VIEWS, Cells, Place, View
from workbench.errors import ContractError, not_one_of
from workbench.results.words import capital, day, people


class Desk:
    """What an analyst looks at, and the people picked.

    panel, actions : the answers of `user_weeks` and `workbench.actions` for the same source
    views : by name, beside or instead of those of `VIEWS`
    look : fields of `Look`; default: all weeks, and the first of everything else

    Answers name people: they are lazy Tables, which show nobody until somebody asks.
    """

    def __init__(self, panel: Any, actions: Any, views: Mapping[str, View] | None = None, **look: str):
        show_nothing_unattended()
        self.panel, self.actions = as_table(panel), as_table(actions)
        self.facts = Facts(self.panel, self.actions)
        self.views = dict(VIEWS if views is None else views)
        self.picks: dict[Place, tuple[Cells, str]] = {}
        self.look = Look(**{name: values[-1 if name == "until" else 0] for name, values in self.choices.items()})
        self.look_at(**look)

    def look_at(self, **look: str) -> None:
        """Look at something else: any of the fields of `Look`. Raises ContractError for what there is not."""
        for name, value in look.items():
            _refuse_unknown(name, self.choices, "choice on the desk")
            _refuse_unknown(str(value), self.choices[name], name)
        new = replace(self.look, **{name: str(value) for name, value in look.items()})
        since, until = sorted([new.since, new.until])
        self.look = replace(new, since=since, until=until)

    @cached_property
    def choices(self) -> dict[str, list[str]]:
        """What can be looked at: each field of `Look` -> its values."""
        return choices(self.panel)

    # ── picks ───────────────────────────────────────────────────────────────────────────────────────────────────

    def pick(self, view: str, cells: Cells) -> None:
        """Pick the people behind some marks of a view, in place of those picked there before.

        cells : such as [{"cohort": ["2025-03-01"], "age": [6, 7]}]; each takes the rows that have one of the values in
            every key. No cells: nobody in particular
        """
        columns = self._columns(self._view(view))
        known = [{columns[key]: list(values) for key, values in cell.items()} for cell in cells]
        self.picks.pop(self.place(view), None)
        if known:
            self.picks[self.place(view)] = (known, self.look.who)

    def drop(self, number: int) -> None:
        """Take one pick back: the first is 0."""
        self.picks.pop(list(self.picks)[number])

    def clear(self) -> None:
        """Pick nobody in particular."""
        self.picks.clear()

    def people(self) -> Table:
        """The people picked, one row each: user_id, their groups, before, after, weeks, active_weeks, last_active.

        before, after : their segments, as in the flow
        weeks, active_weeks : with access and with use, in the period looked at
        They name people: look at them here, never in a report.
        """
        groups = ", ".join(f"min({g}) as {g}" for g in GROUPS)
        return self.selection.sql(
            f"""
            select user_id, {groups}, min(before) as before, min(after) as after, cast(count(*) as bigint) as weeks,
                cast(sum(active) as bigint) as active_weeks, max(case when active = 1 then week end) as last_active
            from this group by user_id order by active_weeks, user_id"""
        )

    @property
    def selection(self) -> Table:
        """The user-weeks of the people picked in the period looked at, with segment, before, after, active, habit."""
        chosen = self.facts.numbers.sql(f"select user_id from this where {self._within_picks()}", **self._picked())
        return self._user_weeks.sql("select * from this where user_id in (select user_id from chosen)", chosen=chosen)

    def courses(self, user_ids: Sequence[str]) -> dict[str, str]:
        """What some people did: one sign a week, its active days or "." without access; the latest weeks looked at."""
        named = f"select user_id, week, active_days from this where user_id in ({literals(user_ids)})"
        weeks = [w for w in self.choices["since"] if self.look.since <= w <= self.look.until][-MOST_WEEKS:]
        found = self._user_weeks.sql(named).rows()
        days = {(row["user_id"], str(row["week"])): str(row["active_days"]) for row in found}
        return {user: "".join(days.get((user, week), ".") for week in weeks) for user in user_ids}

    def count(self) -> str:
        """How many people are picked."""
        within = self._within_picks()
        counts = self.facts.within(self.look).sql(
            f"select count(*) as n, count(case when {within} then 1 end) as k from this", **self._picked()
        )
        n, k = counts.row().values()
        return f"{k:,} of {people(n)}" if self.picks else people(n)

    def words(self) -> list[str]:
        """What is picked, one text per pick."""
        return [in_words(place[1], *pick) for place, pick in self.picks.items()]

    def said(self) -> str:
        """Who is picked, in one sentence that names nobody."""
        if not self.picks:
            return f"Nobody in particular is picked: {self.count()}."
        return f"{self.count()}: {'; '.join(self.words())}."

    def place(self, view: str) -> Place:
        """Where a view picks: two views of the same facts and columns are one place."""
        shown = self._view(view)
        return shown.facts, tuple(self._columns(shown).values())

    # ── what a view shows ───────────────────────────────────────────────────────────────────────────────────────

    def table(self, view: str) -> pd.DataFrame:
        """What a view shows, one row per mark.

        Returns its keys (as text), n (people picked in other views), estimate (theirs) and everybody (of all people).
        """
        columns = [*self._view(view).keys, "n", "estimate", "everybody"]
        table = pd.DataFrame.from_records(self.rows(view)[view], columns=columns)
        return table.astype({"n": "int64", "estimate": float, "everybody": float})

    def rows(self, *views: str) -> dict[str, list[dict[str, Any]]]:
        """What some views draw, or all of them: their tables, with the numbers in words too (value, usual).

        The engine is asked once, whatever their number.
        """
        asked = views or tuple(self.views)
        counted = self._counted(asked)
        return {view: self._drawn(view, counted) for view in asked}

    def _counted(self, views: Sequence[str]) -> dict[tuple[str, int], tuple[int, float, float]]:
        """View and mark -> how many are picked in other views, and the two sums of their measure."""
        parts = " union all ".join(
            f"""select {literal(view)} as view, mark, count(*) as n, sum({above}) as above, sum({below}) as below
            from sums_{number} where {self._within_picks(but=self.place(view))} group by mark"""
            for number, view in enumerate(views)
            for above, below in [self._measured(view)]
        )
        sums_of = {f"sums_{i}": self.facts.sums(self.place(view), self.look).table for i, view in enumerate(views)}
        found = self.facts.within(self.look).sql(parts, **sums_of, **self._picked()).to_arrow()
        view, mark, *sums = (column.to_pylist() for column in found.columns)
        return dict(zip(zip(view, mark, strict=True), zip(*sums, strict=True), strict=True))

    def _drawn(self, view: str, counted: Mapping[tuple[str, int], tuple[int, float, float]]) -> list[dict[str, Any]]:
        unit, most, rows = self.unit(view), self._view(view).most, []
        for mark, usual in enumerate(self._usual(view)):
            n, above, below = counted.get((view, mark), (0, 0, 0))
            estimate = above / below if below else None
            rows.append({**usual, "n": n, "estimate": estimate, "value": figure(_number(estimate), unit)})
        kept = sorted(range(len(rows)), key=lambda mark: -rows[mark]["n"])[:most]
        return [rows[mark] for mark in sorted(kept)]

    def _usual(self, view: str) -> list[dict[str, Any]]:
        """The keys of each mark in order, and what is usual there: of everybody, as a number and in words."""
        place, unit = self.place(view), self.unit(view)
        on = (place, self._view(view).keys, unit, *depends(place[0], self.look))
        return self.facts.once("usual", on, lambda: self._of_everybody(view))

    def _of_everybody(self, view: str) -> list[dict[str, Any]]:
        place, unit = self.place(view), self.unit(view)
        marks = self.facts.sums(place, self.look).marks
        above, below = (marks[column] for column in self._measured(view))
        everybody = (above / below.where(below != 0)).astype(object)
        columns = [marks[column] for column in place[1]]
        return [
            {**dict(zip(self._view(view).keys, keys, strict=True)), "everybody": value if value == value else None,
             "usual": figure(value, unit)}
            for *keys, value in zip(*columns, everybody, strict=True)
        ]  # fmt: skip

    def _measured(self, view: str) -> tuple[str, str]:
        """The columns of its sums that a view divides by each other."""
        facts = self._view(view).facts
        above, below = (f"sum_{ADDED[facts].index(part)}" for part in MEASURES[self.unit(view)])
        return above, below

    def unit(self, view: str) -> str:
        """What a view measures."""
        return self._view(view).measure or self.look.metric

    def title(self, view: str) -> str:
        """What a view is about, as a heading."""
        words = {
            "metric": self.look.metric,
            "group": self.look.group,
            "start": day(as_day(self.look.start)),
            "end": day(as_day(self.look.until)),
        }
        return capital(self._view(view).title.format(**words))

    @property
    def _user_weeks(self) -> Table:
        return self.facts.of("weeks", self.look)

    def _view(self, name: str) -> View:
        _refuse_unknown(name, self.views, "view")
        return self.views[name]

    def _columns(self, view: View) -> dict[str, str]:
        """key -> the column of the facts"""
        return {key: self.look.group if key == "group" else key for key in view.keys}

    # ── who is picked ───────────────────────────────────────────────────────────────────────────────────────────

    def _within_picks(self, but: Place | None = None) -> str:
        """SQL: that a person is in every pick, or in every one but that of a place."""
        names = [f"pick_{number}" for number, place in enumerate(self.picks) if place != but]
        people = " intersect ".join(f"select person from {name}" for name in names)
        return f"person in ({people})" if names else "true"

    def _picked(self) -> dict[str, Table]:
        """Name -> the people of each pick; computed with the question that names them, and never kept."""
        return {f"pick_{number}": self._behind(place, *pick) for number, (place, pick) in enumerate(self.picks.items())}

    def _behind(self, place: Place, cells: Cells, who: str) -> Table:
        """person: whoever is behind some marks."""
        sums = self.facts.sums(place, self.look)
        marks = literals(sorted({mark for cell in cells for mark in taken(sums.marks, cell)}))
        return sums.table.sql(f"select person from this where mark in ({marks}) group by person having {WHO[who]}")


MOST_WEEKS = 104  # of a person, side by side


def _refuse_unknown(name: str, known: Iterable[str], kind: str) -> None:
    if name not in known:
        raise ContractError(not_one_of(name, known, kind))


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
