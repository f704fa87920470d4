"""Keeps people out of a notebook that a program executes.

On an analyst's screen people may be named; papermill, nbconvert and their kin write everything shown into a file.
There a notebook that makes a desk shows nothing from then on, whatever prints it: its cells run, and the file holds
them without outputs, as JupyterLab saves it (`lab.py`). Of an error only the kind is kept, for its text may quote data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.results.front_end import attended, kernel

SHOWN = {"display_data", "update_display_data", "execute_result", "stream", "comm_open", "comm_msg"}
FROM_HERE = "From here on this notebook shows nothing: a program executes it into a file, and its desk may name people."
WITHHELD = "not shown, for it may name people; run the notebook with `workbench lab` to read it."


def show_nothing_unattended() -> None:
    """Where a program executes this notebook, send it no more outputs; elsewhere do nothing."""
    if attended() or hasattr(kernel().session, "shows_nothing"):
        return
    print(FROM_HERE, flush=True)
    session = kernel().session
    session.send, session.shows_nothing = without_outputs(session.send), True


def without_outputs(send: Callable[..., Any]) -> Callable[..., Any]:
    """The `send` of a kernel's session, except that outputs go nowhere and errors keep only their kind."""

    def sent(stream: Any, message: Any, content: Any = None, *rest: Any, **options: Any) -> Any:
        packed = isinstance(message, dict)
        if (message["msg_type"] if packed else message) in SHOWN:
            return None
        told = message["content"] if packed else content
        if told and "evalue" in told:
            told.update(evalue=WITHHELD, traceback=[f"{told.get('ename')}: {WITHHELD}"])
        return send(stream, message, content, *rest, **options)

    return sent
