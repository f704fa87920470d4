"""Which cohorts may stand beside everybody's weekly use, so that nobody can take the one from the other."""

from __future__ import annotations

import pandas as pd

from workbench.adoption.retention import Length
from workbench.results import privacy


def beside_weekly_use(retained: pd.DataFrame, period: Length) -> pd.DataFrame:
    """The cohorts that may stand beside everybody's weekly use.

    retained, period : the answer of `retention`, and its period
    Weekly use less the weeks of the cohorts that are shown is that of the others who had begun by then. Wherever these
    are one to nine people, the smallest cohort that had begun is left out, too. What is counted in months or quarters
    cannot be taken from weeks.

    >>> starts = pd.to_datetime(["2025-01-06", "2025-01-13", "2025-01-20"])
    >>> cells = pd.DataFrame({"cohort": starts, "age": 0, "n": [100, 3, 12]})
    >>> beside_weekly_use(cells, "week")["n"].tolist()  # in the second week the others are three
    [12]
    """
    if period != "week":
        return retained
    sizes = retained.groupby("cohort")["n"].max().sort_index()
    hidden = privacy.too_few(sizes, minimum=privacy.ALIKE)
    while True:
        others = sizes.where(hidden, 0).cumsum()
        few = others.between(1, privacy.ALIKE - 1) & (~hidden).cummax()
        if not few.any():
            return retained[~retained["cohort"].isin(hidden.index[hidden])].reset_index(drop=True)
        begun = ~hidden & (sizes.index <= few.idxmax())
        hidden |= begun & (sizes == sizes[begun].min())
