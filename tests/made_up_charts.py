"""A chart of every kind, from made-up results, and what a notebook keeps of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from workbench import charts
from workbench.charts import theme
from workbench.results.estimates import Estimates

WEEKS = pd.date_range("2024-11-04", periods=30, freq="7D")
RNG = np.random.default_rng(3)


def estimates(unit: str = "active days a week", overall: float | None = None, **columns: Any) -> Estimates:
    """Made-up estimates with intervals of ±0.1 and bands of ±0.2."""
    table = pd.DataFrame(columns)
    e = table["estimate"]
    ends = {"conf_low": e - 0.1, "conf_high": e + 0.1, "band_low": e - 0.2, "band_high": e + 0.2}
    return Estimates(
        table.assign(**ends), unit, "", overall=None if overall is None else pd.Series({"estimate": overall})
    )


def judged() -> pd.DataFrame:
    """Four programmes with their verdicts, as `findings.listed` has them."""
    table = estimates(programme=NAMES, estimate=[0.5, 0.3, 0.0, 0.9], n=[40, 30, 20, 10]).table
    words = ["raised", "probably raised", "no clear change", "unreliable"]
    return table.assign(verdict=words, grade=["robust", "sensitive", "robust", "failed"], unit="active days a week")


def rates(**more: Any) -> Estimates:
    return estimates("share of people", week=WEEKS, estimate=np.linspace(0.2, 0.6, 30), n=200, **more)


def milestones() -> pd.DataFrame:
    days = ["2024-12-02", "2025-02-03", "2030-01-01"]
    return pd.DataFrame(
        {"name": ["Go-live", "Spring break", "Far away"], "starts_on": days, "ends_on": [None, "2025-02-16", None]}
    )


def by_state(column: str, states: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        [(w, s, 10 * i + 5) for w in WEEKS for i, s in enumerate(states)], columns=["week", column, "users"]
    )


def cohorts() -> pd.DataFrame:
    starts = pd.date_range("2024-01-01", periods=6, freq="MS")
    rows = [(c, a, 40, 0.9 / (1 + a) if i + a < 6 else np.nan) for i, c in enumerate(starts) for a in range(6)]
    return pd.DataFrame(rows, columns=["cohort", "age", "n", "share"])


def grid(left: str, right: str, names: tuple[str, ...], n: int = 40) -> pd.DataFrame:
    rows = [(a, b, n, n // (1 + i + j)) for i, a in enumerate(names) for j, b in enumerate(names)]
    return pd.DataFrame(rows, columns=[left, right, "n", "users"]).assign(share=lambda t: t.users / t.n)


def came() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Twenty weeks as they were, with the curve through them, and ten to come."""
    table = rates().table.assign(adopted=np.linspace(0.2, 0.6, 30))
    return table[:20], table[20:]


def moves(few: int = 12) -> Estimates:
    """From 100 habitual people to three segments, and from a few low ones to two."""
    rows = [("habitual", "habitual", 80, 100, "the same"), ("habitual", "low", 15, 100, "to less use"),
            ("habitual", "no access", 5, 100, "joined, left or were new"), ("low", "habitual", 4, few, "to more use"),
            ("low", "low", few - 4, few, "the same")]  # fmt: skip
    table = pd.DataFrame(rows, columns=["before", "after", "users", "n", "way"])
    return Estimates(
        table.assign(estimate=lambda t: t.users / t.n, conf_low=0.01, conf_high=0.99), "share of people", ""
    )


LIFE = ("new", "retained", "resurrected", "dormant", "inactive", "never started")
SEGMENTS = ("power", "habitual", "novice", "low", "none", "new")
NAMES = ("Sales North", "Service", "Marketing", "Finance")
EVENT = np.arange(-6, 12)

