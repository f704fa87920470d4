"""Asks a log which actions it has, and guesses of which kind each is: create, update, delete, view, login, or other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbench.data import Source
from workbench.data.contract import KINDS
from workbench.data.verbs import kind

MOST = 40  # actions that are listed


@dataclass(frozen=True)
class Verb:
    """One action of a log: how many rows and people it has, and of which kind it is guessed to be."""

    action: str
    kind: str
    rows: int
    people: int


def verbs(log: Source, known: Mapping[str, Sequence[str]], minimum: int) -> tuple[list[Verb], int]:
    """The actions of a log, most frequent first, and how many were not listed: those of fewer than `minimum` people.

    known : kind → actions of that kind, as a shipped mapping says
    """
    counted = "select action, count(*) as rows, count(distinct user_id) as people from this group by action"
    found = log.events.sql(f"{counted} order by rows desc, action").to_arrow().to_pylist()
    shown = [row for row in found if row["action"] and row["people"] >= minimum][:MOST]
    listed = [Verb(row["action"], kind(row["action"], known), row["rows"], row["people"]) for row in shown]
    return listed, len(found) - len(listed)


def usual_zone(log: Source, minimum: int) -> str:
    """The zone that most people have, if at least `minimum` do; otherwise nothing."""
    if "time_zone" not in log.given("users"):
        return ""
    counted = "select time_zone, count(*) as people from this where time_zone is not null group by time_zone"
    found = log.users.sql(f"{counted} order by people desc, time_zone limit 1").to_arrow().to_pylist()
    return str(found[0]["time_zone"]) if found and found[0]["people"] >= minimum else ""


def kinds(listed: Iterable[Verb], known: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Kind → its actions: those a mapping knows, and those that were found; none that is called as its kind is."""
    every = {action: kind for kind, actions in known.items() for action in actions}
    every |= {verb.action: verb.kind for verb in listed if verb.action != verb.kind}
    return {
        kind: [action for action, each in every.items() if each == kind] for kind in KINDS if kind in every.values()
    }
