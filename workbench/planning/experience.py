"""What earlier offers by lot teach: who had a date, who still waited for one, and what both did then.

Where dates were drawn by lot, those who had one and those whose date lay later are alike but for chance. Each date is a
small experiment: features are what was known before it, the outcome is use in the weeks from it on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, literal
from workbench.data.sources import Source
from workbench.errors import ContractError
from workbench.panel.days import local_week, weeks_of
from workbench.results.phrases import say

Floats = NDArray[np.float64]
EARLIER = 8  # weeks before a date from which features are read
LATER = 4  # weeks from a date on whose use is the outcome
NUMBERS = ("days", "recent", "actions", "features", "weeks")  # features that are numbers


@dataclass(frozen=True, eq=False)
class Experience:
    """One row a person and date.

    programme : what was offered
    rows : user_id, date, offered (true or false), share (of that date's people who were offered it: the chance of an
        offer), outcome (active days a week in the weeks from the date on), and the features of `features_at`
    """

    programme: str
    rows: pd.DataFrame

    @property
    def offered(self) -> int:
        """How many offers there were."""
        return int(self.rows["offered"].sum())


def experience(panel: Any, source: Source, programme: str = "", time_zone: str = "UTC") -> Experience:
    """Past offers of one programme whose dates were drawn by lot, with those who waited.

    panel : user-weeks, as `wb.user_weeks` returns them, of the same source
    programme : one that was drawn by lot; empty: the one offered to most people
    Whether people came does not matter: chance decided about the offer.
    Raises ContractError where no programme was offered by lot to people who could have waited.

    >>> experience(wb.user_weeks(log), log)
    Traceback (most recent call last):
    workbench.errors.ContractError: no programme was offered by lot, so what an offer brings to whom is not known.
    """
    panel, dates = as_table(panel), _dates(source, time_zone)
    if dates.empty:
        raise ContractError(say("no programme was offered by lot, so what an offer brings to whom is not known."))
    named = programme or str(dates.groupby("programme")["user_id"].nunique().idxmax())
    mine = dates[dates["programme"] == named]
    if mine.empty:
        raise ContractError(say("{name} was not offered by lot, so what it brings to whom is not known.", name=named))
    each = [_of_date(panel, mine, date) for date in sorted(mine["date"].unique())]
    if all(found is None for found in each):
        rule = say("everybody had {name} within {n} weeks, so nobody shows what would have been.", name=named, n=LATER)
        raise ContractError(rule)
    return Experience(named, pd.concat([found for found in each if found is not None], ignore_index=True))


def offered_by_lot(source: Source) -> list[str]:
    """Programmes whose dates were drawn by lot, in order of their names.

    >>> from workbench.simulation import tiny_crm
    >>> offered_by_lot(wb.open_source(tiny_crm()))
    []
    """
    return sorted(_dates(source, "UTC")["programme"].unique())


def features_at(panel: Any, date: pd.Timestamp) -> pd.DataFrame:
    """What is known of each person before a week, from the eight weeks before it.

    panel : user-weeks; date : a Monday
    Returns user_id, team, role (text), days (active days a week), recent (the same in the last four weeks less the four
    before), actions, features (a week), weeks (seen in the panel by then).

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> features_at(panel, pd.Timestamp("2025-02-24")).columns.tolist()
    ['user_id', 'team', 'role', 'days', 'recent', 'actions', 'features', 'weeks']
    """
    from_, middle = (date - pd.Timedelta(weeks=weeks) for weeks in (EARLIER, EARLIER // 2))
    seen = f"week >= date '{from_:%Y-%m-%d}'"
    late = f"week >= date '{middle:%Y-%m-%d}'"
    return (
        as_table(panel)
        .sql(
            f"""
            select user_id, min(team) as team, min(role) as role,
                avg(case when {seen} then cast(active_days as double precision) end) as days,
                coalesce(avg(case when {late} then cast(active_days as double precision) end), 0)
                    - coalesce(avg(case when {seen} and not {late} then cast(active_days as double precision) end), 0)
                    as recent,
                avg(case when {seen} then cast(actions as double precision) end) as actions,
                avg(case when {seen} then cast(features as double precision) end) as features,
                cast(count(*) as double precision) as weeks
            from this where week < date '{date:%Y-%m-%d}' group by user_id having max(case when {late} then 1 end) = 1
            order by user_id"""
        )
        .to_pandas()
    )


def _dates(source: Source, time_zone: str) -> pd.DataFrame:
    """user_id, programme, date: the first week in which it was offered, where that was drawn by lot."""
    if "assignment" not in source.given("trainings"):
        return pd.DataFrame(columns=["user_id", "programme", "date"])
    week = local_week(source.trainings, "started_at", time_zone, weeks_of(source))
    found = source.trainings.sql(
        f"select user_id, programme, min({week}) as date from this where assignment = {literal('random')}"
        " group by user_id, programme"
    ).to_pandas()
    return found.assign(date=pd.to_datetime(found["date"]))


def _of_date(panel: Table, dates: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame | None:
    """Those offered it on a date and those whose date came later than the outcome; None where either is nobody."""
    until = date + pd.Timedelta(weeks=LATER)
    drew = dates[(dates["date"] == date) | (dates["date"] >= until)]
    span = f"week >= date '{date:%Y-%m-%d}' and week < date '{until:%Y-%m-%d}'"
    then = panel.sql(
        f"select user_id, avg(cast(active_days as double precision)) as outcome from this where {span} group by user_id"
    ).to_pandas()
    rows = features_at(panel, date).merge(drew, on="user_id").merge(then, on="user_id")
    rows["offered"] = rows["date"] == date
    share = rows["offered"].mean()
    return rows.assign(date=date, share=share) if 0 < share < 1 else None
