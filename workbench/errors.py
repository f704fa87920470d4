"""What is raised when something cannot be done, and how a misspelt name is put right.

Every message names the rule, how many rows break it, the first of them and the way out. The classes say whose mistake
it is: the data's (`ContractError`, `QueryError`), the caller's (`ParameterError`, `ReportError`) or the notebook's
(`NotRunError`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from math import nan
from numbers import Integral, Real
from typing import TypeVar

Answer = TypeVar("Answer")
LONGEST = 200  # letters of a path in a sentence
LISTED = 12  # names that are listed where none is near


class ContractError(ValueError):
    """A table is not what the contract says: the rule, the count, the first offender, the way out."""


class NothingToShowError(ContractError):
    """The data keep the contract and are too few for any page: each ends with this sentence."""


class QueryError(ValueError):
    """The engine could not read or compute something in the data."""


class ParameterError(ValueError):
    """A parameter that the notebooks do not know, or a value that they cannot use."""


class ReportError(ValueError):
    """A report cannot be started; the message says why and what to do instead."""


class NotRunError(RuntimeError):
    """A notebook did not run to its end; the message is one line that may be shown to anybody."""


def attempted(names: Iterable[str], estimate: Callable[[str], Answer]) -> tuple[dict[str, Answer], dict[str, str]]:
    """Apply `estimate` to each name; return the answers, and the reason for each name it refuses.

    names : what to estimate, such as programmes
    estimate : a function of one name, such as `lambda name: att_gt(reduced[name])`
    Returns two dictionaries: name → answer, and name → reason, the first line of the ContractError without its full
    stop. Every other exception is passed on.

    >>> def share(counts):
    ...     if not sum(counts):
    ...         raise ContractError("nobody is left to compare with.\\n  Look at more weeks.")
    ...     return counts[0] / sum(counts)
    >>> counts = {"basics": (3, 1), "refresher": (0, 0)}
    >>> attempted(counts, lambda name: share(counts[name]))
    ({'basics': 0.75}, {'refresher': 'nobody is left to compare with'})
    """
    found: dict[str, Answer] = {}
    reasons: dict[str, str] = {}
    for name in names:
        try:
            found[name] = estimate(name)
        except ContractError as error:
            reasons[name] = str(error).split("\n")[0].rstrip(".")
    return found, reasons


def check_whole(name: str, said: object, least: int = 0) -> None:
    """ContractError unless what was said is a whole number from `least` on.

    >>> check_whole("anticipation", 1)
    >>> check_whole("before", 0, 1)
    Traceback (most recent call last):
    workbench.errors.ContractError: before is a whole number from 1 on, not 0.
    """
    if not isinstance(said, Integral) or isinstance(said, bool) or int(said) < least:
        raise ContractError(f"{name} is a whole number from {least} on, not {said!r}.")


def check_share(name: str, said: object) -> None:
    """ContractError unless what was said lies between 0 and 1.

    >>> check_share("level", 95)
    Traceback (most recent call last):
    workbench.errors.ContractError: level is a share between 0 and 1, not 95; write 0.95.
    """
    number = float(said) if isinstance(said, Real) else nan
    if not 0 < number < 1:
        instead = f"; write {number / 100:g}" if 1 < number < 100 else ""
        raise ContractError(f"{name} is a share between 0 and 1, not {said!r}{instead}.")


def not_one_of(word: str, known: Iterable[object], kind: str) -> str:
    """The message for a name that does not exist.

    word : the name as given
    known : the names that exist
    kind : what they are names of, in the singular

    >>> not_one_of("wekes", ["weeks", "since"], "parameter")
    "there is no parameter 'wekes'; did you mean 'weeks'?"
    """
    return f"there is no {kind} {word!r}; {did_you_mean(word, known)}"


def no_such_column(word: str, known: Iterable[object]) -> str:
    """The message for a column that does not exist; of those that do only one that is near is named.

    Where a header is missing, the names of the columns are the first row of the data.

    >>> no_such_column("usrid", ["user_id", "Ada Lovelace"])
    "there is no column 'usrid'; did you mean 'user_id'?"
    >>> no_such_column("when", ["user_id", "Ada Lovelace"])
    "there is no column 'when' among the 2 that are there."
    """
    names = list(map(str, known))
    near = nearest(word, names)
    return f"there is no column {word!r}" + (
        f"; did you mean {near!r}?" if near else f" among the {len(names):,} that are there."
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name that is spelt most alike; "" where none is near."""
    return next(iter(get_close_matches(word, sorted(known), n=1, cutoff=0.5)), "")


def did_you_mean(wrong: str, known: Iterable[object]) -> str:
    """The known name closest to a misspelt one as a question, or the first known names if none is close.

    >>> did_you_mean("zzz", ["weeks", "since"])
    'there are since, weeks.'
    """
    names = sorted(map(str, known))
    if near := nearest(wrong, names):
        return f"did you mean {near!r}?"
    listed = [*names[:LISTED], *(["…"] if len(names) > LISTED else [])]
    return f"there are {', '.join(listed) or 'none'}."


@contextmanager
def refusals_in_words(typed: Collection[str]) -> Iterator[None]:
    """End the process with one sentence where the system refuses a file: a disk is full, a name too long.

    typed : what stood on the command line; a path is named only where it stood there, for others may name people

    >>> with refusals_in_words(["check", "crm"]):
    ...     raise OSError(28, "No space left on device", "/home/somebody/crm")
    Traceback (most recent call last):
    SystemExit: a file cannot be used: No space left on device. Make room there, or name another place.
    """
    try:
        yield
    except OSError as error:
        named = next((repr(word[:LONGEST]) for word in typed if word and word == str(error.filename)), "a file")
        why = error.strerror or type(error).__name__
        raise SystemExit(f"{named} cannot be used: {why}. Make room there, or name another place.") from None
