"""A notebook with a desk that a program executes: its file names nobody, whatever its cells print."""

from __future__ import annotations

import re

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from workbench.desk.unattended import FROM_HERE, WITHHELD, show_nothing_unattended, without_outputs

DESK = """
import workbench as wb
log = wb.open_source(source)
panel = wb.user_weeks(log, time_zone="UTC").stored()
"before the desk"
"""
NAMING = [  # every way in which a cell can show somebody
    "desk = wb.Desk(panel, wb.actions(log, time_zone='UTC'))\ndesk.people().to_pandas()",
    "print(desk.people().to_pandas().to_string())",
    "import sys; print(desk.people().to_pandas()['user_id'][0], file=sys.stderr)",
    "from IPython.display import display; shown = display(desk.selection.to_pandas(), display_id=True)",
    "shown.update(desk.courses(['ann']))",
    "import threading; t = threading.Thread(target=print, args=['ann']); t.start(); t.join()",
    "import os; os.system('echo ann')",
    "wb.screen(desk)",
]


@pytest.fixture(scope="module")
def crm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crm")
    pd.DataFrame({"user_id": ["ann", "ben"]}).to_csv(folder / "users.csv", index=False)
    at = pd.date_range("2025-01-06", periods=40, freq="D", tz="UTC").strftime("%Y-%m-%dT10:00:00Z")
    events = pd.DataFrame({"user_id": ["ann", "ben"] * 20, "occurred_at": at, "action": "view"})
    events.to_csv(folder / "events.csv", index=False)
    return folder


def executed(crm, *cells: str) -> tuple[nbformat.NotebookNode, str]:
    """A notebook after papermill's way of running it, and what was said of a failure."""
    sources = [f"source = {str(crm)!r}{DESK}", *cells]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    try:
        NotebookClient(notebook, timeout=120).execute()
    except CellExecutionError as error:
        return notebook, str(error)
    return notebook, ""


def shown(notebook: nbformat.NotebookNode) -> str:
    """Everything that a file keeps beside the code."""
    return nbformat.writes(nbformat.from_dict({**notebook, "cells": [{**c, "source": ""} for c in notebook.cells]}))


@pytest.mark.slow
def test_nothing_that_a_cell_prints_after_a_desk_is_kept(crm) -> None:
    notebook, failure = executed(crm, *NAMING)
    assert failure == ""
    assert "before the desk" in str(notebook.cells[0].outputs)
    assert [o.text for cell in notebook.cells[1:] for o in cell.outputs] == [f"{FROM_HERE}\n"]
    assert not re.search(r"\b(ann|ben)\b", shown(notebook))


@pytest.mark.slow
def test_an_error_keeps_its_kind_and_quotes_nobody(crm) -> None:
    notebook, failure = executed(crm, NAMING[0], "raise KeyError(desk.people().to_pandas()['user_id'][0])")
    assert f"KeyError: {WITHHELD}" in failure
    [error] = notebook.cells[-1].outputs
    assert (error.ename, error.evalue) == ("KeyError", WITHHELD)
    assert not re.search(r"\b(ann|ben)\b", shown(notebook))


def test_messages_that_show_nothing_pass_as_they_are() -> None:
    sent: list[tuple[object, ...]] = []
    send = without_outputs(lambda *message, **_: sent.append(message))
    send(None, "status", {"execution_state": "idle"})
    send(None, {"msg_type": "stream", "content": {"text": "ann"}})
    send(None, "execute_reply", {"status": "ok"})
    assert [message[1] for message in sent] == ["status", "execute_reply"]


def test_a_script_shows_what_it_likes(capsys) -> None:
    show_nothing_unattended()
    print("shown")
    assert capsys.readouterr().out == "shown\n"
