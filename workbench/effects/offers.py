"""The effect of an offer, how many came, and the effect on those who did.

Chance decided who was offered, never who came: those who come would often have done better anyway. So people are
compared by their offer, and the effect on those whom it brought is the effect of the offer over the share it brought
(Wald 1940; Imbens & Angrist 1994, Econometrica 62, 467–475).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, free, identifier
from workbench.effects.did import group_times
from workbench.effects.paths import path_means
from workbench.effects.summaries import SUMMARIES, groups_of, labelled, weighted_means
from workbench.errors import ContractError
from workbench.inference.cells import cells_of
from workbench.inference.contrasts import Contrasts
from workbench.inference.intervals import FEWEST, estimates
from workbench.inference.layout import Floats
from workbench.inference.moments import moments
from workbench.inference.ratios import fieller
from workbench.inference.reader import Columns, Reader
from workbench.inference.timeline import first_places, timeline_of
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.offer import Offer
from workbench.results.phrases import say, translated

THROUGH_COMING = "The effect on those who came takes the offer to work only by bringing people."
UNCLEAR = "The offer did not clearly bring people, so its effect on those who came cannot be told."
SHARE = "share of people"


def offered(
    panel: Any,
    came: str = "came",
    *,
    cohort: str = "offered",
    treatment: str | None = None,
    outcome: str = "active_days",
    unit: str = "user_id",
    period: str = "week",
    cluster: str | None = None,
    strata: str | tuple[str, ...] | None = None,
    by: str | None = None,
    comparison: str = "not_yet_treated",
    anticipation: int = 0,
    small_sample: bool = True,
    outside: str = "ask",
    level: float = LEVEL,
    seed: int = 0,
) -> Offer:
    """The effect of an offer on a panel, beside it the take-up and the effect on those who came.

    panel : one row per unit and period (Table, pandas, Arrow or polars)
    cohort : the first period in which somebody had the offer, missing = never offered
    treatment : the column of what was on in each period, where it is switched off again, such as an incentive: the
        effect and the take-up while it is on, by "event_week". `cohort`, `by` and `comparison` are not read then
    came : the first period in which somebody had come, missing = never; or 0/1 in each period, 1 from then on. What is
        the same in all rows of a unit is a period where it can be one, and is held to the rules of `cohort`
    cluster : who was drawn, if not single people, such as "team"
    by, comparison, anticipation, small_sample : as for `aggregate` and `att_gt`; outside, strata : as for `moments`

    Returns an Offer: the effect of the offer in the outcome's unit (rows as of `aggregate`), with `.take_up`, a share
    from 0 to 1, and `.came`, the effect on those who came because of the offer, with Fieller intervals. Before the
    offer there is no take-up, and no row of `.came`.
    Raises ContractError where the panel breaks a rule (see `moments`) or nobody came.

    >>> panel = pd.DataFrame({
    ...     "user_id": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8],
    ...     "week": [1, 2] * 8,
    ...     "active_days": [1, 3, 2, 5, 1, 1, 2, 4, 1, 1, 2, 3, 3, 3, 2, 2],
    ...     "offered": [2.0] * 8 + [None] * 8,
    ...     "came": [2.0, 2, 2, 2, None, None, 2, 2] + [None] * 8,
    ... })
    >>> found = offered(panel)
    >>> [round(float(e.overall["estimate"]), 2) for e in (found, found.take_up, found.came)]
    [1.5, 0.75, 2.0]

    Source: Angrist, Imbens & Rubin (1996), JASA 91, 444–455.
    """
    roles = {"unit": unit, "period": period, "cohort": cohort, "cluster": cluster, "strata": strata, "outside": outside}
    options = {"comparison": comparison, "anticipation": anticipation, "small_sample": small_sample}
    by, table = ("event_week" if treatment else by), as_table(panel)
    roles |= {"treatment": treatment}
    effect, about, notes = _summed(table, by, options, outcome=outcome, **roles)
    weighed, with_both = _with_take_up(table, came, unit, period, outcome, outside)
    take_up, _, _ = _summed(with_both(0.0), by, options, outcome=weighed, **roles)
    # A power of two, so that nothing is rounded when the two are added.
    scale = 2.0 ** round(np.log2(_typical(effect) / _typical(take_up)))
    together, _, _ = _summed(with_both(1 / scale), by, options, outcome=weighed, **roles)
    between = _between(together, effect, take_up, scale)
    terms = labelled(effect.moments, _terms(effect, by))
    about = about if treatment else about.replace("ATT(g, t)", translated(SUMMARIES[by]), 1)
    return offer_of(effect, take_up, between, terms, effect.moments.unit, about, notes, level, seed)


def offer_of(
    effect: Contrasts,
    take_up: Contrasts,
    between: Floats,
    terms: pd.DataFrame,
    unit: str,
    about: str,
    notes: tuple[str, ...],
    level: float,
    seed: int = 0,
) -> Offer:
    """The effect of an offer with what belongs beside it.

    effect, take_up : K sums each, the last of them the overall number; between : K, their covariance
    """
    made = np.flatnonzero(~(terms["event_week"] < 0)) if "event_week" in terms else np.arange(len(terms))
    rows = np.append(made, len(terms))
    shown = terms.iloc[made].reset_index(drop=True)
    headline = estimates(
        effect, terms, unit, say("Effect of the offer: {about}", about=about), level, notes, summary=True, seed=seed
    )
    brought = estimates(
        take_up.selected(rows), shown, SHARE, "Take-up: how many more came because of the offer", level, summary=True
    )
    ratio = _on_those_who_came(effect.selected(rows), take_up.selected(rows), between[rows], shown, unit, level)
    parts = {name: getattr(headline, name) for name in ("table", "unit", "about", "level", "overall", "notes")}
    return Offer(**parts, _contrasts=headline._contrasts, take_up=brought, came=ratio)


def _on_those_who_came(
    effect: Contrasts, take_up: Contrasts, between: Floats, terms: pd.DataFrame, unit: str, level: float
) -> Estimates:
    reach = np.maximum(effect.reach(level), take_up.reach(level))
    known = effect.freedoms >= FEWEST
    rows = []
    for k in range(len(reach)):
        own, theirs = effect.std_error[k] ** 2, take_up.std_error[k] ** 2
        spread = np.array([[own, between[k]], [between[k], theirs]])
        ratio, error, low, high = fieller(effect.estimate[k], take_up.estimate[k], spread, reach[k])
        rows.append((ratio, error, *((low, high) if known[k] else (np.nan, np.nan)), effect.n[k]))
    numbers = pd.DataFrame(rows, columns=["estimate", "std_error", "conf_low", "conf_high", "n"])
    table = pd.concat([terms, numbers.iloc[:-1]], axis=1)
    notes = (THROUGH_COMING, *[UNCLEAR] * bool(np.isinf(numbers["conf_low"]).any()))
    about = "Effect on those who came because of the offer: effect of the offer ÷ take-up; Fieller intervals"
    return Estimates(table, unit, about, level, numbers.iloc[-1], notes)


# ── a panel ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _summed(
    table: Table, by: str | None, options: dict[str, Any], **roles: Any
) -> tuple[Contrasts, str, tuple[str, ...]]:
    """The summaries of `aggregate` with their overall number last, how they were estimated, and notes."""
    if roles["treatment"]:
        unstaggered = {name: value for name, value in options.items() if name != "comparison"}
        return path_means(moments(table, **roles), "event_week", **unstaggered)
    found, about, notes = group_times(moments(table, **roles), **options)
    groups, terms = groups_of(found, by)
    return weighted_means(found, groups, terms, by, found), about, notes


def _terms(found: Contrasts, by: str | None) -> pd.DataFrame:
    rows = found.terms.iloc[:-1].reset_index(drop=True)
    return rows[[by]] if by else pd.DataFrame(index=range(len(rows)))


def _with_take_up(
    table: Table, came: str, unit: str, period: str, outcome: str, outside: str
) -> tuple[str, Callable[[float], Table]]:
    """A name, and a function of a weight: the panel with a column so called.

    It is 1 once somebody has come, and so much of the outcome.
    """
    if came not in table.columns:
        raise ContractError(f"there is no column {came!r}.\n  The table has {', '.join(table.columns)}.")
    then, weighed = free("came_by_then", table.columns), free("weighed", table.columns)
    by_then = table.sql(f"select this.*, {_by_then(table, came, unit, period, outcome, outside)} as {then} from this")
    ends = by_then.sql(f"select min({then}) as least, max({then}) as most from this").row()
    if not ends["most"]:
        raise ContractError(
            f"nobody has come by the panel's last {period}, so there is no take-up to set the effect against.\n"
            f"  {came} is the first {period} in which somebody had come, or 0/1 in each."
        )
    if ends["least"] == 1:
        raise ContractError(
            f"everybody had come by the panel's first {period}, so there is no take-up to set the effect against.\n"
            f"  {came} is the first {period} in which somebody had come, or 0/1 in each."
        )

    def with_weight(weight: float) -> Table:
        added = f" + {weight!r} * {identifier(outcome)}" if weight else ""
        return by_then.sql(f"select this.*, {then}{added} as {weighed} from this")

    return weighed, with_weight


def _by_then(table: Table, came: str, unit: str, period: str, outcome: str, outside: str) -> str:
    """SQL: 1 where somebody has come by the period of a row."""
    name, when, who = identifier(came), identifier(period), identifier(unit)
    kinds = [table.schema.field(column).type for column in (came, period)]
    number = pa.types.is_integer(kinds[0]) or pa.types.is_floating(kinds[0])
    if pa.types.is_boolean(kinds[0]) or (number and _in_each(table, name, when, who, (came, unit, period))):
        on = f"case when cast({name} as int) = 1 then 1.0 else 0.0 end"
        return f"max({on}) over (partition by {who} order by {when})"
    dated = [pa.types.is_temporal(kind) for kind in kinds]
    if not (pa.types.is_null(kinds[0]) or dated == [True, True] or (number and dated == [False, False])):
        raise ContractError(
            f"{came} is the first {period} in which somebody had come, or 0/1 in each, but here it is {kinds[0]}.\n"
            "  Convert the column."
        )
    _check_constant(table, name, who, (came, unit, period))
    reader = Reader(table, Columns(unit, period, outcome, came))
    cells = cells_of(reader)
    first_places(cells, cells.sums(), timeline_of(cells.periods, reader), reader.columns, outside)
    return f"case when {name} <= {when} then 1.0 else 0.0 end"


def _in_each(table: Table, name: str, when: str, who: str, columns: tuple[str, str, str]) -> bool:
    """Numbers are a yes or no in each period, not a period; ContractError where they may be either."""
    came, unit, period = columns
    found = table.sql(f"select min({name}) as low, max({name}) as high from this").row()
    others = f"select count(*) as n from this where {name} not in (0, 1)"
    if found["high"] is None or table.sql(others).row()["n"]:
        return False
    dated = pa.types.is_temporal(table.schema.field(period).type)
    either = not dated and table.sql(f"select count(*) as n from this where {when} in (0, 1)").row()["n"]
    if not either or _varying(table, name, who):
        return True
    if found["low"] == 1:
        return False
    raise ContractError(
        f"{came} is 0 or 1 and the same in all rows of a {unit}, and the panel has a {period} 0 or 1: it may be the"
        f" first {period} in which somebody had come, or a yes.\n"
        "  Make a yes true or false; of a period, make it missing where nobody came and count from 1."
    )


def _check_constant(table: Table, name: str, who: str, columns: tuple[str, str, str]) -> None:
    came, unit, period = columns
    if varying := _varying(table, name, who):
        raise ContractError(
            f"{came} is the first {period} in which somebody had come, the same in all rows of a {unit}, or 0/1 in"
            f" each, but for {varying:,} of them it is neither.\n"
            "  If it counts something, make it 1 where it is above 0."
        )


def _varying(table: Table, name: str, who: str) -> int:
    """Units in which a column changes, or is known in some rows only."""
    changes = f"min({name}) < max({name}) or (count({name}) > 0 and count({name}) < count(*))"
    units = f"select 1 as one from this group by {who} having {changes}"
    return int(table.sql(f"select count(*) as n from ({units}) as units").row()["n"])


def _typical(found: Contrasts) -> float:
    error = found.std_error[found.std_error > 0]
    return float(np.median(error)) if len(error) else 1.0


def _between(together: Contrasts, effect: Contrasts, take_up: Contrasts, scale: float) -> Floats:
    """K covariances, from those of the sum: Var(a + b) = Var a + Var b + 2 Cov(a, b)."""
    whole = together.std_error**2 - take_up.std_error**2 - (effect.std_error / scale) ** 2
    return scale * whole / 2
