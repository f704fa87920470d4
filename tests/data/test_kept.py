"""Tables that one run keeps: as they were, whole, and for their owner alone."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.data.kept import keep_source, keep_table, kept_source, kept_table
from workbench.errors import QueryError
from workbench.simulation import tiny_crm


def test_a_source_is_read_back_with_the_same_types_and_rows_in_the_same_order(tmp_path) -> None:
    source = wb.open_source(tiny_crm())
    keep_source(source, tmp_path / "log")
    kept = kept_source(wb.open_source(tiny_crm()), tmp_path / "log")
    for name in source.raw:
        assert kept.table(name).schema.equals(source.table(name).schema), name
        assert kept.table(name).to_arrow().equals(source.table(name).to_arrow()), name
    assert kept.given("users") == source.given("users")
    assert kept.tickets.to_pandas().empty == ("tickets" not in source)


def test_a_time_that_a_csv_wrote_without_a_zone_is_the_same_instant_afterwards(tmp_path) -> None:
    (tmp_path / "users.csv").write_text("user_id\na\n")
    (tmp_path / "events.csv").write_text("user_id,occurred_at,action\na,2025-01-12 09:00:00,update\n")
    source = wb.open_source(tmp_path, time_zone="Europe/Berlin")
    keep_source(source, tmp_path / "kept")
    kept = kept_source(wb.open_source(tmp_path, time_zone="Europe/Berlin"), tmp_path / "kept")
    assert kept.events.to_pandas()["occurred_at"].tolist() == [pd.Timestamp("2025-01-12T08:00Z")]


def test_what_the_check_found_is_kept_as_it_was(tmp_path) -> None:
    broken = {
        "users": ["user_id", "a", "b", "b"],
        "events": ["user_id,occurred_at,action", "a,2025-01-12T09:00Z,update"],
    }
    broken["events"] += ["c,2025-01-12T09:00Z,update", "a,2071-01-12T09:00Z,update"]
    for name, lines in broken.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines))
    source = wb.open_source(tmp_path)
    keep_source(source, tmp_path / "kept")
    kept = kept_source(wb.open_source(tmp_path), tmp_path / "kept")
    assert len(kept.check()) > 1
    pd.testing.assert_frame_equal(kept.check(), source.check())
    pd.testing.assert_frame_equal(kept.check(), wb.open_source(tmp_path).check())


def test_only_its_owner_may_enter_the_folder(tmp_path) -> None:
    keep_table(wb.as_table(pd.DataFrame({"user_id": ["a"]})), tmp_path / "private" / "panel")
    keep_source(wb.open_source(tiny_crm()), tmp_path / "private" / "log")
    folders = (tmp_path / "private", tmp_path / "private" / "log")
    assert [f"{folder.stat().st_mode & 0o777:o}" for folder in folders] == ["700", "700"]


def test_a_table_that_could_not_be_computed_is_not_there(tmp_path) -> None:
    broken = wb.as_table(pd.DataFrame({"n": ["one"]})).sql("select cast(n as bigint) as n from this")
    with pytest.raises(QueryError, match="a value cannot be read"):
        keep_table(broken, tmp_path / "panel")
    assert kept_table(tmp_path / "panel") is None
