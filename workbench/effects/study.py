"""The study that fits a comparison: of what stays on or is switched off, with weeks before it began or without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.effects.asked import Lasting
from workbench.effects.at_start import LastingAtStart, SwitchedAtStart
from workbench.effects.switched import Switched
from workbench.results.study import Studies


def study(
    compared: Any, outcome: str = "", *, anticipation: int = 0, checked: int = 12, bounded: bool = True, when: str = ""
) -> Lasting | Switched:
    """Everything that one comparison can say of an outcome.

    compared : a `programmes.Comparison`: rows (user-weeks with `began`, the first week), cluster, drawn, …
    outcome : the column of its rows that is measured; empty: the one it names
    anticipation : periods before the start in which the outcome may already have changed
    checked : periods before and after the start in which the comparison is put to the test; 0: it is not
    bounded : also ask how far trends may part; when : words for the time that the effect is of
    Returns a `Lasting` study of what is on for good since it began, or a `Switched` one of what is switched on and off;
    where the log begins with it and chance decided who had it, one that compares people since, not before and after.

    >>> from workbench import effects, programmes
    >>> basics = effects.study(programmes.trainings(panel, log)["Basics"], checked=3)
    >>> basics.effect.overall.round(2).to_dict()
    {'estimate': 1.22, 'std_error': 0.41, 'conf_low': -0.31, 'conf_high': 2.75, 'n': 4.0}
    >>> basics.as_offered is None, str(basics.verdict)
    (False, 'no clear change')
    """
    kinds = (LastingAtStart, SwitchedAtStart) if compared.at_start else (Lasting, Switched)
    return kinds[bool(compared.treatment)](compared, outcome or compared.outcome, anticipation, checked, bounded, when)


def studies(compared: Mapping[str, Any], outcome: str = "", **options: Any) -> Studies:
    """A `study` of each comparison, under its name; options : those of `study`.

    >>> from workbench import effects, programmes
    >>> found = effects.studies(programmes.trainings(panel, log), checked=3)
    >>> list(found.answered), list(found.each("spans"))
    (['Basics'], ['Basics'])
    """
    return Studies({name: study(each, outcome, **options) for name, each in compared.items()})
