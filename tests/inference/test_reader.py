"""What a table must be, word for word where it is not (methods.md's list of bad inputs)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from random_panels import panel, same
from twelve_users import changed, dated, refusal, twelve_users

import workbench as wb
from workbench.data.duckdb import duckdb_engine
from workbench.errors import ContractError


def test_two_rows_of_a_user_in_a_week():
    assert refusal(pd.concat([twelve_users(), twelve_users().iloc[[5]]])) == (
        "a user_id has one row per week, but 1 rows repeat one.\n  first: row 73\n  Add them up, or keep one of each."
    )


@pytest.mark.parametrize("other", [4, np.nan])
def test_a_first_week_that_varies(other: float):
    assert refusal(changed("trained", 8, other)) == (
        "trained does not change within a user_id, but for 1 of them it does.\n"
        "  It is the first period of treatment, the same in all of a unit's rows; for a treatment that switches on and"
        " off use treatment=, not cohort=."
    )


def test_a_first_week_between_weeks():
    assert refusal(twelve_users().replace({"trained": {5: 5.5}})) == (
        "trained lies between periods in 12 rows.\n  first: row 37\n"
        "  Periods are whole numbers; round it down to the period it falls in."
    )


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_outcome_that_is_no_number(value: float):
    assert refusal(changed("active_days", 7, value)) == (
        "active_days is missing or infinite in 1 rows.\n  first: row 8\n"
        "  Where nothing was done it is 0; where somebody was not observed there is no row."
    )


def test_text_where_a_number_belongs():
    assert refusal(twelve_users().astype({"active_days": str})) == (
        "active_days is a number, but here it is string.\n  Convert the column."
    )
    assert refusal(twelve_users().astype({"week": str})) == (
        "week is a date or a whole number, but here it is string.\n  Convert the column."
    )


def test_weeks_with_a_zone_or_a_time_of_day():
    table = dated(twelve_users())
    assert refusal(table.assign(week=table["week"].dt.tz_localize("UTC"))) == (
        "week is a date or a whole number, but here it is an instant with the zone UTC.\n"
        "  Take the local date: panel[column].dt.tz_localize(None).dt.normalize()."
    )
    assert refusal(table.assign(week=table["week"] + pd.Timedelta(hours=3))) == (
        "week has a time of day in 72 rows.\n  first: row 1\n  Make it a date: panel[column].dt.normalize()."
    )


def test_weeks_as_dates_and_first_weeks_as_numbers():
    assert refusal(dated(twelve_users()).assign(trained=twelve_users()["trained"])) == (
        "trained names a week, but one of them is a date and the other a number.\n"
        "  week is timestamp[us], trained is double."
    )


def test_a_column_that_is_not_there():
    assert refusal(twelve_users(), outcome="actions") == (
        "there is no column 'actions'.\n  The table has user_id, week, active_days, trained, team, role."
    )


def test_a_team_that_varies_within_a_user():
    assert refusal(changed("team", 8, "t9"), cluster="team") == (
        "team does not change within a user_id, but for 1 of them it does.\n"
        "  Give each unit the one it belonged to when treatment was assigned."
    )


def test_a_table_that_does_not_say_when_units_were_treated():
    assert "trained" in refusal(twelve_users().drop(columns="trained"))


def test_a_piece_without_an_eligible_row_is_passed_over(monkeypatch: pytest.MonkeyPatch):
    table = panel(1, users=60).sort_values("user_id", kind="stable")
    first = table["user_id"].unique()[:20]
    marked = table.assign(eligible=~table["user_id"].isin(first))
    monkeypatch.setattr(wb.Table, "batches", lambda self: self.to_arrow().to_batches(max_chunksize=12))
    assert same(wb.moments(marked), wb.moments(table[marked["eligible"]]))
    with pytest.raises(wb.ContractError, match="the table has no rows"):
        wb.moments(table.assign(eligible=False))


@pytest.mark.parametrize("rows", [7, 100])
def test_a_piece_in_which_nobody_is_ever_treated_is_read_like_any_other(monkeypatch: pytest.MonkeyPatch, rows: int):
    table = panel(1, users=60)
    dates = {
        name: pd.Timestamp("2025-01-06") + pd.to_timedelta(table[name] * 7, unit="D") for name in ("week", "trained")
    }
    table = table.assign(**dates).sort_values(["trained", "user_id", "week"], na_position="first")
    table["user_id"] = np.arange(len(table)) // table["week"].nunique()  # those never treated come first
    whole = wb.moments(table)
    monkeypatch.setattr(wb.Table, "batches", lambda self: self.to_arrow().to_batches(max_chunksize=rows))
    assert same(wb.moments(table), whole)


def test_ids_periods_and_numbers_of_any_type_give_the_same_moments():
    table = panel(2)
    whole = wb.moments(table)
    assert same(wb.moments(table.assign(user_id=[f"u{u:03d}" for u in table["user_id"]])), whole)
    assert same(wb.moments(table.astype({"active_days": float, "week": "int8", "trained": "Int32"})), whole)
    assert same(wb.moments(table.astype({"active_days": "int8"})), whole)
    monday = pd.Timestamp("2025-01-06")
    weeks = {c: monday + pd.to_timedelta(7 * (table[c] - 1), "D") for c in ("week", "trained")}
    assert same(wb.moments(table.assign(**weeks)), whole)
    assert same(wb.moments(table.assign(**{c: weeks[c].dt.date.where(weeks[c].notna(), None) for c in weeks})), whole)


def test_missing_cohorts_that_are_written_in_two_ways_are_one():
    table = panel(3)
    odd = pa.Table.from_pandas(table)
    trained = [None if i % 2 and np.isnan(t) else t for i, t in enumerate(table["trained"])]
    odd = odd.set_column(odd.column_names.index("trained"), "trained", pa.array(trained, pa.float64()))
    assert same(wb.moments(odd), wb.moments(table))


def test_a_cohort_that_says_yes_or_no_is_asked_for_the_period():
    """effects-cases.md, 11: read as "treated from period 1" before."""
    table = twelve_users()
    yes = table["trained"].notna()
    assert refusal(table.assign(trained=yes.where(yes, None))) == (
        "trained is a date or a whole number, but here it is true or false.\n"
        "  Give the period itself: for a cohort the first one of treatment, missing for never."
    )
    said = (
        "trained is the first week of treatment, but for all {} units that have one it is 0 or 1, as a yes would be.\n"
        "  If it is a yes, give the first week; if it is a real week, say outside='known'."
    )
    weeks_from_0 = table.assign(week=table["week"] - 1)
    assert refusal(weeks_from_0.assign(trained=np.where(yes, 1.0, np.nan))) == said.format(8)
    assert refusal(weeks_from_0.assign(trained=yes.astype(float))) == said.format(12)
    real = weeks_from_0.assign(trained=np.where(yes, 1.0, np.nan))
    assert wb.moments(real, outside="known").units == 12


def test_ids_of_several_types_are_refused():
    table = twelve_users().astype({"user_id": object})
    table.loc[[6, 7], "user_id"] = 7
    assert refusal(table) == (
        "user_id holds values of one type, but 2 of 72 are int and not str.\n  first: row 7\n"
        "  Make them one: table['user_id'].astype(str)."
    )


def floats() -> pa.Table:
    """Two periods of six people, teams by number, the last two of none; the fifth treated in the second period."""
    nan = float("nan")
    columns = {"user_id": np.repeat(range(6), 2), "week": [1.0, 2.0] * 6, "active_days": range(12)}
    columns |= {
        "trained": [nan] * 8 + [2.0] * 4,
        "team": np.repeat([1, 2, 1, 3, nan, nan], 2),
        "on": [0.0] * 11 + [1.0],
    }
    return pa.table({name: np.asarray(column) for name, column in columns.items()})


def test_nan_is_missing_in_memory_and_in_a_file(tmp_path: Path):
    """Nobody without a team is in one, and nobody's treatment is NaN: the same from pandas, Arrow and Parquet."""
    pq.write_table(floats(), tmp_path / "panel.parquet")
    kept = duckdb_engine().parquet([tmp_path / "panel.parquet"])
    for table in (floats(), floats().to_pandas(), kept):
        m = wb.moments(table, cluster="team", treatment="on")
        assert m.clusters is not None
        assert m.clusters.names == ("1.0", "2.0", "3.0")
        assert m.excluded.to_dict("records") == [{"reason": "without a team", "units": 2, "rows": 4}]
    unknown = floats().set_column(5, "on", [[float("nan")] + [0.0] * 10 + [1.0]])
    pq.write_table(unknown, tmp_path / "unknown.parquet")
    for table in (unknown, unknown.to_pandas(), duckdb_engine().parquet([tmp_path / "unknown.parquet"])):
        with pytest.raises(ContractError, match="^on is missing in 1 rows") as refused:
            wb.moments(table, treatment="on")
        assert "Write 0 where it was off." in str(refused.value)
    pq.write_table(floats().set_column(2, "active_days", [[*range(11), float("nan")]]), tmp_path / "unknown.parquet")
    with pytest.raises(ContractError, match="^active_days is missing or infinite in 1 rows"):
        wb.moments(duckdb_engine().parquet([tmp_path / "unknown.parquet"]))
