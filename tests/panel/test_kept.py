"""What pages share is what each would compute, and is never given out for other parameters."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.data.duckdb import DuckDB
from workbench.simulation import tiny_crm

WEEKS = {"since": "2025-01-13", "until": "2025-02-16"}


@pytest.fixture
def crm(tmp_path):
    """The tiny CRM as a folder of CSV files: the path of a source decides about what is kept for it."""
    folder = tmp_path / "crm"
    folder.mkdir()
    for name, frame in tiny_crm().items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture
def texts(monkeypatch) -> list[str]:
    """Every text that is computed and stored from now on."""
    asked: list[str] = []
    store = DuckDB.store
    monkeypatch.setattr(DuckDB, "store", lambda self, text: asked.append(text) or store(self, text))
    return asked


def panels(texts: list[str]) -> int:
    """How many panels were computed."""
    return sum("day_mask" in text for text in texts)


def sorted_rows(table: wb.Table) -> pd.DataFrame:
    frame = table.to_pandas()
    return frame.sort_values(list(frame), ignore_index=True)


def test_a_page_that_shares_reads_what_it_would_have_computed(crm, tmp_path, texts) -> None:
    alone = wb.basis(crm, **WEEKS)
    expected = sorted_rows(alone.panel), sorted_rows(alone.actions), str(alone)
    wb.basis(crm, **WEEKS, kept=tmp_path / "kept").keep()
    assert panels(texts) == 2
    shared = wb.basis(crm, **WEEKS, kept=tmp_path / "kept")
    pd.testing.assert_frame_equal(sorted_rows(shared.panel), expected[0])
    pd.testing.assert_frame_equal(sorted_rows(shared.actions), expected[1])
    assert str(shared) == expected[2]
    assert panels(texts) == 2


@pytest.mark.parametrize(
    "other", [{"since": "2025-01-20"}, {"until": "2025-02-09"}, {"time_zone": "Asia/Tokyo"}, {"qualifying": "update"}]
)
def test_other_parameters_have_a_panel_of_their_own(crm, tmp_path, texts, other) -> None:
    log = pd.read_csv(crm / "events.csv")
    log.loc[::3, "action"] = "update"
    log.to_csv(crm / "events.csv", index=False)
    wb.basis(crm, **WEEKS, kept=tmp_path / "kept").keep()
    asked = {**WEEKS, **other}
    shared, alone = wb.basis(crm, **asked, kept=tmp_path / "kept"), wb.basis(crm, **asked)
    pd.testing.assert_frame_equal(sorted_rows(shared.panel), sorted_rows(alone.panel))
    pd.testing.assert_frame_equal(sorted_rows(shared.actions), sorted_rows(alone.actions))
    assert panels(texts) == 3


def test_a_selection_whose_file_now_names_others_has_a_panel_of_its_own(crm, tmp_path) -> None:
    people = sorted(wb.open_source(crm).users.to_pandas()["user_id"])
    file = wb.save_selection(pd.DataFrame({"user_id": people[:6]}), "pilot", tmp_path)
    wb.basis(crm, selection=file, kept=tmp_path / "kept").keep()
    file.write_text("\n".join(["user_id", *people[6:13]]))
    basis = wb.basis(crm, selection=file, kept=tmp_path / "kept")
    assert sorted(set(basis.panel.to_pandas()["user_id"])) == people[6:13]
    assert set(basis.actions.to_pandas()["user_id"]) <= set(people[6:13])


def test_another_source_reads_nothing_that_was_kept_for_this_one(crm, tmp_path) -> None:
    wb.basis(crm, kept=tmp_path / "kept").keep()
    half = crm.with_name("half")
    half.mkdir()
    users = pd.read_csv(crm / "users.csv")
    users[:12].to_csv(half / "users.csv", index=False)
    pd.read_csv(crm / "events.csv").to_csv(half / "events.csv", index=False)
    assert str(wb.basis(half, kept=tmp_path / "kept")).startswith("half: 12 people with access")


def test_where_nothing_is_shared_nothing_is_written(crm, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    wb.basis(crm).keep()
    assert sorted(tmp_path.rglob("*")) == before
