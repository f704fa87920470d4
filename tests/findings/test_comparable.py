"""What is said of people's traits: every case of the rule, the whole sentence."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from workbench import findings


def said(balance: list[str], overlap: list[str], adjusts: bool | None) -> str:
    traits = (
        pd.DataFrame(
            {"covariate": ["role: seller", "role: buyer", "days_of_access"][: len(balance)], "verdict": balance}
        ),
        pd.DataFrame({"verdict": overlap}),
    )
    return str(findings.comparable(SimpleNamespace(traits=traits, adjusts=adjusts)))


def test_each_trait_that_differs_is_named_once_and_what_follows_is_said():
    assert said(["unlike", "unlike", "unlike"], ["good", "good"], True) == (
        "The groups differed in role and length of access. Each wave has similar people to compare with."
        " The result compares people of the same role and length of access: their use changed in the same way before."
    )


def test_waves_that_nobody_is_like_are_counted():
    assert said(["alike", "adjustable"], ["none", "thin", "good"], None) == (
        "Both groups were similar in role and length of access. In 2 of 3 waves hardly anybody similar is left to compare"
        " with. The result compares all people, whatever their role."
    )


def test_where_traits_are_not_known_it_says_so():
    study = SimpleNamespace(traits=None, reasons={"traits": "what people were like before is not known"}, adjusts=False)
    assert "what people were like before is not known" in str(findings.comparable(study))
