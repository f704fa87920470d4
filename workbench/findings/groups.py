"""How groups differ: which stand out, how similar their members are, and which adopt sooner."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.findings.finding import Finding
from workbench.findings.phrases import how_often, likely
from workbench.findings.rows import numbers_of, row_of
from workbench.findings.unanswered import untold
from workbench.results import privacy
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, phrase_n, say, say_n, translated
from workbench.results.verdict import PARTED, Grade, Side, Verdict, side_of
from workbench.results.words import capital, level, percent


def standing(estimates: Estimates, groups: str = "groups") -> Finding:
    """How many groups are clearly above or below the average, and which stand furthest out.

    estimates : a row for each group: its name, estimate, n (people), conf_low, conf_high, or band_low, band_high for
        all groups at once; `overall`: the average of all people. Groups that may not be shown are not counted.
    groups : what they are, in the plural

    >>> rows = {"team": ["A", "B"], "estimate": [0.5, 0.2], "conf_low": [0.4, 0.1], "conf_high": [0.6, 0.3], "n": 90}
    >>> whole = pd.Series({"estimate": 0.35, "conf_low": 0.3, "conf_high": 0.4, "n": 180})
    >>> print(standing(Estimates(pd.DataFrame(rows), "share of people", "made up", overall=whole), "teams"))
    1 of 2 teams is clearly above average, 1 clearly below (average 35%; above: A; below: B).
    """
    overall, table = row_of(estimates), privacy.shown(estimates).table.dropna(subset=["estimate"])
    if overall is None or table.empty:
        headline = say("None of the {groups} can be shown.", groups=translated(groups))
        return Finding(headline, Verdict.UNKNOWN, Grade.NONE, say("too few people in each"))
    if len(table) == 1:
        headline = say("There are not two {groups} to compare.", groups=translated(groups))
        return Finding(headline, Verdict.UNKNOWN, Grade.NONE, say("the data name one, or one alone can be shown"))
    sides = _sides(table, overall["estimate"])
    out = {side: table[sides == side] for side in (Side.ABOVE, Side.BELOW)}
    typical = level(overall["estimate"], estimates.unit)
    parts = {"all": len(table), "groups": translated(groups), "average": typical}
    headline = _none_stands_out(estimates, table, **parts)
    if any(len(rows) for rows in out.values()):
        headline = _counted(out, **parts, furthest=_furthest(out))
    by_chance = say("the likely ranges hold for all groups together")
    if "band_low" not in table:
        by_chance = _stand_out_by_chance(estimates)
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, by_chance, **numbers_of(overall, estimates))


def _none_stands_out(estimates: Estimates, table: pd.DataFrame, **parts: object) -> str:
    """That no group differs clearly from the average; two are named, and that others are hidden is said."""
    if len(table) == 2:
        one, other = (translated(str(name)) for name in table[_names(table)])
        return say(
            "No clear difference between “{one}” and “{other}” (average {average}).", one=one, other=other, **parts
        )
    if len(table) < len(estimates.table) or privacy.said(estimates):
        return say("None of the {all} {groups} shown clearly differs from the average ({average}).", **parts)
    return say("None of {all} {groups} clearly differs from the average ({average}).", **parts)


def _sides(table: pd.DataFrame, line: float) -> pd.Series:
    """On which side of the line each row lies, by the interval for all rows at once where there is one."""
    kind = "band" if "band_low" in table else "conf"
    ends = zip(table[f"{kind}_low"], table[f"{kind}_high"], strict=True)
    return pd.Series([side_of(low, high, line) for low, high in ends], index=table.index, dtype=str)


ABOVE = phrase_n(
    "{count} of {all} {groups} is clearly above average (average {average}; {furthest}).",
    "{count} of {all} {groups} are clearly above average (average {average}; {furthest}).",
)
BELOW = phrase_n(
    "{count} of {all} {groups} is clearly below average (average {average}; {furthest}).",
    "{count} of {all} {groups} are clearly below average (average {average}; {furthest}).",
)
BOTH = phrase_n(
    "{count} of {all} {groups} is clearly above average, {below} clearly below (average {average}; {furthest}).",
    "{count} of {all} {groups} are clearly above average, {below} clearly below (average {average}; {furthest}).",
)


GROUPS = (  # what they are, in the plural
    phrase("groups"),
    phrase("departments"),
    phrase("teams"),
    phrase("roles"),
    phrase("regions"),
)


def _counted(out: dict[Side, pd.DataFrame], **parts: object) -> str:
    """How many of the groups lie on which side of the average."""
    above, below = (len(out[side]) for side in (Side.ABOVE, Side.BELOW))
    said = BOTH if above and below else ABOVE if above else BELOW
    return say_n(*said, above or below, count=above or below, below=below, **parts)


def _furthest(out: dict[Side, pd.DataFrame]) -> str:
    """Which groups lie furthest out on each side."""
    words = {
        Side.ABOVE: (phrase("above: {name}"), phrase("furthest above: {name}")),
        Side.BELOW: (phrase("below: {name}"), phrase("furthest below: {name}")),
    }
    sides = [(words[side][len(rows) > 1], _name(rows, side)) for side, rows in out.items() if len(rows)]
    return "; ".join(translated(said, name=name) for said, name in sides)


def _name(rows: pd.DataFrame, side: Side) -> str:
    farthest = rows["estimate"].argmax() if side is Side.ABOVE else rows["estimate"].argmin()
    return str(rows[_names(rows)].iloc[int(farthest)])


def _names(rows: pd.DataFrame) -> str:
    """The column of the groups' names."""
    return next(str(c) for c in rows.columns if rows[c].dtype.kind not in "fiub")


