"""Findings handed on, and the sentences of the page of next steps."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from workbench import findings
from workbench.findings.finding import Finding
from workbench.planning import actions
from workbench.results.course import Remains
from workbench.results.estimates import Estimates
from workbench.results.gaming import Gaming
from workbench.results.record import RECORDS
from workbench.results.verdict import Grade, Verdict

USE = Finding("Talks raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed", 0.3, 0.1, 0.5, "days", 40)
PEOPLE = {"everybody": 90, "untrained": 50}


def test_a_finding_is_handed_on_whole():
    costs = pd.DataFrame({"programme": ["Talks", "Tour"], "estimate": [2.5, None]})
    gamed = {"Talks": replace(USE, verdict=Gaming.NOT_GAMED)}
    given = findings.recorded("incentive", {"Talks": USE, "Tour": USE}, {"Talks": "fades"}, gamed, costs, over=["Tour"])
    talks, tour = json.loads(given._repr_mimebundle_()[RECORDS])
    assert talks == {"about": "incentive", "name": "Talks", "headline": "Talks raised use.", "verdict": "raised",
                     "grade": "robust", "estimate": 0.3, "conf_low": 0.1, "conf_high": 0.5, "unit": "days", "n": 40,
                     "group": "", "course": "fades", "gamed": "not gamed", "cost": 2.5, "over": False, "page": "", "anchor": "",
                     "effect": "helped", "evidence": "■■■□ fair comparison, all checks passed",
                     "likely": "+0.30 (0.10 to 0.50)", "figure": "", "importance": 0.0}  # fmt: skip
    assert (tour["course"], tour["gamed"], tour["cost"], tour["over"]) == ("", "", None, True)


@pytest.mark.parametrize(
    ("on", "after", "left"),
    [
        (Verdict.RAISED, Verdict.LOWERED, Remains.HARM),
        (Verdict.RAISED, Verdict.UNCLEAR, Remains.NOTHING),
        (Verdict.RAISED, Verdict.RAISED, Remains.PART),
    ],
)
def test_what_is_left_of_an_incentive(on, after, left):
    both = findings.left_of_each({"Race": replace(USE, verdict=on), "New": USE}, {"Race": replace(USE, verdict=after)})
    assert both == {"Race": left}


def test_a_mandate_that_raised_anything_else_brought_more_than_logins():
    same = dict.fromkeys(["active days", "actions", "features"], replace(USE, verdict=Verdict.UNCLEAR))
    besides = {"A": same | {"fields filled": USE}, "B": same}
    assert findings.logins_or_more(besides) == {"A": "more than logins", "B": "logins only"}


@pytest.mark.parametrize("verdict", [Verdict.UNRELIABLE, Verdict.UNKNOWN])
def test_a_mandate_whose_effect_on_use_is_not_known_is_not_said_to_have_brought_logins_only(verdict):
    """It would be reviewed for what nobody knows."""
    seen = dict.fromkeys(["active days", "actions", "features"], replace(USE, verdict=Verdict.UNCLEAR))
    doubted = seen | {"active days": replace(USE, verdict=verdict)}
    untold = {what: each for what, each in seen.items() if what != "actions"}
    assert set(findings.logins_or_more({"A": doubted, "B": untold}).values()) == {"we cannot say"}


def test_the_headline_counts_actions_and_is_as_sure_as_the_weakest():
    found = actions(findings.recorded("training", {"Talks": USE, "Tour": replace(USE, grade=Grade.FAILED)},
                                      {"Talks": "lasts"}).records, PEOPLE)  # fmt: skip
    said = findings.next_steps(found, pages=3)
    assert str(said) == f"The findings suggest 2 actions. First: {found['action'][0]}."
    assert said.grade == Grade.MIXED


def test_alone_it_says_so_and_without_a_rule_that_fits_too():
    none = actions([], PEOPLE)
    assert "this page was printed alone" in str(findings.next_steps(none, pages=0))
    assert "no rule fits the findings of the other pages" in str(findings.next_steps(none, pages=2))
    assert findings.steps(none) is None


def test_a_step_as_the_page_says_it():
    record = replace(
        findings.recorded("training", {"Talks": USE}, {"Talks": "lasts"}).records[0], page="4_t", anchor="which"
    )
    assert findings.steps(actions([record], PEOPLE))._repr_markdown_() == (
        "1. **Offer Talks to more people.** For people without any training so far (50 people). Expected"
        " gain, if they gain as much as those compared: about 15 days for all of them together (likely 5–25). Evidence:"
        " ■■■□ fair comparison, all checks passed, from 40 people. Based on: [Talks raised use.](4_t.html#which) How we will know: offer it in random waves (workbench"
        " plan), and compare with people who still wait."
    )


def test_names_cannot_become_marks():
    record = findings.recorded("training", {"<b>*x*": replace(USE, headline="[a](b)")}, {"<b>*x*": "lasts"}).records[0]
    text = findings.steps(actions([record], PEOPLE))._repr_markdown_()
    assert r"\<b\>\*x\*" in text
    assert r"\[a\](b)" in text


def test_the_group_with_most_people_close_to_the_habit():
    rows = [
        ("North", "close to the habit", 3, 40),
        ("South", "close to the habit", 9, 80),
        ("South", "slipping", 30, 80),
    ]
    near = Estimates(pd.DataFrame(rows, columns=["team", "movement", "users", "n"]), "share", "made up")
    ((name, found),) = findings.closest(near, "team").items()
    assert (name, found.n) == ("South", 9)
    unknown = near.table.assign(team="not known")  # of people in no group, nobody can be pointed to
    assert findings.closest(replace(near, table=unknown), "team") == {}
    for few in (0, 4):  # nobody is offered help as one of fewer than five
        assert findings.closest(replace(near, table=near.table.assign(users=few)), "team") == {}


def test_no_design_no_promise():
    rows = pd.DataFrame([("parallel", "constant", 0.2)], columns=["design", "assumption", "detectable"])
    assert str(findings.rollouts(rows, 0.3, "")).endswith(
        "would detect: every design leaves fewer than two teams waiting."
    )


@pytest.mark.parametrize(
    ("smallest", "says"),
    [(0.154, "an effect of 0.154 active"), (0.14, "an effect of 0.14 active"), (4.92, "only an effect of 4.92 active")],
)
def test_what_a_design_would_detect_is_said_with_enough_digits_or_not_at_all(smallest, says):
    """0.154 is not enough for 0.15; of a week's five days nothing brings 4.92 more."""
    rows = [("parallel", "as the pages estimate it", smallest), ("parallel", "constant", 0.1)]
    powers = pd.DataFrame(rows, columns=["design", "assumption", "detectable"])
    found = findings.rollouts(powers, 0.15, "parallel")
    assert says in str(found)
    assert (found.verdict == Verdict.UNKNOWN) == (smallest > 2)
    assert ("not enough" in found.rule) == (smallest == 0.154)


