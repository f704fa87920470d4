"""How columns are written, found by what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.importing.exports import Export
from workbench.importing.fragments import Fragment
from workbench.importing.notation import looking_like, written


def looked(table: str, ours: str, values: list[str], **words: Any) -> Fragment:
    """A table with one column of these values."""
    export = Export("x.csv", ("theirs",), tuple((value,) for value in values))
    return written(Fragment(table, ("x.csv",), {"columns": {ours: "theirs"}, **words}, ""), [export], Path())


def test_a_format_is_said_where_it_is_needed():
    assert "formats" not in looked("users", "access_start", ["2025-01-06"]).words
    assert looked("users", "access_start", ["13.01.2025"]).words["formats"] == {"access_start": "DD.MM.YYYY"}
    assert looked("trainings", "hours", ["1,5", "2"]).words["formats"] == {"hours": "1.234,5"}
    assert looked("trainings", "hours", ["1,234.5"]).words["formats"] == {"hours": "1,234.5"}


def test_words_for_nothing_are_missing():
    found = looked("tickets", "resolved_at", ["?", "2025-01-06T08:00:00Z", ""])
    assert found.words["values"] == {"resolved_at": {"?": ""}}


def test_how_databases_write_nothing_is_no_word_of_a_text():
    assert looked("users", "manager_id", ["a", "NULL", r"\N"]).words["values"] == {
        "manager_id": {"NULL": "", r"\N": ""}
    }
    assert "values" not in looked("users", "team", ["a", "None", "-"]).words  # which a team may be called
    assert "values" not in looked("events", "action", ["edit", "NULL"]).words


def test_yes_and_no_in_words_are_truth_values():
    assert looked("trainings", "attended", ["Ja", "nein", "true"]).words["values"] == {
        "attended": {"Ja": True, "nein": False}
    }
    assert "values" not in looked("trainings", "attended", ["0", "1"]).words


def test_words_that_may_mean_either_are_asked_without_being_shown():
    [question] = looked("trainings", "attended", ["yes", "see Anna"]).questions
    assert question.text == "Which words of attended mean yes? 1 of its 2 words are not known."
    assert question.blocks


def test_dates_that_fit_two_formats_are_asked_with_the_evidence_and_have_no_format():
    found = looked("events", "occurred_at", ["03/04/2025 08:00", "04/04/2025 08:00", "01/05/2025 08:00"])
    [question] = found.questions
    assert question.text == (
        "How are the dates of occurred_at written? 3 of 3 values fit each of these. The rows follow each other in time if "
        "it is DD/MM/YYYY HH:mm."
    )
    assert question.choices == ('occurred_at = "DD/MM/YYYY HH:mm"', 'occurred_at = "MM/DD/YYYY HH:mm"')
    assert (question.blocks, question.under) == (True, "formats")
    assert "formats" not in found.words


def test_a_format_that_is_usual_for_an_export_is_not_taken_where_another_fits_as_well():
    found = looked("events", "occurred_at", ["03/04/2025"], formats={"occurred_at": "MM/DD/YYYY"})
    assert found.questions[0].choices[0] == 'occurred_at = "MM/DD/YYYY"'
    assert "MM/DD/YYYY is usual for this export." in found.questions[0].text
    assert "formats" not in found.words


def test_a_thousand_or_one_and_a_bit_is_asked():
    [question] = looked("trainings", "hours", ["1,234"]).questions
    assert question.text == "Is the comma in hours the decimal one, or does it mark the thousands?"


def test_times_without_a_zone_are_named_unless_something_says_it():
    assert looked("events", "occurred_at", ["2025-01-06 08:00"]).naive == ("occurred_at",)
    assert looked("events", "occurred_at", ["2025-01-06 08:00 UTC"]).naive == ()
    assert looked("events", "occurred_at", ["2025-01-06"]).naive == ()
    assert looked("events", "occurred_at", ["1736150400"]).naive == ()
    assert looked("events", "occurred_at", ["2025-01-06 08:00"], time_zone="UTC").naive == ()


def test_a_column_called_utc_is_in_utc():
    export = Export("x.csv", ("ts_utc",), (("2025-01-06 08:00",),))
    found = written(Fragment("events", ("x.csv",), {"columns": {"occurred_at": "ts_utc"}}, ""), [export], Path())
    assert (found.words["time_zone"], found.naive) == ("UTC", ())


def test_dates_of_no_known_format_are_asked():
    [question] = looked("events", "occurred_at", ["week 3", "week 4"]).questions
    assert question.text == "How are the dates of occurred_at written? No format that is known reads its 2 values."


def moments(*rows: tuple[str, str], header: tuple[str, str] = ("Datum", "Uhrzeit")) -> Fragment:
    """A guessed log whose days and hours stand in two columns."""
    export = Export("x.csv", ("user", *header, "what"), tuple(("a", *row, "edit") for row in rows))
    columns = {"user_id": "user", "occurred_at": header[0], "action": "what"}
    return written(Fragment("events", ("x.csv",), {"columns": columns}, ""), [export], Path())


def test_an_hour_in_a_column_of_its_own_is_read_with_the_day():
    found = moments(("13.01.2025", "8:05"), ("14.01.2025", "17:30"))
    assert found.words["columns"]["occurred_at"] == {"sql": "\"Datum\" || coalesce(' ' || \"Uhrzeit\", '')"}
    assert found.words["formats"] == {"occurred_at": "DD.MM.YYYY HH:mm"}
    assert found.naive == ("occurred_at",)


def test_a_column_of_hours_is_no_hour_of_the_day_by_its_name_alone():
    assert moments(("2025-01-13", "1.5"), header=("date", "time spent")).words["columns"]["occurred_at"] == "date"
    assert moments(("2025-01-13", "8:05"), header=("date", "length")).words["columns"]["occurred_at"] == "date"


def test_the_format_that_is_proposed_looks_like_the_values():
    assert looking_like("2025-01-06 08:25:11.123") == "YYYY-MM-DD HH:mm:ss.SSS"
    assert looking_like("06.01.25 24:00") == "DD.MM.YY HH:mm"
    assert looking_like("6-JAN-25 08.25 PM") == "D-MMM-YY hh.mm A"
