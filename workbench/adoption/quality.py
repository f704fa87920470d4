"""How good the entries are, and how satisfied people say they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.adoption.rates import count_of, ratio, shares_by
from workbench.data.duckdb import as_table
from workbench.data.engine import Table, identifier, literal
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, say
from workbench.results.words import number

MEASURES = {  # of the quality of entries: parts, of which whole
    phrase("complete"): ("filled", "required"),
    phrase("correct"): ("correct", "audited"),
    phrase("on time"): ("prompt", "dated"),
}


def data_quality(actions: Any, by: str = "week", days: int = 2) -> pd.DataFrame:
    """How complete, correct and prompt the entries are.

    actions : kept rows; reads fields_required, fields_filled, audited_correct, happened_on, date and `by`
    days : an entry is prompt within this many days of what it records
    Returns one row per `by` and measure, without those of which nothing is known: `by`, measure ("complete": required
        fields filled; "correct": audits passed; "on time": prompt entries), estimate (a share), of (how many
        required fields, audits, entries with a date).

    >>> day = pd.to_datetime("2025-01-08")
    >>> actions = pd.DataFrame({"week": day, "date": day, "fields_required": [4, 4], "fields_filled": [4, 2],
    ...     "audited_correct": [True, None], "happened_on": [day, pd.to_datetime("2025-01-01")]})
    >>> data_quality(actions)[["measure", "estimate", "of"]].to_numpy().tolist()
    [['complete', 0.75, 8], ['correct', 1.0, 1], ['on time', 0.5, 2]]
    """
    given, column = as_table(actions), identifier(by)
    late = given.engine.dialect.days.format(a="cast(happened_on as date)", b="cast(date as date)")
    sums = given.sql(
        f"""
        select {column},
            cast(sum(fields_required) as bigint) as required, cast(sum(fields_filled) as bigint) as filled,
            cast(count(audited_correct) as bigint) as audited, {count_of("audited_correct")} as correct,
            cast(count(happened_on) as bigint) as dated, {count_of(f"{late} <= {days}")} as prompt
        from this where {column} is not null group by {column} order by {column}"""
    ).to_pandas()
    found = [
        pd.DataFrame({by: sums[by], "measure": measure, "estimate": ratio(sums[part], sums[whole]), "of": sums[whole]})
        for measure, (part, whole) in MEASURES.items()
    ]
    return pd.concat(found, ignore_index=True).dropna(subset=["estimate"]).reset_index(drop=True)


def satisfaction(surveys: Any, scale: str | None = None) -> Estimates:
    """Share of favourable answers (the upper two of five, or as far up another scale) by scale and survey wave.

    surveys : the surveys table; reads survey, answered_at, scale, item, value, lowest, highest, reverse
    scale : which of the surveys' scales; default: every one, by its own name
    Returns Estimates, one row per scale and wave, the earliest first: scale, survey, a share, its Wilson 95 % interval,
    n answers. Answers outside their scale, such as 99 for "no answer", are left out; `notes` count them.

    >>> surveys = pd.DataFrame({"survey": "spring", "answered_at": pd.to_datetime("2025-04-01"), "scale": "csat",
    ...     "item": "overall", "value": [5, 4, 2, 3], "lowest": 1, "highest": 5, "reverse": False})
    >>> satisfaction(surveys, "csat").table[["survey", "estimate", "n"]].to_numpy().tolist()
    [['spring', 0.5, 4]]
    """
    given = as_table(surveys).sql(
        f"select * from this where {'true' if scale is None else f'scale = {literal(scale)}'}"
    )
    place = "(value - lowest) / nullif(highest - lowest, 0)"
    counts = given.sql(
        f"""
        with placed as (
            select scale, survey, answered_at,
                case when coalesce(reverse, false) then 1 - {place} else {place} end as place
            from this where value is not null)
        select scale, survey, cast(count(*) as bigint) as n, {count_of("place >= 0.75")} as k
        from placed where place between 0 and 1
        group by scale, survey order by scale, min(answered_at), survey"""
    ).to_pandas()
    found = shares_by(counts, ["scale", "survey"], phrase("share of answers favourable"), phrase("of answers asked"))
    return replace(found, notes=_outside(given, place))


def _outside(surveys: Table, place: str) -> tuple[str, ...]:
    """How many answers lie outside their scale, in words."""
    text = f"select {count_of(f'{place} < 0 or {place} > 1')} as n from this where value is not null"
    count = surveys.sql(text).row()["n"]
    said = say("{n} answers lie outside their scale and are left out", n=number(count, 0))
    return (said,) if count else ()
