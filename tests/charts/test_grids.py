"""Cells and what is withheld of them."""

from __future__ import annotations

import json

from made_up_charts import NAMES, cohorts, grid, moves, rows, written

from workbench import charts


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


def test_a_cell_of_the_matrix_has_a_figure_that_a_phone_has_room_for_and_its_range_at_a_pointer():
    spec = written(charts.transitions(moves(), title="Most stay"))
    stayed = [row for row in rows(spec) if row.get("value") == "80%"]
    assert {"80"} == {row["figure"] for row in stayed if "figure" in row}
    assert {"1–99%"} == {row["likely"] for row in stayed if "likely" in row}


def test_there_is_no_grid_of_cohorts_that_are_all_small():
    assert charts.retention(cohorts().assign(n=9), title="Hidden") is None
