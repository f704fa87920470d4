"""Saved selections: what is saved comes back, for its owner only, and never as a report about a few."""

from __future__ import annotations

import os

import pandas as pd
import pytest

import workbench as wb
from workbench.panel.selections import only, save_selection

PANEL = pd.DataFrame({"user_id": [f"{u:03d}" for u in range(8) for _ in range(3)], "actions": range(24)})


def test_the_people_saved_are_the_people_looked_at(tmp_path) -> None:
    path = save_selection(PANEL[PANEL["user_id"] < "006"], "pilot", tmp_path)
    there = only(PANEL, path).to_pandas()
    assert sorted(there["actions"]) == list(range(18))  # by hand: six people with three rows each, leading zeros kept


def test_without_a_selection_everybody_is_there() -> None:
    assert len(only(PANEL).to_pandas()) == 24


def test_the_file_is_its_owners(tmp_path) -> None:
    path = save_selection(PANEL, "pilot", tmp_path)
    assert os.name != "posix" or path.stat().st_mode & 0o077 == 0


def test_four_people_are_no_report(tmp_path) -> None:
    path = save_selection(PANEL[PANEL["user_id"] < "004"], "few", tmp_path)
    with pytest.raises(wb.ContractError, match="fewer than 5 people of the selection few.csv"):
        only(PANEL, path)


def test_a_selection_is_not_written_over(tmp_path) -> None:
    save_selection(PANEL, "pilot", tmp_path)
    with pytest.raises(wb.ContractError, match="already"):
        save_selection(PANEL, "pilot", tmp_path)


@pytest.mark.parametrize("name", ["../pilot", "a b", ""])
def test_a_name_stays_in_its_folder(tmp_path, name) -> None:
    with pytest.raises(wb.ContractError, match="cannot be called"):
        save_selection(PANEL, name, tmp_path)


def test_nobody_is_no_selection(tmp_path) -> None:
    with pytest.raises(wb.ContractError, match="nobody"):
        save_selection(PANEL.head(0), "empty", tmp_path)


def test_a_file_that_is_not_there_is_said(tmp_path) -> None:
    with pytest.raises(wb.ContractError, match="cannot be read"):
        only(PANEL, tmp_path / "missing.csv")


def test_what_few_people_have_may_be_asked_for(tmp_path):
    path = save_selection(PANEL, "everybody", tmp_path)
    tickets = pd.DataFrame({"user_id": ["001", None, "x"], "topic": ["a", "b", "c"]})
    assert only(tickets, path, fewest=0).to_pandas()["topic"].tolist() == ["a"]
    assert len(only(tickets).to_pandas()) == 3
