"""What changed between two surveys: of the same people, and of all who answered, apart.

The two can differ. Of all who answered, others may have answered; the same people are fewer, and those who answer twice
are not everybody. Somebody who answered both enters the difference of means with what they add to it, whole teams
together, so that nothing is counted twice.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.errors import ContractError, not_one_of
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say, translated
from workbench.surveys.answers import SurveyAnswers
from workbench.surveys.groups import at_once, cluster_of, clustered_mean, only_scale
from workbench.surveys.scores import UNITS, scores

SAME, ALL = phrase("the same people"), phrase("all who answered")


def changes(answers: SurveyAnswers, before: str = "", after: str = "", level: float = LEVEL) -> Estimates:
    """How mean scores on one scale changed between two surveys.

    answers : on one scale, such as `answers.of("com_b")`
    before, after : names of surveys; empty for the last two
    Returns Estimates, two rows per component: component, label, who (the same people; all who answered), estimate
    (after minus before, in the unit of the scale), std_error (by teams), conf_low, conf_high, n people (of all who
    answered: in the later survey), p_holm, side (for all rows of the same `who` at once). Anonymous answers are in the
    rows of all who answered alone. Without two surveys there is no row, and `notes` say so.
    Raises ContractError for answers on several scales or a survey that is not there.

    >>> from workbench import surveys
    >>> from workbench.data import open_source
    >>> one = pd.DataFrame({"user_id": list("abc"), "value": [4, 6, 8]})
    >>> two = pd.DataFrame({"user_id": list("bc"), "value": [10, 10]})
    >>> given = pd.concat([one.assign(survey="spring", answered_at="2025-04-01T09:00Z"),
    ...     two.assign(survey="autumn", answered_at="2025-10-01T09:00Z")]).assign(scale="nps", item="nps")
    >>> log = open_source({"users": one[["user_id"]], "surveys": given})
    >>> surveys.changes(surveys.answers(log.surveys, log.users)).table[["who", "estimate"]].to_numpy().tolist()
    [['the same people', 150.0], ['all who answered', 166.66666666666669]]
    """
    scale = only_scale(answers)
    waves = answers.waves
    about, unit = say("{scale}: change between two surveys", scale=translated(scale.label)), UNITS[scale.formula]
    if len(waves) < 2:
        return Estimates(pd.DataFrame(columns=COLUMNS), unit, about, level, notes=(say("there is one survey only"),))
    first, then = _chosen(before, waves, -2), _chosen(after, waves, -1)
    rows = scores(answers)
    found = [
        _change(part, first, then, who) | {"component": name, "label": label, "who": who}
        for name, label in scale.components.items()
        for who in (SAME, ALL)
        if {first, then} <= set((part := rows[rows["component"] == name])["survey"])
    ]
    table = pd.DataFrame(found, columns=[*COLUMNS[:4], "std_error", "n", "df"])
    judged = [at_once(part, level) for _, part in table.groupby("who", sort=False)]
    joined = pd.concat(judged).sort_index()[COLUMNS] if judged else pd.DataFrame(columns=COLUMNS)
    return Estimates(joined, unit, f"{about}, {first} and {then}", level, notes=answers.notes)


COLUMNS = ["component", "label", "who", "estimate", "std_error", "conf_low", "conf_high", "n", "p_holm", "side"]


def _chosen(name: str, waves: list[str], place: int) -> str:
    if name and name not in waves:
        raise ContractError(not_one_of(name, waves, "survey"))
    return name or waves[place]


def _change(rows: pd.DataFrame, first: str, then: str, who: str) -> dict[str, float]:
    """The change of a mean, with its error by teams."""
    pair = rows[rows["survey"].isin([first, then])]
    person = pair["user_id"].astype(object).where(pair["user_id"].notna(), "sheet " + pair["sheet"].astype(str))
    team = cluster_of(pair).groupby(person).first()
    wide = pair.assign(person=person).pivot(index="person", columns="survey", values="score")[[first, then]]
    if who == SAME:
        gained = (wide[then] - wide[first]).dropna()
        mean, variance, df = clustered_mean(gained, team.reindex(gained.index))
        return {"estimate": mean, "std_error": np.sqrt(variance), "df": df, "n": len(gained)}
    n = wide.count()
    parts = ((wide[then] - wide[then].mean()) / n[then]).fillna(0) - (
        (wide[first] - wide[first].mean()) / n[first]
    ).fillna(0)
    sums = parts.groupby(team).sum()
    error = np.sqrt(len(sums) / (len(sums) - 1) * (sums**2).sum()) if len(sums) > 1 else np.nan
    gap = wide[then].mean() - wide[first].mean()
    return {"estimate": gap, "std_error": error, "df": len(sums) - 1.0, "n": int(n[then])}
