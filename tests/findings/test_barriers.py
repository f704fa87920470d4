import pandas as pd
import pytest

from workbench import findings, surveys
from workbench.results import Estimates, Side, Verdict

CELL = {"department": "Sales", "label": "time", "estimate": 0.1, "n": 90, "side": Side.BELOW}


def cells(*changes):
    return pd.DataFrame([CELL | change for change in changes])


def test_two_groups_that_are_held_back_are_both_named():
    found = findings.barriers(
        cells(
            {},
            {"department": "Service", "estimate": 0.4},
            {"department": "North", "estimate": 0.6, "side": Side.UNCLEAR},
        )
    )
    assert str(found) == (
        "Sales is clearly below all others on time (10% favourable, 90 people) and"
        " Service is clearly below all others on time (40% favourable, 90 people)."
    )
    assert found.n == 270


def test_nothing_clear_is_not_nothing():
    found = findings.barriers(cells({"side": Side.UNCLEAR}, {"department": "North", "side": Side.UNCLEAR}))
    assert str(found) == "No department is clearly held back more than the others."
    assert found.verdict is Verdict.UNCLEAR
    assert found.caveat.startswith("Something may still hold them back")


def test_groups_that_may_not_be_shown_are_not_named():
    found = findings.barriers(
        cells(
            {"n": 3},
            {"department": "North", "n": 60, "side": Side.UNCLEAR},
            {"department": "South", "n": 70, "side": Side.UNCLEAR},
        )
    )
    assert "Sales" not in str(found)


def test_no_cells_cannot_be_told():
    assert findings.barriers(cells().reindex(columns=list(CELL))).verdict is Verdict.UNKNOWN


WEAK = {"label": "time", "estimate": 2.5, "highest": 5, "n": 80, "clear": True, "or_else": "", "consider": "enablement"}


def test_the_weakest_component_with_what_to_consider():
    found = findings.weakest(pd.DataFrame([WEAK]))
    assert str(found) == "People rate time lowest: 2.50 of 5 on average (80 people)."
    assert found.caveat == "Worth considering (Behaviour Change Wheel): enablement."


def test_where_another_may_be_weakest_we_cannot_say():
    found = findings.weakest(pd.DataFrame([WEAK | {"clear": False, "or_else": "skill"}]))
    assert (
        str(found)
        == "We cannot say what holds people back most: time has the lowest score, 2.50 of 5 on average (80 people), but it could be skill."
    )
    assert (found.verdict, found.caveat) == (Verdict.UNCLEAR, "")


@pytest.mark.parametrize("table", [pd.DataFrame([WEAK | {"n": 9}]), pd.DataFrame(columns=list(WEAK))])
def test_fewer_than_ten_people_say_nothing(table):
    assert str(findings.weakest(table)) == "We cannot say what holds people back most: fewer than 10 people answered."


SCORE = {"label": "ease of use", "alpha": 0.8, "n": 100, "says": surveys.Measures.ONE_THING, "bad": ""}


def test_scores_that_hang_together_are_said_to():
    assert str(findings.reliability(pd.DataFrame([SCORE]))) == "All scores measure one thing well enough."


def test_a_doubtful_score_is_named_with_its_alpha():
    found = findings.reliability(
        pd.DataFrame([SCORE, SCORE | {"label": "usefulness", "alpha": 0.72, "says": surveys.Measures.UNCLEAR}])
    )
    assert str(found) == "Usefulness: we cannot say whether they measure one thing (α 0.72)."


def test_one_item_each_has_no_reliability():
    assert findings.reliability(pd.DataFrame(columns=list(SCORE))).verdict is Verdict.UNKNOWN


def test_a_side_that_is_seen_alone_is_worded_as_such():
    rows = pd.DataFrame([{"label": "time", "department": "Sales", "n": 90, "agreement": surveys.Agreement.SEEN}])
    assert (
        str(findings.both_sides(rows))
        == "The log shows a problem with time in Sales, but people there do not clearly say so."
    )
    opposed = findings.both_sides(rows.assign(agreement=surveys.Agreement.OPPOSED))
    assert str(opposed) == "On time, Sales says one thing and the log shows the opposite."


def test_every_agreement_is_worded_or_is_no_news():
    from workbench.findings.barriers import SIDES

    assert set(SIDES) | {surveys.Agreement.NEITHER, surveys.Agreement.NO_SIGN} == set(surveys.Agreement)


CHANGE = {
    "label": "time",
    "who": "the same people",
    "estimate": -0.4,
    "conf_low": -0.6,
    "conf_high": -0.2,
    "n": 50,
    "side": Side.BELOW,
}


def test_a_fall_is_worded_with_its_interval():
    table = pd.DataFrame([CHANGE, CHANGE | {"who": "all who answered", "side": Side.UNCLEAR}])
    assert str(findings.moved(Estimates(table, "points", "made up"))) == (
        "Among the same people, time fell by 0.40 (likely 0.20–0.60); among all who answered, no clear change."
    )


