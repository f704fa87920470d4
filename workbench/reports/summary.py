"""The first page of a site: what its pages found, in one minute.

It is built from the findings that each page hands on as data (`results.Record`), so that it says nothing that no page
says. Which tiles stand here is decided by their importance, and programmes are sorted by evidence and then effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from workbench.results.course import Course
from workbench.results.gaming import Gaming
from workbench.results.phrases import phrase, say, translated
from workbench.results.record import Record
from workbench.results.verdict import STRONGEST_FIRST, Grade, Verdict
from workbench.results.words import number

TILES = 4  # at most
LINES, CONCERNS, PAID = 5, 6, 2  # of a list, at most
USEFUL = 0.15  # active days a week: an effect that the next roll-out should show (`effect` of the page of next steps)
WORKED = ("training", "incentive", "colleagues")
KEEP = phrase("keep")  # what is said of a programme that no rule fits
ADVICE = {
    "refresh": phrase("test a refresher")
}  # rule of planning/actions.toml → what the table says, where it says it longer


@dataclass(frozen=True)
class Worked:
    """One programme in the table of what worked."""

    name: str
    effect: str
    likely: str
    grade: str
    lasts: str
    cost: str
    advice: str
    link: str

    @property
    def squares(self) -> str:
        """The evidence as squares."""
        return Grade(self.grade).squares

    @property
    def words(self) -> str:
        """The evidence in words."""
        return Grade(self.grade).shown.removeprefix(self.squares).strip()


@dataclass(frozen=True)
class Summary:
    """What the first page says; every line is a record, which knows where its finding stands."""

    title: str
    trust: list[Record] = field(default_factory=list)
    tiles: list[Record] = field(default_factory=list)
    since: list[Record] = field(default_factory=list)
    worked: list[Worked] = field(default_factory=list)
    paid: list[Record] = field(default_factory=list)
    concerns: list[Record] = field(default_factory=list)
    unknown: list[Record] = field(default_factory=list)
    actions: list[Record] = field(default_factory=list)

    @property
    def key(self) -> list[tuple[str, str]]:
        """What the squares of the table mean, for a print that has no room for the words."""
        return list(dict.fromkeys((row.squares, row.words) for row in self.worked))

    @property
    def there(self) -> bool:
        """Whether any page handed anything on."""
        return any(getattr(self, part.name) for part in fields(self) if part.name != "title")


def summary_of(records: Iterable[Record]) -> Summary:
    """The summary of what all pages found.

    records : of all pages, in their order
    """
    known = list(records)
    until = _about(known, "until")
    return Summary(
        _title(until),
        _about(known, "trust"),
        sorted(_about(known, "tile"), key=lambda one: -one.importance)[:TILES],
        _about(known, "since")[:LINES],
        _worked(known),
        _about(known, "paid")[:PAID],
        _concerns(known)[:CONCERNS],
        _unknown(known)[:LINES],
        _about(known, "action")[:LINES],
    )


def _title(until: list[Record]) -> str:
    """With the last day looked at, where a page said it."""
    if not until:
        return say("CRM adoption: summary")
    return say("CRM adoption: summary to {day}", day=until[0].headline)


def _about(records: Iterable[Record], *kinds: str) -> list[Record]:
    return [record for record in records if record.about in kinds]


def _worked(records: list[Record]) -> list[Worked]:
    """Every programme, the best evidence first, and the largest effect first within it."""
    advice = {record.name: record.headline for record in _about(records, "advice")}
    gamed = {one.name for one in _gamed(records)}
    answered = [one for one in _about(records, *WORKED) if one.estimate is not None]
    answered.sort(key=lambda one: (STRONGEST_FIRST.index(Grade(one.grade)), -(one.estimate or 0)))
    return [
        Worked(
            one.name,
            translated(one.effect),
            one.likely,
            one.grade,
            "–" if one.course in ("", Course.NEVER_CLEAR) else translated(one.course),
            "–" if one.cost is None else number(one.cost),
            _advice(one, advice.get(one.name, "–"), one.name in gamed),
            one.link,
        )
        for one in answered
    ]


def _advice(record: Record, rule: str, gamed: bool) -> str:
    """What to do with a programme, in a few words: why it stops, and what follows where nothing clear is seen."""
    if gamed and rule == "–":
        return say("it was gamed")
    if gamed:
        return say("{rule}: it was gamed", rule=translated(rule))
    if rule == KEEP and record.verdict == Verdict.UNCLEAR:
        wide = record.conf_high is not None and record.conf_high > USEFUL
        return say("repeat with more people") if wide else say("do not expand")
    if rule == KEEP and record.over:
        return say("can be repeated")
    return translated(ADVICE.get(rule, rule))


def _gamed(records: list[Record]) -> list[Record]:
    return [one for one in _about(records, "gaming") if one.verdict in (Gaming.GAMED, Gaming.WORSE_WORK)]


def _concerns(records: list[Record]) -> list[Record]:
    """What went wrong: work that is gamed, mandates that brought logins only, harm, and what a page calls a concern."""
    forced = [one for one in _about(records, "mandate") if one.course == "logins only"]
    slow, harm = (
        [one for one in _about(records, *kinds) if Verdict(one.verdict) in HARM]
        for kinds in (("support",), (*WORKED, "afterwards"))
    )
    barrier = _about(records, "barrier")[:1]
    return [*forced, *_gamed(records), *_about(records, "concern"), *slow, *barrier, *harm]


HARM = (Verdict.LOWERED, Verdict.PROBABLY_LOWERED, Verdict.TURNED_DOWN)


def _unknown(records: list[Record]) -> list[Record]:
    """Programmes that cannot be judged, and questions without an answer."""
    silent = (Verdict.UNRELIABLE, Verdict.UNKNOWN)
    without = [one for one in _about(records, *WORKED) if one.verdict in silent]
    return [*without, *_about(records, "unknown")]
