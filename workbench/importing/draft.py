"""Drafts the mapping of a folder of exports, with questions where only its owner knows the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from workbench.data import Source, open_source
from workbench.data.contract import MAPPING, TABLES
from workbench.data.mapping import time_zones
from workbench.errors import ContractError, QueryError
from workbench.importing.fragments import Fragment, Question
from workbench.importing.recognition import place, seen
from workbench.importing.toml import asked, comment, source, value
from workbench.importing.verbs import Verb, kinds, usual_zone, verbs

Answer = TypeVar("Answer")
LOG = (  # what to fill in where no file was recognised
    *("", "# If one of them is the log of use, remove the # from these lines and fill them in.", "# [events]"),
    *('# file = "…"', "# [events.columns]", '# user_id = "…"', '# occurred_at = "…"', '# action = "…"'),
)
FEWEST = 5  # people who do something before it is named


@dataclass(frozen=True)
class Draft:
    """A mapping that was made by looking at the files of a folder.

    fragments : sources of tables
    questions : what concerns no single table
    passed_over : file → why it is not read
    proposed : file → lines of the mapping that read it once they are filled in
    verbs : the actions of the log that enough people take; `unlisted` others
    """

    folder: Path
    fragments: tuple[Fragment, ...]
    questions: tuple[Question, ...]
    passed_over: dict[str, str]
    verbs: tuple[Verb, ...] = ()
    unlisted: int = 0
    proposed: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def system(self) -> str:
        """The system whose log it is; empty where that is not known."""
        return next((each.system for each in self.fragments if each.table == "events" and each.system), "")

    @property
    def known_verbs(self) -> dict[str, list[str]]:
        """Kind → actions, as the shipped mappings say."""
        said = [(kind, action) for each in self.fragments for kind, actions in each.verbs.items() for action in actions]
        return {kind: list(dict.fromkeys(action for of, action in said if of == kind)) for kind, _ in said}

    @property
    def of_verbs(self) -> tuple[Question, ...]:
        """What the names of actions leave open."""
        others = [verb.action for verb in self.verbs if verb.kind == "other"]
        return (Question(f"Does one of these belong to a kind? {', '.join(map(value, others))}"),) if others else ()

    @property
    def asks(self) -> tuple[Question, ...]:
        """Every question, those first that the check insists on."""
        of_tables = (question for each in self.fragments for question in each.questions)
        every = [*self.questions, *self.of_verbs, *of_tables]
        return tuple(sorted(every, key=lambda question: not question.blocks))

    @property
    def summary(self) -> tuple[str, ...]:
        """What was found, in lines for the terminal of the owner of the files."""
        tables = [f"  {each.table:<10} {_files(each)}: {each.title}" for each in self.fragments]
        unread = [f"  not read   {file}: {why}" for file, why in self.passed_over.items()]
        blocking = sum(question.blocks for question in self.asks)
        if not self.fragments:
            return (*unread, "No file is known to be a table. If one is the log, name its columns in the mapping.")
        if not self.asks:
            return (*tables, *unread)
        insisted = f"the check insists on {blocking or 'none'} of them"
        return (*tables, *unread, f'{_questions(len(self.asks))} marked "# ?" in it; {insisted}.')

    def __str__(self) -> str:
        return "\n".join([*self._top(), *self._verbs(), *self._tables()]) + "\n"

    def _top(self) -> Iterator[str]:
        yield "# How the workbench reads this folder, written by `workbench init`. Correct what is wrong."
        yield '# Lines that begin with "# ?" are questions; the lines below each are its answers.'
        yield ""
        yield (
            f"system = {value(self.system)}"
            if self.system
            else '# system = "…"  # what pages call it; without it: the CRM'
        )
        yield '# first_weekday = "sunday"  # if weeks do not begin on Monday'
        for question in self.questions:
            yield from asked(question)
        for file, why in self.passed_over.items():
            yield from comment(f"Not read: {file}; {why}")
            yield from (f"# {line}" for lines in self.proposed.get(file, ()) for line in lines.splitlines())
        if not self.fragments:
            yield from LOG

    def _verbs(self) -> Iterator[str]:
        found = kinds(self.verbs, self.known_verbs)
        if not self.verbs and not found:
            return
        yield ""
        yield from comment("Which kind each action of the log is, where its name does not say it; all others are none.")
        if self.verbs:
            yield from comment(
                "Rows: " + ", ".join(f"{verb.action} {verb.rows:,}" for verb in self.verbs) + self._rest()
            )
        yield "[verbs]"
        yield from (f"{kind} = {value(actions)}" for kind, actions in found.items())
        for question in self.of_verbs:
            yield from asked(question)

    def _rest(self) -> str:
        return f"; {self.unlisted} more, each of fewer than {FEWEST} people" if self.unlisted else ""

    def _tables(self) -> Iterator[str]:
        for table in TABLES:
            sources = [each for each in self.fragments if each.table == table]
            for each in sources:
                yield ""
                yield from source(each, place(each.files, self.folder), len(sources) > 1)


def draft(folder: str | Path) -> Draft:
    """The mapping of a folder of exports, as far as the files tell it.

    folder : where the exports lie, in it or in folders within
    Returns a Draft; `str(draft)` is the text of its workbench.toml. No value that could name a person is in it: only
    names of files and columns, words of known scales, and actions of at least five people.

    Raises ContractError where the folder holds no table at all.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "log.csv").write_text("Who,When,What\\nu1,2025-01-06T08:00:00Z,edit\\n")
    ...     [(each.table, each.files) for each in draft(folder).fragments]
    [('events', ('log.csv',))]
    """
    found = seen(Path(folder))
    if not found.fragments and not found.passed_over:
        raise ContractError(
            f"{Path(folder).name} holds no table. Put the exports there: .csv, .csv.gz, .xlsx, .xls, .ods or .parquet."
        )
    fragments, doubled = _counted_once(found.fragments)
    made = Draft(Path(folder), tuple(fragments), (), found.passed_over, proposed=found.proposed)
    with TemporaryDirectory() as place:
        log = _opened(made, Path(place))
        none: tuple[list[Verb], int] = ([], 0)
        listed, unlisted = _asked(lambda: verbs(log, made.known_verbs, FEWEST), none) if log else none
        zone = _asked(lambda: usual_zone(log, FEWEST), "") if log else ""
    questions = (*_zone(fragments, zone), *_access(fragments), *doubled)
    return replace(made, questions=questions, verbs=tuple(listed), unlisted=unlisted)


def _counted_once(found: Sequence[Fragment]) -> tuple[list[Fragment], list[Question]]:
    """The sources without those that hold what another holds too, or another system's log; and that as questions."""
    logs = [each for each in found if each.table == "events"]
    kept, questions = [], []
    for each in found:
        why = _why_not(each, [log for log in logs if log is not each])
        if why:
            questions.append(Question(f"Is {', '.join(each.files)} needed? It is left out: {why}"))
        else:
            kept.append(each)
    return kept, questions


