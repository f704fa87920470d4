"""Who lags: how far recent use lies below what is usual in the same role, by person and by team."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.data.duckdb import as_table
from workbench.data.engine import identifier
from workbench.errors import check_share
from workbench.planning.experience import features_at
from workbench.results.estimates import LEVEL, Estimates


def need(people: pd.DataFrame) -> pd.Series:
    """How far recent use lies below the median of people in the same role, in active days a week; 0 above it.

    people : role, days (active days a week), as of `features_at`

    >>> need(pd.DataFrame({"role": "sales", "days": [1.0, 3.0, 4.0]})).tolist()
    [2.0, 0.0, 0.0]
    """
    usual = people.groupby("role", dropna=False)["days"].transform("median")
    return (usual - people["days"]).clip(lower=0)


def neediest(panel: Any, by: str = "team", level: float = LEVEL) -> Estimates:
    """Groups by the mean need of their people in the last eight weeks, the neediest first.

    panel : user-weeks, as `wb.user_weeks` returns them; by : "team", "department", "role" or "region"
    level : of the intervals, which take a group's people for a sample (Student's t)
    Returns Estimates in active days a week, one row a group: `by`, estimate, conf_low, conf_high, n (people), and
    band_low, band_high, which hold for all groups at once (Bonferroni); people whose group is not known are left out.
    `overall` is the mean of all people.

    >>> from workbench.simulation import tiny_crm
    >>> found = neediest(wb.user_weeks(wb.open_source(tiny_crm())))
    >>> found.table.columns.tolist(), len(found.table)
    (['team', 'estimate', 'conf_low', 'conf_high', 'n', 'band_low', 'band_high'], 6)
    """
    check_share("level", level)
    panel = as_table(panel)
    people = features_at(panel, week_after(panel)).assign(need=need)
    groups = panel.sql(f"select user_id, max({identifier(by)}) as here from this group by user_id").to_pandas()
    known = people.merge(groups, on="user_id").dropna(subset=["here"])
    each = {name: people["need"].to_numpy(float) for name, people in known.groupby("here")}
    at_once = 1 - (1 - level) / max(len(each), 1)
    rows = [{by: name, **_mean(values, level), **_band(values, at_once)} for name, values in each.items()]
    columns = [by, "estimate", "conf_low", "conf_high", "n", "band_low", "band_high"]
    table = pd.DataFrame(rows, columns=columns).sort_values(["estimate", by], ascending=[False, True], kind="stable")
    about = "days a week by which people lie below the median of their role, mean of the last eight weeks"
    overall = pd.Series(_mean(known["need"].to_numpy(float), level)) if len(known) else None
    return Estimates(table.reset_index(drop=True), "active days a week", about, level, overall=overall)


def _band(values: np.ndarray, level: float) -> dict[str, float]:
    """The ends of the interval as those of a band."""
    mean = _mean(values, level)
    return {"band_low": mean["conf_low"], "band_high": mean["conf_high"]}


def _mean(values: np.ndarray, level: float) -> dict[str, float]:
    """The mean with its interval; none for a single person."""
    n, mean = len(values), float(values.mean())
    reach = stats.t.ppf((1 + level) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
    return {"estimate": mean, "conf_low": max(mean - reach, 0.0), "conf_high": mean + reach, "n": n}


def week_after(panel: Any) -> pd.Timestamp:
    """The first day of the week after the panel's last one.

    >>> from workbench.simulation import tiny_crm
    >>> week_after(wb.user_weeks(wb.open_source(tiny_crm()))).day_name()
    'Monday'
    """
    last = as_table(panel).sql("select max(week) as last from this").to_arrow()["last"][0].as_py()
    return pd.Timestamp(last) + pd.Timedelta(weeks=1)
