"""What holds people back: by group, by what they say, and by what the log shows."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.data.duckdb import as_table
from workbench.results.estimates import LEVEL
from workbench.results.phrases import phrase, translated
from workbench.results.privacy import MINIMUM
from workbench.results.verdict import Side
from workbench.surveys.answers import SurveyAnswers
from workbench.surveys.groups import (
    apart,
    at_once,
    cluster_of,
    clustered_mean,
    difference,
    favourable,
    only_scale,
)
from workbench.surveys.remedies import considered
from workbench.surveys.scores import scores

SIGNS = Path(__file__).with_name("signs.toml")
OPPOSITE = {Side.ABOVE: Side.BELOW, Side.BELOW: Side.ABOVE, Side.UNCLEAR: Side.UNCLEAR}


class Agreement(StrEnum):
    """What people say of a barrier beside what the log shows."""

    BOTH = phrase("said and seen")
    SAID = phrase("said, not seen")
    SEEN = phrase("seen, not said")
    OPPOSED = phrase("said one way, seen the other")
    NEITHER = phrase("neither is clear")
    NO_SIGN = phrase("nothing in the log shows it")


def barriers(answers: SurveyAnswers, by: str = "department", level: float = LEVEL) -> pd.DataFrame:
    """Favourable shares by group and component, whether the group clearly stands apart, and what to consider.

    answers : on one scale, such as `answers.of("com_b")`
    by : a column to group by, such as "department"
    Returns one row per component and group: scale, component, label, `by`, estimate (favourable share, 0 to 1),
    conf_low, conf_high, n people, gap (mean score minus that of all others; missing for fewer than five people), side
    (`Side`, clear for all rows at once), consider (intervention functions where it is clearly below).
    Raises ContractError for answers on several scales.

    >>> from workbench import surveys
    >>> answers = surveys.answers(log.surveys, log.users)
    >>> surveys.barriers(answers.of(next(iter(answers.scales))))["n"].tolist()
    [12, 12]
    """
    only_scale(answers)
    shown = favourable(answers, by, level).table.drop(columns="std_error")
    gaps = apart(answers, by, level).table.rename(columns={"estimate": "gap"})
    table = shown.merge(gaps[["component", by, "gap", "side"]], how="left", on=["component", by])
    table = table.assign(side=table["side"].fillna(Side.UNCLEAR))
    return table.assign(consider=considered(table).where(table["side"] == Side.BELOW, ""))


def weakest(answers: SurveyAnswers, by: str = "", level: float = LEVEL) -> pd.DataFrame:
    """The component with the lowest mean score, and those that cannot be told from it.

    answers : on one scale; by : a column to group by; empty for everybody together
    Each other component is compared with the lowest within people who have both scores, by teams (Holm over the
    components of a group).
    Returns one row per group: `by`, component, label, estimate (its mean score), highest (score there is), n people,
    clear (true: every other is clearly higher), or_else (labels of those that are not, with a comma between), consider
    (for the lowest).
    Raises ContractError for answers on several scales.

    >>> from workbench import surveys
    >>> from workbench.data import open_source
    >>> rows = [{"user_id": f"u{i:02}", "survey": "spring", "answered_at": "2025-04-01T09:00Z", "scale": "adkar",
    ...     "item": item, "value": low + i % 2} for i in range(30) for item, low in (("desire", 2), ("ability", 4))]
    >>> log = open_source({"users": pd.DataFrame({"user_id": [f"u{i:02}" for i in range(30)]}),
    ...     "surveys": pd.DataFrame(rows)})
    >>> found = surveys.weakest(surveys.answers(log.surveys, log.users).of("adkar"))
    >>> found[["label", "estimate", "n"]].to_numpy().tolist()
    [['desire', 2.5, 30]]
    """
    scale = only_scale(answers)
    rows = scores(answers.last())
    groups = rows.groupby(by) if by else [("", rows)]
    found = [_lowest(part, level) | ({by: name} if by else {}) for name, part in groups if len(part)]
    columns = [*([by] if by else []), "component", "estimate", "highest", "n", "clear", "or_else"]
    table = pd.DataFrame(found, columns=columns).assign(scale=scale.name)
    others = [", ".join(translated(scale.components[c]) for c in names) for names in table["or_else"]]
    table = table.assign(
        label=table["component"].map(dict(scale.components)), or_else=others, consider=considered(table)
    )
    return table[[*columns[:-5], "label", *columns[-5:], "consider"]]


def _lowest(rows: pd.DataFrame, level: float) -> dict[str, Any]:
    wide = rows.pivot(index="sheet", columns="component", values="score")
    order = wide.mean().sort_values(kind="stable")
    first = str(order.index[0])
    team = cluster_of(rows.drop_duplicates("sheet")).set_axis(rows.drop_duplicates("sheet")["sheet"])
    gaps = [_paired(wide[other] - wide[first], team) | {"component": other} for other in order.index[1:]]
    judged = at_once(pd.DataFrame(gaps, columns=["component", "estimate", "std_error", "df"]), level)
    alike = judged.loc[judged["side"] != Side.ABOVE, "component"].tolist()
    return {
        "component": first,
        "estimate": order.iloc[0],
        "highest": rows["highest"].iloc[0],
        "n": int(wide[first].count()),
        "clear": not alike,
        "or_else": alike,
    }


def _paired(gap: pd.Series, team: pd.Series) -> dict[str, float]:
    known = gap.dropna()
    mean, variance, df = clustered_mean(known, team.reindex(known.index)) if len(known) else (np.nan, np.nan, 0.0)
    return {"estimate": mean, "std_error": np.sqrt(variance), "df": df}


def com_b(answers: SurveyAnswers, telemetry: Any, by: str = "department", level: float = LEVEL) -> pd.DataFrame:
    """COM-B from both sides: what groups say of each component, beside what the log shows of it.

    answers : from `answers`; those on the scale com_b are read
    telemetry : one row per person: user_id, team, `by`, any of the signs that `signs` lists, and actions (a count), the
        weight of signs about actions
    by : the groups, made of teams, such as "department"
    Either side is a group minus all others, compared by teams; what people say is judged for all components and groups
    at once, and so is what the log shows.
    Returns one row per component, group and sign: component, label, `by`, n (people who answered), said, said_side,
    sign (its label; missing where the log shows nothing), seen (in the unit of the sign), seen_side (below is worse),
    people (in the log), agreement (`Agreement`: of the component, over all its signs). Groups of fewer than five people
    on either side have no row.

    >>> from workbench import adoption, surveys
    >>> telemetry = adoption.conditions(wb.actions(log), wb.user_weeks(log))
    >>> len(surveys.com_b(surveys.answers(log.surveys, log.users), telemetry))  # nobody was asked
    0
    """
    asked = answers.of("com_b")
    if asked.table.empty:
        return pd.DataFrame(columns=_columns(by))
    said = apart(asked, by, level).table.rename(columns={"estimate": "said", "side": "said_side"})
    seen = _seen(telemetry, by, level)
    both = said.merge(seen, how="left", on=["component", by])
    worst = both.groupby(["component", by])["seen_side"].transform(_worst)
    known = both["sign"].notna()
    agreement = [_agreement(*sides) for sides in zip(both["said_side"], worst, known, strict=True)]
    return both.assign(agreement=agreement)[_columns(by)]


def _worst(sides: pd.Series) -> str:
    """Where the signs of one component stand together: below, if any of them clearly is."""
    there = set(sides.dropna())
    return str(next((side for side in (Side.BELOW, Side.ABOVE) if side in there), Side.UNCLEAR))


WORSE, BETTER = phrase("clearly worse"), phrase("clearly better")


def notable(sides: pd.DataFrame) -> pd.DataFrame:
    """Of both sides, what is clear on either, with the signs that show it; all signs where none does.

    sides : as `com_b` returns it
    Returns its rows; of a sign it is said whether it is better or worse, for a longer time is above and worse.

    >>> from workbench import surveys
    >>> rows = {"sign": ["failures", "slow pages"], "said_side": "clearly below", "agreement": "said and seen"}
    >>> surveys.notable(pd.DataFrame(rows).assign(seen_side=["clearly below", "not clear"]))["sign"].tolist()
    ['failures']
    """
    clear = sides[~sides["agreement"].isin([Agreement.NEITHER, Agreement.NO_SIGN])]
    shows = (clear["seen_side"] != Side.UNCLEAR) | (clear["agreement"] == Agreement.SAID)
    sides_in_words = clear["seen_side"].replace({Side.BELOW: WORSE, Side.ABOVE: BETTER})
    return clear.assign(seen_side=sides_in_words)[shows].reset_index(drop=True)


def _columns(by: str) -> list[str]:
    return ["component", "label", by, "n", "said", "said_side", "sign", "seen", "seen_side", "people", "agreement"]


def _seen(telemetry: Any, by: str, level: float) -> pd.DataFrame:
    """Each group minus all others, sign by sign."""
    people = as_table(telemetry).to_pandas()
    people = people.dropna(subset=[by]).assign(sheet=people["user_id"])
    found = [
        _sign(people.dropna(subset=[name]), name, by, group)
        for name in _signs()
        if name in people
        for group in sorted(people[by].unique())
    ]
    columns = ["name", by, "estimate", "std_error", "df", "people"]
    judged = at_once(pd.DataFrame([row for row in found if row], columns=columns), level)
    said = pd.DataFrame(_signs()).T.rename_axis("name").reset_index().rename(columns={"label": "sign"})
    table = judged.merge(said, on="name").rename(columns={"estimate": "seen"})
    sides = [OPPOSITE[s] if worse == "high" else s for s, worse in zip(table["side"], table["worse"], strict=True)]
    return table.assign(seen_side=sides)[["component", by, "sign", "seen", "seen_side", "people"]]


def _sign(people: pd.DataFrame, name: str, by: str, group: str) -> dict[str, Any]:
    inside = people[by] == group
    if not MINIMUM <= inside.sum() <= len(people) - MINIMUM:
        return {}
    weight = people[_signs()[name]["weight"]].astype(float) if "weight" in _signs()[name] else None
    gap = difference(people[name].astype(float), inside, cluster_of(people), weight)
    return gap | {"name": name, by: group, "people": int(inside.sum())}


def _agreement(said: str, seen: str, known: bool) -> Agreement:
    if not known:
        return Agreement.NO_SIGN
    if Side.UNCLEAR not in (said, seen) and said != seen:
        return Agreement.OPPOSED
    below = {(True, True): Agreement.BOTH, (True, False): Agreement.SAID, (False, True): Agreement.SEEN}
    return below.get((said == Side.BELOW, seen == Side.BELOW), Agreement.NEITHER)


def signs() -> pd.DataFrame:
    """What the log can say of COM-B components: sign, component, label, worse ("high" or "low"), weight.

    >>> from workbench import surveys
    >>> surveys.signs().query("sign == 'failed'")["component"].tolist()
    ['capability_psychological']
    """
    return pd.DataFrame(_signs()).T.rename_axis("sign").reset_index()


@cache
def _signs() -> dict[str, dict[str, str]]:
    return tomllib.loads(SIGNS.read_text(encoding="utf-8"))
