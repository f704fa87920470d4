"""The rows that views add up, and their sums: made once for what they depend on, in the engine that holds the data."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from workbench.adoption.retention import members, readable_period
from workbench.data.engine import Table, identifier, literal
from workbench.desk.look import Look
from workbench.desk.sums import ADDED, GROUPS, Sums
from workbench.desk.views import Place
from workbench.panel.habit import has_habit
from workbench.results.words import NOT_KNOWN
from workbench.segments.movement import ABSENT
from workbench.segments.usage import usage_segments

MOST_FEATURES = 25
Answer = TypeVar("Answer")


class Facts:
    """What a panel and its actions give a desk, for whatever is looked at.

    panel, actions : the answers of `user_weeks` and `workbench.actions` for the same source, as Tables
    """

    def __init__(self, panel: Table, actions: Table):
        self.panel, self.actions = panel, actions
        self._kept: dict[tuple[Any, ...], Any] = {}

    def once(self, name: str, depends: tuple[Any, ...], compute: Callable[[], Answer]) -> Answer:
        """What `compute` gives: computed when it is first asked for, kept for what it depends on."""
        if (name, *depends) not in self._kept:
            self._kept[(name, *depends)] = compute()
        answer: Answer = self._kept[(name, *depends)]
        return answer

    def of(self, name: str, look: Look) -> Table:
        """The rows of "weeks", "cohorts" or "features"."""
        if name == "cohorts":
            return self._cohorts
        return self._features(look) if name == "features" else self._user_weeks(look)

    def sums(self, place: Place, look: Look) -> Sums:
        """What the views of one place add up."""
        return self.once("sums", (place, *depends(place[0], look)), lambda: self._added(place, look))

    def within(self, look: Look) -> Table:
        """person: everybody with access in the period looked at."""
        text = f"select distinct person from this where {look.between}"
        return self.once("within", depends("cohorts", look), lambda: self._labelled(look).sql(text).stored())

    @cached_property
    def numbers(self) -> Table:
        """user_id, person: whole numbers are joined and added up faster than names."""
        return self.panel.sql(
            "select user_id, cast(row_number() over (order by user_id) as integer) as person from this group by user_id"
        ).stored()

    def _numbered(self, named: Table) -> Table:
        """The same with the number of each person, computed once."""
        return named.sql(
            "select numbers.person, this.* from this join numbers on numbers.user_id = this.user_id",
            numbers=self.numbers,
        ).stored()

    def _added(self, place: Place, look: Look) -> Sums:
        name, columns = place
        facts, keys = self.of(name, look), ", ".join(f"this.{identifier(c)}" for c in columns)
        added = ", ".join(f"cast(sum({part}) as double precision) as sum_{i}" for i, part in enumerate(ADDED[name]))
        marks = facts.sql(
            f"select row_number() over (order by {keys}) - 1 as mark, {keys}, {added} from this group by {keys}"
        ).stored()
        same = " and ".join(f"marks.{identifier(c)} is not distinct from this.{identifier(c)}" for c in columns)
        sums = facts.sql(
            f"""
            select this.person, cast(marks.mark as integer) as mark, {added} from this join marks on {same}
            where this.person in (select person from within) group by this.person, marks.mark""",
            marks=marks,
            within=self.within(look),
        )
        texts = ", ".join(f"cast({identifier(c)} as varchar) as {identifier(c)}" for c in columns)
        parts = ", ".join(f"sum_{i}" for i in range(len(ADDED[name])))
        named = marks.sql(f"select mark, {texts}, {parts} from this")
        return Sums(sums.stored(), named.to_pandas().set_index("mark").sort_index())

    @cached_property
    def _cohorts(self) -> Table:
        """Of the whole log, whatever is looked at: a panel cut off at its beginning makes people new who are not."""
        return self._numbered(members(self.panel, readable_period(self.panel)))

    @cached_property
    def _used(self) -> Table:
        return self._numbered(
            self.actions.sql("select distinct user_id, week, feature from this where feature is not null")
        )

    def _user_weeks(self, look: Look) -> Table:
        return self._labelled(look).sql(
            f"""
            select this.*, moved.before, moved.after from this join moved on moved.person = this.person
            where {look.between}""",
            moved=self._moved(look),
        )

    def _labelled(self, look: Look) -> Table:
        """The panel with segments, missing groups by their name, and active and habit as 0 or 1."""
        named = {g: f"coalesce(cast(this.{g} as varchar), {literal(NOT_KNOWN)})" for g in GROUPS}
        columns = ", ".join(f"{named.get(c, f'this.{identifier(c)}')} as {identifier(c)}" for c in self.panel.columns)
        text = f"""
            select {columns}, labels.segment, case when this.actions > 0 then 1 else 0 end as active,
                case when {has_habit("labels.segment")} then 1 else 0 end as habit
            from this left join labels on labels.user_id = this.user_id and labels.week = this.week"""
        return self.once(
            "labelled",
            (look.preset,),
            lambda: self._numbered(self.panel.sql(text, labels=usage_segments(self.panel, look.preset))),
        )

    def _moved(self, look: Look) -> Table:
        """person, before, after: the segments at the end of the period and twelve weeks before, or at its start."""
        at = "max(case when week = date {} then segment end)"
        text = f"""
            select person, coalesce({at.format(literal(look.start))}, {literal(ABSENT)}) as before,
                coalesce({at.format(literal(look.until))}, {literal(ABSENT)}) as after
            from this group by person"""
        return self.once("moved", depends("weeks", look), lambda: self._labelled(look).sql(text).stored())

    def _features(self, look: Look) -> Table:
        """person, role, feature, active: everybody with access in the period beside each of the most used features."""
        text = f"""
            with people as (select person, min(role) as role from this where {look.between} group by person),
            late as (select distinct person, feature from used where {look.between}),
            most as (
                select feature from late group by feature order by count(*) desc, feature limit {MOST_FEATURES})
            select people.person, people.role, most.feature, case when late.person is null then 0 else 1 end as active
            from people cross join most
                left join late on late.person = people.person and late.feature = most.feature"""
        return self.once(
            "features",
            depends("features", look),
            lambda: self._labelled(look).sql(text, used=self._used).stored(),
        )


def depends(facts: str, look: Look) -> tuple[str, ...]:
    """What some facts depend on of what is looked at."""
    period = (look.since, look.until)
    return (*period, look.preset) if facts == "weeks" else period
