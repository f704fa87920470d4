"""Whether the log can be used, in whole sentences."""

from __future__ import annotations

import pandas as pd

from workbench import findings
from workbench.results.phrases import speaking

LEFT_OUT = pd.DataFrame({"reason": ["kept", "robots", "repeated"], "rows": [9_600, 300, 100]})
NOTHING = pd.DataFrame(columns=["table", "rule", "rows"])


def test_a_log_without_doubts_can_be_used():
    found = findings.fitness(LEFT_OUT, pd.DataFrame(), NOTHING)
    assert (
        found.headline
        == "The data can be used: 96% of log rows count (9,600 of 10,000). Left out most often: robots (300 of 400)."
    )
    assert found.caveat == ""


def test_silent_days_broken_rules_and_late_access_ask_for_care():
    silent = pd.DataFrame({"date": pd.to_datetime(["2025-03-05", "2025-03-06"])})
    noted = pd.DataFrame([("users", "user_id is unique", 1_200)], columns=["table", "rule", "rows"])
    found = findings.fitness(LEFT_OUT, silent, noted, "Access is not recorded.")
    assert found.headline.startswith("The data can be used with care: 96% of log rows")
    assert found.caveat == (
        "Hardly any rows arrived on 2 working days; 1,200 rows break the rule that user_id is unique."
        " Access is not recorded."
    )
    one_day = findings.fitness(LEFT_OUT, silent.iloc[:1], NOTHING)
    assert one_day.caveat == "Hardly any rows arrived on 1 working day."


def test_what_is_noted_of_a_whole_table_is_said_without_rows():
    rows = [("users", "the table users is missing: everybody counts", 1, 0), ("users", "user_id is unique", 1, 9)]
    noted = pd.DataFrame(rows, columns=["table", "rule", "rows", "of"])
    found = findings.fitness(LEFT_OUT, pd.DataFrame(), noted)
    assert found.caveat == "The table users is missing: everybody counts; 1 row breaks the rule that user_id is unique."


def test_rows_of_unknown_people_are_said_in_plain_words():
    noted = pd.DataFrame([("events", "events.user_id is in users", 519)], columns=["table", "rule", "rows"])
    found = findings.fitness(LEFT_OUT, pd.DataFrame(), noted)
    assert found.caveat == "519 rows belong to people missing from the user list and are left out."
    assert "with care" in found.headline


def test_a_few_rows_left_out_ask_for_no_care():
    """By hand: 99 of 10,000 are less than one in a hundred, and 100 are not."""
    noted = pd.DataFrame(
        [("events", "events.user_id is in users", 99, 10_000)], columns=["table", "rule", "rows", "of"]
    )
    found = findings.fitness(LEFT_OUT, pd.DataFrame(), noted)
    assert found.headline.startswith("The data can be used: 96% of log rows count")
    assert found.caveat.startswith("99 rows belong to people missing from the user list")
    assert "with care" in findings.fitness(LEFT_OUT, pd.DataFrame(), noted.assign(rows=100)).headline


def test_an_empty_log_counts_no_row():
    found = findings.fitness(LEFT_OUT.assign(rows=0), pd.DataFrame(), NOTHING)
    assert found.headline == "The data can be used: 0% of log rows count (0 of 0)."


def test_a_rule_on_a_table_is_said_in_the_language_of_the_page():
    rows = {"rule": ["every row of events is of somebody named"], "rows": [2], "of": [9], "table": ["events"]}
    with speaking("de"):
        found = findings.fitness(LEFT_OUT, pd.DataFrame(), pd.DataFrame(rows))
    assert "die Regel „jede Zeile von events nennt jemanden“" in found.caveat
