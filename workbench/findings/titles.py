"""Titles of pictures: the finding in at most about ten words, computed from what the picture shows."""

from __future__ import annotations

import math

import pandas as pd

from workbench.findings.finding import Finding
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, say, say_n, translated
from workbench.results.words import MONTH_NAMES, capital, gist, level, number, people, percent

WEEKDAYS = (
    *(phrase("Mondays"), phrase("Tuesdays"), phrase("Wednesdays"), phrase("Thursdays"), phrase("Fridays")),
    *(phrase("Saturdays"), phrase("Sundays")),
)
RECENT = 4  # weeks that "now" covers where a single week would be too few
FEW_TIMES = 2.5  # from here on a decimal of "times as much" says nothing
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
    known, what = table.dropna(subset=["estimate"]).sort_values("week", kind="stable"), translated(what)
    if known.empty:
        return say("{what}: nothing to show", what=what)
    first, last, top = known.iloc[0], known.iloc[-1], known.iloc[int(known["estimate"].argmax())]
    then, most, now = (level(each["estimate"], unit) for each in (first, top, last))
    if _part(top, last):
        when = pd.Timestamp(top["week"])
        month = f"{translated(MONTH_NAMES[when.month - 1])} {when.year}"
        return say("{what} peaked in {month} ({most}), now {now}", what=what, month=month, most=most, now=now)
    if last["estimate"] > first["estimate"] and _part(last, first):
        return say("{what} rose from {then} to {now}", what=what, then=then, now=now)
    return say("{what} is at {now}", what=what, now=now)


def _part(one: pd.Series, other: pd.Series) -> bool:
    """Whether two weeks differ by more than chance, as two independent samples."""
    halves = [(week["conf_high"] - week["conf_low"]) / 2 for week in (one, other)]
    return bool(abs(one["estimate"] - other["estimate"]) > math.hypot(*halves))


def required_or_chosen(table: pd.DataFrame) -> str:
    """How much more people do because they must than because they choose to, in the last four weeks.

    table : week, kind ("required", "by choice"), estimate (actions a person)

    >>> rows = {"week": pd.Timestamp("2025-01-06"), "kind": ["required", "by choice"], "estimate": [2.8, 0.5]}
    >>> required_or_chosen(pd.DataFrame(rows))
    'Required work is now 6 times chosen work'
    """
    recent = table[table["week"] > table["week"].max() - pd.Timedelta(weeks=RECENT)]
    mean = recent.groupby("kind")["estimate"].mean()
    required = mean["required"] >= mean["by choice"]
    high, low = mean.max(), mean.min()
    if not low:
        return say("People now do required work only") if required else say("People now do chosen work only")
    if high / low < AS_MUCH:
        return say("People now do about as much chosen as required work")
    times = number(high / low, 0 if high / low >= FEW_TIMES else 1)
    if required:
        return say("Required work is now {times} times chosen work", times=times)
    return say("Chosen work is now {times} times required work", times=times)


def rows_that_count(left_out: pd.DataFrame) -> str:
    """How many rows of the log count.

    left_out : reason, rows, "kept" among the reasons

    >>> rows_that_count(pd.DataFrame({"reason": ["kept", "robots"], "rows": [960, 40]}))
    '96% of log rows count'
    """
    rows = left_out.set_index("reason")["rows"]
    return say("{share} of log rows count", share=percent(rows["kept"] / max(rows.sum(), 1)))


def missing_days(silent: pd.DataFrame) -> str:
    """On how many working days hardly any rows arrived.

    silent : a row for each of these days

    >>> missing_days(pd.DataFrame()), missing_days(pd.DataFrame({"date": ["2025-01-06"]}))
    ('Rows arrived on every working day', 'Hardly any rows arrived on 1 working day')
    """
    if not len(silent):
        return say("Rows arrived on every working day")
    return say_n(
        "Hardly any rows arrived on {n} working day", "Hardly any rows arrived on {n} working days", len(silent)
    )


def busiest(rhythm: pd.DataFrame) -> str:
    """The hour of the week in which most is done.

    rhythm : weekday (0 is Monday), hour, share

    >>> busiest(pd.DataFrame({"weekday": [1, 2], "hour": [10, 9], "share": [0.03, 0.01]}))
    'Most work happens on Tuesdays between 10:00 and 11:00'
    """
    if rhythm.empty:
        return say("Nothing was done in these weeks")
    top = rhythm.iloc[int(rhythm["share"].argmax())]
    hour = int(top["hour"])
    parts = {"days": translated(WEEKDAYS[int(top["weekday"])]), "since": hour, "until": hour + 1}
    return say("Most work happens on {days} between {since}:00 and {until}:00", **parts)


def active_now(lifecycle: pd.DataFrame) -> str:
    """How many were active in the last week.

    lifecycle : week, state, users (`adoption.lifecycle`)

    >>> rows = {"week": pd.Timestamp("2025-01-06"), "state": ["retained", "dormant"], "users": [30, 10]}
    >>> active_now(pd.DataFrame(rows))
    '30 of 40 people were active in the last week'
    """
    last = lifecycle[lifecycle["week"] == lifecycle["week"].max()].groupby("state")["users"].sum()
    active = int(last.reindex(["new", "retained", "resurrected"]).sum())
    parts = {"active": number(active, 0), "people": people(last.sum())}
    return say("{active} of {people} were active in the last week", **parts)


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
        return say("Too little time has passed to see who stays")
    last = reached.iloc[int(reached["age"].argmax())]
    parts = {"time": _times(int(last["age"]), period), "share": percent(last["estimate"])}
    return say("After {time}, {share} are still active", **parts)


