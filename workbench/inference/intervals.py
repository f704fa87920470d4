"""From weighted sums of means to a table of estimates: intervals, bands over several rows, and notes on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from workbench.inference.contrasts import Contrasts
from workbench.inference.layout import Floats
from workbench.inference.variance import root
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say, translated
from workbench.results.words import number

DRAWS = 20_000  # of the joint distribution, for simultaneous bands
FEWEST = 2.0  # degrees of freedom; two teams of a kind have fewer, and an interval from them says nothing
THREE = 3  # clusters of one size that have as many
NAMED = 3  # strata in a note
TOGETHER = 10  # treated clusters of one size; fewer say too little of how rows vary together: no simultaneous band


def estimates(
    contrasts: Contrasts,
    terms: pd.DataFrame,
    unit: str,
    about: str,
    level: float = LEVEL,
    notes: tuple[str, ...] = (),
    summary: bool = False,
    band: bool = True,
    seed: int = 0,
) -> Estimates:
    """Contrasts as a table; with `summary`, the last of them is the one number for all the others."""
    rows = contrasts.selected(np.arange(len(terms))) if summary else contrasts
    band = band and len(terms) > 1
    table = pd.concat([terms.reset_index(drop=True), _intervals(rows, level, band, seed)], axis=1)
    overall = _intervals(contrasts.selected([-1]), level, False, seed).iloc[0] if summary else None
    effective = float(contrasts.selected([-1]).effective_clusters[0]) if summary else float("nan")
    unknown = [*_without_interval(rows), *(_without_band(rows) if band else [])]
    return Estimates(table, unit, about, level, overall, (*notes, *unknown), effective, rows)


def _without_interval(contrasts: Contrasts) -> list[str]:
    few, m, said = contrasts.freedoms < FEWEST, contrasts.moments, _certain(contrasts)
    if not few.any():
        return said
    each = translated(f"{m.cluster_name}s" if m.clusters else phrase("units"))
    rows = number(len(contrasts.estimate), 0)
    alone, strata = contrasts.alone
    if strata and (few & alone).any():
        parts = {"n": number((few & alone).sum(), 0), "all": rows, "each": each, "strata": _named(strata)}
        one = phrase("{n} of {all} rows rest on strata with one alone of the {each} on a side ({strata}): no interval.")
        said.append(translated(one, **parts))
        few &= ~alone
    outweighed = few & (contrasts.effective_clusters < THREE - 1)
    if outweighed.any():
        outweighed &= contrasts.treated_clusters >= THREE
    if (few & ~outweighed).any():
        parts = {"n": number((few & ~outweighed).sum(), 0), "all": rows, "each": each}
        said.append(say("{n} of {all} rows rest on fewer than three {each} of a kind: no interval.", **parts))
    if outweighed.any():
        least = contrasts.effective_clusters[outweighed].min()
        heavy = phrase(
            "{n} of {all} rows rest on {each} of which one outweighs the others of its kind"
            " (they tell as much as {least} of one size): no interval."
        )
        parts = {"n": number(outweighed.sum(), 0), "all": rows, "each": each, "least": number(least, 1)}
        said.append(translated(heavy, **parts))
    return said


def _named(strata: list[str]) -> str:
    """A few of them, and how many more."""
    few = ", ".join(strata[:NAMED])
    return say("{list}, and {n} more", list=few, n=len(strata) - NAMED) if len(strata) > NAMED else few


def _without_band(contrasts: Contrasts) -> list[str]:
    """That rows have an interval of their own but no band."""
    few = (contrasts.freedoms >= FEWEST) & (contrasts.std_error > 0) & ~_in_band(contrasts)
    if not few.any():
        return []
    m = contrasts.moments
    each = translated(f"{m.cluster_name}s" if m.clusters else phrase("units"))
    said = phrase(
        "{n} of {all} rows rest on treated {each} that tell less than {fewest} of one size would: no simultaneous band."
    )
    parts = {"n": number(few.sum(), 0), "all": number(len(few), 0), "each": each, "fewest": number(TOGETHER, 0)}
    return [translated(said, **parts)]


def _in_band(contrasts: Contrasts) -> NDArray[np.bool_]:
    """K: rows that a simultaneous band may hold: those on `TOGETHER` treated clusters (units) of one size or more.

    A covariance estimated from M teams has rank M − 1, however many the rows, and a band from a few is too narrow:
    where the treated vary four times as much as the others, it covers .74 with 3 treated teams and .93 with 10
    (`benchmarks/calibration.py`). Large-sample errors take the covariance for known.
    Source of the number of teams: Carter, Schnepel & Steigerwald (2017).
    """
    return np.isinf(contrasts.freedoms) | (_of_treated(contrasts) > TOGETHER - 1 - 1e-6)


def _of_treated(contrasts: Contrasts) -> Floats:
    """K: degrees of freedom of the treated clusters (units) alone; of all where the treated are not counted apart."""
    known = contrasts.effective_clusters - 1
    return np.where(np.isinf(contrasts.freedoms) | np.isnan(known), contrasts.freedoms, np.maximum(known, 1))


def _certain(contrasts: Contrasts) -> list[str]:
    """That rows compare something that does not vary at all."""
    certain = contrasts.compared & ~(contrasts.std_error > 0)
    parts = {"n": number(certain.sum(), 0), "all": number(len(certain), 0)}
    same = phrase("{n} of {all} rows compare what does not vary, but for rounding: no standard error.")
    return [translated(same, **parts)] * bool(certain.any())


def _intervals(contrasts: Contrasts, level: float, band: bool, seed: int) -> pd.DataFrame:
    estimate, error = contrasts.estimate, contrasts.std_error
    # A base period is compared with itself: nothing is uncertain about it, and nothing was estimated.
    error = np.where(error > 0, error, np.nan)
    told = np.where(contrasts.freedoms >= FEWEST, error, np.nan)
    reach = told * contrasts.reach(level)
    columns = {"estimate": estimate, "std_error": error, "conf_low": estimate - reach, "conf_high": estimate + reach}
    if band:
        told = np.where(_in_band(contrasts), told, np.nan)
        shown = np.flatnonzero(np.isfinite(told))
        widest = simultaneous(contrasts.covariance[np.ix_(shown, shown)], level, seed)
        # Student's t, the wider one: from few teams it is not well known either how rows vary together, and where the
        # treated vary most, they alone tell.
        reach = told * stats.t.isf(stats.norm.sf(widest), np.minimum(contrasts.freedoms, _of_treated(contrasts)))
        columns |= {"band_low": estimate - reach, "band_high": estimate + reach}
    return pd.DataFrame({**columns, "n": contrasts.n})


def simultaneous(covariance: Floats, level: float = LEVEL, seed: int = 0) -> float:
    """How many standard errors wide a band is that holds all rows at once: the quantile of the largest |z|.

    Rows with few degrees of freedom take the quantile of their t distribution that is as rare.
    Source: Callaway & Sant'Anna (2021), section 4.1, here by drawing from the joint normal distribution.
    """
    error = np.sqrt(np.diag(covariance))
    used = error > 1e-12 * error.max(initial=0)
    if not used.any():
        return float("nan")
    correlation = covariance[np.ix_(used, used)] / np.outer(error[used], error[used])
    factor = root(correlation).astype(np.float32)  # exact enough for a quantile of draws, at half the cost
    rng = np.random.default_rng(seed)
    draws = (rng.standard_normal((2_000, factor.shape[1]), np.float32) for _ in range(DRAWS // 2_000))
    largest = np.concatenate([np.abs(drawn @ factor.T).max(axis=1) for drawn in draws])
    return max(float(np.quantile(largest, level)), float(stats.norm.ppf((1 + level) / 2)))
