"""What is new since the report that stood in the site before this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from workbench.reports.summary import WORKED
from workbench.results.phrases import phrase, say, translated
from workbench.results.record import Record

LINES = 4  # at most


@dataclass(frozen=True)
class SinceLast:
    """How the findings differ from those of an earlier report; lines link to where the newer finding stands."""

    title: str = ""
    lines: list[Record] = field(default_factory=list)
    said: str = ""  # why nothing is compared


def since_last(now: Iterable[Record], before: Iterable[Record]) -> SinceLast:
    """The verdicts and tiles that are not what they were in the last report.

    now, before : the records of two runs into the same site
    Nothing is said where the report before reached as far as this one, or further. Two reports with other settings
    (source, people, groups, version) are not compared: their figures would differ for that alone.
    """
    now, before = list(now), list(before)
    last, last_before = _last_day(now), _last_day(before)
    if not last or not last_before or last_before.name >= last.name:
        return SinceLast()
    title = say("Since the last report (to {day})", day=last_before.headline)
    settings = _settings(now)
    if settings != _settings(before) or not all(settings.values()):
        return SinceLast(title, said=say("We do not compare the two: they may not count the same people and actions."))
    lines = [*_other_verdicts(now, before), *_other_tiles(now, before)][:LINES]
    return SinceLast(title, lines, "" if lines else say("No verdict and no figure of this page has changed."))


def _last_day(records: list[Record]) -> Record | None:
    return next((one for one in records if one.about == "until" and one.name), None)


def _settings(records: list[Record]) -> dict[str, str]:
    return {one.page: one.headline for one in records if one.about == "settings"}


def _other_verdicts(now: list[Record], before: list[Record]) -> list[Record]:
    """Programmes that are judged otherwise than in the last report, or were not in it."""
    known = {(one.about, one.name): one for one in before if one.about in WORKED}
    lines = []
    for one in now:
        was = known.get((one.about, one.name))
        if one.about not in WORKED or not one.effect or (was and was.verdict == one.verdict):
            continue
        text = phrase("{programme}: {effect}; it was: {before}") if was else phrase("{programme}: {effect} (new)")
        effects = {"effect": translated(one.effect), "before": translated(was.effect if was else "")}
        lines.append(replace(one, headline=translated(text, programme=one.name, **effects)))
    return lines


def _other_tiles(now: list[Record], before: list[Record]) -> list[Record]:
    known = {one.name: one.figure for one in before if one.about == "tile"}
    text = phrase("{figure} {name}; it was {before}")
    return [
        replace(one, headline=translated(text, figure=one.figure, name=one.name, before=known[one.name]))
        for one in now
        if one.about == "tile" and known.get(one.name, one.figure) != one.figure
    ]
