"""A real JupyterLab as `workbench lab` opens it, driven by a real Chromium, without a network.

For the tests of the desk, of the notebooks in JupyterLab, and for `benchmarks/desk.py`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright import sync_api

PROJECT = Path(__file__).resolve().parents[1]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def served(home: Path, *names: str) -> Iterator[tuple[str, Path]]:
    """`workbench lab` on copies of some notebooks, with no settings but its own: its address, and the copies' folder."""
    notebooks = home / "notebooks"
    notebooks.mkdir()
    for name in names:
        shutil.copy(PROJECT / "notebooks" / f"{name}.ipynb", notebooks)
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
    typed = [sys.executable, "-c", "from workbench.cli import app; app()", "lab", "--notebooks", str(notebooks)]
    with open(home / "log", "w") as log:
        environment = os.environ | apart | {"PYTHONPATH": path}
        server = subprocess.Popen(typed, cwd=PROJECT, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            yield _answering(f"http://127.0.0.1:{port}/", server, home / "log"), notebooks
        finally:
            os.killpg(server.pid, signal.SIGTERM)  # the command, its JupyterLab and its kernels
            server.wait(20)


@contextmanager
def chromium_at(path: str) -> Iterator[sync_api.Browser]:
    """A browser that a test can drive."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


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


class Notebook:
    """A notebook on a screen, with everything that was complained of and everything that was asked of a network."""

    def __init__(self, browser: sync_api.Browser, address: str, name: str):
        self.page = browser.new_context(viewport={"width": 1500, "height": 1100}).new_page()
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self._only_from(address))
        self.page.goto(f"{address}lab/tree/{name}.ipynb?reset")
        kernel = "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status"
        self.page.wait_for_function(f"{kernel} === 'idle'", timeout=60_000)

    def _only_from(self, address: str) -> Callable[[sync_api.Route], None]:
        def passed(route: sync_api.Route) -> None:
            if route.request.url.startswith((address, "data:", "blob:")):
                route.continue_()
            else:
                self.outside.append(route.request.url)
                route.abort()

        return passed

    def set(self, cell: int, source: str) -> None:
        """Write something else into a cell."""
        self.page.evaluate(
            "([cell, source]) => window.jupyterapp.shell.currentWidget.content.model.cells.get(cell)"
            ".sharedModel.setSource(source)",
            [cell, source],
        )

    def run_all(self, seconds: int = 120) -> None:
        """Run every cell to its end."""
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
        self.page.wait_for_function(
            "[...window.jupyterapp.shell.currentWidget.content.model.cells].every("
            "c => c.type !== 'code' || c.executionState === 'idle' && c.executionCount)",
            timeout=1000 * seconds,
        )

    def drawn(self) -> list[int]:
        """The widths of all charts, after a walk through the notebook; 0 where one was asked for and is not drawn."""
        return self.page.evaluate("""async () => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
            const widths = [];
            for (let i = 0; i < notebook.widgets.length; i++) {
                const { outputs } = notebook.model.cells.get(i);
                const charts = (kind) => [...notebook.widgets[i].node.querySelectorAll(`${kind}.marks`)];
                const all = outputs ? [...Array(outputs.length).keys()].map((o) => Object.keys(outputs.get(o).data)) : [];
                if (!all.flat().some((type) => type.includes("vegalite"))) continue;
                await notebook.scrollToItem(i);
                for (let tries = 0; tries < 50 && !charts("canvas").concat(charts("svg")).length; tries++) await later(100);
                widths.push(Math.max(0, ...charts("canvas").concat(charts("svg")).map((chart) => chart.clientWidth)));
            }
            return widths;
        }""")

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
        """Save it: what is in its file then."""
        before = copy.stat().st_mtime_ns
        self.page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save') }")
        for _ in range(100):
            if copy.stat().st_mtime_ns != before:
                break
            time.sleep(0.1)
        return copy.read_text(encoding="utf-8")


class Desk(Notebook):
    """The analyst's desk: its charts, and what a mouse does in them."""

    def __init__(self, browser: sync_api.Browser, address: str, charts: int, source: str = ""):
        super().__init__(browser, address, "explore")
        if source:
            self.set(1, source)
        self.run_all()
        self.desk = self.page.locator(".workbench-desk").first
        self.desk.scroll_into_view_if_needed()
        self.desk.locator(f"figure:nth-of-type({charts}) svg.marks").wait_for(timeout=30_000)
        self.page.wait_for_function("document.querySelector('.workbench-desk').dataset.answers >= 1")

    def figure(self, heading: str) -> sync_api.Locator:
        """The chart under a heading."""
        return self.desk.locator("figure").filter(has=self.page.locator("h3", has_text=heading))

    def said(self) -> str:
        """Who is picked, as the desk says it, wherever JupyterLab has scrolled to."""
        return self.desk.locator(".said").text_content() or ""

    def after(self, act: Callable[[], object]) -> None:
        """Do something, and wait until the desk has answered and asks no more."""
        before = self.desk.get_attribute("data-answers")
        act()
        self.page.wait_for_function("b => document.querySelector('.workbench-desk').dataset.answers !== b", arg=before)
        while before != (now := self.desk.get_attribute("data-answers")):
            before = now
            self.page.wait_for_timeout(600)

    def place(self, heading: str, across: float, down: float = 0.5) -> tuple[float, float]:
        """A place in a chart, by parts of its width and height, as pixels of the page."""
        box = self.figure(heading).locator("svg .background").first.bounding_box()
        assert box
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def drag(
        self, heading: str, across: tuple[float, float], down: tuple[float, float] = (0.5, 0.5), steps: int = 8
    ) -> None:
        """Drag over a part of a chart."""
        self.figure(heading).scroll_into_view_if_needed()
        self.page.mouse.move(*self.place(heading, across[0], down[0]))
        self.page.mouse.down()
        self.page.mouse.move(*self.place(heading, across[1], down[1]), steps=steps)
        self.page.mouse.up()
