"""Titles of pictures: the finding in at most about ten words, computed from what the picture shows."""

from __future__ import annotations

import math

import pandas as pd

from workbench.findings.finding import Finding
from workbench.results.estimates import Estimates
from workbench.results.words import MONTH_NAMES, capital, gist, level, number, people, percent

WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
RECENT = 4  # weeks that "now" covers where a single week would be too few
AS_MUCH = 1.15  # times; two amounts closer than this are about the same


def short(finding: Finding) -> str:
    """The finding up to its first detail, for a picture's title.

    >>> from workbench.results.verdict import Grade, Verdict
    >>> short(Finding("67% have the habit (932 of 1,401).", Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, ""))
    '67% have the habit'
    """
    return gist(finding.headline)


def course_so_far(table: pd.DataFrame, what: str, unit: str) -> str:
    """Where a measurement stands, and whether it clearly rose or clearly fell from its peak.

    table : week, estimate, conf_low, conf_high; two weeks differ clearly where the interval of their difference
        does not reach zero, as if they were two samples, which is cautious for the same people
    what : the measurement as a noun; unit : of the estimates

    >>> weeks = {"week": pd.to_datetime(["2025-08-04", "2025-12-29"]), "estimate": [0.72, 0.66]}
    >>> rows = pd.DataFrame(weeks).assign(conf_low=[0.70, 0.64], conf_high=[0.74, 0.68])
    >>> course_so_far(rows, "Habit use", "share of people")
    'Habit use peaked in August 2025 (72%), now 66%'
    """
    known = table.dropna(subset=["estimate"]).sort_values("week", kind="stable")
    if known.empty:
        return f"{what}: nothing to show"
    first, last, top = known.iloc[0], known.iloc[-1], known.iloc[int(known["estimate"].argmax())]
    if _part(top, last):
        when = pd.Timestamp(top["week"])
        peak = f"{MONTH_NAMES[when.month - 1]} {when.year} ({level(top['estimate'], unit)})"
        return f"{what} peaked in {peak}, now {level(last['estimate'], unit)}"
    if last["estimate"] > first["estimate"] and _part(last, first):
        return f"{what} rose from {level(first['estimate'], unit)} to {level(last['estimate'], unit)}"
    return f"{what} is at {level(last['estimate'], unit)}"


def _part(one: pd.Series, other: pd.Series) -> bool:
    """Whether two weeks differ by more than chance, as two independent samples."""
    halves = [(week["conf_high"] - week["conf_low"]) / 2 for week in (one, other)]
    return bool(abs(one["estimate"] - other["estimate"]) > math.hypot(*halves))


def required_or_chosen(table: pd.DataFrame) -> str:
    """How much more people do because they must than because they choose to, in the last four weeks.

    table : week, kind ("required", "by choice"), estimate (actions a person)

    >>> rows = {"week": pd.Timestamp("2025-01-06"), "kind": ["required", "by choice"], "estimate": [2.8, 0.5]}
    >>> required_or_chosen(pd.DataFrame(rows))
    'People now do 5.6 times more required than chosen work'
    """
    recent = table[table["week"] > table["week"].max() - pd.Timedelta(weeks=RECENT)]
    mean = recent.groupby("kind")["estimate"].mean()
    more, less = ("required", "chosen") if mean["required"] >= mean["by choice"] else ("chosen", "required")
    high, low = mean.max(), mean.min()
    if not low:
        return f"People now do {more} work only"
    if high / low < AS_MUCH:
        return "People now do about as much chosen as required work"
    return f"People now do {number(high / low, 1)} times more {more} than {less} work"


def rows_that_count(left_out: pd.DataFrame) -> str:
    """How many rows of the log count.

    left_out : reason, rows, "kept" among the reasons

    >>> rows_that_count(pd.DataFrame({"reason": ["kept", "robots"], "rows": [960, 40]}))
    '96% of log rows count'
    """
    rows = left_out.set_index("reason")["rows"]
    return f"{percent(rows['kept'] / max(rows.sum(), 1))} of log rows count"


