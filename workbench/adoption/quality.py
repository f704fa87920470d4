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
FAVOURABLE = 0.75 - 1e-9  # of the way up a scale; a third of 2.25 is not quite 0.75 in floating point


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
    """Share of people with a favourable score, by scale and survey wave: as the page on barriers counts them.

    surveys : the surveys table; reads survey, user_id, team, answered_at, scale, item, value, lowest, highest, reverse
    scale : which of the surveys' scales; default: every one, by its own name
    A score is the mean of a person's answers, of those who answered at least half of the items; favourable is one three
    quarters of the way up, such as 4 of 5. Anonymous answers of one team and one instant are one person's, unless an
    item is twice among them.
    Returns Estimates, one row per scale and wave, the earliest first: scale, survey, a share, its Wilson 95 % interval,
    n people. Answers outside their scale, such as 99 for "no answer", are left out; `notes` count them.

    >>> surveys = pd.DataFrame({"survey": "spring", "answered_at": pd.to_datetime("2025-04-01"), "scale": "csat",
    ...     "user_id": ["a", "b", "c", "d"], "team": None, "item": "overall", "value": [5, 4, 2, 3], "lowest": 1,
    ...     "highest": 5, "reverse": False})
    >>> satisfaction(surveys, "csat").table[["survey", "estimate", "n"]].to_numpy().tolist()
    [['spring', 0.5, 4]]
    """
    given = as_table(surveys).sql(
        f"select * from this where {'true' if scale is None else f'scale = {literal(scale)}'}"
    )
    place = "(value - lowest) / nullif(highest - lowest, 0)"
    sheet = "scale, survey, user_id, team, instant"
    counts = given.sql(
        f"""
        with placed as (
            select scale, survey, answered_at, item, user_id,
                case when user_id is null then team end as team,
                case when user_id is null then answered_at end as instant,
                case when coalesce(reverse, false) then 1 - {place} else {place} end as place
            from this where value is not null),
        counted as (
            select *, count(*) over (partition by {sheet}, item) as times,
                row_number() over (partition by scale, survey order by answered_at, item, place) as number
            from placed where place between 0 and 1),
        told as (
            select *, case when user_id is null and max(times) over (partition by {sheet}) > 1 then number end as alone
            from counted),
        asked as (select scale, survey, count(distinct item) as items from told group by scale, survey),
        scored as (
            select {sheet}, alone, min(answered_at) as answered_at, avg(place) as score, count(*) as answers
            from told group by {sheet}, alone)
        select scored.scale, scored.survey, cast(count(*) as bigint) as n,
            {count_of(f"score >= {FAVOURABLE}")} as k
        from scored join asked on asked.scale = scored.scale and asked.survey = scored.survey
        where 2 * answers >= items
        group by scored.scale, scored.survey order by scored.scale, min(answered_at), scored.survey"""
    ).to_pandas()
    found = shares_by(counts, ["scale", "survey"], phrase("share of people favourable"), phrase("of people asked"))
    return replace(found, notes=_outside(given, place))


def _outside(surveys: Table, place: str) -> tuple[str, ...]:
    """How many answers lie outside their scale, in words."""
    text = f"select {count_of(f'{place} < 0 or {place} > 1')} as n from this where value is not null"
    count = surveys.sql(text).row()["n"]
    said = say("{n} answers lie outside their scale and are left out", n=number(count, 0))
    return (said,) if count else ()
