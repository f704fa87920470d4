"""Titles of pictures: the finding in at most about ten words, computed from what the picture shows."""

from __future__ import annotations

import math

import pandas as pd

from workbench.findings.finding import Finding
from workbench.findings.phrases import enumerated
from workbench.results.estimates import RECENT, Estimates
from workbench.results.minimum import ALIKE
from workbench.results.phrases import phrase, say, say_n, translated
from workbench.results.verdict import Way
from workbench.results.words import MONTH_NAMES, WEEKDAYS, capital, gist, level, number, people, percent

FEW_TIMES = 2.5  # from here on a decimal of "times as much" says nothing
AS_MUCH = 1.15  # times; two amounts closer than this are about the same
USED = 0.1  # of a group's people, from which on the group uses a feature
YEAR = 52  # weeks of access, after which it is said how many have the habit, where they are seen for longer


def short(finding: Finding) -> str:
    """The finding up to its first detail, for a picture's title.

    >>> from workbench.results.verdict import Grade, Verdict
    >>> short(Finding("67% have the habit (932 of 1,401).", Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, ""))
    '67% have the habit'
    """
    return gist(finding.headline)


def course_so_far(table: pd.DataFrame, what: str, unit: str) -> str:
    """Where a measurement stands, and whether it clearly rose or clearly fell from its peak.

    table : week, estimate, conf_low, conf_high, of the weeks that the picture shows. A single week says little: the
        last of a month is busier. So the mean of four weeks in a row counts, its interval the mean of theirs, which is
        cautious. Two means differ clearly where the interval of their difference does not reach zero, as if they were
        two samples, which is cautious for the same people. Where there are fewer weeks, their mean is all that is said.
    what : the measurement as a noun; unit : of the estimates

    >>> shares = [0.70, 0.72, 0.71, 0.75, 0.66, 0.66, 0.64, 0.68]
    >>> rows = pd.DataFrame({"week": pd.date_range("2025-08-04", periods=8, freq="7D"), "estimate": shares})
    >>> rows = rows.assign(conf_low=rows["estimate"] - 0.02, conf_high=rows["estimate"] + 0.02)
    >>> course_so_far(rows, "Habit use", "share of people")
    'Habit use peaked in August 2025 (72%); 66% in the last four weeks'
    """
    known, what = table.dropna(subset=["estimate"]).sort_values("week", kind="stable"), translated(what)
    if known.empty:
        return say("{what}: nothing to show", what=what)
    ends = known[["estimate", "conf_low", "conf_high"]]
    if len(known) < RECENT:
        return say("{what} so far: {now}", what=what, now=level(ends["estimate"].mean(), unit))
    means = ends.rolling(RECENT).mean().assign(week=known["week"]).dropna(subset=["estimate"])
    first, last, top = means.iloc[0], means.iloc[-1], means.iloc[int(means["estimate"].argmax())]
    then, most, now = (level(each["estimate"], unit) for each in (first, top, last))
    if _part(top, last):
        middle = pd.Timestamp(top["week"]) - pd.Timedelta(weeks=RECENT // 2 - 1)
        month = f"{translated(MONTH_NAMES[middle.month - 1])} {middle.year}"
        parts = {"what": what, "month": month, "most": most, "now": now}
        return say("{what} peaked in {month} ({most}); {now} in the last four weeks", **parts)
    if last["estimate"] > first["estimate"] and _part(last, first):
        return say("{what} rose from {then} to {now} in the last four weeks", what=what, then=then, now=now)
    return say("{what}: {now} in the last four weeks", what=what, now=now)


def _part(one: pd.Series, other: pd.Series) -> bool:
    """Whether two means differ by more than chance, as two independent samples."""
    halves = [(week["conf_high"] - week["conf_low"]) / 2 for week in (one, other)]
    return bool(abs(one["estimate"] - other["estimate"]) > math.hypot(*halves))


def required_or_chosen(table: pd.DataFrame) -> str:
    """How much more people do because they must than because they choose to, in the last four weeks.

    table : week, kind ("required", "by choice"), estimate (actions a person)

    >>> rows = {"week": pd.Timestamp("2025-01-06"), "kind": ["required", "by choice"], "estimate": [2.8, 0.5]}
    >>> required_or_chosen(pd.DataFrame(rows))
    'Required work is now 6 times chosen work'
    """
    mean = _recent(table).groupby("kind")["estimate"].mean()
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
    'The busiest hour is Tuesday, 10:00–11:00'
    """
    if rhythm.empty:
        return say("Nothing was done in these weeks")
    top = rhythm.iloc[int(rhythm["share"].argmax())]
    hour = int(top["hour"])
    parts = {"day": translated(WEEKDAYS[int(top["weekday"])]), "since": hour, "until": hour + 1}
    return say("The busiest hour is {day}, {since}:00–{until}:00", **parts)


def active_now(lifecycle: pd.DataFrame) -> str:
    """How many were active in a week, as the mean of the last four.

    lifecycle : week, state, users (`adoption.lifecycle`)

    >>> monday = pd.Timestamp("2025-01-06")
    >>> weeks = {"week": [monday, monday, monday + pd.Timedelta(weeks=1), monday + pd.Timedelta(weeks=1)]}
    >>> active_now(pd.DataFrame({**weeks, "state": ["retained", "dormant"] * 2, "users": [30, 10, 20, 20]}))
    'In the last four weeks, 25 of 40 people a week were active'
    """
    weeks = _recent(lifecycle).pivot_table(index="week", columns="state", values="users", aggfunc="sum", fill_value=0)
    active = weeks.reindex(columns=["new", "retained", "resurrected"], fill_value=0).sum(axis=1).mean()
    parts = {"active": number(active, 0), "people": people(round(weeks.sum(axis=1).mean()))}
    return say("In the last four weeks, {active} of {people} a week were active", **parts)


def _recent(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last four weeks."""
    recent: pd.DataFrame = table[table["week"] > table["week"].max() - pd.Timedelta(weeks=RECENT)]
    return recent


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


def unused(reach: pd.DataFrame) -> str:
    """The features that hardly anybody of any group has used: what one group alone uses is not unused.

    reach : feature, share (of a group's people, 0 to 1), a row for each group

    >>> reach = pd.DataFrame({"feature": ["contacts", "campaigns", "quotes"], "share": [0.9, 0.1, 0.04]})
    >>> unused(reach), unused(reach.head(2))
    ('Hardly used by any group: quotes', 'Each feature is used by at least one group')
    """
    most = reach.groupby("feature")["share"].max().sort_values(kind="stable")
    hardly = [str(feature) for feature in most[most < USED].index]
    if most.empty:
        return say("No feature can be shown")
    if not hardly:
        return say("Each feature is used by at least one group")
    return say("Hardly used by any group: {features}", features=enumerated(hardly))


def latest_shares(table: pd.DataFrame, by: str, what: str) -> str:
    """Where several shares stand, as the mean of their last four weeks.

    table : week, `by`, estimate; what : what they are of

    >>> weeks = pd.to_datetime(["2025-01-06", "2025-01-13", "2025-01-13"])
    >>> rows = {"week": weeks, "measure": ["complete", "complete", "prompt"], "estimate": [0.7, 0.9, 0.9]}
    >>> latest_shares(pd.DataFrame(rows), "measure", "Entries")
    'Entries in the last four weeks: 80% complete, 90% prompt'
    """
    mean = _recent(table).groupby(by, sort=False)["estimate"].mean()
    shares = ", ".join(f"{percent(share)} {translated(str(name))}" for name, share in mean.items())
    return say("{what} in the last four weeks: {shares}", what=translated(what), shares=shares)


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
    """How many of those who have a segment in both weeks are in the same one.

    moved : way ("to more use", "to less use", "the same", …), users (`workbench.transitions`)

    >>> rows = pd.DataFrame({"way": [Way.SAME, Way.LESS, Way.OTHER], "users": [60, 40, 50]})
    >>> stayed(Estimates(rows, "share of people", "made up"))
    '60% stayed in their segment'
    """
    users = moved.table.groupby("way")["users"].sum().reindex([Way.SAME, Way.MORE, Way.LESS], fill_value=0)
    return say("{share} stayed in their segment", share=percent(users[Way.SAME] / max(users.sum(), 1)))


def habit_formed(curve: Estimates, earliest: int) -> str:
    """How many had the habit as soon as anybody could have it, and how many after a year, or as long as it is seen.

    curve : week (of access), estimate (0 to 1), rising, n (people who could still get it): of fewer than ten nothing is
        said, as in the picture; earliest : the first week in which somebody can have the habit

    >>> rows = pd.DataFrame({"week": [9, 40, 60], "estimate": [0.5, 0.8, 0.9], "n": [100, 30, 10]})
    >>> habit_formed(Estimates(rows, "share of people", "made up"), 9)
    '50% had the habit as soon as it can be counted (week 9); 80% after 40 weeks'
    """
    table = curve.table[(curve.table["n"] >= ALIKE) & (curve.table["week"] <= max(YEAR, earliest))]
    if table.empty:
        return say("Too few people can be followed to see who forms the habit")
    first, last = table.iloc[0], table.iloc[-1]
    share, n = percent(last["estimate"]), number(last["week"], 0)
    if first["week"] > earliest:
        return say("{share} have formed the habit after {n} weeks", share=share, n=n)
    at_once = say(
        "{share} had the habit as soon as it can be counted (week {n})", share=percent(first["estimate"]), n=earliest
    )
    return at_once if len(table) == 1 else f"{at_once}; {say('{share} after {n} weeks', share=share, n=n)}"


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
