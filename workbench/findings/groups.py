"""How groups differ: which stand out, how alike their members are, and which adopt sooner."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.findings.finding import Finding
from workbench.findings.phrases import how_often
from workbench.findings.rows import numbers_of, row_of
from workbench.findings.unanswered import untold
from workbench.results import privacy
from workbench.results.estimates import Estimates
from workbench.results.verdict import PARTED, Grade, Side, Verdict, side_of
from workbench.results.words import capital, level, of_100


def standing(estimates: Estimates, groups: str = "groups") -> Finding:
    """How many groups are clearly above or below everybody together, and which stand furthest out.

    estimates : a row for each group: its name, estimate, n (people), conf_low, conf_high, or band_low, band_high for
        all groups at once; `overall`: everybody together. Groups that may not be shown are not counted.
    groups : what they are, in the plural

    >>> rows = {"team": ["A", "B"], "estimate": [0.5, 0.2], "conf_low": [0.4, 0.1], "conf_high": [0.6, 0.3], "n": 90}
    >>> whole = pd.Series({"estimate": 0.35, "conf_low": 0.3, "conf_high": 0.4, "n": 180})
    >>> print(standing(Estimates(pd.DataFrame(rows), "share of people", "made up", overall=whole), "teams"))
    Of 2 teams, 1 is clearly above (A) and 1 is clearly below (B) the 35 of 100 of everybody together.
    """
    overall, table = row_of(estimates), privacy.shown(estimates).table.dropna(subset=["estimate"])
    if overall is None or table.empty:
        headline = f"None of the {groups} can be shown."
        return Finding(headline, Verdict.UNKNOWN, Grade.NONE, "too few people in each")
    sides = _sides(table, overall["estimate"])
    above, below = (_furthest(table[sides == side], side) for side in (Side.ABOVE, Side.BELOW))
    typical = level(overall["estimate"], estimates.unit)
    headline = f"Of {len(table)} {groups}, {above} and {below} the {typical} of everybody together."
    by_chance = "intervals hold for all groups at once" if "band_low" in table else _stand_out_by_chance(estimates)
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, by_chance, **numbers_of(overall, estimates))


def _sides(table: pd.DataFrame, line: float) -> pd.Series:
    """On which side of the line each row lies, by the interval for all rows at once where there is one."""
    kind = "band" if "band_low" in table else "conf"
    ends = zip(table[f"{kind}_low"], table[f"{kind}_high"], strict=True)
    return pd.Series([side_of(low, high, line) for low, high in ends], index=table.index, dtype=str)


def _furthest(groups: pd.DataFrame, side: Side) -> str:
    """How many groups lie on this side, and which of them furthest out."""
    if groups.empty:
        return f"none is {side}"
    names = next(c for c in groups.columns if groups[c].dtype.kind not in "fiub")
    farthest = groups["estimate"].argmax() if side is Side.ABOVE else groups["estimate"].argmin()
    name = groups[names].iloc[int(farthest)]
    return f"1 is {side} ({name})" if len(groups) == 1 else f"{len(groups)} are {side} (furthest {name})"


def _stand_out_by_chance(estimates: Estimates) -> str:
    odds = round(1 / (1 - estimates.level))
    return f"each interval stands by itself, so about 1 in {odds} groups would stand out by chance alone"


def alike(icc: Estimates) -> str:
    """How much of what sets people apart lies between their groups, in one clause.

    icc : the intraclass correlation, from 0 to 1, its unit ending in the groups' name (`adoption.icc`)

    >>> row = {"estimate": 0.034, "conf_low": -0.01, "conf_high": 0.08}
    >>> alike(Estimates(pd.DataFrame([row]), "share of the variation that lies between teams", "made up"))
    'of all that sets people apart, 3 of 100 parts lie between teams (between 0 and 8)'
    """
    row = row_of(icc)
    if row is None:
        return "how much of what sets people apart lies between groups cannot be told"
    part, low, high = (of_100(max(row[c], 0)) for c in ("estimate", "conf_low", "conf_high"))
    groups = icc.unit.rsplit(" ", 1)[-1]
    return f"of all that sets people apart, {part} of 100 parts lie between {groups} (between {low} and {high})"


def pace(found: Any, groups: str, teams: bool = False) -> Finding:
    """Whether groups differ in how soon they adopt.

    found : log_rank (None: nothing to compare), by_week, reached (`workbench.time_to_adopt`)
    groups : what they are, in the plural; teams : chance is what dealing whole teams to the groups brings

    >>> from workbench import findings
    >>> waited = wb.time_to_adopt(wb.user_weeks(log), "department")
    >>> print(findings.pace(waited, "departments"))
    Whether departments differ in how soon people make it a habit cannot be told: fewer than two groups can be compared.
    """
    question = f"Whether {groups} differ in how soon people make it a habit"
    shown = privacy.shown(found.reached).table.dropna(subset=["estimate"])
    if found.log_rank is None or len(shown) < 2:
        return untold(question, "fewer than two groups can be compared")
    differ = "clearly differ" if found.log_rank["p_value"] < PARTED else "do not clearly differ"
    headline = (
        f"{capital(groups)} {differ} in how soon people make it a habit:"
        f" within {found.by_week} weeks of access from {_from_to(shown)} have it."
    )
    dealt = "whole teams dealt to them by lot" if teams else "people dealt to them by lot"
    odds = f"{dealt} would lie as far apart in {how_often(found.log_rank['p_value'])}"
    rule = f"the whole courses of the {groups} were compared (log-rank test); {odds}"
    n = int(found.reached.overall["n"])
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n)


def _from_to(shares: pd.DataFrame) -> str:
    """The lowest and the highest share, with their groups."""
    ranked, group = shares.sort_values("estimate", kind="stable"), shares.columns[0]
    low, high = ranked.iloc[0], ranked.iloc[-1]
    return f"{of_100(low['estimate'])} of 100 ({low[group]}) to {of_100(high['estimate'])} ({high[group]})"
