"""Whether the trained are like those they are compared with, and whether anybody is like them, in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.findings.finding import Finding
from workbench.findings.phrases import enumerated
from workbench.findings.unanswered import untold
from workbench.results.phrases import phrase, say, translated
from workbench.results.verdict import Grade, Verdict

TRAITS = {"role": phrase("role"), "days_of_access": phrase("length of access")}


def comparable(study: Any) -> Finding:
    """How similar both sides were in role and length of access, whether anybody is like the treated, and what follows.

    study : its `traits` are `effects.balance` and `effects.overlap`, and `adjusts` says whether its effect compares
        people of the same traits

    >>> from types import SimpleNamespace
    >>> balance = pd.DataFrame({"covariate": ["role: seller", "days_of_access"], "verdict": ["unlike", "alike"]})
    >>> overlap = pd.DataFrame({"verdict": ["good", "good"]})
    >>> print(comparable(SimpleNamespace(traits=(balance, overlap), adjusts=False)))
    The groups differed in role. Each wave has similar people to compare with. The result compares all people, \
whatever their role.
    """
    if study.traits is None:
        question = say("Whether both groups were similar in role and length of access")
        return untold(question, study.reasons["traits"])
    balance, overlap = study.traits
    headline = " ".join([_alike(balance), _somebody(overlap), _compared(bool(study.adjusts))])
    rule = say("groups differ where means are 0.25 standard deviations apart; similar by the odds of training")
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule)


def _alike(balance: pd.DataFrame) -> str:
    unlike = balance.loc[balance["verdict"] == "unlike", "covariate"].str.split(":").str[0].unique()
    if not len(unlike):
        return say("Both groups were similar in role and length of access.")
    named = [translated(TRAITS.get(name, name)) for name in unlike]
    return say("The groups differed in {traits}.", traits=enumerated(named))


def _somebody(overlap: pd.DataFrame) -> str:
    lacking, waves = int((overlap["verdict"] != "good").sum()), len(overlap)
    if not lacking:
        return say("Each wave has similar people to compare with.")
    return say("In {n} of {waves} waves hardly anybody similar is left to compare with.", n=lacking, waves=waves)


def _compared(adjusts: bool) -> str:
    if adjusts:
        return say(
            "The result compares people of the same role and length of access:"
            " their use changed in the same way before."
        )
    return say("The result compares all people, whatever their role.")
