"""How a finding shows itself."""

from __future__ import annotations

import json
from dataclasses import replace

from results_by_hand import said

from workbench import findings
from workbench.findings import Finding
from workbench.results.course import Course
from workbench.results.verdict import Grade, Verdict


def test_a_finding_shows_itself_as_html_text_and_json():
    found = Finding(
        "A <b> & more.", Verdict.RAISED, Grade.ROBUST, "a rule", 1 / 3, 0.2, 0.4, "days", 1240, "Mind <this>."
    )
    shown = found._repr_mimebundle_()
    assert shown["text/plain"] == (
        "A <b> & more.\n  ■■■□ fair comparison, all checks passed. A rule. Rests on 1,240 people.\n  Mind <this>."
    )
    assert "<b>" not in shown["text/html"]
    assert "A &lt;b&gt; &amp; more." in shown["text/html"]
    told = shown["application/vnd.workbench.finding+json"]
    assert told["estimate"] == 0.333333
    assert json.loads(json.dumps(told)) == told
    assert list(told) == [
        "headline",
        "verdict",
        "grade",
        "rule",
        "estimate",
        "conf_low",
        "conf_high",
        "unit",
        "n",
        "caveat",
        "course",
    ]


def test_a_finding_is_its_headline_where_text_is_wanted():
    assert f"{Finding('It rose.', Verdict.RAISED, Grade.ROBUST, 'a rule')}" == "It rose."


def test_findings_are_a_table_of_words_in_their_order():
    table = findings.listed({"b": said(Verdict.RAISED), "a": said(Verdict.UNKNOWN, grade=Grade.NONE)}, "programme")
    assert table[["programme", "verdict", "effect", "evidence", "likely"]].to_numpy().tolist() == [
        ["b", "raised", "helped", "■■■■ dates at random", "+0.50 (0.20 to 0.80)"],
        ["a", "we cannot say", "we cannot say", "□□□□ we cannot say", "+0.50 (0.20 to 0.80)"],
    ]


def test_json_holds_plain_words():
    told = said(Verdict.UNCLEAR)._repr_mimebundle_()["application/vnd.workbench.finding+json"]
    assert {type(told["verdict"]), type(told["grade"])} == {str}


def test_a_table_shows_a_course_only_of_an_effect_that_has_one():
    found = {"a": replace(said(Verdict.RAISED), course=Course.FADES)}
    found["b"] = replace(said(Verdict.UNCLEAR), course=Course.NEVER_CLEAR)
    assert findings.listed(found, "programme")["course"].dropna().to_dict() == {0: "fades"}


def test_a_headline_begins_as_a_sentence_does():
    found = Finding("a slow answer lowered use.", Verdict.LOWERED, Grade.ROBUST, "all checks passed")
    assert str(found) == "A slow answer lowered use."
