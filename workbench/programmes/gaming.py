"""Signs of work that is only for show.

A *sign* is a share: a part of something that was done over the whole of it. Somebody who logs in and does nothing,
fills the same few fields every time, or clicks through a list at the end of the month goes through the motions; a
contest that brings records nobody ever opens again was gamed. No sign proves anything of a person, and none is shown
for one: they are rates of groups, beside the rate of everybody.

`rates` says how common a sign is: Σ part / Σ whole over a group's people, with the interval of a ratio of two means
(linearised over people; Cochran 1977, Sampling Techniques, section 6.3). `changes` says what an incentive did to a
sign: the change in each of its teams, the same people before and during, less the change in teams without an incentive
over the same weeks. Teams are what was drawn, so they are counted, each as one; with few of them the interval is
Welch's (1947, Biometrika 34, 28–35), wide where eight teams are all there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.data.engine import Table, literal
from workbench.errors import ContractError, attempted
from workbench.programmes.comparison import Comparisons
from workbench.programmes.signs import SIGNS, Sign, share_of
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, plain, say, translated
from workbench.results.study import Answers, Given, Studies
from workbench.results.words import number

PHASES = {"on": phrase("while it was on"), "after": phrase("after it had ended")}


def changes(counted: Table, phase: str = "on", signs: Sequence[Sign] = SIGNS, level: float = LEVEL) -> Estimates:
    """What an incentive did to each sign while it was on, or in as many weeks after.

    counted : `sign_counts` of an on-off panel; reads team, began (missing: no incentive), ended (missing: still on)
    phase : "on" or "after", each held against as many weeks before it began; a sign of the deadline, which has no
        before, against the other teams alone, and only where there was one
    A person counts alike before and during, so that a sign does not move because other people work more; who did none
    of the whole in one of the two is not counted for it. Teams in which nobody is left are left out, and said.

    Returns Estimates, one row per sign: sign, before, during (means of the incentive's teams), others_before, others
    (of those without), estimate (the difference of the two changes), std_error, conf_low, conf_high, band_low,
    band_high (for all signs at once, Bonferroni), n (people with the incentive), suspect, quality (as of `Sign`).
    Raises ContractError where no week lies in both phases, and for fewer than two teams with an incentive or without.
    """
    if phase not in PHASES:
        raise ContractError(f"phase is 'on' or 'after', not {phase!r}.")
    windows = _windows(counted, phase)
    over = phase == "on" and all(window.ended for window in windows)
    signs = [sign for sign in signs if over or not sign.deadline]
    shares = _team_shares(counted, windows, signs)
    _refuse_single_teams(shares)
    notes: list[str] = []
    rows = [_change(_values(shares, i, windows), sign, level, len(signs), notes) for i, sign in enumerate(signs)]
    table = pd.DataFrame([row for row in rows if row]).assign(n=int(shares.loc[shares["told"], "people"].sum()))
    others = shares.loc[~shares["told"], "team"].nunique()
    about = say(
        "change since before the incentive, less that of {n} teams without one; Welch intervals over teams", n=others
    )
    return Estimates(table, phrase("share of what was done"), about, level, None, tuple(notes))


def sign_changes(compared: Comparisons) -> Answers:
    """The `changes` of each comparison `with_signs`, while it was on; why the others have none is in `reasons`.

    >>> from workbench.programmes import incentives, sign_changes, with_signs
    >>> found = sign_changes(with_signs(incentives(panel, log), wb.actions(log)))
    >>> found["Race"].table["sign"].tolist()[:1]
    ['fields filled']
    """
    return Answers(*attempted(compared, lambda name: changes(compared[name].rows)))


def sign_studies(found: Mapping[str, Estimates], compared: Comparisons, sign: str) -> Studies:
    """What several incentives did to one sign, in its own unit; no weeks before were looked at for it.

    found : incentive → its `changes`; sign : the name of one of `SIGNS`

    >>> from workbench.programmes import incentives, sign_changes, sign_studies, with_signs
    >>> signs = with_signs(incentives(panel, log), wb.actions(log))
    >>> sign_studies(sign_changes(signs), signs, "fields filled")["Race"].unit
    'share of required fields filled in new records'
    """
    meaning = {each.name: each.meaning for each in SIGNS}[sign]
    tables = {name: each.table[each.table["sign"] == sign].reset_index(drop=True) for name, each in found.items()}
    effects = {name: replace(found[name], table=table, unit=meaning) for name, table in tables.items()}
    return Studies({name: Given(compared[name].name, compared[name].drawn, each) for name, each in effects.items()})


def sign_changes_in_words(found: Mapping[str, Estimates]) -> pd.DataFrame:
    """What several incentives did to each sign, in percentage points with the interval for all signs at once.

    found : incentive → the answer of `changes`
    Returns one row per sign: sign, and a column for each incentive.

    >>> from workbench.programmes import incentives, sign_changes, sign_changes_in_words, with_signs
    >>> found = sign_changes(with_signs(incentives(panel, log), wb.actions(log)))
    >>> sign_changes_in_words(found).columns.tolist()
    ['sign', 'Race']
    """
    told = {name: each.table.set_index("sign").apply(_points, axis=1) for name, each in found.items()}
    return pd.DataFrame(told).rename_axis("sign").reset_index()


def _points(row: pd.Series) -> str:
    change, low, high = (number(100 * row[name], 0) for name in ("estimate", "band_low", "band_high"))
    return f"{change} ({say('{low} to {high}', low=low, high=high)})"


@dataclass(frozen=True)
class _Window:
    """Weeks of one path of an incentive: from `since` to `last`, both included; phase 0 is before, 1 what follows."""

    path: int
    phase: int
    began: date
    ended: date | None
    since: date
    last: date
    weight: float


def _windows(counted: Table, phase: str) -> list[_Window]:
    """As many weeks before as it ran; and while it ran, or as many weeks after."""
    paths = counted.sql(
        """
        with ends as (select cast(min(week) as date) as first, cast(max(week) as date) as last from this)
        select cast(began as date) as began, cast(ended as date) as ended, count(distinct team) as teams,
            min(ends.first) as first, min(ends.last) as last
        from this cross join ends where began is not null group by began, ended order by began, ended"""
    )
    found: list[_Window] = []
    for path, row in enumerate(paths.rows()):
        stop = row["ended"] or row["last"] + timedelta(weeks=1)
        length, week = stop - row["began"], timedelta(weeks=1)
        later = (row["began"], stop) if phase == "on" else (stop, min(stop + length, row["last"] + week))
        spans = ((max(row["began"] - length, row["first"]), row["began"]), later)
        if all(since < until for since, until in spans):
            ends = ((since, until - week) for since, until in spans)
            found += [_Window(path, i, row["began"], row["ended"], *span, row["teams"]) for i, span in enumerate(ends)]
    if not found:
        rule = say(
            "no week is seen both before an incentive and {phase}, so nothing can be compared.",
            phase=translated(PHASES[phase]),
        )
        raise ContractError(rule)
    return found


def _team_shares(counted: Table, windows: Iterable[_Window], signs: Sequence[Sign]) -> pd.DataFrame:
    """A row for each path and team: path, team, told, people; and of each sign, by its place, before_0, during_0 …"""
    values = ", ".join(
        f"({w.path}, {w.phase}, {_day(w.began)}, {_day(w.ended)}, {_day(w.since)}, {_day(w.last)})" for w in windows
    )
    return counted.sql(
        f"""
        with windows as (select * from (values {values}) as listed(path, phase, began, ended, since, last)),
        people as (
            select path, this.team, this.began is not null as told, this.user_id,
                {", ".join(_sums(i, sign) for i, sign in enumerate(signs))}
            from this join windows on this.week between windows.since and windows.last and (this.began is null
                or this.began = windows.began
                    and (this.ended = windows.ended or this.ended is null and windows.ended is null))
            where this.team is not null group by path, this.team, this.began is not null, this.user_id),
        weighed as (select people.*, {", ".join(_weight(i, sign) for i, sign in enumerate(signs))} from people)
        select path, team, told, cast(count(*) as bigint) as people,
            {", ".join(share_of(i) for i in range(len(signs)))}
        from weighed group by path, team, told order by path, team, told"""
    ).to_pandas()


def _sums(i: int, sign: Sign) -> str:
    """SQL: a person's part and whole in both phases; what belongs to a deadline has nothing before."""
    whole = f"this.{sign.whole}"
    if sign.deadline:
        part, before = f"case when this.week = windows.last then this.{sign.part} else 0 end", ("0.0", "1.0")
    else:
        part = f"this.{sign.part}"
        before = (_sum(part, 0), _sum(whole, 0))
    sums = (*before, _sum(part, 1), _sum(whole, 1))
    names = ("part_0", "whole_0", "part_1", "whole_1")
    return ", ".join(f"cast({text} as double precision) as {name}_{i}" for text, name in zip(sums, names, strict=True))


def _sum(column: str, phase: int) -> str:
    return f"sum(case when phase = {phase} then {column} end)"


def _weight(i: int, sign: Sign) -> str:
    """SQL: what a person counts, the same in both phases: most where much was done in both."""
    size = f"whole_1_{i}" if sign.deadline else f"whole_0_{i} * whole_1_{i} / (whole_0_{i} + whole_1_{i})"
    return f"case when whole_0_{i} > 0 and whole_1_{i} > 0 then {size} end as weight_{i}"


def _day(day: date | None) -> str:
    return f"date {literal(day)}" if day else "cast(null as date)"


def _refuse_single_teams(shares: pd.DataFrame) -> None:
    teams = shares.groupby("told")["team"].nunique().reindex([True, False], fill_value=0)
    if teams.min() < 2:
        rule = say(
            "a change is told from two teams with the incentive and two without, but there are {n} and {others}.",
            n=teams[True],
            others=teams[False],
        )
        raise ContractError(f"{rule}\n  One team alone has no spread to judge it by.")


def _values(shares: pd.DataFrame, sign: int, windows: Iterable[_Window]) -> pd.DataFrame:
    """Each team's share before and during, over the paths by their weights: team, told, 0, 1; missing where unknown."""
    weight = {w.path: float(w.weight) for w in windows}
    both = [f"before_{sign}", f"during_{sign}"]
    by_path = shares.assign(weight=shares["path"].map(weight)).dropna(subset=both)
    by_path[both] = by_path[both].mul(by_path["weight"], axis=0)
    sums = by_path.groupby(["told", "team"])[[*both, "weight"]].sum()
    whole = shares.groupby(["told", "team"])["path"].nunique()
    there = by_path.groupby(["told", "team"])["path"].nunique().reindex(whole.index, fill_value=0) == whole
    means = sums[both].div(sums["weight"], axis=0).reindex(whole.index).where(there)
    return means.set_axis([0, 1], axis=1).reset_index()


def _change(teams: pd.DataFrame, sign: Sign, level: float, signs: int, notes: list[str]) -> dict[str, Any] | None:
    """The row of one sign; None where no team has any of it."""
    known = teams.dropna(subset=[0, 1])
    if len(known) < len(teams):
        parts = {"sign": plain(sign.name), "n": len(teams) - len(known), "all": len(teams)}
        notes.append(say("{sign}: {n} of {all} teams have none to judge by.", **parts))
    if known["told"].sum() < 2 or (~known["told"]).sum() < 2:
        rule = say(
            "{sign} cannot be told: two teams with the incentive and two without are needed.", sign=plain(sign.name)
        )
        notes.append(rule)
        return None
    now = {told: group[1] - group[0] for told, group in known.groupby("told")}
    estimate, error, freedom = _welch(now[True], now[False])
    reach, wider = (error * stats.t.isf((1 - level) / 2 / comparisons, freedom) for comparisons in (1, signs))
    means = known.groupby("told")[[0, 1]].mean()
    return {
        "sign": sign.name,
        "before": np.nan if sign.deadline else means.loc[True, 0],
        "during": means.loc[True, 1],
        "others_before": np.nan if sign.deadline else means.loc[False, 0],
        "others": means.loc[False, 1],
        "estimate": estimate,
        "std_error": error,
        "conf_low": estimate - reach,
        "conf_high": estimate + reach,
        "band_low": estimate - wider,
        "band_high": estimate + wider,
        "suspect": sign.suspect,
        "quality": sign.quality,
    }


def _welch(ours: pd.Series, theirs: pd.Series) -> tuple[float, float, float]:
    """The difference of two means, its standard error, and the degrees of freedom of its t distribution."""
    parts = [each.var(ddof=1) / len(each) for each in (ours, theirs)]
    rest = sum(part**2 / (len(each) - 1) for part, each in zip(parts, (ours, theirs), strict=True))
    variance = sum(parts)
    return float(ours.mean() - theirs.mean()), float(np.sqrt(variance)), float(variance**2 / rest if rest else np.inf)
