"""People left alone by lot, over all campaigns, so that it can be known what these brought.

Who is held out is decided once, by a hash of the seed and the name, and kept in a file: in the next campaign the same
people are left alone again, and whoever is new draws in the same way. When the hold-out is dissolved, the file goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from workbench.errors import ContractError
from workbench.planning.kept import keep, kept

WHOLE = 2**64


def held_out(names: Iterable[str], share: float, seed: int, file: Path | None = None) -> pd.Series:
    """Whether each name is held out; kept in a file, in which a lot once drawn stays.

    names : people, or teams where whole teams are held out
    share : of the names that are new to the file, above 0 and below 1; seed : of the lot
    file : where the lot is kept; None: nowhere
    Returns true or false by name. Raises ContractError where the file is not one that was kept here.

    >>> found = held_out((f"u{i}" for i in range(1000)), share=0.1, seed=1)
    >>> int(found.sum())
    106
    """
    if not 0 < share < 1:
        raise ContractError(f"a hold-out is a share of the people above 0 and below 1, not {share:g}.")
    known = _known(file)
    wanted = pd.Index(sorted(set(names)), name="name")
    fresh = {name: _drawn(name, seed) < share for name in wanted if name not in known}
    every = known | fresh
    if file is not None and fresh:
        keep(pd.DataFrame({"name": list(every), "held_out": [str(held).lower() for held in every.values()]}), file)
    return pd.Series([every[name] for name in wanted], wanted, dtype=bool, name="held_out")


def _known(file: Path | None) -> dict[str, bool]:
    if file is None or not (file.exists() or file.is_symlink()):
        return {}
    table = kept(file)
    odd = {"name", "held_out"} - set(table) or set(table["held_out"]) - {"true", "false"}
    if odd:
        raise ContractError(f"{file.name} is no hold-out: it has one row a name, and held_out is true or false.")
    return dict(zip(table["name"], table["held_out"] == "true", strict=True))


def _drawn(name: str, seed: int) -> float:
    """A number from 0 to 1 that the seed and the name alone decide."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / WHOLE
