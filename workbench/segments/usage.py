"""Groups users by how regularly and how much they use the system.

A segment is two floors over a window of weeks: a number of active weeks (the habit) and a mean of actions a week.
The first segment whose floors somebody reaches is theirs; who has fewer weeks behind them than the window is `new`,
for too little is known to call them anything else.

The presets are the field's: Microsoft's Viva Insights (R and Python packages vivainsights, identify_usage_segments),
with which they agree label for label where rows have no gaps: theirs are counted over rows, ours over calendar weeks.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, identifier, literal
from workbench.errors import not_one_of
from workbench.panel.habit import HABIT, Habit
from workbench.panel.weeks import counted_weeks
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, plain, say
from workbench.results.shares import shares

NEW = "new"
ANY = math.ulp(0.0)  # the smallest number above zero: "at least this" says "more than nothing"


@dataclass(frozen=True)
class Segment:
    """Users who reach both floors over the window.

    Raises ValueError where more active weeks are asked for than the window has.

    >>> print(Segment("regular", active_weeks=9, actions_per_week=15))
    regular: 9+ active weeks of 12 and 15+ actions a week
    """

    name: str
    active_weeks: int = 0  # at least this many of the window's weeks
    actions_per_week: float = 0.0  # at least this many, mean of the window
    window: int = 12  # weeks in which the person could have used the system
    counts_from: float = 1  # actions that make a week count as active

    def __post_init__(self) -> None:
        if not 0 <= self.active_weeks <= self.window or self.window < 1:
            raise ValueError(
                f"segment {self.name!r}: {self.active_weeks} active weeks of {self.window} is not possible."
                "\n  Ask for 0 to all of a window of at least one week."
            )

    def __str__(self) -> str:
        return f"{self.name}: {self.means}"

    @property
    def means(self) -> str:
        """What it takes to be of it."""
        weeks, mean = self._weeks, self._mean
        if weeks and mean:
            return say("{weeks} and {mean}", weeks=weeks, mean=mean)
        return weeks or mean or say("everyone else")

    @property
    def _weeks(self) -> str:
        if not self.active_weeks:
            return ""
        floor = {"weeks": self.active_weeks, "window": self.window}
        if self.counts_from == 1:
            return say("{weeks}+ active weeks of {window}", **floor)
        return say("{weeks}+ weeks with {actions}+ actions of {window}", actions=f"{self.counts_from:g}", **floor)

    @property
    def _mean(self) -> str:
        if self.actions_per_week <= 0:
            return ""
        if self.actions_per_week == ANY:
            return say("any action")
        return say("{actions}+ actions a week", actions=f"{self.actions_per_week:g}")

    @property
    def takes_everyone(self) -> bool:
        """Whether it has no floor."""
        return self.active_weeks == 0 and self.actions_per_week <= 0


def _preset(habit: Habit, power: float, counts_from: float = 1) -> tuple[Segment, ...]:
    return (
        Segment("power", habit.active_weeks, power, habit.window, counts_from),
        Segment("habitual", habit.active_weeks, 0, habit.window, counts_from),
        Segment("novice", 0, 1, habit.window, counts_from),
        Segment("low", 0, ANY, habit.window, counts_from),
        Segment("none", 0, 0, habit.window, counts_from),
    )


PRESETS = {
    "12w": _preset(HABIT, power=15),
    "4w": _preset(Habit(active_weeks=4, window=4), power=15),  # for the first weeks of a rollout
    "mature": _preset(HABIT, power=50, counts_from=25),
}


def usage_segments(panel: Any, preset: str | tuple[Segment, ...] = "12w") -> Table:
    """The usage segment of every person in every week.

    panel : any table of user-weeks; reads `user_id`, `week` (a date), `actions` and, where there is one, `eligible`.
        Between a person's first and last row a week without a row counts as a week without use. A week of leave
        (`eligible` is false) has no segment and is passed over: the window reaches back across it, so that leave
        neither costs a habit nor makes one.
    preset : "12w", "4w", "mature" (`PRESETS`), or segments of your own, of which the first that fits counts
    Returns a lazy Table, one row per person and week that counts: user_id, week, segment. A segment is `new` while
    fewer weeks than the (longest) window have counted, the present one included.
    Raises ContractError for rows that cannot be counted, ValueError for segments that cannot be told apart.
    >>> weeks = pd.date_range("2025-01-06", periods=13, freq="7D")
    >>> panel = pd.DataFrame({"user_id": "a", "week": weeks, "actions": [20] * 12 + [0]})
    >>> usage_segments(panel).to_pandas().sort_values("week")["segment"].tolist()[-3:]
    ['new', 'power', 'power']
    """
    segments = named(preset)
    columns = ", ".join(f"{expression} as {name}" for name, expression in _measures(segments).items())
    windows = ", ".join(f"last_{n} as ({_frame(n)})" for n in sorted({s.window for s in segments}))
    return counted_weeks(panel).sql(f"""
        with measured as (select user_id, week, {columns} from this window {windows})
        select user_id, week, {_case(segments)} as segment from measured""")


def named(preset: str | tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The segments of a preset, or one's own after a look at them."""
    if isinstance(preset, str):
        if preset not in PRESETS:
            raise ValueError(not_one_of(preset, PRESETS, "preset"))
        return PRESETS[preset]
    if not isinstance(preset, tuple | list) or not all(isinstance(segment, Segment) for segment in preset):
        raise ValueError(f"a preset is one of {', '.join(PRESETS)}, or a tuple of Segment; this is {preset!r}.")
    names = [segment.name for segment in preset]
    if len(set(names)) < len(names) or NEW in names:
        raise ValueError(f"segments need names of their own, and {NEW!r} is taken; these are {', '.join(names)}.")
    if not preset or not preset[-1].takes_everyone or any(segment.takes_everyone for segment in preset[:-1]):
        raise ValueError("the last segment, and only the last, takes everyone else: end with Segment('none').")
    return tuple(preset)


