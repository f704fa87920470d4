"""How adoption spreads through those who have access.

Time to adopt is a survival question: who has not adopted yet still may, so that the median of those who have says
nothing. The curve is Kaplan and Meier's (1958, JASA 53(282), 457–481), its interval Greenwood's on the log–log scale,
the comparison of groups the log-rank test (Mantel 1966).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from workbench.engines import Table
from workbench.history import counted_weeks, groups_of
from workbench.moments import Estimates

LEVEL = 0.95


@dataclass(frozen=True)
class TimeToAdopt:
    """When people adopt: `curve` (share who have adopted by each week of access), `medians`, `log_rank`."""

    curve: Estimates
    medians: pd.DataFrame  # group, people, adopted, median, conf_low, conf_high: weeks of access; missing: not reached
    log_rank: dict[str, float] | None  # statistic, df, p_value: are the groups' curves the same? None for one group

    def _repr_html_(self) -> str:
        return str(self.medians.to_html(index=False, na_rep="not reached"))


def time_to_adopt(panel: Any, by: str | None = None, habit: int = 9, window: int = 12) -> TimeToAdopt:
    """Weeks of access until the habit, with those counted who do not have it yet.

    panel : any table of user-weeks from the start of access on; reads `user_id`, `week`, `actions`, `eligible` where
        there is one, and `by` (one value per person)
    habit, window : adopted is whoever first was active in `habit` of `window` weeks; 1 of 1 is the first use. Nobody
        can adopt in fewer than `habit` weeks.
    People who have not adopted when their weeks, or the panel, end are censored there. That is fair if leaving has
    nothing to do with adopting.
    """
    return survival(_durations(counted_weeks(panel), groups_of(panel, by), habit, window).to_pandas(), by or "group")


def _durations(weeks: Table, groups: Table, habit: int, window: int) -> Table:
    """named, weeks, adopted (0 or 1), people: how many waited how long."""
    return weeks.sql(
        f"""
        with counted as (
            select user_id, row_number() over (partition by user_id order by number) as nth,
                sum(case when actions > 0 then 1 else 0 end) over (
                    partition by user_id order by number rows between {window - 1} preceding and current row
                ) as active
            from this
        ),
        people as (
            select user_id, max(nth) as observed, min(case when active >= {habit} then nth end) as waited
            from counted group by user_id
        )
        select named, coalesce(waited, observed) as weeks, case when waited is null then 0 else 1 end as adopted,
            cast(count(*) as bigint) as people
        from people join groups on groups.user_id = people.user_id group by 1, 2, 3 order by 1, 2, 3""",
        groups=groups,
    )


def survival(durations: pd.DataFrame, group: str = "group") -> TimeToAdopt:
    """Curves, medians and log-rank test.

    durations : one row per group, time and outcome; reads `named`, `weeks`, `adopted` (1: then, 0: not by then),
        `people` (how many)
    group : what the column of the groups is called in the answer
    """
    fitted = {name: _fitted(rows) for name, rows in durations.groupby("named", sort=True)}
    curve = pd.concat([_curve(fit).assign(**{group: name}) for name, fit in fitted.items()], ignore_index=True)
    columns = [group, "week", "estimate", "std_error", "conf_low", "conf_high", "n"]
    about = "Kaplan–Meier share adopted by week of access; n: not adopted and still observed before that week"
    return TimeToAdopt(
        Estimates(curve[columns], None, "share of people", f"{about}; pointwise log–log {LEVEL:.0%} intervals", LEVEL),
        pd.DataFrame([{group: name, **_median(rows, fitted[name])} for name, rows in durations.groupby("named")]),
        _log_rank(durations) if len(fitted) > 1 else None,
    )


def _fitted(rows: pd.DataFrame) -> Any:
    # One entry a person: with frequency weights statsmodels gives Tsiatis' errors of the cumulative hazard instead.
    weeks, adopted = (np.repeat(rows[name].to_numpy(), rows["people"]) for name in ("weeks", "adopted"))
    return SurvfuncRight(weeks.astype(float), adopted)


def _curve(fit: Any) -> pd.DataFrame:
    still, error = fit.surv_prob, fit.surv_prob_se
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = norm.ppf(0.5 + LEVEL / 2) * error / (still * np.abs(np.log(still)))
        low, high = 1 - still ** np.exp(-spread), 1 - still ** np.exp(spread)
    columns = {"week": fit.surv_times, "estimate": 1 - still, "std_error": error, "conf_low": low, "conf_high": high}
    return pd.DataFrame({**columns, "n": fit.n_risk}).astype({"week": "int64", "n": "int64"})


def _median(rows: pd.DataFrame, fit: Any) -> dict[str, float]:
    adopted = int((rows["people"] * rows["adopted"]).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = fit.quantile_ci(0.5, alpha=1 - LEVEL) if adopted else (np.nan, np.nan)
    median = fit.quantile(0.5) if adopted else np.nan
    ends = {"median": median, "conf_low": low, "conf_high": high if np.isfinite(high) else np.nan}
    return {"people": int(rows["people"].sum()), "adopted": adopted, **ends}


def _log_rank(durations: pd.DataFrame) -> dict[str, float] | None:
    if not (durations["adopted"] * durations["people"]).any():
        return None
    each = durations.loc[durations.index.repeat(durations["people"])]
    statistic, p_value = survdiff(each["weeks"], each["adopted"], each["named"])
    return {"statistic": float(statistic), "df": each["named"].nunique() - 1, "p_value": float(p_value)}
