"""JupyterLab saves of a notebook only what may leave the screen, whoever starts it."""

from __future__ import annotations

import base64
import json

import pytest
from tornado.web import HTTPError

from conftest import PROJECT
from workbench.desk.lab import EXTENSION, without_outputs

PASSED = {"output_type": "execute_result", "data": {"text/plain": "5 teams"}, "metadata": {"workbench": "passed"}}
NAMED = {"output_type": "execute_result", "data": {"text/plain": "u00001"}, "metadata": {}}


def saved(metadata: object, **model: object) -> dict:
    """A notebook of one cell as the server would write it, after the hook."""
    cells = [{"cell_type": "code", "outputs": [PASSED, NAMED, {"output_type": "stream", "text": "u00002"}]}]
    model = {"type": "notebook", "content": {"metadata": metadata, "cells": cells}, **model}
    if model["type"] == "file":
        text = json.dumps(model["content"])
        model["content"] = base64.b64encode(text.encode()).decode() if model.get("format") == "base64" else text
    without_outputs(model=model, path="x.ipynb", contents_manager=None)
    return model


def test_a_file_keeps_only_outputs_that_passed():
    assert saved({"widgets": {"state": "u00003"}})["content"] == {
        "metadata": {},
        "cells": [{"cell_type": "code", "outputs": [PASSED]}],
    }


def test_a_notebook_that_says_so_keeps_none():
    kept = saved({"workbench": {"outputs": "never saved"}})["content"]
    assert kept["cells"] == [{"cell_type": "code", "outputs": [], "execution_count": None}]


@pytest.mark.parametrize("damaged", [None, "u", [], {"workbench": "never"}])
def test_damaged_metadata_change_nothing(damaged: object):
    assert saved(damaged)["content"]["cells"][0]["outputs"] == [PASSED]


@pytest.mark.parametrize("coded", ["text", "base64"])
def test_a_notebook_saved_as_text_keeps_no_more(coded: str):
    text = saved({}, type="file", format=coded)["content"]
    text = base64.b64decode(text).decode() if coded == "base64" else text
    assert json.loads(text)["cells"][0]["outputs"] == [PASSED]
    assert "u0000" not in text


def test_a_text_that_only_calls_itself_a_notebook_is_not_saved():
    with pytest.raises(HTTPError, match="this text is no JSON"):
        without_outputs(model={"type": "file", "format": "text", "content": "u00001,"}, path="x.ipynb")


def test_the_notebook_of_the_desk_says_so():
    notebook = json.loads((PROJECT / "notebooks" / "explore.ipynb").read_text(encoding="utf-8"))
    assert notebook["metadata"]["workbench"] == {"outputs": "never saved"}


def test_a_plain_jupyterlab_is_told_the_same_by_the_installed_package():
    settings = json.loads((PROJECT / "workbench" / "desk" / "jupyter_server_config.json").read_text(encoding="utf-8"))
    [(module, on)] = settings["ServerApp"]["jpserver_extensions"].items()
    assert f"--ServerApp.jpserver_extensions={module}={on}" == EXTENSION
