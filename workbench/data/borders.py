"""A mapping reads what lies in its own folder, unless its owner allows more.

A folder that somebody else made may name any file of this computer, by a path that leads out of it or by a link.
"""

from __future__ import annotations

import os
from pathlib import Path

from workbench.errors import ContractError

OUTSIDE, ALLOWED = "WORKBENCH_OUTSIDE", "allowed"  # in the environment, for the notebooks of a report as well


def allow_outside() -> None:
    """Let mappings lead out of their folders, in this process and those that it starts."""
    os.environ[OUTSIDE] = ALLOWED


def refuse_outside(path: Path, folder: Path, said: str) -> None:
    """Raise ContractError where a path, links followed, does not lie in a folder.

    said : what leads there, as its owner wrote it; never the path that it leads to

    >>> refuse_outside(Path("crm/log.csv"), Path("crm"), 'file = "log.csv"')
    """
    if os.environ.get(OUTSIDE) == ALLOWED or path.resolve().is_relative_to(folder.resolve()):
        return
    raise ContractError(
        f"{said} leads out of the folder of the data.\n"
        "  Put the data there, or say on the command line that this is meant: --allow-outside."
    )
