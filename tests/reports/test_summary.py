"""The first page says what the pages found, in the order of importance, and every line leads to its section."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.reports.pages import site_html
from workbench.reports.summary import TILES, USEFUL, summary_of
from workbench.results.record import Record

TALKS = Record(
    *("training", "Talks", "Talks raised use by 0.30 days a week.", "raised", "robust", 0.3, 0.1, 0.5),
    *("active days a week", 40),
    course="lasts",
    effect="helped",
    evidence="■■■□ fair comparison, all checks passed",
    likely="+0.30 (0.10 to 0.50)",
    page="4_training",
    anchor="which",
)
LOT = replace(TALKS, name="Lot", grade="randomised", evidence="■■■■ dates at random", estimate=0.1, cost=2.5)
FAILED = replace(TALKS, name="Track", verdict="unreliable", grade="failed", effect="unreliable", headline="Unreliable.")
GAMED = Record("gaming", "Race", "The race was gamed.", "gamed", "randomised", page="5_incentives", anchor="real")
MANDATE = Record("mandate", "Must", "It brought logins.", "raised", "robust", course="logins only", page="5_incentives")
WORDS = ("descriptive", "descriptive only")


def tile(name: str, importance: float) -> Record:
    return Record("tile", name, "Said.", *WORDS, figure="1", importance=importance, page="2_adoption", anchor=name)


def test_the_largest_tiles_stand_here_and_the_largest_first():
    tiles = [tile(name, size) for name, size in (("a", 0.1), ("b", 0.5), ("c", 0.2), ("d", 0.9), ("e", 0.3))]
    assert [one.name for one in summary_of(tiles).tiles] == ["d", "b", "e", "c"]
    assert TILES == 4


def test_programmes_are_sorted_by_evidence_and_then_by_effect():
    more = replace(TALKS, name="Clinics", estimate=0.9)
    told = [FAILED, TALKS, more, LOT, Record("advice", "Talks", "expand", *WORDS)]
    rows = summary_of(told).worked
    assert [(row.name, row.advice) for row in rows] == [
        ("Lot", "–"),
        ("Clinics", "–"),
        ("Talks", "expand"),
        ("Track", "–"),
    ]
    assert (rows[0].cost, rows[1].cost) == ("2.50", "–")


def test_a_concern_is_the_finding_that_is_its_reason():
    """The mandate brought logins only, and the race was gamed: neither is told by what it did to use."""
    found = summary_of([TALKS, MANDATE, GAMED, replace(GAMED, verdict="not gamed", name="Prize")])
    assert [one.headline for one in found.concerns] == ["It brought logins.", "The race was gamed."]


def test_what_failed_a_check_is_among_what_we_cannot_say():
    assert [one.name for one in summary_of([TALKS, FAILED]).unknown] == ["Track"]


def test_every_line_leads_to_its_section():
    lines = [tile("habit", 1.0), TALKS, FAILED, GAMED, MANDATE, Record("trust", "", "Fine.", *WORDS, page="1_data")]
    page = site_html([], lines)
    links = set(re.findall(r'href="([^"#][^"]*)"', page))
    assert {each.link for each in lines} <= links
    assert "<h1>CRM adoption: summary</h1>" in page


@pytest.mark.parametrize("word", ["<script>", "a & b"])
def test_words_of_the_data_stay_words(word):
    page = site_html([], [replace(TALKS, name=word)])
    assert word not in page


def test_without_findings_there_are_only_the_pages():
    assert not summary_of([]).there
    assert "What worked" not in site_html([])


def test_what_to_do_says_why_a_programme_that_helped_stops():
    """A race that raised use and was gamed; a tour and a walk without a clear effect that no rule fits."""
    race = replace(LOT, about="incentive", name="Race")
    tour = replace(TALKS, name="Tour", verdict="no clear change", course="no clear effect", conf_high=0.15)
    walk, bonus = replace(tour, name="Walk", conf_high=2.0), replace(race, name="Bonus", over=True)
    rules = {"Race": "stop", "Tour": "keep", "Walk": "keep", "Bonus": "keep"}
    advice = [Record("advice", name, rule, *WORDS) for name, rule in rules.items()]
    rows = {row.name: row for row in summary_of([race, tour, walk, bonus, GAMED, *advice]).worked}
    assert {name: row.advice for name, row in rows.items()} == {
        "Race": "stop: it was gamed",
        "Tour": "do not expand",
        "Walk": "repeat with more people",
        "Bonus": "can be repeated",
    }
    assert rows["Tour"].lasts == "–"


def test_what_is_useful_is_what_the_next_roll_out_should_show():
    notebook = (Path(__file__).parents[2] / "notebooks/8_next_steps.ipynb").read_text(encoding="utf-8")
    assert f'"effect: float = {USEFUL}  # the effect' in notebook


def test_whether_it_pays_is_said_under_what_worked_clear_or_not():
    found = site_html([], [TALKS, Record("paid", "", "Training made no clear difference to deals won.", *WORDS)])
    worked = found[found.index("What worked") : found.index("</section>", found.index("What worked"))]
    assert "Does it pay? Training made no clear difference to deals won." in worked


def test_slow_answers_and_the_barrier_stand_before_what_the_table_has_said():
    harm = [replace(TALKS, name=str(n), headline=f"Harm {n}.", verdict="lowered") for n in range(6)]
    slow = replace(TALKS, about="support", headline="Slow answers cost use.", verdict="lowered")
    barrier = Record("barrier", "time", "Time is rated lowest.", *WORDS)
    assert [one.headline for one in summary_of([*harm, slow, barrier]).concerns][:3] == [
        "Slow answers cost use.",
        "Time is rated lowest.",
        "Harm 0.",
    ]
