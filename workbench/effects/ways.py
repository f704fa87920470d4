"""The same question asked of a study in other ways: where the answers agree, nothing depends on one choice."""

from __future__ import annotations

from typing import Any

from workbench.results.phrases import phrase
from workbench.results.study import TOO_EARLY, Answers

WAYS = {
    phrase("as above"): "effect",
    phrase("all it was offered to, came or not"): "as_offered",
    phrase("against the never trained only"): "against_never",
    phrase("against people of equal habit before"): "among_alike",
    phrase("against people of the same role and length of access"): "of_same_traits",
    phrase("against everybody, whatever their role and length of access"): "against_everybody",
    phrase("people seen in every week"): "balanced",
    phrase("against all weeks before"): "from_all_before",
    phrase("if use had grown by the same percentage"): "in_proportion",
    phrase("if use rose two weeks ahead"): "ahead",
    phrase("the sharper way for dates by lot"): "by_lot",
    TOO_EARLY: "too_early",
}


def ways(study: Any) -> Answers:
    """The effect as a study of a training asks for it, and asked in other ways; the last one should find nothing.

    study : what `study` returned of something that is on for good since it began
    Returns way, in words → Estimates, in the order of `WAYS`; `reasons` says why the others have none.

    >>> from workbench import effects, programmes
    >>> found = effects.ways(effects.study(programmes.trainings(panel, log)["Basics"], checked=3))
    >>> list(found)[:3]
    ['as above', 'all it was offered to, came or not', 'against the never trained only']
    >>> found.reasons["the sharper way for dates by lot"]
    'dates were not assigned at random'
    """
    found = {way: getattr(study, name) for way, name in WAYS.items()}
    return Answers(found, {way: study.reasons[name] for way, name in WAYS.items() if name in study.reasons})