def _why_not(one: Fragment, others: Sequence[Fragment]) -> str:
    if one.yields_to and any(other.holds == one.yields_to and not other.yields_to for other in others):
        return f"its {one.yields_to} are in another file as well and would count twice."
    aside = one.table == "events" and any(not other.aside for other in others)
    return one.aside if aside else ""


def _zone(fragments: Sequence[Fragment], usual: str) -> list[Question]:
    naive = [f"{each.table}.{ours}" for each in fragments for ours in each.naive]
    headed = {zone for each in fragments for ours in each.naive for zone in _zones_in(each.column(ours) or "")}
    named = headed.pop() if len(headed) == 1 else ""
    choice = (f"time_zone = {value(named or usual or 'Europe/Berlin')}",)
    most = f" A heading says {named}." if named else f" Most people's own zone is {usual}." if usual else ""
    if naive:
        text = f"In which zone are the times of {', '.join(dict.fromkeys(naive))}? They name none.{most}"
        return [Question(text, choice, blocks=True)]
    return [Question(f"In which zone do people work? It decides on days and weeks; without it: UTC.{most}", choice)]


def _zones_in(heading: str) -> set[str]:
    """The zones that a heading names, such as "Time (US/Eastern)"; never one whose short name has several meanings."""
    known = {zone for zone in time_zones() if "/" in zone} | {"UTC", "GMT"}
    return known & set(re.findall(r"[A-Za-z_]+(?:/[A-Za-z_+\-0-9]+)*", heading))


def _access(fragments: Sequence[Fragment]) -> list[Question]:
    """Where there are people and no first day of access. Where there are none, the check says what is taken instead."""
    people = [each for each in fragments if each.table == "users"]
    if not people or any("access_start" in each.found for each in people):
        return []
    text = "When does people's access begin and end? No file says it: it begins with the first event and has not ended."
    return [Question(f"{text} Or does it end with the last one?", ('access = "events"',))]


def _opened(made: Draft, place: Path) -> Source | None:
    """The log, as far as it can be read before the questions are answered."""
    if not any(each.table == "events" for each in made.fragments):
        return None
    mapping = place / MAPPING
    mapping.write_text(str(made), encoding="utf-8")
    return _asked(lambda: open_source(made.folder, mapping, time_zone="UTC"), None)  # any zone: no time is looked at


def _asked(question: Callable[[], Answer], otherwise: Answer) -> Answer:
    """What the log answers, or something else where it cannot be read yet."""
    try:
        return question()
    except (ContractError, QueryError):
        return otherwise


def _files(fragment: Fragment) -> str:
    """The files of a source, and which part of them."""
    files, sheet = fragment.files, fragment.words.get("sheet")
    named = files[0] if len(files) == 1 else f"{len(files)} files, from {files[0]}"
    return f"{named}, {sheet}" if sheet else named


def _questions(n: int) -> str:
    return "1 question is" if n == 1 else f"{n} questions are"
