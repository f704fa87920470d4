"""Whether somebody at a screen runs a notebook, or a program that writes what it shows into a file."""

from __future__ import annotations

import sys
from typing import Any


def kernel() -> Any:
    """The Jupyter kernel that runs this code; None in a script and in a terminal."""
    ipython = sys.modules.get("IPython")
    return getattr(ipython.get_ipython(), "kernel", None) if ipython else None


def attended() -> bool:
    """Whether somebody at a screen runs this code: in JupyterLab, another front end, a terminal or a script.

    A program that executes a notebook (papermill, nbconvert, nbval, our own reports) sends each cell with
    `allow_stdin` false: nobody is there to answer a question. Front ends send it true.

    Returns
    -------
    False where such a program executes the current cell, else True.

    Examples
    --------
    >>> attended()  # a script: what it prints goes to whoever started it
    True
    """
    running = kernel()
    return running is None or bool(running.get_parent().get("content", {}).get("allow_stdin", True))
