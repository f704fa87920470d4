"""Favourable shares and mean scores by group, and which groups stand apart from all others.

A share has Wilson's interval and a mean Student's, each person counting for themselves: they describe who answered. A
comparison asks for more. People of one team answer alike, so a group is compared with all others by teams: the mean of
either side has variance G/(G−1) · Σ e_t² / n², with e_t the sum of residuals in team t of G, and the difference has
Welch's degrees of freedom. Many cells are looked at, so *clear* is what stays clear for all of them at once (Holm 1979,
Scandinavian Journal of Statistics 6, 65–70).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from workbench.errors import ContractError, check_share
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import say_n, translated
from workbench.results.privacy import MINIMUM, withheld
from workbench.results.shares import shares
from workbench.results.verdict import Side
from workbench.surveys.answers import SurveyAnswers
from workbench.surveys.scales import Scale
from workbench.surveys.scores import UNITS, scores

NO_SPREAD = 1e-9  # an error below is that of answers that are all alike: nothing to judge by
Moments = tuple[float, float, float]  # a mean, its variance, its degrees of freedom


def favourable(answers: SurveyAnswers, by: str = "", level: float = LEVEL) -> Estimates:
    """Share of favourable scores on each component, in the latest survey of each scale.

    answers : from `answers`
    by : a column to group by: "team", "department", "role" or "region"; empty for everybody together
    Returns Estimates, one row per component (and group): scale, component, label, `by`, a share from 0 to 1, its Wilson
    interval, n people. Who has no group is left out, and `notes` count them.

    >>> from workbench import surveys
    >>> from workbench.data import open_source
    >>> rows = {"survey": "spring", "answered_at": "2025-04-01T09:00Z", "scale": "nps", "item": "nps"}
    >>> given = pd.DataFrame([rows | {"user_id": who, "value": value} for who, value in zip("abcd", (10, 9, 6, 8))])
    >>> log = open_source({"users": pd.DataFrame({"user_id": list("abcd")}), "surveys": given})
    >>> surveys.favourable(surveys.answers(log.surveys, log.users)).table["estimate"].tolist()
    [0.5]
    """
    rows, notes = _grouped(answers, by)
    terms = ["scale", "component", *([by] if by else [])]
    counts = rows.groupby(terms, sort=False)["favourable"].agg(k="sum", n="size").reset_index()
    counts = counts.assign(label=labels(counts, answers.scales))
    found = shares(counts, [*terms[:2], "label", *terms[2:]], "share of people who answered", "favourable", level)
    return Estimates(found.table, found.unit, found.about, level, notes=notes)


def means(answers: SurveyAnswers, by: str = "", level: float = LEVEL) -> Estimates:
    """Mean score on each component of one scale, in its latest survey.

    answers : on one scale, such as `answers.of("com_b")`; by : as in `favourable`
    Returns Estimates, one row per component (and group): component, label, `by`, the mean in the unit of the scale,
    std_error, Student's interval, n people.
    Raises ContractError for answers on several scales: their units differ.

    >>> from workbench import surveys
    >>> from workbench.data import open_source
    >>> rows = {"survey": "spring", "answered_at": "2025-04-01T09:00Z", "scale": "nps", "item": "nps"}
    >>> given = pd.DataFrame([rows | {"user_id": who, "value": value} for who, value in zip("abcd", (10, 9, 6, 8))])
    >>> log = open_source({"users": pd.DataFrame({"user_id": list("abcd")}), "surveys": given})
    >>> surveys.means(surveys.answers(log.surveys, log.users)).table["estimate"].tolist()  # 50 − 25
    [25.0]
    """
    scale = only_scale(answers)
    rows, notes = _grouped(answers, by)
    terms = ["component", *([by] if by else [])]
    table = rows.groupby(terms, sort=False)["score"].agg(estimate="mean", std_error="sem", n="size").reset_index()
    half = stats.t.ppf((1 + level) / 2, np.maximum(table["n"] - 1, 1)) * table["std_error"]
    table = table.assign(conf_low=table["estimate"] - half, conf_high=table["estimate"] + half)
    columns = ["component", "label", *terms[1:], "estimate", "std_error", "conf_low", "conf_high", "n"]
    table = table.assign(label=[scale.components[c] for c in table["component"]])[columns]
    return Estimates(table, UNITS[scale.formula], f"{scale.label}, mean scores", level, notes=notes)


def apart(answers: SurveyAnswers, by: str = "department", level: float = LEVEL) -> Estimates:
    """How far each group's mean score on each component lies from that of all others, compared by teams.

    answers : on one scale, such as `answers.of("com_b")`
    by : a column to group by; by "team", people are compared in the place of teams
    Returns Estimates, one row per component and group that may be shown: component, label, `by`, estimate (group
    minus others, in the unit of the scale), std_error, conf_low, conf_high (each by itself), n people in the group,
    teams in it, p_holm (of all rows at once), side (`Side`: where the group stands if that is clear at once). A group
    of one team has no interval: nobody can say how far it is the team's doing.
    Raises ContractError for answers on several scales.

    >>> from workbench import surveys
    >>> from workbench.data import open_source
    >>> users = pd.DataFrame({"user_id": [f"u{i:02}" for i in range(40)]})
    >>> users = users.assign(team=[f"t{i // 5}" for i in range(40)], department=["x"] * 20 + ["y"] * 20)
    >>> given = users[["user_id"]].assign(survey="spring", answered_at="2025-04-01T09:00Z", scale="com_b",
    ...     item="opportunity_physical", value=[1 + i % 2 for i in range(20)] + [4 + i % 2 for i in range(20)])
    >>> log = open_source({"users": users, "surveys": given})
    >>> found = surveys.apart(surveys.answers(log.surveys, log.users).of("com_b")).table
    >>> found[["department", "estimate"]].to_numpy().tolist(), [str(side) for side in found["side"]]
    ([['x', -3.0], ['y', 3.0]], ['clearly below', 'clearly above'])
    """
    scale = only_scale(answers)
    rows, notes = _grouped(answers, by)
    found = [
        _cell(part, part[by] == group, "sheet" if by == "team" else "team")
        | {"component": component, "label": scale.components[str(component)], by: group}
        for component, part in rows.groupby("component", sort=False)
        for group in _comparable(part[by])
    ]
    table = at_once(pd.DataFrame(found, columns=["component", "label", by, *CELL]), level)
    about = f"{scale.label}: each group minus all others, compared by {'people' if by == 'team' else 'teams'}"
    return Estimates(table, UNITS[scale.formula], about, level, notes=notes)


def _comparable(groups: pd.Series) -> list[str]:
    """The groups that may be shown, with enough people among the others."""
    sizes = groups.value_counts()
    fit = ~withheld(sizes) & (sizes.sum() - sizes >= MINIMUM)
    return sorted(sizes.index[fit])


CELL = ("estimate", "std_error", "df", "n", "teams")


def _cell(rows: pd.DataFrame, inside: pd.Series, unit: str) -> dict[str, Any]:
    return difference(rows["score"], inside, cluster_of(rows, unit)) | {
        "n": int(inside.sum()),
        "teams": int(rows.loc[inside, "team"].nunique()),
    }


def difference(
    values: pd.Series, inside: pd.Series, cluster: pd.Series, weight: pd.Series | None = None
) -> dict[str, float]:
    """Mean of those inside minus mean of the others: estimate, std_error, df (Welch's, of clusters)."""
    w = pd.Series(1.0, values.index) if weight is None else weight
    sides = [clustered_mean(values[side], cluster[side], w[side]) for side in (inside, ~inside)]
    (one, v1, d1), (other, v0, d0) = sides
    both = v1 + v0
    df = both**2 / (v1**2 / d1 + v0**2 / d0) if d1 > 0 and d0 > 0 and both > 0 else np.nan
    return {"estimate": one - other, "std_error": float(np.sqrt(both)), "df": df}


def clustered_mean(values: pd.Series, cluster: pd.Series, weight: pd.Series | None = None) -> Moments:
    """A mean, its variance between clusters and their degrees of freedom; no variance from one cluster.

    weight : what each value counts for, such as the actions behind a share; default: one each
    """
    w = pd.Series(1.0, values.index) if weight is None else weight
    mean = float((w * values).sum() / w.sum()) if w.sum() > 0 else np.nan
    sums = (w * (values - mean)).groupby(cluster).sum()
    clusters = len(sums)
    if clusters < 2:
        return mean, np.nan, 0.0
    return mean, float(clusters / (clusters - 1) * (sums**2).sum() / w.sum() ** 2), clusters - 1.0


def cluster_of(rows: pd.DataFrame, unit: str = "team") -> pd.Series:
    """The team of each row; whoever has none is a cluster of their own."""
    return rows[unit].astype(object).where(rows[unit].notna(), "sheet " + rows["sheet"].astype(str)).astype(str)


def at_once(table: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Intervals, and which rows are clear for all at once.

    table : estimate, std_error, df; rows without an error are not counted among those looked at
    Returns it with conf_low, conf_high (each by itself), p_holm and side (`Side`) in the place of df.
    """
    error = table["std_error"].where(table["std_error"] > NO_SPREAD).astype(float)
    df = table["df"].astype(float)
    check_share("level", level)
    half = stats.t.ppf((1 + level) / 2, df) * error
    p = pd.Series(2 * stats.t.sf((table["estimate"] / error).abs().astype(float), df), table.index)
    known = p.notna()
    holm = pd.Series(np.nan, table.index)
    if known.any():
        holm[known] = multipletests(p[known], method="holm")[1]
    clear = holm < 1 - level
    sides = np.where(~clear, Side.UNCLEAR, np.where(table["estimate"] > 0, Side.ABOVE, Side.BELOW))
    ends = {"conf_low": table["estimate"] - half, "conf_high": table["estimate"] + half}
    return table.assign(**ends, p_holm=holm, side=sides).drop(columns="df")


def only_scale(answers: SurveyAnswers) -> Scale:
    """The one scale that the answers are on; one without components where there are no answers."""
    there = list(dict.fromkeys(answers.table["scale"]))
    if len(there) > 1:
        raise ContractError(
            f"one scale at a time has one unit, but these answers are on {len(there)}.\n"
            f'  Choose one: answers.of("{there[0]}").'
        )
    return answers.scales[there[0]] if there else NOTHING


NOTHING = Scale("", "nothing asked", "", (), {})


def labels(rows: pd.DataFrame, scales: Mapping[str, Scale]) -> list[str]:
    """The label of each row's component."""
    return [scales[s].components[c] for s, c in zip(rows["scale"], rows["component"], strict=True)]


def _grouped(answers: SurveyAnswers, by: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Scores of the latest surveys, without those whose group is not known."""
    rows = scores(answers.last())
    if not by:
        return rows, answers.notes
    nowhere = int(rows.loc[rows[by].isna(), "sheet"].nunique())
    said = say_n(
        "{n} person who answered has no {by} in the data and is not counted by it",
        "{n} people who answered have no {by} in the data and are not counted by it",
        nowhere,
        by=translated(by),
    )
    rows = rows.assign(order=pd.factorize(rows["scale"] + " " + rows["component"])[0]).dropna(subset=[by])
    rows = rows.sort_values(["order", by], kind="stable").drop(columns="order")
    return rows, (*answers.notes, *([said] if nowhere else []))
