"""JupyterLab saves a notebook without outputs where its metadata say so, whoever starts it."""

from __future__ import annotations

import json

from conftest import PROJECT
from workbench.desk.lab import EXTENSION, without_outputs


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


def test_a_plain_jupyterlab_is_told_the_same_by_the_installed_package():
    settings = json.loads((PROJECT / "workbench" / "desk" / "jupyter_server_config.json").read_text(encoding="utf-8"))
    [(module, on)] = settings["ServerApp"]["jpserver_extensions"].items()
    assert f"--ServerApp.jpserver_extensions={module}={on}" == EXTENSION
