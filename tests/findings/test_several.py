"""Several findings as one."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from results_by_hand import said

from workbench import findings
from workbench.findings import no_answer
from workbench.results.course import Course
from workbench.results.verdict import Grade, Verdict


def test_a_tally_says_what_its_means_hide_and_what_is_missing():
    found = {
        "Basics": said(Verdict.RAISED),
        "Tour": said(Verdict.UNCLEAR),
        "Track": said(Verdict.RAISED, grade=Grade.FRAGILE),
        "Talk": no_answer("Talk", "active days a week", "nobody was left to compare with"),
        "Walk": no_answer("Walk", "active days a week", "nobody was left to compare with"),
    }
    courses = {"Basics": Course.LASTS, "Tour": Course.TURNED_DOWN, "Track": Course.FADES}
    tallied = findings.tally(found, "programmes", "active days a week", courses)
    assert tallied.headline == (
        "Of 5 programmes, judged by active days a week, 1 raised it (Basics), 1 did not clearly change it (Tour), 2 cannot"
        " be judged (Talk, Walk) and for 1 the comparison does not hold (Track)."
    )
    assert tallied.caveat == (
        "The mean hides that Tour first raised it and then lowered it. Not clear is not nothing: a rise could still be up"
        " to 0.80 with Tour. Cannot be judged: Talk and Walk: nobody was left to compare with."
    )
    assert (tallied.grade, tallied.rule) == ("mixed", "2 of 5 comparisons passed every check")
    untold = findings.tally({"Talk": found["Talk"]}, "programmes", "active days a week")
    assert (untold.grade, untold.rule) == ("no answer", "0 of 1 comparisons passed every check")


def test_a_tally_is_as_sure_as_the_least_sure_of_what_it_judges():
    drawn, seen = said(Verdict.RAISED, grade=Grade.RANDOMISED), said(Verdict.RAISED, grade=Grade.ROBUST)
    for grade, found in ((Grade.RANDOMISED, [drawn, drawn]), (Grade.ROBUST, [drawn, seen])):
        assert findings.tally(dict(zip("ab", found, strict=True)), "programmes", "active days a week").grade == grade


def test_the_title_names_the_programme_that_brought_most_and_holds():
    few, many = (
        said(Verdict.RAISED, "A raised it by 0.20."),
        replace(said(Verdict.RAISED, "B raised it by 0.90."), estimate=0.9),
    )
    doubted = replace(said(Verdict.RAISED, "C raised it by 2.00.", Grade.FRAGILE), estimate=2.0)
    assert findings.most({"A": few, "B": many, "C": doubted}, "programmes") == "Most of all, B raised it by 0.90"
    assert findings.most({"A": few, "C": doubted}, "programmes") == "A raised it by 0.20"
    assert findings.most({"C": doubted}, "programmes") == "None of the programmes clearly raised active days a week"


def test_a_title_tells_what_cannot_be_judged_from_what_did_not_work():
    untold = no_answer("Talk", "active days a week", "nobody was left to compare with")
    assert findings.most({"Talk": untold}, "programmes") == "None of the programmes can be judged"


def test_what_was_asked_for_stands_beside_what_was_not():
    logins = said(Verdict.RAISED, "The rule raised logins a week by 0.91 (between 0.66 and 1.17).")
    others = {"days": said(Verdict.UNCLEAR), "features": said(Verdict.UNCLEAR)}
    found = findings.beside(logins, {**others, "satisfaction": said(Verdict.LOWERED)})
    assert found.headline == (
        "The rule raised logins a week by 0.91 (between 0.66 and 1.17); it lowered satisfaction; it did not clearly change"
        " days and features."
    )
    assert found.grade == "randomised"
    assert findings.beside(logins, {"days": said(Verdict.RAISED, grade=Grade.FRAGILE)}).grade == "fragile"


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
    assert str(said) == "More active days a week came with coaching than with online and several than with one session."
    assert said.grade == "fragile"
    assert "Nothing was compared by format: the data do not say it, or all were alike." in said.caveat
    none = findings.kinds(pairs.iloc[2:], "active days a week", [])
    assert str(none) == "No kind clearly brought more active days a week than another."
    assert findings.kinds(pairs.iloc[:0], "active days a week", []).verdict == "cannot tell"
    lot = findings.kinds(pairs.iloc[2:], "active days a week", thing="incentive", drawn=True)
    assert (str(lot), lot.grade) == ("No incentive clearly brought more active days a week than another.", "randomised")
    nothing = findings.kinds(pairs.iloc[:0], "active days a week", thing="incentive")
    assert str(nothing).endswith(": there are no two incentives to compare.")