def test_one_survey_shows_no_change():
    assert findings.moved(Estimates(pd.DataFrame(columns=list(CHANGE)), "points", "")).verdict is Verdict.UNKNOWN


def test_those_who_answered_may_differ():
    shares = pd.DataFrame([{"survey": "autumn", "estimate": 0.45, "conf_low": 0.4, "conf_high": 0.5, "n": 1400}])
    unlike = pd.DataFrame({"trait": ["active days a week"], "differs": [True]})
    found = findings.who_answered(Estimates(shares, "share of people", ""), unlike)
    assert str(found).endswith(" They differ from the rest in active days a week.")
    assert found.caveat == "Compare the shares with those weighted to all people."
    alone = findings.who_answered(Estimates(shares, "share of people", ""), unlike.head(0))
    assert str(alone).endswith(" We cannot say whether they are like the rest.")


LATER = {"term": "time", "estimate": 0.2, "conf_low": 0.1, "conf_high": 0.3, "n": 500, "side": Side.ABOVE}


def test_what_goes_with_later_use_is_never_a_cause():
    rows = pd.DataFrame(
        [LATER, LATER | {"term": "tickets", "estimate": -0.2, "conf_low": -0.3, "conf_high": -0.1, "side": Side.BELOW}]
    )
    found = findings.later_use(Estimates(rows, "active days a week", ""))
    assert str(found) == (
        "Among people of the same role and earlier use, one point more on time goes with 0.20 more active days a week"
        " (likely 0.10–0.30); one more ticket goes with 0.20 fewer active days a week (likely 0.10–0.30)."
    )
    assert found.caveat == "Things that go together need not be cause and effect."


def test_nothing_clear_goes_with_later_use():
    found = findings.later_use(Estimates(pd.DataFrame([LATER | {"side": Side.UNCLEAR}]), "active days a week", ""))
    assert str(found).startswith("None of 1 things clearly goes with later use")
    assert found.verdict is Verdict.UNCLEAR


def test_without_an_estimate_the_reason_is_given():
    none = Estimates(
        pd.DataFrame(columns=list(LATER)), "active days a week", "", notes=("no survey is followed by 8 weeks",)
    )
    assert str(findings.later_use(none)) == "We cannot say what goes with later use: no survey is followed by 8 weeks."


WROTE = {"theme": "slow", "label": "slow pages", "estimate": 0.3, "conf_low": 0.2, "conf_high": 0.4, "n": 100}


def test_no_theme_that_grows_is_said_so():
    grows = pd.DataFrame([{"theme": "slow", "label": "slow pages", "early": 9, "late": 11, "side": Side.UNCLEAR}])
    found = findings.themes(Estimates(pd.DataFrame([WROTE]), "share of people", ""), Estimates(grows, "weeks", ""))
    assert (
        str(found) == "Slow pages is the most frequent theme (30% of those who wrote). No theme clearly grows or fades."
    )


def test_a_theme_that_fades_and_comments_as_a_whole():
    rows = [
        {"theme": "", "label": "all comments", "early": 30, "late": 90, "side": Side.ABOVE},
        {"theme": "slow", "label": "slow pages", "early": 25, "late": 5, "side": Side.BELOW},
    ]
    found = findings.themes(
        Estimates(pd.DataFrame([WROTE]), "share of people", ""), Estimates(pd.DataFrame(rows), "weeks", "")
    )
    assert "All comments rose from 30 to 90 between the two halves of the period." in str(found)
    assert "Comments on slow pages fell from 25 to 5" in str(found)


def test_nobody_wrote():
    none = Estimates(pd.DataFrame(columns=list(WROTE)), "share of people", "")
    assert findings.themes(none, none).verdict is Verdict.UNKNOWN


def points(**people: int) -> pd.DataFrame:
    n = sum(people.values())
    rows = {"element": list(people), "people": list(people.values()), "share": [k / max(n, 1) for k in people.values()]}
    return pd.DataFrame(rows).assign(scale="adkar", survey="spring", n=n)


def test_the_last_survey_says_where_change_stalls():
    """By hand: in autumn, 6 of 12 stall at knowledge; what spring said does not count."""
    earlier, last = points(desire=40, knowledge=2, none=8), points(desire=2, knowledge=6, none=4)
    found = findings.stalled(pd.concat([earlier, last.assign(survey="winter")], ignore_index=True))
    assert str(found) == "Change stalls first at knowledge, for 50% of the 12 people who answered (adkar)."
    assert (found.estimate, found.n) == (0.5, 12)


def test_where_nobody_stalls_it_is_said():
    assert str(findings.stalled(points(desire=0, none=9))) == "Change stalls nowhere, by what people say (adkar)."


def test_without_whole_answers_we_cannot_say_where_change_stalls():
    assert "nobody answered every question" in str(findings.stalled(points(desire=0, none=0)))
