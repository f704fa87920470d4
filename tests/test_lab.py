"""The analyst's desk in a real JupyterLab, driven by a real Chromium: `workbench lab` as people type it.

What must hold: the charts are drawn without a network, a drag in one changes the others, Python then has the people
picked (counted again here, from the panel alone), and the saved file names nobody, whatever was on the screen.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from conftest import PROJECT, missing
from laboratory import Desk, chromium_at, served
from playwright import sync_api

import workbench as wb
from workbench.desk import VIEWS
from workbench.lab import without_outputs

SILENT = "who was not active there"


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """The address of a JupyterLab, and the copy of the desk's notebook that it shows."""
    if importlib.util.find_spec("jupyterlab") is None:
        missing("JupyterLab")
    with served(tmp_path_factory.mktemp("lab"), "explore") as (address, folder):
        yield address, folder / "explore.ipynb"


@pytest.fixture(scope="module")
def browser(chromium) -> Iterator[sync_api.Browser]:
    with chromium_at(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def desk(lab, browser) -> Desk:
    return Desk(browser, lab[0], len(VIEWS))


@pytest.fixture(scope="module")
def panel(sample) -> pd.DataFrame:
    log = wb.open_source(sample)
    use = wb.qualifying_actions(log)
    return wb.user_weeks(log, time_zone="Europe/Berlin", qualifying=use).to_pandas()


def bars(desk: Desk) -> list[str | None]:
    marks = desk.figure("by department").locator("path[aria-roledescription='bar']")
    return [mark.get_attribute("aria-label") for mark in marks.all()]


def test_a_drag_in_one_chart_changes_the_others_and_comes_back_to_python(desk, panel):
    everybody = bars(desk)
    assert len(everybody) == panel["department"].fillna("not known").nunique()
    desk.after(lambda: desk.desk.locator("select[name=who]").select_option(SILENT))
    desk.after(lambda: desk.drag("week by week", (0.85, 0.999)))
    assert bars(desk) != everybody
    weeks = json.loads(desk.cell("import json; print(json.dumps(next(iter(desk.picks.values()))[0][0]['week']))"))
    late = panel[panel["week"].isin(pd.to_datetime(weeks))].groupby("user_id")["actions"].sum()
    silent = set(late.index[late == 0])
    assert 5 < len(weeks) < 10
    assert desk.said().startswith(f"{len(silent):,} of ")
    rows = int((panel["user_id"].isin(silent)).sum())
    assert desk.cell("print(desk.selection.to_arrow().num_rows)") == str(rows)

    assert desk.complaints == []


def test_people_are_on_the_screen_and_never_in_the_file(lab, desk, sample):
    everybody = set(pd.read_csv(sample / "users.csv", dtype=str)["user_id"])
    desk.after(lambda: desk.desk.locator("button[name=people]").click())
    assert everybody & set(desk.desk.locator(".people td").all_inner_texts())
    assert everybody & set(re.findall(r"[\w.@-]+", desk.cell("print(desk.people().to_pandas().to_string())")))
    kept = desk.saved(lab[1])
    assert "desk.people().to_pandas().to_string()" in kept
    assert everybody & set(re.findall(r"[\w.@-]+", kept)) == set()
    assert [c for c in json.loads(kept)["cells"] if c.get("outputs")] == []


def test_nothing_is_asked_of_a_network(desk):
    assert desk.outside == []


def test_only_a_notebook_that_says_so_is_saved_without_outputs():
    cell = {"cell_type": "code", "outputs": ["u00001"], "execution_count": 3}
    for metadata, kept in (({"workbench": {"outputs": "never saved"}, "widgets": {}}, []), ({}, ["u00001"])):
        model = {"type": "notebook", "content": {"metadata": metadata, "cells": [dict(cell)]}}
        without_outputs(model=model, path="x.ipynb", contents_manager=None)
        assert model["content"]["cells"][0]["outputs"] == kept
        assert "widgets" not in metadata


def test_the_notebook_of_the_desk_says_so():
    notebook = json.loads((PROJECT / "notebooks" / "explore.ipynb").read_text(encoding="utf-8"))
    assert notebook["metadata"]["workbench"] == {"outputs": "never saved"}
