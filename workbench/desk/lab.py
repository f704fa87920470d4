"""Keeps what an analyst's notebook shows out of its file.

On the screen of an analyst people may be named; in a file they may not. A notebook whose metadata say
`"workbench": {"outputs": "never saved"}` is saved without outputs and without the state of its widgets, whoever saves
it and whatever printed them: JupyterLab's server asks `without_outputs` before it writes, once `workbench lab` has
loaded this module as an extension of that server.
"""

from __future__ import annotations

from typing import Any

EXTENSION = "--ServerApp.jpserver_extensions=workbench.desk.lab=True"


def without_outputs(model: dict[str, Any], **_: Any) -> None:
    """Empty the outputs of a notebook that must not keep them, just before it is saved."""
    notebook = model.get("content")
    if model.get("type") != "notebook" or not isinstance(notebook, dict) or not _keeps_none(notebook):
        return
    notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)


def _keeps_none(notebook: dict[str, Any]) -> bool:
    said = notebook["metadata"].get("workbench", {})
    return isinstance(said, dict) and said.get("outputs") == "never saved"


def _load_jupyter_server_extension(server: Any) -> None:
    server.contents_manager.register_pre_save_hook(without_outputs)