def definitions(preset: str | tuple[Segment, ...] = "12w") -> pd.DataFrame:
    """What the segments are, for the page: segment, plain (as pages call it), means; the first that fits counts.

    preset : as in `usage_segments`
    Returns one row per segment, "new" first. Raises ValueError for segments that cannot be told apart.

    >>> definitions().iloc[1].tolist()
    ['power', 'heavy habit', '9+ active weeks of 12 and 15+ actions a week']
    """
    segments = named(preset)
    longest = max(segment.window for segment in segments)
    said = [(NEW, say("fewer than {weeks} weeks of access so far", weeks=longest))]
    said += [(segment.name, segment.means) for segment in segments]
    return pd.DataFrame([(name, plain(name), means) for name, means in said], columns=["segment", "plain", "means"])


def segment_shares(labels: Any, by: str | None = None) -> Estimates:
    """How large each segment is, week by week.

    labels : user_id, week, segment, as `usage_segments` returns them, and the column `by` where groups are asked for
    Returns Estimates, one row per week (and group) and segment, zeros included: week, segment, users, share of the
    people who have a segment that week, its Wilson interval, n (these people).
    >>> labels = pd.DataFrame({"week": pd.to_datetime(["2025-01-06"] * 4), "segment": ["power", "low", "low", "none"]})
    >>> segment_shares(labels).table[["segment", "users", "estimate"]].to_numpy().tolist()
    [['low', 2, 0.5], ['none', 1, 0.25], ['power', 1, 0.25]]
    """
    given = as_table(labels)
    groups = ["week", *([by] if by else [])]
    keys = ", ".join(identifier(name) for name in groups)
    counts = given.sql(
        f"select {keys}, segment, cast(count(*) as bigint) as k from this group by {keys}, segment"
    ).to_pandas()
    wide = counts.pivot_table(index=groups, columns="segment", values="k", fill_value=0, aggfunc="sum")
    table = wide.melt(ignore_index=False, value_name="k").reset_index().sort_values([*groups, "segment"])
    table["n"] = table.groupby(groups)["k"].transform("sum")
    terms = [*groups, "segment", "users"]
    return shares(
        table.assign(users=table["k"]), terms, "share of people", phrase("everybody who has a segment that week")
    )


def _measures(segments: tuple[Segment, ...]) -> dict[str, str]:
    """Column name -> SQL over the window, for all that the floors ask."""
    longest = max(s.window for s in segments)
    measures = {"weeks": f"row_number() over last_{longest}"}  # so far: it asks nothing of the frame
    for s in segments:
        measures[f"actions_{s.window}"] = f"sum(actions) over last_{s.window}"
        measures[_active(s)] = (
            f"sum(case when actions >= {literal(s.counts_from)} then 1 else 0 end) over last_{s.window}"
        )
    return measures


def _active(s: Segment) -> str:
    return re.sub(r"\W", "_", f"active_{s.window}_from_{s.counts_from}")


def _frame(weeks: int) -> str:
    # Rows are weeks here: every week that counts is there, once.
    return f"partition by user_id order by week rows between {weeks - 1} preceding and current row"


def _case(segments: tuple[Segment, ...]) -> str:
    longest = max(s.window for s in segments)
    fits = "".join(f" when {_floors(s)} then {literal(s.name)}" for s in segments)
    return f"case when weeks < {longest} then {literal(NEW)}{fits} end"


def _floors(s: Segment) -> str:
    floors = [f"{_active(s)} >= {s.active_weeks}"] * (s.active_weeks > 0)
    floors += [f"actions_{s.window} >= {literal(s.actions_per_week * s.window)}"] * (s.actions_per_week > 0)
    return " and ".join(floors) or "true"