CHARTS: dict[str, Callable[[], alt.LayerChart]] = {
    "trend": lambda: charts.trend(rates(), title="It grew", milestones=milestones(), unfinished=WEEKS[-1]),
    "trend_by": lambda: charts.trend(rates(kind=["a", "b"] * 15), by="kind", title="Both grew"),
    "funnel": lambda: charts.funnel(
        pd.DataFrame({"step": ["eligible", "ever"], "users": [100, 60], "share": [1, 0.6]}), title="Most tried it"
    ),
    "lifecycle": lambda: charts.lifecycle(by_state("state", LIFE), title="They stay", milestones=milestones()),
    "segment_weeks": lambda: charts.segment_weeks(by_state("segment", SEGMENTS), title="Habits grow"),
    "retention": lambda: charts.retention(cohorts(), title="A third stays", period="month"),
    "retention_curve": lambda: charts.retention_curve(
        estimates("share of people", age=range(6), estimate=np.linspace(1, 0.3, 6), n=50), title="It levels off"
    ),
    "survival": lambda: charts.survival(
        estimates(
            "share of people", role=["a", "b"] * 5, week=np.arange(10) // 2, estimate=np.linspace(0, 0.8, 10), n=50
        ),
        title="A is sooner",
        by="role",
    ),
    "group_intervals": lambda: charts.group_intervals(
        estimates("share of people", 0.5, team=NAMES, estimate=[0.9, 0.5, 0.4, 0.1], n=[40, 30, 20, 10]),
        title="North leads",
    ),
    "comparison": lambda: charts.comparison(
        estimates(programme=NAMES, estimate=[0.5, 0.3, 0.0, -0.4], n=[40, 30, 20, 10]), title="Two helped"
    ),
    "verdicts": lambda: charts.verdicts(judged(), title="Two helped"),
    "att_by_cohort": lambda: charts.att_by_cohort(
        estimates(cohort=WEEKS[:4], estimate=[0.5, 0.3, 0.0, -0.4], n=[40, 30, 20, 10]), title="Early waves gained"
    ),
    "feature_reach": lambda: charts.feature_reach(grid("feature", "role", NAMES), title="Two reach nobody"),
    "transitions": lambda: charts.transitions(moves(), title="Most stay"),
    "diffusion": lambda: charts.diffusion(*came(), title="Two thirds have come"),
    "flow": lambda: charts.flow(moves(), title="Most stay"),
    "weekday_hour": lambda: charts.weekday_hour(
        pd.DataFrame([(d, h, 1 / 168) for d in range(7) for h in range(24)], columns=["weekday", "hour", "share"]),
        title="At work",
    ),
    "left_out": lambda: charts.left_out(
        pd.DataFrame({"reason": ["kept", "robots", "repeated"], "rows": [900, 100, 0]}), title="Nine of ten rows count"
    ),
    "daily": lambda: charts.daily(
        pd.DataFrame({"date": WEEKS, "rows": 7}), pd.DataFrame({"date": WEEKS[:1]}), title="Every day is there"
    ),
    "pattern_paths": lambda: charts.pattern_paths(
        pd.DataFrame(
            [(p, w, 2.5 - d, 40) for d, p in enumerate(["steady", "fading"]) for w in WEEKS],
            columns=["pattern", "week", "estimate", "n"],
        ),
        title="Two patterns",
        unit="active days a week",
    ),
    "treatment_plot": lambda: charts.treatment_plot(
        pd.DataFrame({"cohort": [WEEKS[8], WEEKS[4], None], "n": [40, 30, 50]}),
        since=WEEKS[0],
        until=WEEKS[-1],
        title="Two waves",
    ),
    "rounds": lambda: charts.treatment_plot(
        pd.DataFrame({"cohort": [WEEKS[8], WEEKS[4], None], "ended": [None, WEEKS[12], None], "n": [40, 30, 50]}),
        since=WEEKS[0],
        until=WEEKS[-1],
        title="Two rounds",
        did="on",
    ),
    "event_study": lambda: charts.event_study(
        estimates(event_week=EVENT, estimate=np.where(EVENT < 0, 0, 0.3), n=100), title="It raised use"
    ),
    "on_off": lambda: charts.on_off(
        estimates(event_week=EVENT, estimate=np.where(EVENT < 0, 0, 0.3), n=100), weeks_on=4, title="It did not last"
    ),
    "dose": lambda: charts.dose(estimates(hours=[2, 4, 8], estimate=[0.1, 0.2, 0.3], n=100), title="More is more"),
    "barrier_map": lambda: charts.barrier_map(
        estimates(
            label=["time", "skill", "time", "skill"],
            department=["Sales", "Sales", "Service", "Service"],
            estimate=[0.2, 0.7, 0.6, 0.7],
            n=90,
            side=["clearly below", *["not clear"] * 3],
        ),
        title="Sales lacks time",
    ),
    "power_curve": lambda: charts.power_curve(
        pd.DataFrame({"assumption": "constant", "weeks": [1, 2, 3], "power": [0.3, 0.6, 0.9]}),
        title="Known after three weeks",
    ),
    "rollout": lambda: charts.rollout(
        pd.DataFrame({"start": [2.0, 4.0, None], "end": [None] * 3, "teams": 3, "people": [20, 21, 22]}),
        8,
        title="Team after team",
    ),
}


def written(chart: alt.LayerChart) -> dict[str, Any]:
    """What a notebook keeps of a chart."""
    return theme.shown(chart.to_dict())[theme.MIME]


def parts(tree: Any) -> Iterator[dict[str, Any]]:
    """Every dictionary within a specification."""
    if isinstance(tree, dict):
        yield tree
    for below in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from parts(below)


def rows(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for data in spec["datasets"].values() for row in data]
