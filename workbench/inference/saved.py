"""Keeps moments in a small file that shows nobody, so that a report can be made again without the data.

In memory a cell may hold one person. In a file no group has fewer than the smallest number of people that may be shown:
whoever is in a smaller one (of the same history, stratum, periods seen and, where there are any, cluster) is withheld,
and counted among those left out.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from workbench.errors import ContractError
from workbench.inference.clusters import Clusters
from workbench.inference.moments import EXCLUDED, Moments
from workbench.inference.timeline import Timeline
from workbench.results.files import write_whole
from workbench.results.privacy import MINIMUM

ARRAYS = ("path", "start", "stratum", "n", "mean", "products")
OF_CLUSTERS = ("cell", "cluster", "n", "deviation")
WORDS = ("outcome", "strata", "arms", "cluster_name", "zeros")


def save_moments(m: Moments, path: str | Path, minimum: int = MINIMUM) -> Moments:
    """Write moments to a file, without groups of fewer than `minimum`; returns them as they were written.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> from tempfile import TemporaryDirectory
    >>> from pathlib import Path
    >>> m = wb.moments(panel, outside="known")
    >>> with TemporaryDirectory() as folder:
    ...     kept = wb.save_moments(m, Path(folder) / "moments.npz")
    ...     again = wb.load_moments(Path(folder) / "moments.npz")
    >>> again.units == kept.units  # four trained people are too few to be kept
    True
    """
    kept = m.withheld(minimum).without_loose()
    if not kept.units:
        raise ContractError(
            f"moments are kept of groups of {minimum} or more, but all {m.units:,} units are in smaller ones.\n"
            "  Take moments without strata= or cluster=, or of a larger table."
        )
    words = {name: getattr(kept, name) for name in WORDS} | {"timeline": asdict(kept.timeline)}
    words["excluded"] = kept.excluded.astype(object).to_numpy().tolist()
    arrays = {name: getattr(kept, name) for name in ARRAYS}
    if kept.clusters is not None:
        words["clusters"] = list(kept.clusters.names)
        arrays |= {f"clusters_{name}": getattr(kept.clusters, name) for name in OF_CLUSTERS}
    content = BytesIO()
    np.savez_compressed(content, words=np.array(json.dumps(words)), **arrays)
    write_whole(Path(path), content.getvalue())
    return kept


def load_moments(path: str | Path) -> Moments:
    """The moments that `save_moments` wrote.

    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from workbench.simulation import tiny_crm
    >>> file = Path(mkdtemp()) / "moments.npz"
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> kept = wb.save_moments(wb.moments(panel, outside="known"), file)
    >>> wb.load_moments(file).units == kept.units
    True
    """
    try:
        with np.load(path) as file:
            found = {name: file[name] for name in file.files}
        words = json.loads(str(found["words"]))
    except (ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ContractError(
            f"{Path(path).name} is not a file of moments.\n  Write one: wb.save_moments(m, path)."
        ) from error
    clusters = None
    if "clusters" in words:
        clusters = Clusters(tuple(words["clusters"]), **{name: found[f"clusters_{name}"] for name in OF_CLUSTERS})
    return Moments(
        outcome=words["outcome"],
        timeline=Timeline(**words["timeline"]),
        strata=tuple(words["strata"]),
        arms=tuple(words["arms"]),
        excluded=pd.DataFrame(words["excluded"], columns=EXCLUDED),
        clusters=clusters,
        cluster_name=words["cluster_name"],
        zeros=words["zeros"],
        **{name: found[name] for name in ARRAYS},
    )
