"""The effect on every cohort in every period, ATT(g, t), of a treatment that stays on.

Source: Callaway & Sant'Anna (2021), Journal of Econometrics 225, 200–230.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.effects.comparisons import Group, joined, mean_of_bases, one_group
from workbench.effects.left_out import Lost, before_estimation, in_no_comparison, is_alone, sentences, unusable
from workbench.errors import ContractError, check_whole
from workbench.inference.clusters import Clusters
from workbench.inference.contrasts import Contrasts
from workbench.inference.intervals import estimates
from workbench.inference.moments import Moments
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say, translated
from workbench.results.words import number

FEW = 40  # clusters below which the usual standard errors are too small

COMPARISONS = {
    "not_yet_treated": phrase("units not treated yet"),
    "never_treated": phrase("units never treated"),
}


def att_gt(
    m: Moments,
    comparison: str = "not_yet_treated",
    anticipation: int = 0,
    base: str | int = "varying",
    trends: str = "parallel",
    small_sample: bool = True,
    level: float = LEVEL,
    band: bool = True,
    seed: int = 0,
) -> Estimates:
    """The effect on every cohort in every period, ATT(g, t).

    comparison : "not_yet_treated" or "never_treated"
    anticipation : periods before treatment in which it may already be felt
    base : "varying" compares each period before treatment with the one before it; "universal" compares all periods
        with the last one before treatment; a number k compares all periods with each of the last k before treatment,
        and takes the mean: steadier where single periods are noisy, and nobody has to be seen in all of them
    trends : "parallel" takes the treated to have moved by as much as the others, had they not been treated;
        "proportional" by as many per cent: Poisson regression of two groups and two periods (Wooldridge 2023,
        Econometrics Journal 26, C31–C66)
    small_sample : cohort sizes fixed, variance of each cohort corrected for few clusters of unequal size (CR2 of Bell &
        McCaffrey 2002, Survey Methodology 28, 169–181), intervals that count the doubt in it (see
        `inference/small_samples`); False gives the large-sample errors of R's `did`
    band : also a band that holds all rows at once (costs more than all else)

    Returns Estimates with the terms cohort and period, in the outcome's unit; n = treated units behind the row.
    Effects that cannot be told (no base period, nobody to compare with) are left out and said in `notes`.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> att = wb.att_gt(m)
    >>> att.table[["estimate", "n"]].tail(1).round(2).to_dict("records")
    [{'estimate': 1.1, 'n': 2}]
    """
    _check_base(base)
    check_choice("trends", trends, ("parallel", "proportional"))
    found, about, notes = group_times(m.pooled(), comparison, anticipation, base, small_sample, trends, asked=True)
    label = m.timeline.labels
    terms = pd.DataFrame({"cohort": label(found.terms.cohort), "period": label(found.terms.period)})
    return estimates(found, terms, m.unit, about, level, notes, band=band, seed=seed)


def group_times(
    m: Moments,
    comparison: str,
    anticipation: int = 0,
    base: str | int = "varying",
    small_sample: bool = True,
    trends: str = "parallel",
    asked: bool = False,
) -> tuple[Contrasts, str, tuple[str, ...]]:
    """All ATT(g, t), how they were estimated, and what should be known of them.

    asked : whoever asks can name several base periods
    """
    check_choice("comparison", comparison, COMPARISONS)
    check_whole("anticipation", anticipation)
    check_lasting(m)
    starts = np.unique(m.start[m.start < m.timeline.count]).astype(int)
    if not len(starts):
        rule = say("nobody is treated after being seen untreated, so there is no effect to see.")
        raise ContractError(f"{rule}\n  {_excluded_words(m)}")
    backs = range(1, base + 1) if isinstance(base, int) else [None if base == "varying" else 1]
    lost: list[Lost] = []
    parts, used, compared = [], np.zeros(len(m.n), bool), np.zeros(len(m.n), bool)
    for g in starts:
        group = Group(int(g), m.start == g, np.isinf(m.start), np.ones(len(m.n), bool))
        reason = unusable(m, group.cells, group.start, anticipation, small_sample)
        if reason:
            lost.append(Lost(group.start, int(m.n[group.cells].sum()), reason))
            continue
        possible = [back for back in backs if group.start - anticipation >= (back or 1)]
        each = [one_group(m, group, comparison, anticipation, back, trends) for back in possible]
        parts += [effects for effects, _ in each]
        # What can be compared with one of several base periods is not lost.
        lost += [least for least in [min((gone for _, gone in each), key=_how_many)] if least]
        used |= group.cells
        for effects, _ in each:
            compared[effects.compared()] = True
    found = joined(m, parts, small_sample, lost)
    if isinstance(base, int):
        found = mean_of_bases(found, base)
    found = replace(found, anticipation=anticipation)
    adjusted = [
        say("Callaway–Sant'Anna ATT(g, t), compared with {whom}", whom=translated(COMPARISONS[comparison])),
        say("within {n} strata", n=len(m.strata)) if len(m.strata) > 1 else "",
        say("trends alike in per cent") if trends == "proportional" else "",
        say("from the mean of {n} periods before", n=base) if isinstance(base, int) and base > 1 else "",
    ]
    about = ", ".join(filter(None, adjusted)) + spread_words(found)
    after = (found.terms.period >= found.terms.cohort).to_numpy()
    who = (*before_estimation(m), *sentences(m, lost), *in_no_comparison(m, found, after, used, compared, asked))
    return found, about, (*who, *spread_notes(m, small_sample))


def _how_many(lost: Lost | None) -> int:
    return lost.lost if lost else 0


def _check_base(base: str | int) -> None:
    if isinstance(base, str):
        check_choice("base", base, ("varying", "universal", "a number of periods"))
    else:
        check_whole("base", base, 1)


def _excluded_words(m: Moments) -> str:
    said = [f"{row.units:,} units were left out: {row.reason}." for row in m.excluded.itertuples()]
    return "\n  ".join(said) or "Look at the cohort column: a missing value means never treated."


def spread_words(found: Contrasts) -> str:
    """How standard errors were taken, to end a sentence with."""
    m = found.moments
    if not m.clusters:
        return ""
    parts = {"cluster": translated(m.cluster_name or ""), "n": number(len(m.clusters.names), 0)}
    if found.spread.small_sample:
        return "; " + say("standard errors by {cluster} ({n}), corrected for few of them", **parts)
    return "; " + say("standard errors by {cluster} ({n})", **parts)


def spread_notes(m: Moments, small_sample: bool) -> list[str]:
    """What should be known of how units, or clusters, vary: straddling, alone in a cohort, few, of unequal size."""
    each = m.cluster_name or "unit"
    alone = [] if small_sample else _alone(m)
    named = ", ".join(alone)
    one = say(
        "One {each} alone is the cohort {named}: its own ups and downs are not in the intervals.",
        each=translated(each),
        named=named,
    )
    lone = [one] * bool(alone)
    if m.clusters is None:
        return lone
    straddling, total = int((m.cohort_of_clusters < 0).sum()), len(m.clusters.names)
    parts = {"n": number(straddling, 0), "all": number(total, 0), "clusters": translated(f"{each}s")}
    across = [say("{n} of {all} {clusters} have units in more than one cohort.", **parts)] * bool(straddling)
    return [*across, *lone, *_few_clusters(m, m.clusters, small_sample)]


def _alone(m: Moments) -> list[str]:
    """Names of the cohorts, and their strata, that are one unit (cluster) alone."""
    found = []
    for g, stratum in sorted(set(zip(m.start.tolist(), m.stratum.tolist(), strict=True))):
        whole = len(m.strata) < 2
        # A treated unit that is a cohort by itself is left out, and said.
        if (m.clusters is not None or np.isinf(g) or not whole) and is_alone(m, m.start == g, m.stratum == stratum):
            name = "never treated" if np.isinf(g) else m.timeline.name(int(g))
            found.append(name if whole else f"{name} in stratum {m.strata[stratum]}")
    return found


def _few_clusters(m: Moments, clusters: Clusters, small_sample: bool) -> list[str]:
    """That clusters are few, or that one of those treated outweighs the others (see `Contrasts.effective_clusters`)."""
    total, size = len(clusters.names), np.zeros(len(clusters.names))
    np.add.at(size, clusters.cluster, np.where(np.isfinite(m.start[clusters.cell]), clusters.n, 0))
    treated, each = int((size > 0).sum()), m.cluster_name
    effective = (size**2).sum() ** 2 / max((size**4).sum(), 1)
    said = []
    if effective < treated / 2:
        said.append(
            say(
                "The {n} treated {clusters} tell as much as {size} of one size: some outweigh the others.",
                n=treated,
                clusters=translated(f"{each}s"),
                size=number(effective, 1),
            )
        )
    if not small_sample and (total < FEW or effective < FEW / 2):
        few = f"{total} {each}s are few" if total < FEW else f"{effective:.1f} treated {each}s are few"
        said.append(f"{few}: these intervals are too narrow; use small_sample=True.")
    return said


def check_choice(name: str, said: Any, choices: Collection[Any]) -> None:
    """ContractError unless what was said is one of the choices."""
    if said not in choices:
        raise ContractError(f"{name} is one of {', '.join(map(repr, choices))}, not {said!r}.")


def check_lasting(m: Moments) -> None:
    """ContractError unless treatment stays on once it is on, and is one thing."""
    after = np.arange(m.timeline.count) >= m.start[:, None]
    off = (m.seen & after & (m.path == 0)).any(axis=1)
    if off.any():
        raise ContractError(
            f"treatment stays on once it is on, but for {m.n[off].sum():,} units it is switched off again.\n"
            "  Use path_effects(m), which follows treatment on and off."
        )
    on_at_first = np.take_along_axis(m.path, m.seen.argmax(axis=1)[:, None], axis=1)[:, 0] > 0
    kinds = m.path[m.path > 0]
    several = len(kinds) > 0 and kinds.min() < kinds.max()
    if several or on_at_first.any():
        raise ContractError(
            f"treatment is off when a unit is first seen and then one kind of on, but here it has"
            f" {len(m.arms) - 1} kinds and is on at first for {m.n[on_at_first].sum():,} units.\n"
            "  Use path_effects(m), which tells kinds apart."
        )


def before_and_after(att: Estimates) -> Contrasts:
    """The contrasts of effects by period, before treatment too; ContractError where these are something else."""
    found: Contrasts | None = att._contrasts
    if found is None or not {"base", "event_week"} & set(found.terms):
        raise ContractError('this needs effects before and after: att_gt(m), or aggregate(att, by="event_week").')
    return found