def _stand_out_by_chance(estimates: Estimates) -> str:
    odds = round(1 / (1 - estimates.level))
    return say("about 1 in {odds} groups would stand out by chance alone", odds=odds)


def alike(icc: Estimates) -> str:
    """How much of the difference between people lies between their groups, in one clause.

    icc : the intraclass correlation, from 0 to 1, its unit ending in the groups' name (`adoption.icc`)

    >>> row = {"estimate": 0.034, "conf_low": -0.01, "conf_high": 0.08}
    >>> alike(Estimates(pd.DataFrame([row]), "share of the variation that lies between teams", "made up"))
    'teams account for 3% of the differences between people (likely 0–8%)'
    """
    row = row_of(icc)
    if row is None:
        return say("we cannot say how much of the differences between people lies between groups")
    part, low, high = (percent(max(row[c], 0)) for c in ("estimate", "conf_low", "conf_high"))
    parts = {"groups": translated(icc.unit.rsplit(" ", 1)[-1]), "share": part, "likely": likely(low, high)}
    return say("{groups} account for {share} of the differences between people ({likely})", **parts)


def pace(found: Any, groups: str, teams: bool = False) -> Finding:
    """Whether groups differ in how soon they adopt.

    found : log_rank (None: nothing to compare), by_week, reached (`workbench.time_to_adopt`)
    groups : what they are, in the plural; teams : whether chance assigns whole teams to the groups

    >>> from workbench import findings
    >>> waited = wb.time_to_adopt(wb.user_weeks(log), "department")
    >>> print(findings.pace(waited, "departments"))
    We cannot say whether departments differ in how fast people form the habit: fewer than two groups can be compared.
    """
    groups = translated(groups)
    question = say("Whether {groups} differ in how fast people form the habit", groups=groups)
    shown = privacy.shown(found.reached).table.dropna(subset=["estimate"])
    if found.log_rank is None or len(shown) < 2:
        return untold(question, say("fewer than two groups can be compared"))
    parts = {"weeks": found.by_week, "range": _from_to(shown)}
    alike = phrase("No clear difference in how fast {groups} form the habit: after {weeks} weeks {range} had it.")
    differ = phrase("{groups} clearly differ in how fast they form the habit: after {weeks} weeks {range} had it.")
    if found.log_rank["p_value"] < PARTED:
        headline = translated(differ, groups=capital(groups), **parts)
    else:
        headline = translated(alike, groups=groups, **parts)
    placed = phrase("a log-rank test over all weeks; people placed at random would differ as much in {often}")
    if teams:
        placed = phrase("a log-rank test over all weeks; whole teams placed at random would differ as much in {often}")
    rule = translated(placed, often=how_often(found.log_rank["p_value"]))
    n = int(found.reached.overall["n"])
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n)


def _from_to(shares: pd.DataFrame) -> str:
    """The lowest and the highest share, with their groups."""
    ranked, group = shares.sort_values("estimate", kind="stable"), shares.columns[0]
    low, high = ranked.iloc[0], ranked.iloc[-1]
    ends = [f"{percent(end['estimate'])} ({end[group]})" for end in (low, high)]
    return say("{low} to {high}", low=ends[0], high=ends[1])
