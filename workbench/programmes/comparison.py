"""Who was given what, and when; who can be compared with them; who cannot, and why.

Every programme comes down to this, be it a training, an incentive or a champion in the team. Everybody in the panel
has one part in it: given it, not given it, or left out for one stated reason. An effect is estimated from the
user-weeks of the first two, so no row leaves a comparison without being counted in `parts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from workbench.data.engine import Table, identifier
from workbench.errors import ContractError, not_one_of
from workbench.results import words
from workbench.results.phrases import say, say_n, translated
from workbench.results.privacy import MINIMUM
from workbench.results.registry import divided


@dataclass(frozen=True, eq=False)
class Comparison:
    """One programme, and the people whose use can show what it did.

    name : what was given, as the subject of a sentence
    panel : the user-weeks of everybody
    people : one row a person: user_id, part, compared (true or false), began (first week; missing: never)
    rows : the user-weeks of those compared, with `began`
    design : what is known of the programme as a whole, such as its kind, its teams, its cost
    order : the parts in the order in which a table lists them; empty: the largest first
    cluster : "team" where whole teams were given dates; None where single people were
    drawn : dates were assigned at random
    draw : who took part in that: "dates", those who were given a date; "everything", all who are compared
    plan : where `workbench plan` drew them, a row for each name that drew: name, began (week), seed, balanced_by
    treatment : the column of `rows` that names what was on in a week; empty: on for good since `began`
    at_start : chance decided who had it, and the log begins with it: nobody was seen before
    strata : the column within whose groups people are compared; empty: everybody with everybody
    alike : the same, where it is only one of several ways to ask
    traits : one row a person, the unit and numbers or text that were true of them before anybody was given it, by which
        people may be compared with people like them; None: not known
    took : the column of `rows` that holds the first week of those who took part (missing: never), where `began` is the
        week in which it was offered to them; empty: whoever it was given to took part
    offered : `rows` of everybody to whom it was offered, whether they took part or not; None: not recorded
    outcome, unit, period : the columns of `rows` that hold what is measured, who, and when
    did : what happened to those given it, such as "trained"
    reason : why nothing can be said of it; empty where something can

    >>> from workbench.programmes import trainings
    >>> basics = trainings(panel, log)["Basics"]
    >>> basics.rollout(basics.waves())
    'Basics: 4 people trained in 2 waves, 20 never'
    """

    name: str
    panel: Table
    people: Table
    rows: Table
    design: Mapping[str, Any] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    cluster: str | None = None
    drawn: bool = False
    draw: str = "dates"
    plan: pd.DataFrame | None = None
    treatment: str = ""
    at_start: bool = False
    strata: str = ""
    alike: str = ""
    traits: Table | None = None
    took: str = ""
    offered: Table | None = None
    outcome: str = "active_days"
    unit: str = "user_id"
    period: str = "week"
    did: str = "trained"
    reason: str = ""

    def measured(self, rows: Table, outcome: str = "") -> Comparison:
        """The same comparison of the same people by something else; `rows` are theirs, with that column."""
        return replace(self, rows=rows, outcome=outcome or self.outcome)

    def parts(self) -> pd.DataFrame:
        """Everybody in the panel by part.

        Returns part, compared, n (people), earlier (active days per user-week before anybody was given it; missing
        where there is no such week), left (share of people whose access ended before the last week).
        """
        divided(self.name, self.people.sql("select user_id, part from this"))
        found = self.panel.sql(
            """
            with ends as (select max(week) as last from this),
            begun as (select min(began) as first from people),
            seen as (
                select this.user_id, max(this.week) as seen,
                    sum(case when this.week < first then active_days end) as days,
                    count(case when this.week < first then 1 end) as weeks
                from this cross join begun group by this.user_id)
            select people.part, people.compared, cast(count(*) as bigint) as n,
                cast(sum(days) as double precision) / nullif(sum(weeks), 0) as earlier,
                avg(case when seen < last then 1.0 else 0.0 end) as gone
            from seen join people on people.user_id = seen.user_id cross join ends
            group by people.part, people.compared order by people.compared desc, n desc, people.part""",
            people=self.people,
        )
        table = found.to_pandas().rename(columns={"gone": "left"}).set_index("part")
        listed = table.reindex(list(self.order)) if self.order else table
        return listed.fillna({"n": 0}).astype({"n": int}).reset_index()

    def waves(self) -> pd.DataFrame:
        """Who was given it in which first week, and what each wave did before anybody was.

        Returns one row per wave, those never given it last: cohort (first week; missing: never), ended (first week
        without it again, where it was switched off), n (people), teams, earlier (active days per user-week before the
        programme's first week; missing where there is no such week).
        """
        ends = ["cast(ended as date)"] if self.treatment else []
        ended, groups = "".join(f", {end} as ended" for end in ends), ", ".join(["cast(began as date)", *ends])
        divided(self.name, self.rows.sql(f"select distinct user_id, cast(began as date) as cohort{ended} from this"))
        return self.rows.sql(
            f"""
            with begun as (select min(began) as first from this)
            select cast(began as date) as cohort{ended}, cast(count(distinct user_id) as bigint) as n,
                cast(count(distinct team) as bigint) as teams,
                avg(case when week < begun.first then cast(active_days as double precision) end) as earlier
            from this cross join begun group by {groups}
            order by case when cast(began as date) is null then 1 else 0 end, {groups}"""
        ).to_pandas()

    def given(self) -> int:
        """How many people of those compared were given it at any time."""
        text = "select count(case when compared and began is not null then 1 end) as n from this"
        return int(self.people.sql(text).row()["n"] or 0)

    def weeks(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The first and the last week of the panel."""
        ends = self.panel.sql("select min(week) as first, max(week) as last from this").to_pandas().iloc[0]
        return ends["first"], ends["last"]

    @property
    def over(self) -> bool:
        """Whether it had ended by the panel's last day, as far as the data say when it ends."""
        ends = self.design.get("ends")
        return not pd.isna(ends) and pd.Timestamp(ends) < self.weeks()[1] + pd.Timedelta(weeks=1)

    def rollout(self, waves: pd.DataFrame) -> str:
        """Who was given it when, in one sentence; waves : those of `waves` that may be shown."""
        given = waves["cohort"].notna()
        many, never = words.people(waves.loc[given, "n"].sum()), waves.loc[~given, "n"].sum()
        if self.treatment:
            rounds = say_n("{n} round", "{n} rounds", given.sum())
            parts = {"name": self.name, "people": many, "rounds": rounds, "never": words.number(never, 0)}
            return say("{name}: {people} in {rounds}, {never} never", **parts)
        parts = {"name": self.name, "people": many, "did": translated(self.did), "never": words.number(never, 0)}
        waves_in_words = say_n("{n} wave", "{n} waves", given.sum())
        return say("{name}: {people} {did} in {waves}, {never} never", waves=waves_in_words, **parts)

    def naive_gap(self) -> float:
        """How much more those given it do since, than those never given it do: what a bar chart would show.

        No effect: those who enrol were different before. In the outcome's unit; missing with nobody to compare.
        """
        value = f"cast({identifier(self.outcome)} as double precision)"
        text = f"""
            select avg(case when week >= began then {value} end)
                - avg(case when began is null then {value} end) as naive from this"""
        return float("nan") if (gap := self.rows.sql(text).row()["naive"]) is None else gap


class Comparisons(dict[str, Comparison]):
    """Comparisons by the name of what was given, in the order in which a page lists them.

    thing : what they are, in the singular

    >>> from workbench.programmes import trainings
    >>> courses = trainings(panel, log)
    >>> list(courses), courses.known("Basics"), courses.reason
    (['Basics'], 'Basics', '')
    """

    def __init__(self, thing: str, of: Iterable[Comparison] | Mapping[str, Comparison]) -> None:
        super().__init__(of if isinstance(of, Mapping) else {each.name: each for each in of})
        self.thing = thing

    @property
    def listed(self) -> pd.DataFrame:
        """One row each: programme, what is known of it as a whole, and the reason where nothing can be said of it."""
        rows = [{"programme": name, **each.design, "reason": each.reason} for name, each in self.items()]
        return pd.DataFrame(rows, columns=None if rows else ["programme", "reason"])

    @property
    def reason(self) -> str:
        """Why nothing can be said of some of them, each reason once."""
        return "; ".join(sorted({translated(each.reason) for each in self.values()} - {""}))

    @property
    def possible(self) -> Comparisons:
        """Those of which something can be said."""
        return self.among(name for name, each in self.items() if not each.reason)

    @property
    def large_enough(self) -> Comparisons:
        """The same, with a reason to say nothing of those that fewer than five people were given: for every page.

        >>> from workbench.programmes import trainings
        >>> trainings(panel, log).large_enough.reason  # four were trained
        'fewer than 5 people were given it'
        """
        why = say("fewer than {n} people were given it", n=MINIMUM)
        return Comparisons(
            self.thing,
            {
                name: each if each.reason or each.given() >= MINIMUM else replace(each, reason=why)
                for name, each in self.items()
            },
        )

    def among(self, names: Iterable[str]) -> Comparisons:
        """Only these."""
        return Comparisons(self.thing, {name: self[name] for name in names})

    def known(self, name: str) -> str:
        """The name, if there is something of this name.

        Raises ContractError with the nearest name there is.
        """
        if name not in self:
            raise ContractError(not_one_of(name, list(self), self.thing))
        return name

    def naive_gaps(self) -> pd.DataFrame:
        """The `naive_gap` of each: programme, naive."""
        return pd.DataFrame([{"programme": name, "naive": each.naive_gap()} for name, each in self.items()])

    @property
    def drawn(self) -> bool:
        """Whether all dates were assigned at random."""
        return all(each.drawn for each in self.values())


def first_reason(reasons: Mapping[str, bool]) -> str:
    """The first reason that holds, or nothing.

    >>> first_reason({"nobody came": False, "everybody came": True})
    'everybody came'
    """
    return next((reason for reason, holds in reasons.items() if holds), "")
