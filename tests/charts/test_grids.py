"""Cells and what is withheld of them."""

from __future__ import annotations

import json

import pandas as pd
from made_up_charts import NAMES, cohorts, grid, moves, rows, written

from workbench import charts
from workbench.results.verdict import Way


def test_small_cohorts_are_not_in_a_heat_map():
    table = cohorts()
    # Fewer than ten, so that no cell can say the same of everybody in a small cohort; the others have 40 each.
    table["n"] += table["cohort"].dt.month
    table.loc[table["cohort"] == table["cohort"].min(), "n"] = 9
    spec = written(charts.retention(table, title="A third stays"))
    assert not any(day in json.dumps(spec) for day in ("1 Jan 2024", "1 Feb 2024"))
    assert "1 Mar 2024" in json.dumps(spec)
    assert "2 groups are hidden" in " ".join(spec["title"]["subtitle"])


def test_a_role_of_few_is_not_in_a_heat_map():
    table = grid("feature", "role", NAMES)
    table.loc[table["role"] == "Finance", "n"] = 4
    assert "Finance" not in json.dumps(written(charts.feature_reach(table, title="Two reach nobody")))


def test_cells_too_young_are_blank_and_never_nought():
    spec = written(charts.retention(cohorts(), title="A third stays"))
    cells = {(row["cohort"], row["age"]) for row in rows(spec)}
    assert len(cells) == 6 + 5 + 4 + 3 + 2 + 1


def test_an_unused_feature_is_nought_and_not_blank():
    table = grid("feature", "role", NAMES)
    table.loc[table["feature"] == "Finance", ["users", "share"]] = 0
    drawn = [row for row in rows(written(charts.feature_reach(table, title="Unused"))) if row["feature"] == "Finance"]
    assert {row["value"] for row in drawn} == {"0%"}


def test_each_segment_is_a_row_of_who_moved_up_stayed_moved_down_and_left():
    """By hand: of 100 habitual people 80 stayed, 15 went down, 5 left; Wilson's interval of 80 in 100 is 71–87 %."""
    drawn = [row for row in rows(written(charts.transitions(moves(), title="Most stay"))) if row["before"] == "habit"]
    assert {row["after"]: row["users"] for row in drawn} == {"the same": 80, "less use": 15, "left": 5}
    assert {row["value"] for row in drawn if row["after"] == "the same"} == {"80%"}
    assert {row["likely"] for row in drawn if row["after"] == "the same" and "likely" in row} == {"71–87%"}


def test_segments_that_people_can_only_join_or_leave_are_no_rows():
    table = moves().table
    new = pd.DataFrame([("new", "habitual", 20, 40, Way.OTHER), ("new", "low", 20, 40, Way.OTHER)])
    new.columns = ["before", "after", "users", "n", "way"]
    spec = written(charts.transitions(pd.concat([table, new]), title="Most stay"))
    assert {row["before"] for row in rows(spec)} == {"habit", "occasional"}


def test_there_is_no_grid_of_cohorts_that_are_all_small():
    assert charts.retention(cohorts().assign(n=9), title="Hidden") is None