def missing_days(silent: pd.DataFrame) -> str:
    """On how many working days hardly any rows arrived.

    silent : a row for each of these days

    >>> missing_days(pd.DataFrame()), missing_days(pd.DataFrame({"date": ["2025-01-06"]}))
    ('Rows arrived on every working day', 'Hardly any rows arrived on 1 working day')
    """
    days = f"{len(silent)} working day{'' if len(silent) == 1 else 's'}"
    return f"Hardly any rows arrived on {days}" if len(silent) else "Rows arrived on every working day"


def busiest(rhythm: pd.DataFrame) -> str:
    """The hour of the week in which most is done.

    rhythm : weekday (0 is Monday), hour, share

    >>> busiest(pd.DataFrame({"weekday": [1, 2], "hour": [10, 9], "share": [0.03, 0.01]}))
    'Most work happens on Tuesdays between 10 and 11 h'
    """
    if rhythm.empty:
        return "Nothing was done in these weeks"
    top = rhythm.iloc[int(rhythm["share"].argmax())]
    hour = int(top["hour"])
    return f"Most work happens on {WEEKDAYS[int(top['weekday'])]} between {hour} and {hour + 1} h"


def active_now(lifecycle: pd.DataFrame) -> str:
    """How many were active in the last week.

    lifecycle : week, state, users (`adoption.lifecycle`)

    >>> rows = {"week": pd.Timestamp("2025-01-06"), "state": ["retained", "dormant"], "users": [30, 10]}
    >>> active_now(pd.DataFrame(rows))
    '30 of 40 people were active in the last week'
    """
    last = lifecycle[lifecycle["week"] == lifecycle["week"].max()].groupby("state")["users"].sum()
    active = int(last.reindex(["new", "retained", "resurrected"]).sum())
    return f"{active:,} of {people(last.sum())} were active in the last week"


def still_active(curve: Estimates, period: str) -> str:
    """How many of those who started are active at the last age that most cohorts have reached.

    curve : age (periods since the start), estimate, n (people whose cohort has reached it)[, kind: the first counts]

    >>> ages = pd.DataFrame({"age": [1, 6], "estimate": [0.9, 0.8], "n": [100, 90]})
    >>> still_active(Estimates(ages, "share of people", "made up"), "month")
    'After 6 months, 80% are still active'
    """
    table = curve.table
    table = table[table["kind"] == table["kind"].iloc[0]] if "kind" in table and len(table) else table
    reached = table[table["n"] >= table["n"].max() / 2] if len(table) else table
    if reached.empty:
        return "Too little time has passed to see who stays"
    last = reached.iloc[int(reached["age"].argmax())]
    return f"After {int(last['age'])} {period}s, {percent(last['estimate'])} are still active"


def most_and_least(reach: pd.DataFrame) -> str:
    """The feature most used, and the one least used, as the mean over groups.

    reach : feature, share

    >>> most_and_least(pd.DataFrame({"feature": ["contacts", "campaigns"], "share": [0.9, 0.1]}))
    'Most used: contacts; least used: campaigns'
    """
    mean = reach.groupby("feature")["share"].mean()
    return f"Most used: {mean.idxmax()}; least used: {mean.idxmin()}" if len(mean) > 1 else "One feature is recorded"


def latest_shares(table: pd.DataFrame, by: str, what: str) -> str:
    """Where several shares stand in their last week.

    table : week, `by`, estimate; what : what they are of

    >>> rows = {"week": [1, 1], "measure": ["complete", "prompt"], "estimate": [0.8, 0.9]}
    >>> latest_shares(pd.DataFrame(rows), "measure", "Entries")
    'Entries: 80% complete, 90% prompt'
    """
    last = table.sort_values("week", kind="stable").groupby(by, sort=False).tail(1)
    shares = [f"{percent(row['estimate'])} {row[by]}" for row in last.to_dict("records")]
    return f"{what}: {', '.join(shares)}"


