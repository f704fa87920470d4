"""What people ask the help desk, how long they wait for an answer, and what they do after a slow one.

A ticket that is still open has waited for as long as it was seen; so the time until an answer is a curve (Kaplan &
Meier 1958), never a mean over the answered. What a slow answer does is read from people who asked: those whose first
slow answer came in a week are compared with those who asked too and were, so far, answered quickly.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from statsmodels.duration.survfunc import SurvfuncRight

from workbench.data.engine import Table, identifier
from workbench.data.sources import Source
from workbench.errors import ContractError, not_one_of
from workbench.panel.days import local_week, weeks_of
from workbench.programmes.comparison import Comparison, first_reason
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, plain, say, translated

SLOW = 24  # hours after which an answer counts as slow
ROUNDING = 1e-9  # a curve is a product of fractions: one half is often missed by less than this
FEWEST = 5  # people on each side of a comparison
AFTER = 6  # weeks after a slow answer that are looked at
NO_TICKETS = phrase("there is no table of tickets")
NO_SLOW = phrase("nobody who waited long for an answer was there both before and after")
ALL_SLOW = phrase("nobody who asked was always answered quickly")
NAME = phrase("a slow answer")
PARTS = (
    phrase("answered slowly"),
    phrase("answered quickly"),
    phrase("not answered yet"),
    phrase("never asked"),
)  # the first two are compared
BY = ("topic", "feature", "team", "department", "role", "region")


def answered(tickets: Table, users: Table, by: str = "topic") -> Estimates:
    """How long tickets wait for an answer, by what they are about or by who asks.

    tickets : reads user_id, opened_at, resolved_at; users : user_id and who they are
    by : topic, feature, team, department, role or region
    Returns Estimates, one row each, in hours: estimate is the median by Kaplan and Meier (missing: fewer than half are
    answered), with the interval of the curve; tickets, still_open, within (share answered within 24 hours, by the
    curve), n (people who asked). `.overall` is everybody's.
    Raises ContractError where there are no tickets of which that is known.

    >>> from workbench.data import as_table
    >>> users = pd.DataFrame({"user_id": ["a", "b"]})
    >>> opened = pd.DataFrame({"user_id": ["a", "b"], "opened_at": pd.Timestamp("2025-01-06 08:00"), "topic": "login"})
    >>> tickets = opened.assign(resolved_at=pd.to_datetime(["2025-01-06 10:00", "2025-01-08 10:00"]))
    >>> answered(as_table(tickets), as_table(users)).table[["topic", "estimate", "tickets"]].values.tolist()
    [['login', 2.0, 2]]
    """
    waits = _waits(tickets, users, by)
    rows = [{by: name, **_wait(group)} for name, group in waits.groupby(by, sort=True)]
    everybody = pd.Series(_wait(waits))
    about = f"hours until an answer: Kaplan–Meier median; {LEVEL:.0%} intervals"
    return Estimates(pd.DataFrame(rows), "hours", about, LEVEL, everybody)


def slow_answers(panel: Table, source: Source, hours: int = SLOW, time_zone: str = "UTC") -> Comparison:
    """People after their first slow answer, compared with people who asked too and were answered quickly.

    panel : as `wb.user_weeks` returns it, of the same source
    hours : after which an answer counts as slow; tickets without any answer are passed over
    `began` is the week after the slow ticket, and the weeks looked at end six weeks later. The ticket's own week is
    partly after it, so ask with `anticipation=1`. Trainings are taken to come to both sides alike.

    >>> slow_answers(wb.user_weeks(log), log).reason
    'there is no table of tickets'
    """
    people = _askers(panel, source, hours, time_zone)
    since = panel.engine.dialect.days.format(a="people.began", b="this.week")
    rows = panel.sql(
        f"""
        select this.*, people.began from this join people on people.user_id = this.user_id
        where people.compared and (people.began is null or {since} < {7 * AFTER})
        order by this.user_id, this.week""",
        people=people,
    ).stored()
    reason = _why_not(rows) if "tickets" in source else NO_TICKETS
    return Comparison(
        translated(NAME), panel, people, rows, {"hours": hours}, PARTS, did=phrase("answered slowly"), reason=reason
    )


def _askers(panel: Table, source: Source, hours: int, time_zone: str) -> Table:
    """Everybody by part; `began` is the week after the first slow answer."""
    week = local_week(source.tickets, "opened_at", time_zone, weeks_of(source))
    asked = source.tickets.sql(
        f"""
        select user_id, min(case when resolved_at > opened_at + interval '{hours}' hour then {week} end) as slow,
            max(case when resolved_at is not null then 1 else 0 end) as answered
        from this group by user_id"""
    )
    next_week = panel.engine.dialect.date_plus.format(date="asked.slow", days="7")
    return panel.sql(
        f"""
        with people as (select distinct user_id from this),
        parts as (
            select people.user_id, {next_week} as began,
                case when asked.slow is not null then '{PARTS[0]}' when asked.answered = 1 then '{PARTS[1]}'
                    when asked.answered = 0 then '{PARTS[2]}' else '{PARTS[3]}' end as part
            from people left join asked on asked.user_id = people.user_id)
        select user_id, part, part in ('{PARTS[0]}', '{PARTS[1]}') as compared, began from parts""",
        asked=asked,
    )


def _why_not(rows: Table) -> str:
    """Why nothing can be said of slow answers, or nothing."""
    found = rows.sql(
        """
        with ends as (select min(week) as first, max(week) as last from this),
        people as (select user_id, min(week) as seen, min(began) as began from this group by user_id)
        select count(case when began > first and began > seen and began <= last then 1 end) as slow,
            count(case when began is null then 1 end) as quick from people cross join ends"""
    )
    row = found.to_arrow().to_pylist()[0]
    return first_reason({NO_SLOW: row["slow"] < FEWEST, ALL_SLOW: row["quick"] < FEWEST})


def _waits(tickets: Table, users: Table, by: str) -> pd.DataFrame:
    """One row a ticket: user_id, `by`, hours (until the answer, or as long as it was seen), answered (0 or 1)."""
    known = [name for name in BY if name in {*tickets.columns, *users.columns}]
    if by not in known:
        raise ContractError(not_one_of(by, known, "kind of ticket called"))
    name = f"{'this' if by in tickets.columns else 'users'}.{identifier(by)}"
    rows = tickets.sql(
        f"""
        select this.user_id, {name} as {identifier(by)}, this.opened_at, this.resolved_at
        from this left join users on users.user_id = this.user_id where {name} is not null""",
        users=users,
    ).to_pandas()
    if rows.empty:
        raise ContractError(say("there is no table of tickets, or none of which the {by} is known.", by=plain(by)))
    opened, resolved = (pd.to_datetime(rows[column], utc=True) for column in ("opened_at", "resolved_at"))
    end = max(opened.max(), resolved.max()) if resolved.notna().any() else opened.max()
    hours = (resolved.fillna(end) - opened).dt.total_seconds() / 3600
    rows = rows.assign(hours=hours, answered=resolved.notna().astype(int))
    return rows[rows["hours"] >= 0][["user_id", by, "hours", "answered"]]


def _wait(tickets: pd.DataFrame) -> dict[str, float]:
    """How long these tickets wait."""
    fit = SurvfuncRight(tickets["hours"].to_numpy(float), tickets["answered"].to_numpy())
    still, times = np.asarray(fit.surv_prob), np.asarray(fit.surv_times)
    reached = times[still <= 0.5 + ROUNDING]
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = fit.quantile_ci(0.5, alpha=1 - LEVEL) if tickets["answered"].any() else (np.nan, np.nan)
    within = times <= SLOW
    return {
        "estimate": float(reached.min()) if len(reached) else np.nan,
        "conf_low": float(low),
        "conf_high": float(high) if np.isfinite(high) else np.nan,
        "tickets": len(tickets),
        "still_open": int((tickets["answered"] == 0).sum()),
        "within": float(1 - still[within][-1]) if within.any() else 0.0,
        "n": tickets["user_id"].nunique(),
    }
