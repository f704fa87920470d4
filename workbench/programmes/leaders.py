"""How leaders' own use goes with the later use of those they lead.

A leader is whom somebody reports to. The leader's use in the first half of the panel is held against the use of their
people in the second half, among groups that used it alike in the first: over groups, one row each, by least squares,

    later = a + b · leader before + c · group before

b is no effect: nobody assigned leaders, and whatever else makes leader and group keen moves both. Intervals allow for
groups that scatter unequally (HC3: MacKinnon & White 1985, Journal of Econometrics 29, 305–325) with t of as many
degrees of freedom as there are groups, less three.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from statsmodels.api import OLS

from workbench.data.engine import Table, identifier
from workbench.data.sources import Source
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say, say_n
from workbench.results.privacy import MINIMUM

FEWEST = 10  # groups below which a line through them says nothing
THIRDS = (phrase("lower third"), phrase("middle third"), phrase("upper third"))
LEADERS, OTHERS = phrase("managers"), phrase("all others")


def leaders_known(source: Source) -> bool:
    """Whether it is recorded of anybody whom they report to.

    >>> from workbench.programmes import leaders_known
    >>> leaders_known(log)
    True
    """
    found = source.users.sql("select 1 as one from this where manager_id is not null limit 1")
    return bool(found.to_arrow().num_rows)


def positions(panel: Table, source: Source) -> Table:
    """The panel with `position`: managers (somebody reports to them) or all others.

    >>> from workbench.programmes import positions
    >>> placed = positions(panel, log).to_pandas().drop_duplicates("user_id")
    >>> placed["position"].value_counts()["managers"]
    np.int64(6)
    """
    return panel.sql(
        f"""
        select this.*, case when bosses.user_id is not null then '{LEADERS}' else '{OTHERS}' end as position
        from this left join bosses on bosses.user_id = this.user_id order by this.user_id, this.week""",
        bosses=source.users.sql("select distinct manager_id as user_id from this where manager_id is not null"),
    )


def led_groups(panel: Table, source: Source, outcome: str = "active_days") -> Table:
    """One row per leader, who is in it and those they lead: a person's use, to be reduced further, never shown.

    Counts people with access in both halves of the panel; the halves part at its middle week.
    Returns a Table: leader (use a week, first half), before and later (mean use of those led, first and second half),
    n (people led).

    >>> from workbench.programmes import led_groups
    >>> led_groups(panel, log).to_arrow().num_rows  # six leaders
    6
    """
    ends = panel.sql("select cast(min(week) as date) as first, cast(max(week) as date) as last from this")
    first, last = ends.row().values()
    middle = first + timedelta(weeks=((last - first).days // 7 + 1) // 2)
    use = f"cast({identifier(outcome)} as double precision)"
    return panel.sql(
        f"""
        with halves as (
            select user_id, avg(case when week < date '{middle}' then {use} end) as before,
                avg(case when week >= date '{middle}' then {use} end) as later from this group by user_id),
        whole as (select * from halves where before is not null and later is not null)
        select min(bosses.before) as leader, avg(whole.before) as before, avg(whole.later) as later,
            cast(count(*) as bigint) as n
        from whole join users on users.user_id = whole.user_id and users.manager_id <> users.user_id
            join whole as bosses on bosses.user_id = users.manager_id
        group by users.manager_id order by leader, before, later""",
        users=source.users,
    )


def example_set(panel: Table, source: Source, outcome: str = "active_days") -> Table:
    """How much those around each person use it: to be reduced to groups, never shown.

    Returns a lazy Table, one row per person: user_id, leader (mean use a week of whom they report to), colleagues (mean
    use a week of the others in their team). What is not known is missing.

    >>> from workbench.programmes import example_set
    >>> example_set(wb.user_weeks(log), log).to_arrow().num_rows
    24
    """
    return panel.sql(
        f"""
        with used as (
            select user_id, min(team) as team, avg(cast({identifier(outcome)} as double precision)) as days
            from this group by user_id),
        teams as (select team, sum(days) as days, count(*) as n from used where team is not null group by team)
        select used.user_id, boss.days as leader, (teams.days - used.days) / nullif(teams.n - 1, 0) as colleagues
        from used join users on users.user_id = used.user_id
            left join used as boss on boss.user_id = users.manager_id and users.manager_id <> used.user_id
            left join teams on teams.team = used.team""",
        users=source.users,
    )


def goes_with(led: Table, outcome: str = "active days a week") -> Estimates:
    """How much more those led use it later, per unit that their leader used it more before, among groups alike before.

    led : the answer of `led_groups`; groups of fewer than five people are left out, and counted in the notes
    Returns Estimates of one row: estimate, std_error, conf_low, conf_high, n (people led), groups. Without a number
    where fewer than ten groups are left, or their leaders all did the same.

    >>> from workbench.programmes import goes_with, led_groups
    >>> goes_with(led_groups(panel, log)).table["n"].tolist()
    [0]
    """
    rows = led.to_pandas()
    used = rows[rows["n"] >= MINIMUM]
    small = len(rows) - len(used)
    said = say_n(
        "{n} group of fewer than {fewest} people is left out.",
        "{n} groups of fewer than {fewest} people are left out.",
        small,
        fewest=MINIMUM,
    )
    notes = (said,) if small else ()
    about = say("least squares over {n} leaders' groups, given their use before; HC3 intervals", n=len(used))
    row = {**_slope(used), "n": int(used["n"].sum()), "groups": len(used)}
    return Estimates(pd.DataFrame([row]), outcome, about, LEVEL, notes=notes)


def _slope(used: pd.DataFrame) -> dict[str, float]:
    given = np.column_stack([np.ones(len(used)), used["leader"], used["before"]])
    if len(used) < FEWEST or np.linalg.matrix_rank(given) < given.shape[1]:
        return dict.fromkeys(("estimate", "std_error", "conf_low", "conf_high"), np.nan)
    found = OLS(used["later"].to_numpy(), given).fit(cov_type="HC3", use_t=True)
    low, high = found.conf_int(1 - LEVEL)[1]
    return {"estimate": found.params[1], "std_error": found.bse[1], "conf_low": low, "conf_high": high}


def by_leaders_use(led: Table) -> pd.DataFrame:
    """Groups by how much their leader used it in the first half, in thirds; groups of fewer than five are left out.

    Returns one row per third, the lowest first: third, leader, before, later (means over groups), n (leaders).

    >>> from workbench.programmes import by_leaders_use, led_groups
    >>> len(by_leaders_use(led_groups(panel, log)))  # six leaders are too few for thirds that may be shown
    0
    """
    rows = led.to_pandas()
    used = rows[rows["n"] >= MINIMUM].sort_values(["leader", "before", "later"], kind="stable")
    place = np.arange(len(used)) * len(THIRDS) // max(len(used), 1)
    thirds = used.assign(third=pd.Categorical(np.array(THIRDS)[place], THIRDS), n=1)
    means = thirds.groupby("third", observed=True)
    return means.agg(
        leader=("leader", "mean"), before=("before", "mean"), later=("later", "mean"), n=("n", "sum")
    ).reset_index()