def test_weeks_that_do_not_suffice_are_said():
    curve = pd.DataFrame({"weeks": [1, 2], "assumption": "as the pages estimate it", "power": [0.3, 0.79]})
    assert findings.known_after(curve, 0.1).endswith("does not show in time")


def test_what_shows_only_while_groups_still_wait_is_said_to_end():
    curve = pd.DataFrame(
        {"weeks": range(1, 5), "assumption": "as the pages estimate it", "power": [0.7, 0.8, 0.85, 0.6]}
    )
    assert findings.known_after(curve, 0.1) == "A rise of 0.10 days shows in weeks 2 to 3"
    assert findings.known_after(curve.head(3), 0.1) == "A rise of 0.10 days a week shows after 2 weeks"
    again = pd.concat([curve, curve.tail(1).assign(weeks=5, power=0.9)])  # seen once more, and at the end
    assert findings.known_after(again, 0.1) == "A rise of 0.10 days a week shows after 5 weeks"


def test_a_group_lags_only_if_it_clearly_does_among_all_groups():
    ends = {"conf_low": 0.31, "conf_high": 0.65, "band_low": 0.28, "band_high": 0.68}
    rows = pd.DataFrame([{"team": "South", "estimate": 0.48, **ends, "n": 49}])
    said = {
        mean: str(
            findings.neediest(
                Estimates(rows, "active days a week", "", overall=pd.Series({"estimate": mean, "n": 400})), "team"
            )
        )
        for mean in (0.27, 0.29)
    }
    assert said[0.27].startswith("People of South are furthest below the usual use of their roles: 0.48 days a week")
    assert said[0.27].endswith("on average (likely 0.31–0.65), and all people 0.27.")
    assert said[0.29] == "No group clearly lags behind the usual use of its roles."


def test_a_group_that_is_everybody_lags_behind_nobody():
    rows = pd.DataFrame([{"team": "everybody", "estimate": 0.1, "conf_low": 0.0, "conf_high": 0.2, "n": 15}])
    everybody = pd.Series({"estimate": 0.1, "n": 15})
    found = findings.neediest(Estimates(rows, "active days a week", "", overall=everybody), "team")
    assert str(found) == "We cannot say where people lag behind their role: fewer than two groups can be compared."


def test_where_no_team_can_be_shown_we_cannot_say_which_lags():
    none = pd.DataFrame(columns=["team", "estimate", "conf_low", "conf_high", "n"])
    found = findings.neediest(Estimates(none, "active days a week", "made up"), "team")
    assert str(found) == "We cannot say where people lag behind their role: no group is large enough, or none is known."
