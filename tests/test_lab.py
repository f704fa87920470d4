"""The analyst's desk in a real JupyterLab, driven by a real Chromium: `workbench lab` as people type it.

What must hold: the charts are drawn without a network, a drag in one changes the others, Python then has the people
picked (counted again here, from the panel alone), and the saved file names nobody, whatever was on the screen.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from conftest import PROJECT, missing
from playwright import sync_api

import workbench as wb
from workbench.lab import without_outputs

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHARTS = 5
SILENT = "who was not active there"


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """`workbench lab` on a copy of the notebook, with no settings but its own: its address, and the copy."""
    if importlib.util.find_spec("jupyterlab") is None:
        missing("JupyterLab")
    home = tmp_path_factory.mktemp("lab")
    (home / "notebooks").mkdir()
    copy = Path(shutil.copy(PROJECT / "notebooks" / "explore.ipynb", home / "notebooks"))
    port, folders = _free_port(), ("CONFIG_DIR", "RUNTIME_DIR", "DATA_DIR")
    settings = {
        "ServerApp": {"ip": "127.0.0.1", "port": port, "port_retries": 0, "open_browser": False, "allow_root": True},
        "IdentityProvider": {"token": ""},
        "LabApp": {
            "expose_app_in_browser": True,
            "news_url": None,
            "user_settings_dir": str(home / "settings"),
            "workspaces_dir": str(home / "workspaces"),
        },
    }
    (home / "CONFIG_DIR").mkdir()
    (home / "CONFIG_DIR" / "jupyter_server_config.json").write_text(json.dumps(settings))
    apart = {f"JUPYTER_{name}": str(home / name) for name in folders}
    path = os.pathsep.join([str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])])
    typed = [sys.executable, "-c", "from workbench.cli import app; app()", "lab", "--notebooks", str(copy.parent)]
    with open(home / "log", "w") as log:
        environment = os.environ | apart | {"PYTHONPATH": path}
        server = subprocess.Popen(typed, cwd=PROJECT, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            yield _answering(f"http://127.0.0.1:{port}/", server, home / "log"), copy
        finally:
            os.killpg(server.pid, signal.SIGTERM)  # the command, its JupyterLab and its kernels
            server.wait(20)


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def _answering(address: str, server: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}api/status")
            return address
        except OSError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
    raise AssertionError(log.read_text())


class Desk:
    """The notebook on a screen, run to its end, with everything that was complained of and asked for."""

    def __init__(self, browser: sync_api.Browser, address: str):
        self.page = browser.new_context(viewport={"width": 1500, "height": 1100}).new_page()
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self._only_from(address))
        self.page.goto(f"{address}lab/tree/explore.ipynb?reset")
        kernel = "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status"
        self.page.wait_for_function(f"{kernel} === 'idle'", timeout=60_000)
        self.run_all()

    def _only_from(self, address: str):
        def passed(route: sync_api.Route) -> None:
            if route.request.url.startswith((address, "data:", "blob:")):
                route.continue_()
            else:
                self.outside.append(route.request.url)
                route.abort()

        return passed

    def run_all(self) -> None:
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
        self.page.wait_for_function(
            "[...window.jupyterapp.shell.currentWidget.content.model.cells].every("
            "c => c.type !== 'code' || c.executionState === 'idle' && c.executionCount)",
            timeout=60_000,
        )
        self.desk = self.page.locator(".workbench-desk").first
        self.desk.scroll_into_view_if_needed()
        self.desk.locator(f"figure:nth-of-type({CHARTS}) svg.marks").wait_for(timeout=30_000)
        self.page.wait_for_function("document.querySelector('.workbench-desk').dataset.answers >= 1")

    def figure(self, heading: str) -> sync_api.Locator:
        return self.desk.locator("figure").filter(has=self.page.locator("h3", has_text=heading))

    def said(self) -> str:
        return self.desk.locator("[role=status]").inner_text()

    def after(self, act) -> None:
        """Do something, and wait until the desk has answered and asks no more."""
        before = self.desk.get_attribute("data-answers")
        act()
        self.page.wait_for_function("b => document.querySelector('.workbench-desk').dataset.answers !== b", arg=before)
        while before != (now := self.desk.get_attribute("data-answers")):
            before = now
            self.page.wait_for_timeout(600)

    def drag(self, heading: str, across: tuple[float, float], down: tuple[float, float] = (0.5, 0.5)) -> None:
        """Drag over a part of a chart, in parts of its width and height."""
        self.figure(heading).scroll_into_view_if_needed()
        box = self.figure(heading).locator("svg .background").first.bounding_box()
        x, y = (
            [box[at] + part * box[size] for part in parts]
            for at, size, parts in (("x", "width", across), ("y", "height", down))
        )
        self.page.mouse.move(x[0], y[0])
        self.page.mouse.down()
        self.page.mouse.move(x[1], y[1], steps=8)
        self.page.mouse.up()

    def cell(self, source: str) -> str:
        """Run a cell of one's own at the end of the notebook: what it shows."""
        self.page.evaluate(
            """async (source) => {
                const { commands, shell } = window.jupyterapp, notebook = shell.currentWidget.content;
                notebook.activeCellIndex = notebook.widgets.length - 1;
                await commands.execute('notebook:insert-cell-below');
                notebook.activeCell.model.sharedModel.setSource(source);
                await commands.execute('notebook:run-cell');
            }""",
            source,
        )
        shown = self.page.locator(".jp-Notebook .jp-CodeCell").last.locator(".jp-OutputArea-output").last
        shown.wait_for(timeout=20_000)
        return shown.inner_text().strip()

    def saved(self, copy: Path) -> str:
        before = copy.stat().st_mtime_ns
        self.page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save') }")
        for _ in range(100):
            if copy.stat().st_mtime_ns != before:
                break
            time.sleep(0.1)
        return copy.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser(chromium) -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def desk(lab, browser) -> Desk:
    return Desk(browser, lab[0])


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
