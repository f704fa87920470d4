"""Signs of going through the motions, as sums of each person's weeks; how common they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from workbench.data.contract import PRESENCE
from workbench.data.engine import Table, identifier, literals
from workbench.errors import ContractError
from workbench.panel.rows import kind_of
from workbench.programmes.comparison import Comparisons
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase
from workbench.results.privacy import withheld
from workbench.results.words import EVERYBODY

ENTRIES = ("create", "update")  # actions that write a record
MONTH_END = 5  # last days of a month; any five hold three working days
FOLLOWED = 28  # days in which a new record should be touched again
AT_ONCE = 60  # seconds; whoever reads what he writes needs longer between two entries
COUNTED = {  # what is counted of entries → the condition of a row
    "entries": "1 = 1",
    "quick": f"before_at >= occurred_at - interval '{AT_ONCE}' second",
    "asked": "fields_required > 0",
    "minimal": "fields_required > 0 and 2 * fields_filled <= fields_required",
    "compared": "fields_required > 0 and before_filled is not null",
    "same": "fields_required > 0 and before_filled = fields_filled and fields_filled < fields_required",
    "made": "action = 'create'",
    "audited": "action = 'create' and audited_correct is not null",
    "correct": "action = 'create' and audited_correct",
    "followed": "followed",
    "untouched": f"followed and (next_at is null or next_at > occurred_at + interval '{FOLLOWED}' day)",
}
ENTERED = (*COUNTED, "required", "filled", "edits", "entries_on")


@dataclass(frozen=True)
class Sign:
    """A share of something done; much of it is suspect, or little.

    part, whole : columns of `sign_counts`; suspect : +1 where much of it is suspect, −1 where little is
    quality : says how good the work is, not when or how it was done
    deadline : of all that was done while an incentive was on, what was done in its last week
    """

    name: str
    part: str
    whole: str
    meaning: str
    suspect: int = 1
    quality: bool = False
    deadline: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {self.meaning}"


NO_WORK = Sign(phrase("logins without work"), "login_only", "weeks", "share of weeks with a login and nothing done")
AT_ONE_GO = Sign(
    phrase("at one go"), "quick", "entries", f"share of entries within {AT_ONCE} seconds of the one before"
)
MOTIONS = (
    NO_WORK,
    Sign(phrase("month's end"), "month_end", "done", f"share of actions in the last {MONTH_END} days of a month"),
    AT_ONE_GO,
    Sign(phrase("half empty"), "minimal", "asked", "share of entries with at most half of the required fields"),
    Sign(
        phrase("always the same"), "same", "compared", "share of entries left exactly as incomplete as the one before"
    ),
)
SIGNS = (
    Sign(phrase("fields filled"), "filled", "required", "share of required fields filled in new records", -1, True),
    Sign(phrase("found right"), "correct", "audited", "share of audited records found right", -1, True),
    Sign(
        phrase("never touched again"), "untouched", "followed",
        f"share of new records alone for {FOLLOWED} days", 1, True,
    ),
    # Edits per record, e, as e / (1 + e): a few records that everybody works on would drown the rest of a plain mean.
    Sign(
        phrase("edits per record"), "edits", "entries_on",
        f"share of edits in what was entered on new records, their making and {FOLLOWED} days of edits", -1, True,
    ),
    Sign(
        phrase("in the last week"), "made", "made",
        "share of the new records that were made in the last week", deadline=True,
    ),
    NO_WORK,
    AT_ONE_GO,
)  # fmt: skip


def sign_counts(panel: Table, actions: Table) -> Table:
    """The panel with what every sign counts, per user-week.

    panel : user-weeks; reads user_id, week, logins, actions; its other columns are carried along
    actions : kept rows of the log (`workbench.actions`) of the same time; failed ones and mere presence do not count
    Adds counts: weeks (1), login_only; done, month_end; of entries (creates and updates): entries, quick, asked,
    minimal, compared, same; of records made: made, required and filled (fields), audited, correct, followed, untouched,
    edits (updates of followed records within `FOLLOWED` days, counted for whoever made the record, in its week) and
    entries_on (these and the making of the records).
    A record is followed where the log goes on for `FOLLOWED` days after it was made.

    >>> from workbench.programmes import sign_counts
    >>> counted = sign_counts(panel, wb.actions(log)).to_pandas()
    >>> bool((counted["made"] == counted["entries"]).all())  # nothing but new records is entered here
    True
    """
    return _beside(panel, _by_week(actions))


def _beside(panel: Table, counted: Table) -> Table:
    """The panel with what `_by_week` counted; 0 in weeks in which nothing was done."""
    names = ", ".join(f"coalesce(counted.{name}, 0) as {name}" for name in ("done", "month_end", *ENTERED))
    return panel.sql(
        f"""
        select this.*, 1 as weeks, case when logins > 0 and actions = 0 then 1 else 0 end as login_only, {names}
        from this left join counted on counted.user_id = this.user_id and counted.week = this.week
        order by this.user_id, this.week""",
        counted=counted,
    )


def _by_week(actions: Table) -> Table:
    """What every sign counts, a row for each person and week in which anything was done."""
    plus = actions.engine.dialect.date_plus.format(date="cast(date as date)", days=str(MONTH_END))
    kind = kind_of(actions)
    count = "cast(count(case when {} then 1 end) as bigint) as {}".format
    counted = ",\n                ".join(count(condition, name) for name, condition in COUNTED.items())
    fields = ", ".join(
        f"cast(sum(case when action = 'create' then fields_{name} else 0 end) as bigint) as {name}"
        for name in ("required", "filled")
    )
    whole = "fields_required, fields_filled, audited_correct"  # so that rows at one time have one order
    return actions.sql(
        f"""
        with ends as (select max(occurred_at) - interval '{FOLLOWED}' day as last from this),
        touched as (
            select user_id, week, date, occurred_at, {kind} as action, record_id, fields_required, fields_filled,
                audited_correct,
                lead(occurred_at) over (
                    partition by record_id order by occurred_at, {kind}, user_id, {whole}) as next_at
            from this where coalesce(succeeded, true) and {kind} not in ({literals(PRESENCE)})),
        of_records as (
            select record_id, action, occurred_at, max(case when action = 'create' then occurred_at end) over (
                partition by record_id order by occurred_at, action
                rows between unbounded preceding and current row) as made_at
            from touched where record_id is not null),
        edited as (
            select record_id, made_at, count(*) as edits from of_records
            where action = 'update' and occurred_at <= made_at + interval '{FOLLOWED}' day group by record_id, made_at),
        written as (
            select touched.*, edited.edits,
                lag(occurred_at) over entry_by_entry as before_at,
                lag(fields_filled) over entry_by_entry as before_filled,
                action = 'create' and touched.record_id is not null and occurred_at <= ends.last as followed
            from touched cross join ends
                left join edited on edited.record_id = touched.record_id and edited.made_at = touched.occurred_at
                    and touched.action = 'create'
            where action in ({literals(ENTRIES)})
            window entry_by_entry as (
                partition by user_id order by occurred_at, touched.record_id, touched.action, {whole})),
        entered as (
            select user_id, week, {counted}, {fields},
                cast(sum(case when followed then coalesce(edits, 0) else 0 end) as bigint) as edits,
                cast(sum(case when followed then 1 + coalesce(edits, 0) else 0 end) as bigint) as entries_on
            from written group by user_id, week),
        worked as (
            select user_id, week, cast(count(*) as bigint) as done,
                {count(f"extract(day from {plus}) <= {MONTH_END}", "month_end")}
            from touched group by user_id, week)
        select worked.*, {", ".join(ENTERED)}
        from worked left join entered on entered.user_id = worked.user_id and entered.week = worked.week"""
    )


def with_signs(compared: Comparisons, actions: Table) -> Comparisons:
    """Comparisons whose rows have the `sign_counts`; the outcome is how many records were made.

    >>> from workbench.programmes import incentives, with_signs
    >>> with_signs(incentives(panel, log), wb.actions(log))["Race"].outcome
    'made'
    """
    counted = _by_week(actions).stored()
    rows = {name: _beside(each.rows, counted).stored() for name, each in compared.items()}
    return Comparisons(compared.thing, {name: compared[name].measured(rows[name], "made") for name in rows})


def sign_rates(counted: Table, sign: Sign, group: str, level: float = LEVEL) -> Estimates:
    """How common a sign is in each group, beside everybody: Σ part / Σ whole over its people.

    counted : the answer of `sign_counts`; group : a column that does not change within a person
    Returns Estimates, one row per group: a share, its interval, n people (with any of the whole); `.overall` everybody.

    >>> from workbench.programmes import sign_counts, sign_rates
    >>> from workbench.programmes.signs import SIGNS
    >>> found = sign_rates(sign_counts(panel, wb.actions(log)), SIGNS[0], "department")
    >>> found.table[["department", "n"]].to_dict("records")
    [{'department': 'sales', 'n': 12}, {'department': 'service', 'n': 12}]
    """
    if group not in counted.columns:
        raise ContractError(f"the table has no column {group!r}; it has {', '.join(counted.columns)}.")
    column = identifier(group)
    sums = counted.sql(
        f"""
        with people as (
            select user_id, min({column}) as named, cast(sum({sign.part}) as double precision) as y,
                cast(sum({sign.whole}) as double precision) as x from this group by user_id)
        select named as {column}, cast(count(*) as bigint) as n, sum(y) as y, sum(x) as x, sum(y * y) as yy,
            sum(x * y) as xy, sum(x * x) as xx
        from people where named is not null and x > 0 group by named order by named"""
    ).to_pandas()
    about = "sum over people by sum over people; intervals linearised over people"
    everybody = _ratios(sums.drop(columns=group).sum().to_frame().T, level).iloc[0]
    return Estimates(_ratios(sums, level), sign.meaning, about, level, everybody)


def _ratios(sums: pd.DataFrame, level: float) -> pd.DataFrame:
    n, ratio = sums["n"], sums["y"] / sums["x"]
    squares = sums["yy"] - 2 * ratio * sums["xy"] + ratio**2 * sums["xx"]
    error = np.sqrt(n / (n - 1).where(n > 1) * squares.clip(lower=0)) / sums["x"]
    reach = error * stats.t.ppf((1 + level) / 2, (n - 1).clip(lower=1))
    ends = {"conf_low": (ratio - reach).clip(lower=0), "conf_high": (ratio + reach).clip(upper=1)}
    terms = sums.drop(columns=["n", "y", "x", "yy", "xy", "xx"])
    return terms.assign(estimate=ratio, std_error=error, **ends, n=n.astype("int64"))


def motions(counted: Table, group: str, signs: Sequence[Sign] = MOTIONS) -> pd.DataFrame:
    """How common each sign of going through the motions is: a row per group and, last, everybody as the base rate.

    Groups that may not be shown (`privacy.withheld`) are left out, for with everybody's rate they could be worked out.
    Returns a table: group, n (people), and a column for each sign by its name, shares from 0 to 1.

    >>> from workbench.programmes import motions, sign_counts
    >>> motions(sign_counts(panel, wb.actions(log)), "department")["department"].tolist()
    ['sales', 'service', 'everybody']
    """
    found = {sign.name: sign_rates(counted, sign, group) for sign in signs}
    columns = [each.table.set_index(group)["estimate"].rename(name) for name, each in found.items()]
    sizes = pd.concat([each.table.set_index(group)["n"] for each in found.values()], axis=1).max(axis=1).rename("n")
    table = pd.concat([sizes[~withheld(sizes)], *columns], axis=1, join="inner").sort_index().reset_index(names=group)
    everybody = {name: each.overall["estimate"] for name, each in found.items() if each.overall is not None}
    base = {group: EVERYBODY, "n": int(sizes.sum())} | everybody
    return pd.concat([table, pd.DataFrame([base])], ignore_index=True)


def share_of(i: int) -> str:
    """SQL: the team's share in both phases."""
    mean = f"sum(weight_{i} * part_{{phase}}_{i} / whole_{{phase}}_{i}) / sum(weight_{i})"
    return f"{mean.format(phase=0)} as before_{i}, {mean.format(phase=1)} as during_{i}"
