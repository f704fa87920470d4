"""What is raised when something cannot be done, and how a misspelt name is put right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, TypeVar

Answer = TypeVar("Answer")
FEW = 20  # names that can be read in one sentence


class ContractError(ValueError):
    """A table is not what the contract says: the rule, the count, the first offender, the way out."""


def attempted(names: Iterable[str], estimate: Callable[[str], Answer]) -> tuple[dict[str, Answer], dict[str, str]]:
    """What there is to say of each of several things, and why there is nothing to say of the others.

    estimate : such as lambda name: att_gt(reduced[name])
    Returns name → its answer, and name → the reason, the first line of the ContractError: one programme without an
    answer does not take that of the others away.
    """
    found: dict[str, Answer] = {}
    reasons: dict[str, str] = {}
    for name in names:
        try:
            found[name] = estimate(name)
        except ContractError as error:
            reasons[name] = str(error).split("\n")[0].rstrip(".")
    return found, reasons


class QueryError(ValueError):
    """The engine could not read or compute something that the data hold."""


def not_one_of(word: str, known: Any, kind: str) -> str:
    """That a word is unknown, and the nearest one that is known."""
    near = get_close_matches(word, list(known), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {_some(known)}."
    return f"there is no {kind} {word!r}; {hint}"


def _some(words: Any, most: int = 12) -> str:
    listed = sorted(words)
    return ", ".join(listed[:most]) + (", …" if len(listed) > most else "")


class ParameterError(ValueError):
    """A parameter that the notebooks do not know, or a value that they cannot use."""


def nearest(wrong: str, known: Any) -> str:
    """' Did you mean …?' with the nearest of the known names, or all of a few when none is near."""
    names = sorted(map(str, known))
    near = get_close_matches(wrong, names, n=1, cutoff=0.5)
    if near:
        return f" Did you mean {near[0]}?"
    return f" Known: {', '.join(names)}." if 0 < len(names) <= FEW else ""


class ReportError(ValueError):
    """A report cannot be started; the message says why and what to do instead."""


class NotRunError(RuntimeError):
    """A notebook did not run to its end; the message is one line that may be shown to anybody."""