def most_common(shares: Estimates) -> str:
    """The largest group.

    shares : the group's name in the first column, estimate (0 to 1)

    >>> rows = pd.DataFrame({"pattern": ["steady", "fading"], "estimate": [0.6, 0.4]})
    >>> most_common(Estimates(rows, "share of people", "made up"))
    'Most common: steady (60%)'
    """
    top = shares.table.nlargest(1, "estimate").to_dict("records")[0]
    return f"Most common: {top[shares.table.columns[0]]} ({percent(top['estimate'])})"


def rising_and_falling(centres: pd.DataFrame) -> str:
    """Which pattern gained most days of use between the first and the last weeks, and which lost most.

    centres : pattern, change (active days a week)

    >>> rising_and_falling(pd.DataFrame({"pattern": ["late starter", "fading"], "change": [2.2, -1.7]}))
    'Largest rise: late starter; largest fall: fading'
    """
    change = centres.set_index("pattern")["change"].dropna()
    rise = [f"Largest rise: {change.idxmax()}"] if len(change) and change.max() > 0 else []
    fall = [f"largest fall: {change.idxmin()}"] if len(change) and change.min() < 0 else []
    return capital("; ".join(rise + fall)) or "No pattern rose or fell"


def habit_now(sizes: pd.DataFrame, habit: tuple[str, ...] = ("power", "habitual"), nothing: str = "none") -> str:
    """How many people with access have the habit in the last week, and how many did nothing; new people have no habit.

    sizes : week, segment, users (people)

    >>> rows = {"week": 1, "segment": ["power", "habitual", "low", "none"], "users": [10, 50, 30, 10]}
    >>> habit_now(pd.DataFrame(rows))
    '60% have the habit; 10% did nothing in 12 weeks'
    """
    last = sizes[sizes["week"] == sizes["week"].max()].groupby("segment")["users"].sum()
    having, idle = (last.reindex(list(names)).sum() / max(last.sum(), 1) for names in (habit, [nothing]))
    return f"{percent(having)} have the habit; {percent(idle)} did nothing in 12 weeks"


def stayed(moved: Estimates) -> str:
    """How many are in the same segment in both weeks.

    moved : before, after, users

    >>> rows = pd.DataFrame({"before": ["low", "low"], "after": ["low", "power"], "users": [60, 40]})
    >>> stayed(Estimates(rows, "share of people", "made up"))
    '60% stayed in their segment'
    """
    table = moved.table
    same = table.loc[table["before"] == table["after"], "users"].sum()
    return f"{percent(same / max(table['users'].sum(), 1))} stayed in their segment"


def half_have_it(curve: Estimates) -> str:
    """After how many weeks half have the habit, or how many have it after the last week seen.

    curve : week, estimate (0 to 1), rising

    >>> half_have_it(Estimates(pd.DataFrame({"week": [4, 9], "estimate": [0.3, 0.5]}), "share of people", "made up"))
    'Half have formed the habit after 9 weeks'
    """
    table = curve.table
    half = table[table["estimate"] >= 0.5]
    if len(half):
        return f"Half have formed the habit after {half['week'].min():.0f} weeks"
    last = table.iloc[-1]
    return f"{percent(last['estimate'])} have formed the habit after {last['week']:.0f} weeks"


def come_back(curve: Estimates, period: str) -> str:
    """How many are active at the last age that most cohorts have reached, and how many then or at any later time.

    curve : kind (the one age first, "then or later" second), age, estimate, n, as in `still_active`

    >>> ages = pd.DataFrame({"kind": ["just then", "then or later"], "age": 6, "estimate": [0.8, 0.88], "n": 90})
    >>> come_back(Estimates(ages, "share of people", "made up"), "month")
    'After 6 months, 80% are active; 88% then or later'
    """
    table = curve.table
    reached = table[table["n"] >= table["n"].max() / 2] if len(table) else table
    last = reached[reached["age"] == reached["age"].max()]
    if len(last) < 2:
        return "Too little time has passed to see who comes back"
    now, ever = (percent(share) for share in last["estimate"][:2])
    return f"After {int(last['age'].iloc[0])} {period}s, {now} are active; {ever} then or later"
