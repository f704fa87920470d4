"""A question without an answer says why, and a notebook ends with it."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from workbench import findings
from workbench.findings import association, needed, no_answer, share
from workbench.results.estimates import Estimates


def test_no_answer_gives_the_reason():
    found = no_answer("the bonus", "share of deals won", "there is no table of outcomes", "in the spring")
    assert (
        found.headline
        == "We cannot say whether the bonus changed the share of deals won in the spring: there is no table of outcomes."
    )


def test_a_notebook_ends_where_its_tables_are_missing(capsys):
    with pytest.raises(findings.Unanswerable, match="We cannot say whether training changed use from these data"):
        needed(False, "Whether training changed use", "there is no table of trainings")
    needed(True, "", "")


def test_what_nobody_is_there_to_tell_is_asked_in_its_own_words():
    nobody = pd.DataFrame([{"estimate": math.nan, "conf_low": math.nan, "conf_high": math.nan, "n": 0}])
    none = Estimates(nobody, "share of people", "none", 0.95)
    assert share(none, "use it as a habit", "leaders").headline == (
        "We cannot say how many leaders use it as a habit: nobody is in this group."
    )
    assert association(none, "teams with a keen leader").headline == (
        "We cannot say whether teams with a keen leader and others differ in the share of people:"
        " nobody is there to compare with."
    )


def test_why_there_is_no_answer_is_said_once():
    found = findings.untold("Who moved up", "nobody could move")
    assert (
        found._repr_mimebundle_()["text/plain"]
        == "We cannot say who moved up: nobody could move.\n  □□□□ we cannot say."
    )
