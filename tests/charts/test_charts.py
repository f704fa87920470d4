"""Every chart is drawn by Vega-Lite here, in the oldest and the newest version at hand; the pictures were looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
import vl_convert

from workbench import charts
from workbench.charts import axes, theme
from workbench.results import privacy
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
    return pd.DataFrame(rows, columns=["cohort", "age", "users", "share"])


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
            ("habitual", "no access", 5, 100, "came, left or was new"), ("low", "habitual", 4, few, "to more use"),
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
    "att_by_cohort": lambda: charts.att_by_cohort(
        estimates(cohort=WEEKS[:4], estimate=[0.5, 0.3, 0.0, -0.4], n=[40, 30, 20, 10]), title="Early waves gained"
    ),
    "feature_reach": lambda: charts.feature_reach(grid("feature", "role", NAMES), title="Two reach nobody"),
    "transitions": lambda: charts.transitions(grid("before", "after", SEGMENTS), title="Most stay"),
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
}


@pytest.fixture(params=CHARTS)
def spec(request: pytest.FixtureRequest) -> dict[str, Any]:
    return written(CHARTS[request.param]())


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


# ── every chart ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_function_that_draws_is_drawn_here():
    others = {"crossed", "table", "use_theme"}  # tables, and the theme
    assert set(charts.__all__) - others == CHARTS.keys() - {"trend_by", "rounds"}


@pytest.mark.parametrize("version", ["5.8", "6.4"])
def test_it_is_drawn_by_the_oldest_and_the_newest_vega_lite(spec, version):
    svg = vl_convert.vegalite_to_svg({**spec, "width": 300}, vl_version=version)
    assert svg.count("<path") + svg.count("<text") > 5
    assert not any(wrong in svg for wrong in ("NaN", "undefined", ">null<"))


def test_it_asks_the_browser_for_no_statistics_and_the_network_for_nothing(spec):
    assert not any(key in part for part in parts(spec) for key in ("transform", "aggregate", "bin", "timeUnit", "url"))
    assert "http" not in json.dumps(spec)


def test_it_is_as_wide_as_its_place_and_has_a_title_that_fits_a_phone(spec):
    assert spec["width"] == 640  # a page makes it as wide as its column; JupyterLab hangs on "container"
    assert all(len(line) <= theme.TITLE_WIDTH for line in spec["title"]["text"])
    assert all(len(line) <= theme.SUBTITLE_WIDTH for line in spec["title"]["subtitle"])


def test_it_says_in_a_sentence_what_it_shows(spec):
    title = " ".join(spec["title"]["text"])
    assert spec["description"].startswith(f"{title}. ")
    assert spec["description"].endswith(".")
    assert len(spec["description"]) > len(title) + 20


def test_a_pointer_reads_words_and_rounded_figures(spec):
    tips = [tip for part in parts(spec) for tip in part.get("tooltip", []) if isinstance(part.get("tooltip"), list)]
    assert tips
    assert all(tip["type"] == "nominal" or tip.get("format") == "," for tip in tips)
    assert all(tip.get("title") for tip in tips)


def test_it_draws_no_more_rows_than_anybody_sees(spec):
    assert len(rows(spec)) < theme.MOST_ROWS


def test_it_is_the_same_on_every_run(spec, request):
    again = written(CHARTS[request.node.callspec.params["spec"]]())
    assert json.dumps(again, sort_keys=True) == json.dumps(spec, sort_keys=True)


def test_its_data_are_numbered_and_its_floats_short(spec):
    assert list(spec["datasets"]) == [f"data-{i}" for i in range(1, len(spec["datasets"]) + 1)]
    named = {part["data"]["name"] for part in parts(spec) if "name" in part.get("data", {})}
    assert named == set(spec["datasets"])
    assert all(
        value == float(f"{value:.6g}") for row in rows(spec) for value in row.values() if isinstance(value, float)
    )
    assert "$schema" not in spec


# ── privacy ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_column_that_names_people_is_refused():
    table = pd.DataFrame({"user_id": ["u1"], "estimate": [1.0], "conf_low": [0.0], "conf_high": [2.0], "n": [9]})
    with pytest.raises(ValueError, match="'user_id' names people, and a chart's data can be read on its page"):
        charts.comparison(table, title="No", unit="days")


def test_a_column_that_is_not_drawn_is_not_given_away():
    table = rates().table.assign(user_id="u1", note="secret")
    assert "u1" not in json.dumps(written(charts.trend(table, title="It grew")))


def test_small_groups_and_what_hides_them_are_not_in_the_data():
    teams = estimates(
        "share of people", 0.5, team=["Few", "Next", *NAMES], estimate=[0.5] * 6, n=[4, 6, 20, 30, 40, 50]
    )
    spec = written(charts.group_intervals(teams, title="North leads"))
    assert "Few" not in json.dumps(spec)
    assert "Next" not in json.dumps(spec)
    assert "2 groups are withheld" in " ".join(spec["title"]["subtitle"])


def test_what_an_earlier_withholding_said_is_said_on_the_chart():
    teams = estimates(
        "share of people", 0.5, team=["Few", "Next", *NAMES], estimate=[0.5] * 6, n=[4, 6, 20, 30, 40, 50]
    )
    spec = written(charts.group_intervals(privacy.shown(teams), title="North leads"))
    assert "2 groups are withheld" in " ".join(spec["title"]["subtitle"])


def test_small_cohorts_are_not_in_a_heat_map():
    table = cohorts()
    # Fewer than ten, so that no cell can say the same of everybody in a small cohort; the others have 40 each.
    table["users"] += table["cohort"].dt.month
    table.loc[table["cohort"] == table["cohort"].min(), "users"] = 9
    spec = written(charts.retention(table, title="A third stays"))
    assert not any(day in json.dumps(spec) for day in ("1 Jan 2024", "1 Feb 2024"))
    assert "1 Mar 2024" in json.dumps(spec)
    assert "2 groups are withheld" in " ".join(spec["title"]["subtitle"])


def test_a_role_of_few_is_not_in_a_heat_map():
    table = grid("feature", "role", NAMES)
    table.loc[table["role"] == "Finance", "n"] = 4
    assert "Finance" not in json.dumps(written(charts.feature_reach(table, title="Two reach nobody")))


# ── what single charts promise ──────────────────────────────────────────────────────────────────────────────────


def test_an_unfinished_week_is_drawn_apart_from_the_line():
    spec = written(charts.trend(rates(), title="It grew", unfinished=WEEKS[-1]))
    line = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "line")
    drawn = [row["when"] for row in spec["datasets"][line["data"]["name"]]]
    assert len(drawn) == 29
    assert "26 May 2025" not in drawn
    assert "hollow: the week is not over" in " ".join(spec["title"]["subtitle"]).lower()
    assert "19 May 2025" in spec["description"]


def test_milestones_are_numbered_with_a_key_and_those_outside_the_weeks_left_out():
    spec = written(charts.trend(rates(), title="It grew", subtitle="Done so", milestones=milestones()))
    assert spec["title"]["subtitle"] == ["Done so", "1 Go-live, 2 Spring break"]
    assert [row["number"] for row in rows(spec) if "number" in row] == ["1", "2"]
    assert "Far away" not in json.dumps(spec)


def test_a_milestone_of_two_days_has_one_number_and_a_holiday_none():
    days = ["2024-12-02", "2024-12-25", "2025-01-06", "2025-02-03"]
    dates = pd.DataFrame(
        {"name": ["Mandate", "Christmas", "Release", "Mandate"], "starts_on": days, "kind": ["", "holiday", "", ""]}
    )
    spec = written(charts.trend(rates(), title="It grew", milestones=dates))
    assert spec["title"]["subtitle"] == ["1 Mandate, 2 Release; short lines: holidays"]
    assert [(row["name"], row["number"]) for row in rows(spec) if "number" in row] == [
        ("Mandate", "1"),
        ("Release", "2"),
        ("Mandate", "1"),
    ]


def test_weeks_are_marked_by_their_monday():
    ticks = axes.week_axis(pd.Series(WEEKS)).to_dict()["axis"]["values"]
    days = [pd.Timestamp(t["year"], t["month"], t["date"]) for t in ticks]
    assert all(day.day_of_week == 0 for day in days)
    assert 4 <= len(days) <= 8


def test_cells_too_young_are_blank_and_never_nought():
    spec = written(charts.retention(cohorts(), title="A third stays"))
    assert len(rows(spec)) == 6 + 5 + 4 + 3 + 2 + 1


def test_an_unused_feature_is_nought_and_not_blank():
    table = grid("feature", "role", NAMES)
    table.loc[table["feature"] == "Finance", ["users", "share"]] = 0
    drawn = [row for row in rows(written(charts.feature_reach(table, title="Unused"))) if row["feature"] == "Finance"]
    assert {row["value"] for row in drawn} == {"0%"}


def test_groups_stand_out_only_where_the_band_for_all_at_once_does():
    spec = written(charts.comparison(estimates(term=["x", "y"], estimate=[0.15, 0.25], n=50), title="One helped"))
    assert {row["term"]: row["side"] for row in rows(spec) if "side" in row} == {"x": "not clear", "y": "clearly above"}


def test_more_rows_than_anybody_sees_are_refused():
    table = pd.DataFrame({"week": WEEKS[0], "estimate": 0.5}, index=range(5001))
    with pytest.raises(ValueError, match="a chart draws at most 5,000 rows, and here are 5,001. Aggregate them first."):
        charts.trend(table, title="Too much")


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match=r"the chart draws week, estimate, but 'estimate' is not in \['week'\]"):
        charts.trend(pd.DataFrame({"week": WEEKS}), title="Nothing")


def test_more_lines_than_can_be_told_apart_are_refused():
    table = pd.DataFrame({"week": WEEKS, "estimate": 0.5, "team": [f"t{i % 7}" for i in range(30)]})
    with pytest.raises(ValueError, match="7 lines by 'team' cannot be told apart; draw at most 6"):
        charts.trend(table, by="team", title="Too many")


def test_a_band_is_as_wide_as_it_has_people_and_lies_beside_its_neighbours():
    drawn = pd.DataFrame([row for row in rows(written(charts.flow(moves(), title="Most stay"))) if "band" in row])
    assert (drawn["bottom"] - drawn["top"]).to_numpy() == pytest.approx(
        drawn["users"].to_numpy(), rel=1e-4
    )  # six digits
    for end in (0, 1):
        side = drawn[drawn["x"] == end].sort_values("top")
        assert (side["top"].to_numpy()[1:] >= side["bottom"].to_numpy()[:-1] - 1e-3).all()


def test_segments_of_the_flow_have_as_many_people_on_each_side_as_went_and_came():
    """By hand: 100 and 12 before; 84 habitual, 23 low and 5 without access after."""
    posts = [row for row in rows(written(charts.flow(moves(), title="Most stay"))) if "label" in row]
    assert {row["label"] for row in posts} == {"habitual 100", "low 12", "habitual 84", "low 23", "no access 5"}


@pytest.mark.parametrize("draw", [charts.flow, charts.transitions])
def test_where_few_went_is_not_shown(draw):
    """Nine people are too few, for a share of none or all of them would tell of each; with them goes the next group."""
    table = moves(few=9).table
    more = table[table["before"] == "habitual"].assign(before="novice", n=90)
    spec = written(draw(Estimates(pd.concat([table, more]), "share of people", ""), title="Most stay"))
    assert not [row for row in rows(spec) if row.get("before") in ("low", "novice")]
    assert [row for row in rows(spec) if row.get("before") == "habitual"]
    assert "2 groups are withheld" in " ".join(spec["title"]["subtitle"])


def test_a_cell_of_the_matrix_says_between_which_shares_it_lies():
    spec = written(charts.transitions(moves(), title="Most stay"))
    assert "80%\n1–99" in {row.get("label") for row in rows(spec)}


def test_a_curve_begins_with_nobody_and_ends_where_fewer_than_ten_are_left():
    found = estimates("share of people", week=[9, 20, 40], estimate=[0.3, 0.5, 0.9], n=[60, 20, 9])
    drawn = rows(written(charts.survival(found, title="Half in twenty weeks")))
    assert {(row["week"], row["estimate"]) for row in drawn} == {(0, 0.0), (9, 0.3), (20, 0.5)}


def test_a_curve_that_does_not_fit_is_drawn_without_a_forecast():
    spec = written(charts.diffusion(came()[0], None, title="They came at once"))
    assert len(rows(spec)) == 20
    assert "leads" not in " ".join(spec["title"]["subtitle"])


# ── looks ───────────────────────────────────────────────────────────────────────────────────────────────────────


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("states", [LIFE, SEGMENTS])
def test_states_of_one_chart_have_colours_of_their_own_and_neighbours_differ_in_grey(states):
    stacked = [theme.STATES[s] for s in theme.STATES if s in states]
    assert len(set(stacked)) == len(states)
    assert all(contrast(a, b) > 1.3 for a, b in pairwise(stacked))


@pytest.mark.parametrize("ink", [theme.INK, theme.MUTED])
def test_text_can_be_read(ink):
    assert contrast(ink, "#ffffff") >= 4.5


@pytest.mark.parametrize("mark", [theme.MAIN, theme.BELOW, theme.UNCLEAR])
def test_marks_can_be_seen(mark):
    assert contrast(mark, "#ffffff") >= 3


def test_importing_switches_nothing_on():
    asked = "import altair, workbench.charts; print(altair.renderers.active, altair.theme.active)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert told == ["default", "default"]


def test_the_theme_is_switched_on_by_asking():
    before = alt.renderers.active, alt.theme.active
    charts.use_theme()
    try:
        bundle = CHARTS["funnel"]()._repr_mimebundle_()
        assert set(bundle) == {theme.MIME, "text/plain"}
        assert bundle["text/plain"].startswith("Most tried it. Bars from step to step.")
        assert bundle[theme.MIME]["config"]["background"] == "white"
    finally:
        alt.renderers.enable(before[0])
        alt.theme.enable(before[1])
