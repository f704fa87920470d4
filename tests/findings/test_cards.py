"""A card says what its finding says, and only what is known."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from results_by_hand import said

from workbench import findings
from workbench.results.course import Course
from workbench.results.estimates import Estimates
from workbench.results.verdict import Grade, Verdict

SPANS = pd.DataFrame(
    [("weeks 1–4", 0.8, 0.6, 1.0), ("from week 5", 0.3, 0.1, 0.5)],
    columns=["span", "estimate", "conf_low", "conf_high"],
)


def test_a_card_has_its_course_cost_and_warning():
    found = {"Talks": replace(said(Verdict.RAISED, "Talks raised use."), course=Course.FADES)}
    made = findings.cards(
        found,
        {"Talks": Estimates(SPANS, "active days a week", "made up")},
        pd.DataFrame({"programme": ["Talks"], "estimate": [2.8]}),
        pd.DataFrame({"programme": ["Talks"], "naive": [1.85]}),
        {"Talks": "part of it stays"},
    )
    assert made.lines("Talks") == [
        "Over time: fades (+0.80 / +0.30 in weeks 1–4 / from week 5).",
        "When it ended: part of it stays.",
        "Each extra day of use cost 2.80 (in the currency of the data).",
        "40 people.",
        "Watch: a simple comparison of people with and without it would say +1.85 days a week.",
    ]


def test_what_is_not_clear_is_not_taken_apart():
    found = {"Talks": replace(said(Verdict.UNCLEAR, "Talks made no clear difference."), course=Course.NEVER_CLEAR)}
    made = findings.cards(found, {"Talks": Estimates(SPANS, "active days a week", "made up")})
    assert made.lines("Talks") == ["40 people."]


def test_the_card_shows_the_verdict_of_the_finding_and_its_colour_only_where_it_is_sure():
    found = {
        "A <b>": said(Verdict.RAISED, "It <rose>."),
        "B": said(Verdict.UNRELIABLE, "It is unreliable.", Grade.FAILED),
        "C": said(Verdict.RAISED, "It rose.", Grade.SENSITIVE),
    }
    shown = findings.cards(found)._repr_html_()
    assert (
        '<article class="card raised" aria-label="A &lt;b&gt;"><p class="label">Helped · ■■■■ dates at random' in shown
    )
    assert '<article class="card " aria-label="B"><p class="label">Unreliable · ■□□□ a check failed' in shown
    assert '<article class="card " aria-label="C">' in shown
    assert "<b>" not in shown
    assert "It &lt;rose&gt;." in shown


def test_what_the_small_pictures_show_is_said_once_above_the_cards():
    found = {"A": said(Verdict.RAISED, "It rose."), "B": said(Verdict.RAISED, "It rose.")}
    shown = findings.cards(found, pictures={"A": "<svg></svg>", "B": "<svg></svg>"})._repr_html_()
    assert shown.count("All pictures have the same scale.") == 1
    assert "Each picture" not in findings.cards(found)._repr_html_()
