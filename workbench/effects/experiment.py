"""Experiments with one row a person: means of arms that were drawn by lot, and their differences.

Chance made the arms alike, so differences of means are effects, with no weeks before and no trends to believe in.
Earlier use and other covariates only make them narrower: each arm has its own regression on centred covariates (Lin
2013, Annals of Applied Statistics 7, 295–318), which stays right when the regression is wrong. People, or whole teams
where teams were drawn, vary as they do (`least_squares`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg, sparse, stats

from workbench.effects.control import doses, with_control_first
from workbench.effects.did import check_choice
from workbench.effects.losses import chance_of_losses, losses
from workbench.effects.offers import offer_of
from workbench.effects.rare import bounded, guarded, is_share, is_simple
from workbench.errors import ContractError
from workbench.inference.arms import Plan, arm_moments, by_precision, by_size, fit_of
from workbench.inference.contrasts import Contrasts
from workbench.inference.intervals import FEWEST, estimates
from workbench.inference.layout import Floats
from workbench.inference.people import People, Roles, read_people, several
from workbench.inference.sandwich import Sandwich
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.offer import Offer

BY_BLOCK = {"size": "weighted by people", "precision": "weighted by precision"}


def experiment(
    table: Any,
    outcome: str,
    arm: str,
    *,
    against: Any = None,
    cluster: str | None = None,
    block: str | None = None,
    covariates: str | tuple[str, ...] | list[str] = (),
    dose: str | None = None,
    took: str | None = None,
    weights: str | None = None,
    unit: str | None = None,
    by_block: str = "size",
    level: float = LEVEL,
    seed: int = 0,
) -> Estimates:
    """The effect of each arm of an experiment: differences of means, one row a person.

    table : Table, pandas, Arrow or polars; who lacks an arm, an outcome … is left out, and counted
    outcome : a number; true/false and 0/1 are shares
    arm : who drew what
    against : the arm that others are compared with; default: the one called 0, false, off, control or the like, or
        with a `dose` the lowest
    cluster : what was drawn, if not single people, such as "team"
    block : within which lots were drawn, such as "department"
    covariates : numbers or text, true before the draw; each arm has its own regression on them
    dose : a number for each arm, such as an amount; see `straightness`
    took : 1 for those who took part, 0 for those who did not; the answer is then an Offer
    weights : how much each person counts for; of those who vary alike, as in weighted least squares
    unit : the column that names people, each of whom has one row
    by_block : "size" weighs blocks by their people: the mean effect on all; "precision" by how much they tell (fixed
        effects of blocks), each arm among those in it and in `against` alone, which also works in pairs

    Returns Estimates, one row an arm: its mean less that of `against`, in the outcome's unit, n = people in the arm;
    `.overall` is the mean effect of all arms by their people. Standard errors are HC2, or CR2 by cluster, and t
    intervals take the degrees of freedom of Imbens & Kolesár (2016); none where these rest on fewer than three of a
    kind. An arm of few people among many is taken to vary no less than all do; shares without blocks, clusters, weights
    and covariates have Newcombe's intervals; and no clear interval rests on few of a kind. With `took`, an Offer: the
    effect of being offered the arm, with `.take_up` and `.came` beside it.
    Raises ContractError where the table breaks a rule, and where no two arms can be compared.

    >>> people = pd.DataFrame({"drew": ["course", "control"] * 4, "days": [5, 2, 4, 3, 6, 1, 5, 2]})
    >>> found = experiment(people, outcome="days", arm="drew")
    >>> found.table[["arm", "estimate", "n"]].round(2).values.tolist()
    [['course', 3.0, 4]]

    Sources: Neyman (1923), Statistical Science 5, 465–472; Lin (2013), Annals of Applied Statistics 7, 295–318;
    Imbens & Kolesár (2016), Review of Economics and Statistics 98, 701–712.
    """
    check_choice("by_block", by_block, BY_BLOCK)
    optional = {"cluster": cluster, "block": block, "took": took, "dose": dose, "weight": weights, "unit": unit}
    roles = Roles(outcome, arm, covariates=several(covariates), **{role: name or "" for role, name in optional.items()})
    people = with_control_first(read_people(table, roles), against)
    plans = by_size(people) if by_block == "size" or people.block is None else by_precision(people)
    found = _effects(people, plans)
    terms, unit_words = _terms(people), _unit(people)
    lost = chance_of_losses(people.drawn, seed)
    about, notes = _about(people, by_block), _notes(people, plans, by_block, lost)
    half = len(found.estimate) // (1 if took is None else 2)
    effect = found.selected(np.arange(half))
    if took is None:
        effects = estimates(effect, terms, unit_words, about, level, notes, summary=True, seed=seed)
        return replace(guarded(effects, people, people.outcome), lost=lost)
    take_up = found.selected(np.arange(half, 2 * half))
    between = np.diag(found.covariance[:half, half:])
    notes = (*notes, *_came_notes(people))
    offer = offer_of(effect, take_up, between, terms, unit_words, about, notes, level, seed)
    return replace(_guarded_offer(offer, people), lost=lost)


def _guarded_offer(offer: Offer, people: People) -> Offer:
    assert people.took is not None
    effect, take_up = guarded(offer, people, people.outcome), bounded(offer.take_up, people, people.took)
    assert isinstance(effect, Offer)
    assert effect.overall is not None
    assert offer.came.overall is not None
    ends, came = ["conf_low", "conf_high"], offer.came.table.copy()
    came.loc[effect.table["conf_low"].isna().to_numpy(), ends] = np.nan
    overall = offer.came.overall.copy()
    overall[ends] = np.where(np.isnan(effect.overall["conf_low"]), np.nan, overall[ends].astype(float))
    return replace(effect, take_up=take_up, came=replace(offer.came, table=came, overall=overall))


def straightness(found: Estimates, dose: str = "dose") -> pd.DataFrame:
    """Whether effects grow with the dose along a straight line, as far as they can tell.

    found : experiment(..., dose=…), three arms or more, the one compared with among them
    Returns one row: slope, the effect of one more unit of dose along the line nearest to the effects (by generalised
    least squares), its std_error; statistic, how far the effects are from that line (F), df, df_rest, p_value. A small
    p-value says that no straight line will do; a large one that none was ruled out.

    >>> people = pd.DataFrame({"amount": [0, 0, 0, 5, 5, 5, 10, 10, 10], "days": [1, 2, 3, 5, 6, 7, 5, 6, 7]})
    >>> round(straightness(experiment(people, "days", "amount", dose="amount"))["p_value"].item(), 3)
    0.047
    """
    contrasts: Contrasts = found.contrasts
    if dose not in found.table or f"{dose}_against" not in contrasts.terms:
        raise ContractError("a line needs a dose for each arm: pass what experiment(..., dose=…) returned.")
    further = (contrasts.terms[dose] - contrasts.terms[f"{dose}_against"]).to_numpy(float)
    if len(np.unique(further)) < 2:
        raise ContractError(f"a line needs three doses, but there are {len(np.unique(further)) + 1}.")
    precision = np.linalg.inv(contrasts.covariance)
    slope = precision @ further / (further @ precision @ further)
    away = _away_from_line(contrasts, slope, further)
    df, freedom = len(away.estimate), float(away.freedoms.mean())
    rest = freedom - df + 1
    if not (away.freedoms >= FEWEST).all() or rest <= 0:
        raise ContractError(f"too few {contrasts.moments.cluster_name or 'people'} in an arm to judge a line by.")
    statistic = float((away.estimate**2 / np.diag(away.covariance)).sum()) * rest / (freedom * df)
    row = {"slope": slope @ contrasts.estimate, "std_error": (further @ precision @ further) ** -0.5}
    row |= {"statistic": statistic, "df": df, "df_rest": rest, "p_value": stats.f.sf(statistic, df, rest)}
    return pd.DataFrame([row])


def _away_from_line(contrasts: Contrasts, slope: Floats, further: Floats) -> Contrasts:
    """How far K effects are from the line, as K − 1 sums that do not vary together."""
    off = np.eye(len(further)) - np.outer(slope, further)
    _, vectors = np.linalg.eigh(off.T @ contrasts.covariance @ off)
    return contrasts.combined(off @ vectors[:, 1:], pd.DataFrame(index=range(len(further) - 1)))


def _effects(people: People, plans: list[Plan]) -> Contrasts:
    """K effects and their mean by people; then the same for take-up, where it is known."""
    outcomes = np.column_stack([people.outcome, *([] if people.took is None else [people.took])])
    fit, m = fit_of(people, plans, outcomes), arm_moments(people)
    of_arm, of_block = m.path[:, 0], m.stratum
    behind = (of_arm[:, None] == np.arange(1, len(people.arm.names))) & _used(plans)[of_block]
    size = m.n @ behind
    each = linalg.block_diag(*(plan.sums for plan in plans))
    sums = np.column_stack([each, each @ (size / size.sum())])
    behind = np.column_stack([behind, behind.any(axis=1)])
    times = outcomes.shape[1]
    return Contrasts(
        spread=Sandwich(m, small_sample=True, fit=fit),
        terms=pd.concat([_all_terms(people)] * times, ignore_index=True),
        estimate=(sums.T @ fit.coefficients).T.ravel(),
        on_means=sparse.csc_array(np.kron(np.eye(times), sums)),
        on_sizes=np.zeros((len(m.n), times * sums.shape[1])),
        behind=np.hstack([behind] * times),
    )


def _used(plans: list[Plan]) -> NDArray[np.bool_]:
    """Blocks × K, which have the arm and the first one."""
    return np.hstack([plan.used for plan in plans])


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _terms(people: People) -> pd.DataFrame:
    terms = pd.DataFrame({"arm": pd.Series(people.arm.names[1:], dtype=object)})
    return terms if people.dose is None else terms.assign(dose=doses(people, people.arm.names[1:]))


def _all_terms(people: People) -> pd.DataFrame:
    """Those of the arms, and of their mean."""
    terms = _terms(people)
    if people.dose is not None:
        terms["dose_against"] = doses(people, people.arm.names[:1])[0]
    return pd.concat([terms, terms.iloc[:1]], ignore_index=True)


def _unit(people: People) -> str:
    return "share of people" if is_share(people.outcome) else people.roles.outcome.replace("_", " ")


def _about(people: People, by_block: str) -> str:
    roles = people.roles
    said = f"difference in mean {roles.outcome.replace('_', ' ')} by {roles.arm}, against {people.arm.names[0]}"
    if roles.covariates:
        said += f", adjusted for {', '.join(roles.covariates)} (Lin)"
    if people.block is not None:
        said += f", within {len(people.block.names):,} values of {roles.block} {BY_BLOCK[by_block]}"
    if people.cluster is not None:
        return f"{said}; CR2 standard errors by {roles.cluster} ({len(people.cluster.names):,})"
    newcombe = ", Newcombe intervals" if is_share(people.outcome) and is_simple(people) else ""
    return f"{said}; HC2 standard errors{newcombe}"


def _notes(people: People, plans: list[Plan], by_block: str, lost: float) -> tuple[str, ...]:
    return (*losses(people, lost), *_cluster_notes(people), *_block_notes(people, _used(plans), by_block))


def _cluster_notes(people: People) -> list[str]:
    if people.cluster is None:
        return []
    arms = pd.Series(people.arm.code).groupby(people.cluster.code).nunique()
    several, name = int((arms > 1).sum()), people.roles.cluster
    return [f"{several:,} of {len(arms):,} {name}s have people in more than one arm."] * (several > 0)


def _block_notes(people: People, used: NDArray[np.bool_], by_block: str) -> list[str]:
    if people.block is None:
        return []
    notes, name = [], people.roles.block
    for k, arm in enumerate(people.arm.names[1:]):
        without = ~used[:, k]
        lost = int(without[people.block.code[np.isin(people.arm.code, (0, k + 1))]].sum())
        if lost:
            notes.append(
                f"{lost:,} people in {without.sum():,} of {len(without):,} values of {name} do not count for {arm}:"
                f" nobody there drew {arm}, or nobody {people.arm.names[0]}."
            )
    drawn = people.cluster.code if people.cluster else np.arange(len(people))
    kinds = pd.DataFrame({"block": people.block.code, "arm": people.arm.code, "drawn": drawn})
    alone = int((kinds.groupby(["block", "arm"])["drawn"].nunique() == 1).groupby("block").any().sum())
    if alone and by_block == "size":
        notes.append(
            f"{alone:,} of {len(people.block.names):,} values of {name} have one {people.roles.cluster or 'person'} of"
            " an arm alone, whose ups and downs cannot be seen: use by_block='precision'."
        )
    return notes


def _came_notes(people: People) -> list[str]:
    assert people.took is not None
    came, size = np.bincount(people.arm.code, people.took), np.bincount(people.arm.code)
    each = [f"{a:,.0f} of {b:,} in {name}" for a, b, name in zip(came, size, people.arm.names, strict=True)]
    return [f"Took part: {', '.join(each)}."]
