"""What a study says: its verdict in a sentence, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.findings.effects import judged
from workbench.findings.finding import Finding, listed
from workbench.findings.phrases import amounts, digits_of, figure_of, likely
from workbench.findings.rows import row_of
from workbench.findings.unanswered import no_answer
from workbench.results.estimates import Estimates
from workbench.results.phrases import say
from workbench.results.study import Study
from workbench.results.verdict import Row, Verdict
from workbench.results.words import percent


def of(study: Study, at_once: int = 1) -> Finding:
    """Whether what was studied changed the outcome, how much, and how sure that is; or why there is no answer.

    at_once : how many results are judged together, this one included

    >>> from workbench import effects, findings, programmes
    >>> found = effects.studies(programmes.incentives(panel, log), checked=2)
    >>> str(findings.of(found["Race"]).verdict)
    'no clear change'
    """
    if study.effect is None:
        return no_answer(study.name, study.unit, study.reason, study.when)
    verdict = study.judged(at_once)
    return judged(study.effect, study.name, verdict, spans=study.spans, when=study.when, caveat=_who_came(study))


def _who_came(study: Study) -> str:
    """How many came of those to whom it was offered, and what it did for them; empty where all came."""
    if study.by_offer is None:
        return ""
    take_up, came = study.by_offer.take_up.overall, study.by_offer.came
    said = say("This is the effect of the offer: {share} came because of it.", share=percent(take_up["estimate"]))
    row = row_of(came)
    if row is None:
        return said
    size, low, high = amounts(row, came.unit)
    parts = {"size": size, "likely": likely(low, high)}
    if row["estimate"] > 0:
        return f"{said} {say('For those who came it was {size} more ({likely}).', **parts)}"
    return f"{said} {say('For those who came it was {size} less ({likely}).', **parts)}"


def take_up(studies: Mapping[str, Study]) -> dict[str, str]:
    """The share who came because it was offered to them, in words, where chance gave the offer.

    >>> from workbench import effects, findings, programmes
    >>> findings.take_up(effects.studies(programmes.trainings(panel, log), checked=3))  # dates were chosen
    {}
    """
    shares = {
        name: each.by_offer.take_up.overall["estimate"] for name, each in studies.items() if each.by_offer is not None
    }
    return {name: percent(share) for name, share in shares.items()}


def of_each(studies: Mapping[str, Study], beside: Mapping[str, Study] | None = None) -> dict[str, Finding]:
    """The finding of each study under its name, all judged together, in the order in which pictures show them.

    The largest effect comes first, then what failed a check, then what has no answer.

    beside : further studies that stand on the page beside them, and are judged together with them

    >>> from workbench import effects, findings, programmes
    >>> found = effects.studies(programmes.trainings(panel, log), checked=3)
    >>> list(findings.of_each(found))
    ['Basics']
    """
    at_once = sum(each.effect is not None for each in [*studies.values(), *(beside or {}).values()])
    found = {name: of(study, max(at_once, 1)) for name, study in studies.items()}
    return dict(sorted(found.items(), key=lambda one: _rank(one[1])))


def _rank(found: Finding) -> tuple[bool, bool, float]:
    """The place of a finding among others, as `charts.verdicts` has it."""
    return found.estimate is None, found.verdict is Verdict.UNRELIABLE, -(found.estimate or 0.0)


def lasting(spans: Mapping[str, Estimates], found: Mapping[str, Finding], term: str) -> pd.DataFrame:
    """Effects over spans of time with their intervals in words, beside the verdict on each.

    spans : name → its effects over spans of time (`workbench.over`); found : name → its finding
    term : the column of the names
    Returns one row per name, as `found` has them: term, effect, course (missing where there is none), a column for
    each span.

    >>> from workbench import effects, findings, programmes
    >>> found = findings.of_each(effects.studies(programmes.incentives(panel, log), checked=2))
    >>> rows = [("weeks 1–4", 0.4, 0.2, 0.6, 8), ("weeks 5–12", 0.3, 0.1, 0.5, 8)]
    >>> table = pd.DataFrame(rows, columns=["span", "estimate", "conf_low", "conf_high", "n"])
    >>> spans = {"Race": wb.Estimates(table, "active days a week", "made up")}
    >>> findings.lasting(spans, found, "programme").columns.tolist()
    ['programme', 'effect', 'course', 'weeks 1–4', 'weeks 5–12']
    """
    whole = pd.concat([each.visible.table.assign(**{term: name}) for name, each in spans.items()], ignore_index=True)
    whole["words"] = [_with_ends(row, next(iter(spans.values())).unit) for row in whole.to_dict("records")]
    wide = whole.pivot(index=term, columns="span", values="words").reset_index()
    said = listed({name: each for name, each in found.items() if name in spans}, term)[[term, "effect", "course"]]
    return said.merge(wide[[term, *whole["span"].unique()]], on=term)


def _with_ends(row: Row, unit: str) -> str:
    """An effect with its interval in brackets."""
    mean, low, high = (figure_of(row[c], unit, digits_of(row, unit)) for c in ("estimate", "conf_low", "conf_high"))
    return f"{mean} ({say('{low} to {high}', low=low, high=high)})"


def sound(found: Mapping[str, Finding]) -> list[str]:
    """Whatever has an answer whose comparison failed no check; everything that has an answer, where all failed.

    >>> from workbench import effects, findings, programmes
    >>> found = effects.studies(programmes.incentives(panel, log), checked=2)
    >>> findings.sound(findings.of_each(found))
    ['Race']
    """
    told = [name for name, each in found.items() if each.verdict != Verdict.UNKNOWN]
    return [name for name in told if found[name].holds] or told


def of_measures(studies: Mapping[str, Mapping[str, Study]]) -> dict[str, dict[str, Finding]]:
    """Name → measure → finding, of whatever has an answer, all judged together.

    studies : measure → name → study

    >>> from workbench import effects, findings, programmes
    >>> race = programmes.incentives(panel, log)
    >>> measured = {what: effects.studies(race, what, checked=2) for what in ("active_days", "actions")}
    >>> list(findings.of_measures(measured)["Race"])
    ['active_days', 'actions']
    """
    names = dict.fromkeys(name for each in studies.values() for name in each)
    answered = [study for each in studies.values() for study in each.values() if study.effect is not None]
    return {
        name: {
            what: of(each[name], len(answered))
            for what, each in studies.items()
            if name in each and each[name].effect is not None
        }
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
