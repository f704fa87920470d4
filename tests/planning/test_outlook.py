"""The outlook puts people, variation and design together."""

from __future__ import annotations

import pytest

from workbench import planning
from workbench.errors import ContractError
from workbench.planning.power import PAGES


def test_it_is_about_the_people_who_are_there(panel):
    found = planning.outlook(panel, "staggered", weeks=26)
    last = panel.sql("select count(distinct user_id) as n from this where week = (select max(week) from this)")
    assert len(found.people) == last.to_arrow()["n"][0].as_py()
    assert found.units["people"].sum() == found.people["team"].notna().sum()
    by = planning.power(found.plan, planning.variation(panel), 0.3)
    assert found.power.equals(by)


def test_single_people_are_surer_than_teams(panel):
    by_team, by_person = (planning.outlook(panel, "parallel", by).power["std_error"] for by in ("team", "person"))
    assert (by_person < by_team).all()


def test_it_says_how_sure_and_when(panel):
    lines = str(planning.outlook(panel, "parallel", effect=0.2)).splitlines()
    assert lines[0] == "Parallel, 60 teams, 26 weeks; an effect of 0.20 active days a week"
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "constant",
        "may grow or fade",
        "as the pages estimate it",
    ]


def test_who_is_given_a_date_is_team_or_person(panel):
    with pytest.raises(ContractError, match="there is no unit of assignment 'teams'; did you mean 'team'?"):
        planning.outlook(panel, "parallel", "teams")


def test_without_teams_people_are_given_dates(panel):
    alone = panel.sql("select * replace (cast(null as varchar) as team) from this")
    assert planning.outlooks(panel).by == "team"
    assert planning.outlooks(alone, weeks=12).by == "person"
    asked = planning.outlooks(alone, "team")
    assert (len(asked), asked.reason) == (
        0,
        "a roll-out by team needs people with one, but nobody in the last week has",
    )


def test_the_best_design_is_one_for_what_cannot_be_switched_off_again(panel):
    plans = planning.outlooks(panel, effect=0.15)
    smallest = plans.detectable.set_index("design")[PAGES]
    assert smallest.idxmin() == "on and off"
    assert plans.best == smallest.drop("on and off").idxmin()
    only = planning.Outlooks({"on and off": plans["on and off"]})
    assert only.best == ""