def _times(many: int, period: str) -> str:
    """So many weeks, months or quarters; German has them in the dative, as in "nach 6 Monaten"."""
    return translated(TIMES[period], n=many)


TIMES = {"week": phrase("{n} weeks"), "month": phrase("{n} months"), "quarter": phrase("{n} quarters")}


def most_and_least(reach: pd.DataFrame) -> str:
    """The feature most used, and the one least used, as the mean over groups.

    reach : feature, share

    >>> most_and_least(pd.DataFrame({"feature": ["contacts", "campaigns"], "share": [0.9, 0.1]}))
    'Most used: contacts; least used: campaigns'
    """
    mean = reach.groupby("feature")["share"].mean()
    if mean.empty:
        return say("No feature can be shown")
    if len(mean) < 2:
        return say("One feature is recorded")
    if mean.max() == mean.min():
        return say("All {n} features are used equally often", n=len(mean))
    return say("Most used: {most}; least used: {least}", most=mean.idxmax(), least=mean.idxmin())


def latest_shares(table: pd.DataFrame, by: str, what: str) -> str:
    """Where several shares stand in their last week.

    table : week, `by`, estimate; what : what they are of

    >>> rows = {"week": [1, 1], "measure": ["complete", "prompt"], "estimate": [0.8, 0.9]}
    >>> latest_shares(pd.DataFrame(rows), "measure", "Entries")
    'Entries: 80% complete, 90% prompt'
    """
    last = table.sort_values("week", kind="stable").groupby(by, sort=False).tail(1)
    shares = [f"{percent(row['estimate'])} {translated(row[by])}" for row in last.to_dict("records")]
    return f"{translated(what)}: {', '.join(shares)}"


def most_common(shares: Estimates) -> str:
    """The largest group.

    shares : the group's name in the first column, estimate (0 to 1)

    >>> rows = pd.DataFrame({"pattern": ["steady", "fading"], "estimate": [0.6, 0.4]})
    >>> most_common(Estimates(rows, "share of people", "made up"))
    'Most common: steady (60%)'
    """
    top = shares.table.nlargest(1, "estimate").to_dict("records")[0]
    name = translated(str(top[shares.table.columns[0]]))
    return say("Most common: {name} ({share})", name=name, share=percent(top["estimate"]))


def rising_and_falling(centres: pd.DataFrame) -> str:
    """Which pattern gained most days of use between the first and the last weeks, and which lost most.

    centres : pattern, change (active days a week)

    >>> rising_and_falling(pd.DataFrame({"pattern": ["late starter", "fading"], "change": [2.2, -1.7]}))
    'Largest rise: late starter; largest fall: fading'
    """
    change = centres.set_index("pattern")["change"].dropna()
    rose, fell = len(change) > 0 and change.max() > 0, len(change) > 0 and change.min() < 0
    rise = [say("Largest rise: {pattern}", pattern=translated(str(change.idxmax())))] if rose else []
    fall = [say("largest fall: {pattern}", pattern=translated(str(change.idxmin())))] if fell else []
    return capital("; ".join(rise + fall)) or say("No pattern rose or fell")


def habit_now(sizes: pd.DataFrame, habit: tuple[str, ...] = ("power", "habitual"), nothing: str = "none") -> str:
    """How many people with access have the habit in the last week, and how many did nothing; new people have no habit.

    sizes : week, segment, users (people)

    >>> rows = {"week": 1, "segment": ["power", "habitual", "low", "none"], "users": [10, 50, 30, 10]}
    >>> habit_now(pd.DataFrame(rows))
    '60% have the habit; 10% did nothing in 12 weeks'
    """
    last = sizes[sizes["week"] == sizes["week"].max()].groupby("segment")["users"].sum()
    having, idle = (last.reindex(list(names)).sum() / max(last.sum(), 1) for names in (habit, [nothing]))
    parts = {"having": percent(having), "idle": percent(idle)}
    return say("{having} have the habit; {idle} did nothing in 12 weeks", **parts)


def stayed(moved: Estimates) -> str:
    """How many are in the same segment in both weeks.

    moved : before, after, users

    >>> rows = pd.DataFrame({"before": ["low", "low"], "after": ["low", "power"], "users": [60, 40]})
    >>> stayed(Estimates(rows, "share of people", "made up"))
    '60% stayed in their segment'
    """
    table = moved.table
    same = table.loc[table["before"] == table["after"], "users"].sum()
    return say("{share} stayed in their segment", share=percent(same / max(table["users"].sum(), 1)))


def half_have_it(curve: Estimates) -> str:
    """After how many weeks half have the habit, or how many have it after the last week seen.

    curve : week, estimate (0 to 1), rising

    >>> half_have_it(Estimates(pd.DataFrame({"week": [4, 9], "estimate": [0.3, 0.5]}), "share of people", "made up"))
    'Half have formed the habit after 9 weeks'
    """
    table = curve.table
    half = table[table["estimate"] >= 0.5]
    if len(half):
        return say("Half have formed the habit after {n} weeks", n=number(half["week"].min(), 0))
    last = table.iloc[-1]
    parts = {"share": percent(last["estimate"]), "n": number(last["week"], 0)}
    return say("{share} have formed the habit after {n} weeks", **parts)


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
        return say("Too little time has passed to see who comes back")
    now, ever = (percent(share) for share in last["estimate"][:2])
    parts = {"time": _times(int(last["age"].iloc[0]), period), "now": now, "ever": ever}
    return say("After {time}, {now} are active; {ever} then or later", **parts)
