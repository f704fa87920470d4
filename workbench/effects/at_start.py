"""Studies of what was on from the first week of a log: people whom chance made alike, and no weeks before.

Nobody was seen before it began, so nobody's change can be compared. Where chance decided who had it, what people did
since can: each person is one row, the mean of their weeks, and the difference of means is the effect (`experiment`).
Questions about the time before, and those that need it, have no answer here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NoReturn

import pandas as pd

from workbench.data.engine import Table, identifier
from workbench.effects.asked import Asked, Lasting
from workbench.effects.experiment import experiment
from workbench.effects.randomisation import DRAWS
from workbench.effects.reassignment import reassigned
from workbench.effects.switched import Switched
from workbench.errors import ContractError
from workbench.inference.moments import Moments
from workbench.results.estimates import Estimates
from workbench.results.offer import Offer
from workbench.results.phrases import phrase, say
from workbench.results.study import Answers, Given, answer

NOBODY_BEFORE = phrase("the log begins with it, so nobody was seen before")
ON = "coalesce({week} < (select min(ended) from this), true)"  # all those offered it have it
OFF = "{week} >= (select max(ended) from this)"  # nobody has it any more


class _AtStart(Asked):
    """What both kinds of study answer without weeks before."""

    def reduced(self, rows: Table, strata: str = "") -> NoReturn:
        """Moments compare a time before with a time since; here there is none before."""
        raise ContractError(NOBODY_BEFORE)

    @answer
    def lots(self) -> Moments:
        """See `reduced`."""
        raise ContractError(NOBODY_BEFORE)

    @answer
    def level(self) -> float:
        """See `reduced`."""
        raise ContractError(NOBODY_BEFORE)

    @property
    def trends(self) -> NoReturn:
        """See `reduced`."""
        raise ContractError(NOBODY_BEFORE)

    @answer
    def redraw(self) -> pd.DataFrame:
        """How often chance alone would show as clear an effect: one row, see `effects.reassigned`."""
        people = self._people("1 = 1")
        return reassigned(people, self.outcome, "arm", cluster=self.compared.cluster, draws=DRAWS)

    @answer
    def effect(self) -> Estimates:
        """The difference of means since the start between those to whom it was offered and everybody else."""
        return self._by_arm("1 = 1")

    def _by_arm(self, weeks: str, took: str | None = None) -> Estimates:
        """The difference of means over some weeks, an SQL condition; with `took`, an Offer."""
        found = experiment(self._people(weeks), self.outcome, "arm", cluster=self.compared.cluster, took=took)
        return replace(found, unit=f"{found.unit} a {self.compared.period}")

    def _of_offer(self, weeks: str) -> Offer:
        """The same with the take-up and the effect on those who came."""
        assert self.came
        found = self._by_arm(weeks, took="took")
        assert isinstance(found, Offer)
        return found

    def _people(self, weeks: str) -> Table:
        """One row a person: the mean of the outcome over these weeks, arm, took (1: took part, 0: did not)."""
        by = self.compared
        outcome, unit, week, came = map(identifier, (self.outcome, by.unit, by.period, by.took or "began"))
        cluster = f", min({identifier(by.cluster)}) as {identifier(by.cluster)}" if by.cluster else ""
        people: Table = by.rows.sql(
            f"""
            select {unit}, avg(cast({outcome} as double precision)) as {outcome}{cluster},
                case when min(began) is null then 'control' else 'offered' end as arm,
                case when min({came}) is null then 0 else 1 end as took
            from this where {weeks.format(week=week)} group by {unit} order by {unit}"""
        )
        return people


class LastingAtStart(_AtStart, Lasting):
    """A study of something that is on for good since the first week of the log."""

    @answer
    def by_offer(self) -> Offer:
        """The effect of the offer, with the take-up and the effect on those who came."""
        return self._of_offer("1 = 1")

    def among(self, facts: Iterable[str]) -> Answers:
        """Facts must be true of people before the start, when nobody was seen."""
        return Answers(reasons=dict.fromkeys(facts, NOBODY_BEFORE))


class SwitchedAtStart(_AtStart, Switched):
    """A study of something that was on when the log began, and may be off again."""

    @answer
    def effect(self) -> Estimates:
        """The difference of means over the weeks in which all had it to whom it was offered."""
        return self._by_arm(ON)

    @answer
    def by_offer(self) -> Offer:
        """The effect of the offer while it was on, with the take-up and the effect on those who took part."""
        return self._of_offer(ON)

    @answer
    def afterwards(self) -> Given:
        """The same over the weeks in which nobody had it any more."""
        if not self.compared.design.get("ended", True):
            raise ContractError(say("it has not ended, or too short a time ago"))
        return Given(self.name, self.drawn, self._by_arm(OFF), phrase("after it ended"), pretrend=None)

    @answer
    def half_life(self) -> Estimates:
        """What was left is known as one mean, not by the week."""
        raise ContractError(NOBODY_BEFORE)

    @property
    def weeks_on(self) -> int:
        """For how many weeks it was on; where it has not ended, for how many it was seen."""
        weeks = f"select count(distinct {identifier(self.compared.period)}) as weeks from this where "
        return int(self.compared.rows.sql(weeks + ON.format(week=identifier(self.compared.period))).row()["weeks"])

    def through(self, more: int) -> None:
        """Not known: the weeks on and after are two means."""
