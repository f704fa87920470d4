"""A draw is random, balanced, the same for the same seed, and the training page recognises it later."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench import effects, planning, programmes
from workbench.errors import ContractError
from workbench.inference.lots import planned_lots
from workbench.planning.design import design
from workbench.planning.schedule import schedule

MONDAY = date(2025, 1, 6)


def some_teams(count=24, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"team": [f"t{i:02}" for i in range(count)], "people": rng.integers(3, 15, count),
                         "earlier": rng.normal(2, 0.5, count), "department": ["sales", "service"] * (count // 2)})  # fmt: skip


def test_the_same_seed_gives_the_same_draw_in_any_order_of_rows():
    teams, plan = some_teams(), design("staggered", some_teams()["people"], weeks=26)
    first = schedule(teams, plan, MONDAY, seed=7).table
    again = schedule(teams.sample(frac=1, random_state=1), plan, MONDAY, seed=7).table
    other = schedule(teams, plan, MONDAY, seed=8).table
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_groups_are_as_large_as_planned_and_begin_when_planned():
    teams = some_teams()
    drawn = schedule(teams, design("staggered", teams["people"], weeks=26), MONDAY).table
    expected = {MONDAY + pd.Timedelta(weeks=w): n for w, n in {6: 5, 10: 5, 14: 5, 18: 5, 26: 4}.items()}  # 24 in five
    assert sorted(drawn["starts_on"].value_counts()) == sorted(expected.values())
    assert sorted(drawn["starts_on"].dt.date.unique()) == sorted(expected)


def test_a_balanced_draw_is_better_than_chance():
    teams = some_teams()
    plan = design("parallel", teams["people"], weeks=26)
    each = [schedule(teams, plan, MONDAY, ("earlier", "department"), seed=seed).balance for seed in range(5)]
    assert all((balance["apart"] < balance["by_chance"]).all() for balance in each)
    # Of two groups of 12, by chance the mean square of their standardised means is 1/23.
    assert each[0]["by_chance"].to_numpy() == pytest.approx(np.sqrt(1 / 23), rel=0.1)


def test_every_team_comes_first_about_equally_often():
    """Re-randomisation keeps each team's chance of an early date at one half (100 draws: 0.5 ± 3 · 0.05)."""
    teams = some_teams(8)
    plan = design("parallel", np.ones(8), weeks=26)
    early = [
        schedule(teams, plan, MONDAY, ("earlier",), seed=seed).table["starts_on"] < "2025-04-01" for seed in range(100)
    ]
    assert np.mean(early, axis=0) == pytest.approx(np.full(8, 0.5), abs=0.15)


def test_what_is_on_and_off_has_an_end():
    teams = some_teams(8)
    plan = design("on and off", teams["people"], weeks=20, waves=2)
    rows = schedule(teams, plan, MONDAY).offers(pd.DataFrame(), "Race")
    assert list(rows) == ["programme", "team", "starts_on", "ends_on", "assignment", "seed"]
    assert ((rows["ends_on"] - rows["starts_on"]).dt.days + 1 == 28).all()  # four weeks, the last day included


@pytest.mark.parametrize(
    ("teams", "first", "message"),
    [
        (some_teams(8), date(2025, 1, 7), "a week of these data begins on a Monday, but 2025-01-07 is a Tuesday."),
        (some_teams(6), MONDAY, "the design is for 8 teams, but there are 6."),
        (
            pd.concat([some_teams(6), some_teams(2)]),
            MONDAY,
            "a draw has one row for each team, but 2 of 8 repeat another.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(teams, first, message):
    with pytest.raises(ContractError) as refused:
        schedule(teams, design("parallel", np.ones(8), weeks=12), first)
    assert str(refused.value) == message


def test_weeks_may_begin_on_any_day():
    """1 October 1972 was a Sunday, and so is 5 January 2025."""
    sunday, plan = date(2025, 1, 5), design("parallel", np.ones(8), weeks=12)
    starts = schedule(some_teams(8), plan, sunday, begins=date(1972, 10, 1)).table["starts_on"]
    assert {f"{day:%A}" for day in starts} == {"Sunday"}


def rolled_out(kept, people, weeks=26, gained=0.8, seed=3):
    """The CRM after a roll-out as drawn, of which 4 of 5 people made use: events by day, and the trainings table."""
    rng = np.random.default_rng(seed)
    kept["attended"] = rng.random(len(kept)) < 0.8
    began = {row.user_id: row.started_at[:10] for row in kept.itertuples() if row.attended}
    rows = []
    for who in people["user_id"]:
        level = rng.uniform(0.3, 0.6)
        for week in range(weeks):
            monday = pd.Timestamp(MONDAY) + pd.Timedelta(weeks=week)
            more = gained / 5 * (f"{monday:%Y-%m-%d}" >= began.get(who, "9999"))
            rows += [
                (who, f"{monday + pd.Timedelta(days=day, hours=9)}+00:00")
                for day in range(5)
                if rng.random() < level + more
            ]
    events = pd.DataFrame(rows, columns=["user_id", "occurred_at"]).assign(action="create")
    users = people.assign(access_start="2024-12-02")
    return wb.open_source({"users": users, "events": events, "trainings": kept})


def test_a_plan_that_was_rolled_out_is_a_draw_on_the_training_page(tmp_path):
    """Plan → file → roll-out → page: the offer's effect is 0.8 of 0.8 days, by lot; redraws use the very lots."""
    teams = some_teams(20)
    teams["people"] = 6
    people = pd.DataFrame(
        [(f"{team}-{i}", team) for team in teams["team"] for i in range(6)], columns=["user_id", "team"]
    )
    drawn = schedule(teams, design("staggered", teams["people"], weeks=26), MONDAY, seed=2)
    planning.keep(drawn.offers(people, "Refresh"), tmp_path / "schedule.csv")
    log = rolled_out(planning.kept(tmp_path / "schedule.csv"), people)
    course = programmes.trainings(wb.user_weeks(log), log)["Refresh"]
    found = effects.study(course)
    assert (course.drawn, course.cluster, course.took) == (True, "team", "came")
    assert found.lots.units == 120
    lots = dict(
        zip(
            found.lots.clusters.names,
            found.lots.timeline.labels(effects.lottery.dates_of_clusters(found.lots)),
            strict=True,
        )
    )
    dates = drawn.table.set_index("team")["starts_on"]
    assert {team: pd.Timestamp(day) for team, day in lots.items()} == dates.to_dict()
    row = found.effect.overall
    assert row["conf_low"] < 0.64 < row["conf_high"]
    assert planned_lots(course.plan)[0].bar == planned_lots(plan_of(drawn))[0].bar
    assert found.redraw["p_value"].item() < 0.05
    assert (found.redraw["draws"].item(), found.lottery > 0.05) == (999, True)


def plan_of(drawn):
    """What the page should find in the table of trainings."""
    return drawn.table.rename(columns={"team": "name", "starts_on": "began"}).assign(seed=drawn.seed)
