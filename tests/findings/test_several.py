"""Several findings as one."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from results_by_hand import said

from workbench import findings
from workbench.findings import no_answer
from workbench.results.verdict import Grade, Verdict


def test_a_tally_says_what_its_means_hide_and_what_is_missing():
    found = {
        "Basics": said(Verdict.RAISED),
        "Tour": said(Verdict.UNCLEAR),
        "Track": replace(said(Verdict.UNRELIABLE, grade=Grade.FAILED), rule="the groups were drifting apart"),
        "Clinic": said(Verdict.TURNED_DOWN),
        "Video": said(Verdict.PROBABLY_RAISED),
        "Talk": no_answer("Talk", "active days a week", "nobody was left to compare with"),
        "Walk": no_answer("Walk", "active days a week", "nobody was left to compare with"),
    }
    tallied = findings.tally(found, "programmes", "active days a week")
    assert tallied.headline == (
        "One of seven programmes raised use: Basics. One probably raised use: Video. One first raised, then lowered use:"
        " Clinic. One made no clear difference to use: Tour. One is unreliable: Track (the groups were drifting apart)."
        " Two cannot be judged: Talk and Walk."
    )
    assert tallied.caveat == (
        "No clear difference does not mean none: a rise may still be up to 0.80 with Tour. Cannot be judged: Talk"
        " and Walk: nobody was left to compare with."
    )
    assert (tallied.grade, tallied.rule) == ("mixed", "4 of 7 comparisons can be judged")
    untold = findings.tally({"Talk": found["Talk"]}, "programmes", "active days a week")
    assert (untold.grade, untold.rule) == ("no answer", "0 of 1 comparisons can be judged")


def test_a_tally_is_as_sure_as_the_least_sure_of_what_it_judges():
    drawn, seen = said(Verdict.RAISED, grade=Grade.RANDOMISED), said(Verdict.RAISED, grade=Grade.ROBUST)
    for grade, found in ((Grade.RANDOMISED, [drawn, drawn]), (Grade.ROBUST, [drawn, seen])):
        assert findings.tally(dict(zip("ab", found, strict=True)), "programmes", "active days a week").grade == grade


def test_the_title_names_the_programme_that_brought_most_and_holds():
    few, many = (
        said(Verdict.RAISED, "A raised it by 0.20."),
        replace(said(Verdict.RAISED, "B raised it by 0.90."), estimate=0.9),
    )
    doubted = replace(said(Verdict.UNRELIABLE, grade=Grade.FAILED), estimate=2.0)
    assert findings.most({"A": few, "B": many, "C": doubted}, "programmes") == (
        "B raised use most: +0.90 days a week (likely 0.20–0.80)"
    )
    assert findings.most({"A": few, "C": doubted}, "programmes") == (
        "A raised use: +0.50 days a week (likely 0.20–0.80)"
    )
    assert findings.most({"C": doubted}, "programmes") == "None of the programmes clearly raised use"
    assert findings.most({"C": doubted, "D": said(Verdict.PROBABLY_RAISED)}, "programmes") == (
        "None of the programmes clearly raised use; D probably did"
    )


def test_a_title_tells_what_cannot_be_judged_from_what_did_not_work():
    untold = no_answer("Talk", "active days a week", "nobody was left to compare with")
    assert findings.most({"Talk": untold}, "programmes") == "We cannot judge any of the programmes"


def test_what_was_asked_for_stands_beside_what_was_not():
    logins = said(Verdict.RAISED, "The rule raised logins a week by 0.91 (between 0.66 and 1.17).")
    others = {"days": said(Verdict.UNCLEAR), "features": said(Verdict.UNCLEAR)}
    found = findings.beside(logins, {**others, "satisfaction": said(Verdict.LOWERED)})
    assert found.headline == (
        "The rule raised logins a week by 0.91 (between 0.66 and 1.17). It made no clear difference to days and features. It"
        " lowered satisfaction."
    )
    assert found.grade == "randomised"
    doubted = replace(said(Verdict.UNRELIABLE, grade=Grade.FAILED), rule="the groups were drifting apart")
    about_days = findings.beside(logins, {"days": doubted})
    assert about_days.caveat == "Unreliable: days (the groups were drifting apart)."
    assert about_days.headline.endswith(" We cannot say what it did to days.")


def test_kinds_say_only_what_their_bands_hold():
    pairs = pd.DataFrame(
        [
            ("coaching", "online", 0.6, 0.4, 0.8),
            ("one session", "several", -0.3, -0.5, -0.1),
            ("a", "b", 0.1, -0.1, 0.3),
        ],
        columns=["arm_a", "arm_b", "estimate", "band_low", "band_high"],
    )
    said = findings.kinds(pairs, "active days a week", ["format"])
    assert (
        str(said) == "Use rose more with coaching than with online. Use rose more with several than with one session."
    )
    assert said.grade == "sensitive"
    assert "Not compared: format, which is not recorded or the same for all." in said.caveat
    none = findings.kinds(pairs.iloc[2:], "active days a week", [])
    assert str(none) == "No kind clearly raised use more than another."
    no_band = pairs.assign(
        band_low=float("nan"), band_high=float("nan")
    )  # from too few teams: nothing is clear together
    assert str(findings.kinds(no_band, "active days a week")) == str(none)
    assert findings.kinds(pairs.iloc[:0], "active days a week", []).verdict == "we cannot say"
    lot = findings.kinds(pairs.iloc[2:], "active days a week", thing="incentive", drawn=True)
    assert (str(lot), lot.grade) == ("No incentive clearly raised use more than another.", "randomised")
    nothing = findings.kinds(pairs.iloc[:0], "active days a week", thing="incentive")
    assert str(nothing).endswith("there are no two incentives to compare.")


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        (("raised",), "One raised use: A."),
        (("raised", "raised"), "Both talks raised use: A and B."),
        (("raised", "raised", "raised"), "All three talks raised use: A, B and C."),
        (("raised", "lowered", "raised"), "Two of three talks raised use: A and C. One lowered use: B."),
    ],
)
def test_how_many_of_all_is_said_as_people_say_it(verdicts, sentence):
    found = {name: said(Verdict(verdict)) for name, verdict in zip("ABC", verdicts, strict=False)}
    assert str(findings.tally(found, "talks", "active days a week")) == sentence
