"""One person's score on each component of each scale, by the scale's own formula.

Answers that are missing follow one rule: a component has a score where at least the scale's share of its items
(`answered`) is there, and it is the mean of those. Nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from workbench.results.phrases import phrase
from workbench.surveys.answers import SurveyAnswers
from workbench.surveys.people import GROUPS
from workbench.surveys.scales import Scale

FAVOURABLE = 0.75  # of the way from the lowest to the highest answer: the upper two of five
PROMOTER, DETRACTOR = 9, 6  # of 0 to 10 (Reichheld 2003)
KEYS = ["scale", "component", "survey", "sheet"]
BEST = {"percent": 100.0, "net": 100.0, "share": 1.0}  # the highest score, where it is not the highest answer
UNITS = {
    "mean": phrase("points"),
    "percent": phrase("points of 100"),
    "net": phrase("points from −100 to 100"),
    "share": phrase("share of answers"),
}


def scores(answers: SurveyAnswers) -> pd.DataFrame:
    """What each sheet scores.

    answers : from `answers`; items count as asked where anybody in the survey answered them
    Returns one row per scale, component, survey and sheet: these, user_id (missing: anonymous), team, department, role,
    region, score (in the unit of the scale), highest (score there is), place (0 to 1), favourable (place of 0.75 or
    more; NPS: 9 or 10), items (answered), asked (items of the component in that survey).
    Sheets with too few items have no row.

    >>> from workbench import surveys
    >>> from workbench.data import open_source
    >>> rows = {"user_id": "a", "survey": "spring", "answered_at": "2025-04-01T09:00Z", "scale": "umux_lite"}
    >>> given = pd.DataFrame([rows | {"item": "umux_lite_1", "value": 6}, rows | {"item": "umux_lite_2", "value": 4}])
    >>> log = open_source({"users": pd.DataFrame({"user_id": ["a"]}), "surveys": given})
    >>> found = surveys.scores(surveys.answers(log.surveys, log.users))
    >>> round(found["score"][0], 1)  # (6 + 4 − 2) × 100 / 12
    np.float64(66.7)
    """
    rows = answers.table
    asked = rows.groupby(["scale", "component", "survey"])["item"].nunique().rename("asked")
    firsts = dict.fromkeys(["user_id", *GROUPS, "lowest", "highest"], "first")
    sheets = rows.groupby(KEYS, sort=True).agg({**firsts, "place": "mean", "item": "size"})
    sheets = sheets.rename(columns={"item": "items"}).reset_index().merge(asked.reset_index())
    least = sheets["scale"].map({name: scale.answered for name, scale in answers.scales.items()}).astype(float)
    kept = sheets[sheets["items"] >= least * sheets["asked"] - 1e-9].reset_index(drop=True)
    parts = [_scored(part, answers.scales[str(name)]) for name, part in kept.groupby("scale", sort=True)]
    scored = pd.concat(parts) if parts else kept.assign(score=0.0, favourable=False)
    return scored.drop(columns="lowest").reset_index(drop=True)


def _in_order(rows: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """Components in the order of their scale."""
    places = {part: place for place, part in enumerate(scale.components)}
    return rows.iloc[rows["component"].map(places).argsort(kind="stable")]


def _scored(rows: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    score, favourable = SCORED[scale.formula](rows)
    rows = _in_order(rows, scale)
    highest = rows["highest"] if scale.formula == "mean" else BEST[scale.formula]
    return rows.assign(score=score, favourable=favourable, highest=highest)


def _mean(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return rows["lowest"] + rows["place"] * (rows["highest"] - rows["lowest"]), _upper(rows)


def _percent(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return 100 * rows["place"], _upper(rows)


def _share(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return _upper(rows).astype(float), _upper(rows)


def _net(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    answer, _ = _mean(rows)
    return pd.Series(np.select([answer >= PROMOTER, answer <= DETRACTOR], [100.0, -100.0], 0.0), rows.index), (
        answer >= PROMOTER
    )


def _upper(rows: pd.DataFrame) -> pd.Series:
    return rows["place"] >= FAVOURABLE - 1e-9  # a third of 2.25 is not quite 0.75 in floating point


SCORED: dict[str, Callable[[pd.DataFrame], tuple[pd.Series, pd.Series]]] = {
    "mean": _mean,
    "percent": _percent,
    "net": _net,
    "share": _share,
}


def barrier_points(answers: SurveyAnswers, by: str = "") -> pd.DataFrame:
    """Where change stalls on a scale with a barrier, such as ADKAR: the first element at the barrier or below.

    by : a column to group by, such as "department"; empty for everybody together
    Only sheets with a score on every element asked count.
    Returns one row per scale, survey, group and element (in the scale's order, "none" last): scale, survey, `by`,
    element, people, n (sheets in the group), share.

    >>> from workbench import surveys
    >>> from workbench.data import open_source
    >>> values = {"awareness": 5, "desire": 3, "knowledge": 2, "ability": 4, "reinforcement": 4}
    >>> rows = {"user_id": "a", "survey": "spring", "answered_at": "2025-04-01T09:00Z", "scale": "adkar"}
    >>> given = pd.DataFrame([rows | {"item": item, "value": value} for item, value in values.items()])
    >>> log = open_source({"users": pd.DataFrame({"user_id": ["a"]}), "surveys": given})
    >>> points = surveys.barrier_points(surveys.answers(log.surveys, log.users))
    >>> points.query("people > 0")["element"].tolist()  # knowledge is lower, but desire comes first
    ['desire']
    """
    scored = scores(answers)
    parts = [
        _points(part, answers.scales[str(name)], by)
        for (name, _), part in scored.groupby(["scale", "survey"], sort=True)
        if answers.scales[str(name)].barrier is not None
    ]
    columns = ["scale", "survey", *([by] if by else []), "element", "people", "n", "share"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _points(rows: pd.DataFrame, scale: Scale, by: str) -> pd.DataFrame:
    order = [part for part in scale.components if part in set(rows["component"])]
    wide = rows.pivot(index="sheet", columns="component", values="score")[order].dropna()
    stalled = wide <= scale.barrier
    first = np.where(stalled.any(axis=1), stalled.to_numpy().argmax(axis=1), len(order))
    group = rows.drop_duplicates("sheet").set_index("sheet")[by].reindex(wide.index) if by else 0
    elements = pd.Categorical(np.array([*order, "none"])[first], [*order, "none"])
    cells = pd.DataFrame({"group": group, "element": elements}, wide.index)
    counts = cells.groupby(["group", "element"], observed=False).size().rename("people").reset_index()
    n = counts.groupby("group")["people"].transform("sum")
    table = counts.assign(n=n, share=counts["people"] / n.where(n > 0), scale=scale.name, survey=rows["survey"].iloc[0])
    return table.assign(element=table["element"].astype(str)).rename(columns={"group": by or "group"})
