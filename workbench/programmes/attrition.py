"""Whether those who were trained left more often than those who were not.

Who leaves has no later use, so an effect is read off those who stayed: were training to drive people out, or to keep
them, the effect would be of those left over. The pace at which the untrained left is held against the trained week by
week: in each, everybody who is still there and has not been trained yet is a comparison. Counting all who were ever
trained against all who never were would be wrong, for one must have stayed to be trained.

    expected = Σ over weeks of (trained people there) · (leavers there) / (people there)

with the variance of Mantel and Haenszel (1959), Journal of the National Cancer Institute 22, 719–748 (the log-rank
test).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.data.engine import Table
from workbench.errors import ContractError
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import say

Z = 1.959963984540054  # of a 95 % interval
COLUMNS = ["cohort", "left", "expected", "estimate", "std_error", "conf_low", "conf_high", "n"]


def leaving(compared: Table) -> Estimates:
    """How many more of the trained left than would have at everybody's pace, wave by wave.

    compared : user-weeks with `began`, the first week of training (missing: never); somebody has left whose rows end
        before the last week
    Returns Estimates, one row per wave that lasts at least a week: cohort, left, expected (people), and the difference
    as a share of the wave's n people; `.overall` is of all waves together.
    Where all were trained in the last week there is no row, and `notes` say so.
    Raises ContractError where nobody was trained.

    >>> from workbench.programmes import leaving, trainings
    >>> found = leaving(trainings(panel, log)["Basics"].rows).overall
    >>> int(found["left"]), int(found["n"])
    (0, 4)
    """
    counts = _counts(compared)
    if not counts["began"].notna().any():
        raise ContractError(say("nobody was trained, so there is nobody of whom to say whether they left."))
    about = "leavers among the trained, less those expected at everybody's pace in the same weeks"
    lasting: list[object] = sorted(counts.loc[counts["week"] >= counts["began"], "began"].unique())
    if not lasting:
        unknown = say("nobody was trained before the last week, so nobody can have left since")
        return Estimates(pd.DataFrame(columns=COLUMNS), "share of people", about, notes=(unknown,))
    waves = [_row(counts, [wave], {"cohort": wave}) for wave in lasting]
    overall = _row(counts, lasting, {})
    return Estimates(pd.DataFrame(waves), "share of people", about, LEVEL, pd.Series(overall))


def _counts(compared: Table) -> pd.DataFrame:
    """Per wave (missing: never) and week: people there and how many of them have their last row in it."""
    return compared.sql(
        """
        with ends as (select max(week) as last from this),
        people as (select user_id, max(week) as seen from this group by user_id)
        select cast(this.began as date) as began, this.week, cast(count(*) as bigint) as people,
            cast(count(case when people.seen = this.week then 1 end) as bigint) as leavers
        from this join people on people.user_id = this.user_id cross join ends
        where this.week < ends.last group by cast(this.began as date), this.week order by began, this.week"""
    ).to_pandas()


def _row(counts: pd.DataFrame, waves: list[object], terms: dict[str, object]) -> dict[str, object]:
    """Observed less expected leavers of some waves since their training."""
    on = counts["began"].isin(waves) & (counts["week"] >= counts["began"])
    # Not trained by then, or of these waves: people of other waves count until their own turn.
    there = counts[on | counts["began"].isna() | (counts["week"] < counts["began"])]
    every = there.groupby("week")[["people", "leavers"]].sum()
    ours = counts[on].groupby("week")[["people", "leavers"]].sum()
    every = every.loc[ours.index]
    share = ours["people"] / every["people"]
    left, expected = int(ours["leavers"].sum()), float((share * every["leavers"]).sum())
    rest: pd.Series = (every["people"] - every["leavers"]) / np.maximum(every["people"] - 1, 1)
    spread = float((share * (1 - share) * every["leavers"] * rest).sum())
    n = int(counts[on].groupby("began")["people"].first().sum())
    more, reach = (left - expected) / n, Z * np.sqrt(spread) / n
    numbers = {"estimate": more, "std_error": np.sqrt(spread) / n, "conf_low": more - reach, "conf_high": more + reach}
    return {**terms, "left": left, "expected": expected, **numbers, "n": n}
