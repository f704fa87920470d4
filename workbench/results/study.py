"""The plain record of a study: its answers, or the reason why there is none.

A study asks many questions of one comparison, and some have no answer: too few teams, no weeks before, nobody left to
compare with. An answer that is missing is None, and `reasons` says why; nothing is computed before somebody asks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, overload

import pandas as pd

from workbench.errors import ContractError
from workbench.results.judgement import Judgement, judgement
from workbench.results.phrases import phrase, translated
from workbench.results.verdict import Evidence, Row, Verdict, grade_of, verdict_of

Answer = TypeVar("Answer")
TOO_EARLY = phrase("four weeks too early")  # the way of asking in which nothing should be found
NOT_LOOKED = pd.DataFrame([{"p_value": math.nan, "df": 0}])  # a check of trends that was not made


class answer(Generic[Answer]):
    """A method of a study that becomes its answer: computed once, or None with the reason in `reasons`."""

    def __init__(self, compute: Callable[[Any], Answer]) -> None:
        self.compute, self.__doc__ = compute, compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, study: None, owner: type) -> answer[Answer]: ...

    @overload
    def __get__(self, study: Study, owner: type) -> Answer | None: ...

    def __get__(self, study: Study | None, owner: type) -> answer[Answer] | Answer | None:
        if study is None:
            return self
        if self.name not in study.answers:
            study.answers[self.name] = study.asked(self.name, self.compute)
        found: Answer | None = study.answers[self.name]
        return found


class Study:
    """What was asked of one comparison.

    name : what was done, as the subject of a sentence; when : for which time the effect holds, in words
    unit : what the effect is measured in
    drawn : dates were assigned at random
    effect : the number of the study, an Estimates with `overall`, or None
    spans : the effect soon after the start and long after it; None where it was not followed
    by_offer : where chance decided about an offer, its effect with the take-up and the effect on those who came
    lottery : where dates were drawn, how often chance would have set them as far apart in earlier use; None: not known
    level : by how many standard deviations earlier use was higher among those treated; None: not known
    pretrend : the check of trends before the start, one row; sensitivity : has `breakdown`; both may be None
    """

    unit: Any
    effect: Any
    pretrend: Any
    sensitivity: Any
    spans: Any = None
    by_offer: Any = None
    lottery: Any = None
    level: Any = None

    def __init__(self, name: str, drawn: bool, when: str = "") -> None:
        self.name, self.drawn, self.when = name, drawn, when
        self.answers: dict[str, Any] = {}
        self.reasons: dict[str, str] = {}

    @property
    def reason(self) -> str:
        """Why there is no effect; empty where there is one."""
        return "" if self.effect is not None else translated(self.reasons["effect"])

    @property
    def verdict(self) -> Verdict:
        """The verdict on it where it is judged alone."""
        return self.judged().verdict

    @property
    def evidence(self) -> Evidence:
        """How far to believe it, and why: the grade with its reasons."""
        before = None if self.pretrend is None else dict(self.pretrend.iloc[0])
        survives = getattr(self.sensitivity, "breakdown", None)
        return grade_of(verdict_of(self.row), before, survives, self.drawn, self.lottery, self.level)

    @property
    def row(self) -> Row | None:
        """The number of the study with its interval; None where there is no effect."""
        found = self.effect
        if found is None:
            return None
        only = found.table.iloc[0] if len(found.table) == 1 else None
        row: Row | None = only if found.overall is None else found.overall
        return row

    def judged(self, at_once: int = 1) -> Judgement:
        """The one verdict on it; at_once : how many results are judged together, this one included."""
        spans = [] if self.spans is None else self.spans.table.to_dict("records")
        level = 0.95 if self.effect is None else self.effect.level
        return judgement(self.row, self.evidence, spans, level, at_once)

    def asked(self, name: str, compute: Callable[[Any], Answer]) -> Answer | None:
        """The answer to one question; None, with the reason kept, where the data do not carry it."""
        if name in self.reasons:
            return None
        try:
            return compute(self)
        except ContractError as error:
            self.reasons[name] = str(error).split("\n")[0].rstrip(".")
            return None

    def need(self, name: str) -> Any:
        """An answer that another one rests on.

        Raises ContractError with its reason where there is none, so that the other has the same reason.
        """
        if (found := getattr(self, name)) is None:
            raise ContractError(self.reasons[name])
        return found


class Given(Study):
    """A study whose effect was estimated elsewhere, by a comparison of its own.

    pretrend : the check of trends that holds for it; default: no period before the start was looked at
    level : how far apart earlier use was, see `Study`
    """

    def __init__(
        self,
        name: str,
        drawn: bool,
        effect: Any,
        when: str = "",
        pretrend: Any = NOT_LOOKED,
        level: float | None = None,
    ) -> None:
        super().__init__(name, drawn, when)
        self.effect, self.unit, self.pretrend, self.sensitivity = effect, effect.unit, pretrend, None
        self.level = level


class Answers(dict[str, Any]):
    """Answers by name; `reasons` says why the others have none.

    >>> from workbench.results import Answers
    >>> Answers({"as above": 0.5, "another way": None})
    {'as above': 0.5}
    """

    def __init__(self, found: Mapping[str, Any] | None = None, reasons: Mapping[str, str] | None = None) -> None:
        super().__init__({name: each for name, each in (found or {}).items() if each is not None})
        self.reasons = dict(reasons or {})

    def missing(self, term: str) -> pd.DataFrame:
        """Those without an answer, one row each: term, reason."""
        return pd.DataFrame(self.reasons.items(), columns=[term, "reason"])


class Studies(dict[str, Any]):
    """Studies by name, in the order in which a page lists them.

    >>> from workbench import effects, programmes
    >>> found = effects.studies(programmes.trainings(panel, log), checked=3)
    >>> list(found.answered), found.reason
    (['Basics'], '')
    """

    @property
    def answered(self) -> Studies:
        """Those with an effect."""
        return Studies({name: study for name, study in self.items() if study.effect is not None})

    @property
    def reason(self) -> str:
        """Why those without an effect have none, each reason once."""
        return "; ".join(sorted({translated(study.reason) for study in self.values()} - {""}))

    def each(self, what: str) -> Answers:
        """One answer of every study that has it, such as "effect" or "spans"."""
        found = {name: getattr(study, what) for name, study in self.items()}
        return Answers(found, {name: study.reasons[what] for name, study in self.items() if what in study.reasons})

    def checks(self, term: str) -> pd.DataFrame:
        """The check of trends before of every study that has one, and how far trends may part: one row each."""
        rows = [
            study.pretrend.assign(**{term: name}, survives=getattr(study.sensitivity, "breakdown", None))
            for name, study in self.answered.items()
            if study.pretrend is not None
        ]
        table: pd.DataFrame = pd.concat(rows) if rows else pd.DataFrame(columns=[term])
        return table
