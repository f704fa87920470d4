"""What a study says: its verdict in a sentence, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.findings.effects import course, judged
from workbench.findings.finding import Finding, listed
from workbench.findings.phrases import amounts, between, digits_of, figure_of
from workbench.findings.rows import row_of
from workbench.findings.unanswered import no_answer
from workbench.results.estimates import Estimates
from workbench.results.study import Study
from workbench.results.verdict import Grade, Row, Verdict
from workbench.results.words import of_100


def of(study: Study) -> Finding:
    """Whether what was studied changed the outcome, how much, and how sure that is; or why there is no answer.

    >>> from workbench import effects, findings, programmes
    >>> found = effects.studies(programmes.trainings(panel, log), checked=3)
    >>> str(findings.of(found["Basics"]).verdict)
    'did not clearly change'
    """
    if study.effect is None:
        return no_answer(study.name, study.unit, study.reason, study.when)
    return judged(study.effect, study.name, study.evidence, when=study.when, caveat=_who_came(study))


def _who_came(study: Study) -> str:
    """How many came of those to whom it was offered, and what it did for them; empty where all came."""
    if study.by_offer is None:
        return ""
    take_up, came = study.by_offer.take_up.overall, study.by_offer.came
    said = f"The effect is that of the offer: {of_100(take_up['estimate'])} of 100 came because of it."
    row = row_of(came)
    if row is None:
        return said
    size, low, high = amounts(row, came.unit)
    more = "more" if row["estimate"] > 0 else "less"
    return f"{said} For those who came it was {size} {more} ({between(low, high)})."


def take_up(studies: Mapping[str, Study]) -> dict[str, str]:
    """How many of a hundred came because it was offered to them, in words, where chance gave the offer.

    >>> from workbench import effects, findings, programmes
    >>> findings.take_up(effects.studies(programmes.trainings(panel, log), checked=3))  # dates were chosen
    {}
    """
    shares = {
        name: each.by_offer.take_up.overall["estimate"] for name, each in studies.items() if each.by_offer is not None
    }
    return {name: of_100(share) for name, share in shares.items()}


def of_each(studies: Mapping[str, Study]) -> dict[str, Finding]:
    """The finding of each study, those with an answer first, under the study's name.

    >>> from workbench import effects, findings, programmes
    >>> found = effects.studies(programmes.trainings(panel, log), checked=3)
    >>> list(findings.of_each(found))
    ['Basics']
    """
    found = {name: of(study) for name, study in studies.items()}
    return dict(sorted(found.items(), key=lambda one: studies[one[0]].effect is None))


def courses(spans: Mapping[str, Any]) -> dict[str, str]:
    """What became of each effect over time: its `course`.

    spans : name → its effects over spans of time (`workbench.over`)

    >>> from workbench import effects, findings, programmes
    >>> found = effects.studies(programmes.trainings(panel, log), checked=3)
    >>> findings.courses(found.each("spans"))
    {'Basics': <Course.FADES: 'fades'>}
    """
    return {name: course(each) for name, each in spans.items()}


def lasting(spans: Mapping[str, Estimates], term: str) -> pd.DataFrame:
    """Effects over spans of time with their intervals in words.

    spans : name → its effects over spans of time; term : the column of the names
    Returns one row per name: term, a column for each span, course.

    >>> from workbench import effects, findings, programmes
    >>> found = effects.studies(programmes.trainings(panel, log), checked=3)
    >>> findings.lasting(found.each("spans"), "programme").columns.tolist()
    ['programme', 'weeks 1–4', 'weeks 5–12', 'course']
    """
    whole = pd.concat([each.table.assign(**{term: name}) for name, each in spans.items()], ignore_index=True)
    whole["words"] = [_with_ends(row, next(iter(spans.values())).unit) for row in whole.to_dict("records")]
    wide = whole.pivot(index=term, columns="span", values="words").reindex(list(spans)).reset_index()
    return wide[[term, *whole["span"].unique()]].assign(course=list(courses(spans).values()))


def _with_ends(row: Row, unit: str) -> str:
    """An effect with its interval in brackets."""
    mean, low, high = (figure_of(row[c], unit, digits_of(row, unit)) for c in ("estimate", "conf_low", "conf_high"))
    return f"{mean} ({low} to {high})"


def sound(found: Mapping[str, Finding]) -> list[str]:
    """Whatever has an answer whose comparison holds; everything that has an answer, where none holds.

    >>> from workbench import effects, findings, programmes
    >>> found = effects.studies(programmes.trainings(panel, log), checked=3)
    >>> findings.sound(findings.of_each(found))
    ['Basics']
    """
    told = [name for name, each in found.items() if each.verdict != Verdict.UNKNOWN]
    return [name for name in told if found[name].grade != Grade.FRAGILE] or told


def of_measures(studies: Mapping[str, Mapping[str, Study]]) -> dict[str, dict[str, Finding]]:
    """Name → measure → finding, of whatever has an answer.

    studies : measure → name → study

    >>> from workbench import effects, findings, programmes
    >>> race = programmes.incentives(panel, log)
    >>> measured = {what: effects.studies(race, what, checked=2) for what in ("active_days", "actions")}
    >>> list(findings.of_measures(measured)["Race"])
    ['active_days', 'actions']
    """
    names = dict.fromkeys(name for each in studies.values() for name in each)
    return {
        name: {what: of(each[name]) for what, each in studies.items() if name in each and each[name].effect is not None}
        for name in names
    }


def listed_by_measure(found: Mapping[str, Mapping[str, Finding]], term: str) -> pd.DataFrame:
    """The answer of `of_measures` as a table, one row for each name and measure: term, and the fields of `Finding`.

    >>> from workbench import effects, findings, programmes
    >>> race = programmes.incentives(panel, log)
    >>> measured = {what: effects.studies(race, what, checked=2) for what in ("active_days", "actions")}
    >>> found = findings.of_measures(measured)
    >>> findings.listed_by_measure(found, "programme")["measure"].tolist()
    ['active_days', 'actions']
    """
    return pd.concat(
        [listed(each, "measure").assign(**{term: name}) for name, each in found.items()], ignore_index=True
    )
