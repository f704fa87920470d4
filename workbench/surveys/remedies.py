"""From a barrier to kinds of intervention: the Behaviour Change Wheel, as data.

The table links components to intervention functions that may change them. It is a heuristic: it says what to consider,
not what works, and nobody has tested it on these people.

Source: Michie, van Stralen & West (2011), Implementation Science 6:42, table 2.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.results.phrases import translated

TABLE = Path(__file__).with_name("remedies.toml")


def remedies() -> pd.DataFrame:
    """Which intervention functions the Behaviour Change Wheel would consider for which barrier.

    Returns one row per scale and component: scale, component, comes_under (the COM-B component), consider (functions
    with a comma between), source.

    >>> from workbench import surveys
    >>> found = surveys.remedies()
    >>> found[found["component"] == "capability_psychological"]["consider"].tolist()
    ['education, training, enablement']
    """
    said = _table()
    homes = {("com_b", part): part for part in said["com_b"]}
    homes |= {(scale, part): home for scale, parts in said["comes_under"].items() for part, home in parts.items()}
    rows = [
        {"scale": scale, "component": part, "comes_under": home, "consider": ", ".join(said["com_b"][home])}
        for (scale, part), home in homes.items()
    ]
    return pd.DataFrame(rows).assign(source=said["source"])


def considered(rows: pd.DataFrame) -> pd.Series:
    """What to consider for each row's scale and component, in plain words; missing where the table says nothing."""
    known = remedies().set_index(["scale", "component"])["consider"].map(_plain)
    return pd.Series(known.reindex(pd.MultiIndex.from_frame(rows[["scale", "component"]])).to_numpy(), rows.index)


def _plain(functions: str) -> str:
    words = _table()["plain"]
    return ", ".join(translated(words[function]) for function in functions.split(", "))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
