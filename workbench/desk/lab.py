"""Keeps people out of the notebooks that JupyterLab saves.

On the screen of an analyst people may be named; in a file they may not. So a file keeps only the outputs that have
passed the boundary (`results/boundary.py`): tables, charts and findings of the workbench, whatever the notebook and
whoever saves it, also where it is saved as text or its metadata are damaged. What a notebook whose metadata say
`"workbench": {"outputs": "never saved"}` shows is not kept at all, nor is the state of widgets anywhere. JupyterLab's
server asks `without_outputs` before it writes, once `workbench lab` has loaded this module as its extension.
"""

from __future__ import annotations

from typing import Any

from workbench.errors import ContractError

EXTENSION = "--ServerApp.jpserver_extensions=workbench.desk.lab=True"


def without_outputs(model: dict[str, Any], path: str = "", **_: Any) -> None:
    """Empty a notebook, just before it is saved, of the outputs that its file must not keep.

    Raises HTTPError, so that nothing is saved, for a text named .ipynb that is no notebook.
    """
    from workbench.results.boundary import only_passed_text  # here, so that `workbench lab` starts at once

    content = model.get("content")
    if model.get("type") == "notebook":
        _keep(content)
    elif path.endswith(".ipynb") and isinstance(content, str):
        try:
            model["content"] = only_passed_text(content, model.get("format") == "base64")
        except ContractError as error:
            from tornado.web import HTTPError

            raise HTTPError(400, reason=str(error)) from None


def _keep(notebook: Any) -> None:
    from workbench.results.boundary import only_passed

    only_passed(notebook)
    if isinstance(notebook, dict) and _keeps_none(notebook):
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)


def _keeps_none(notebook: dict[str, Any]) -> bool:
    metadata = notebook.get("metadata")
    said = metadata.get("workbench") if isinstance(metadata, dict) else None
    return isinstance(said, dict) and said.get("outputs") == "never saved"


def _load_jupyter_server_extension(server: Any) -> None:
    server.contents_manager.register_pre_save_hook(without_outputs)
