"""From a folder of raw exports to tables: every shipped mapping, its rows counted by hand in `make_raw.py`.

Fifteen people do one thing a week for eight weeks, which is 120 rows; the months hold 60 each.
"""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import workbench as wb
from workbench.cli import app
from workbench.data import verb_counts

RAW = Path(__file__).parent / "raw"
ZONE = "time_zone"  # what a person has to answer; nothing else is left to them
OUTCOMES = {  # folder → what is answered by hand; table → for each source, rows by what became of them
    "salesforce": (
        [],
        {
            "users": [{"": 16, "not an employee (a portal or a guest)": 1}],
            "events": [
                {
                    "": 361,
                    "the header again": 1,
                    "an administrator acting for a user": 1,
                    "a call of a program": 5,
                    "a login without a browser": 6,
                    "a login of a program": 1,
                    "a row that repeats another one": 2,
                }
            ],
        },
    ),
    "salesforce_logins": ([], {"events": [{"": 61, "a login of a program": 1}, {"": 18}]}),
    "purview": (
        [],
        {
            "events": [{"": 364, "not an event of Dynamics 365": 4, "an application, no person": 3}],
            "trainings": [{"": 6}],
        },
    ),
    "dataverse": ([ZONE], {"events": [{"": 15, "access of a web service": 1}]}),
    "hubspot": ([], {"events": [{"": 240, "a login, which the logins hold": 2}, {"": 121}]}),
    "suitecrm": (
        [],
        {"users": [{"": 6, "a group, no person": 1}], "events": [{"": 6}, {"": 24, "deleted from the log": 1}]},
    ),
    "espocrm": (
        [],
        {"users": [{"": 7, "a customer's account": 1}], "events": [{"": 24}, {"": 7, "nobody is named": 1}]},
    ),
    "moodle": ([ZONE], {"events": [{"": 366, "nobody is named": 1, "a row that repeats another one": 1}]}),
    "moodle_table": ([], {"events": [{"": 25, "nobody was logged in": 1, "a background job": 1}]}),
    "qualtrics": (
        [ZONE],
        {
            "surveys": [{"": 6, "the header again": 1, "a row of headings": 1, "a preview or spam": 1}] * 2,
            "feedback": [{"": 2, "a row of headings": 2, "a preview or spam": 1, "no comment": 4}],
        },
    ),
    "surveymonkey": (
        [ZONE],
        {
            "surveys": [{"": 5, "a row of headings": 1}] * 2,
            "feedback": [{"": 1, "a row of headings": 1, "no comment": 4}],
        },
    ),
    "microsoft_forms": ([ZONE], {"surveys": [{"": 5}], "feedback": [{"": 2, "no comment": 3}]}),
    "google_forms": ([], {"surveys": [{"": 4}], "feedback": [{"": 1, "no comment": 3}]}),
    "teams": ([ZONE], {"trainings": [{"": 4, "the organizer, who gave it": 2, "nobody is named": 2}]}),
    "servicenow": ([ZONE], {"tickets": [{"": 6, "an earlier update of the same incident": 15}]}),
}
ACTIONS = {  # rows kept by action
    "salesforce": {"login": 121, "URI": 120, "create": 40, "update": 80},
    "salesforce_logins": {"login": 61, "create": 6, "update": 12},
    "purview": {"Create": 123, "Update": 121, "Retrieve": 120},
    "dataverse": {"create": 2, "update": 3, "delete": 2, "access": 2, "login": 6},
    "hubspot": {"CREATE": 80, "UPDATE": 80, "VIEW": 80, "login": 121},
    "suitecrm": {"detailview": 6, "save": 6, "editview": 6, "login": 6, "update": 6},
    "espocrm": {"read": 6, "update": 6, "create": 6, "delete": 6, "login": 7},
    "moodle": {"view": 240, "create": 120, "login": 6},
    "moodle_table": {"view": 7, "create": 6, "update": 6, "login": 6},
}


def started(name: str, where: Path) -> Path:
    """A copy of a raw folder in which `workbench init` has been typed, and what it asks has been answered."""
    folder = where / name
    shutil.copytree(RAW / name, folder)
    said = CliRunner().invoke(app, ["init", str(folder)], env={"COLUMNS": "400"})
    assert said.exit_code == 0, said.output
    mapping = folder / "workbench.toml"
    by_hand, _ = OUTCOMES[name]
    text = mapping.read_text(encoding="utf-8")
    for answer in by_hand:
        text = re.sub(rf"^# ({answer} = )", r"\1", text, count=1, flags=re.MULTILINE)
    mapping.write_text(text, encoding="utf-8")
    return folder


def rows_of(file: Path) -> int:
    """The records of a CSV file without its header; four people in each meeting, whose file holds more than them."""
    if file.parent.name == "teams":
        return 4
    with file.open(
        encoding="cp1252" if file.name in ("logs_crm.csv", "Teilnahme.csv") else "utf-8", newline=""
    ) as lines:
        return sum(1 for _ in csv.reader(lines)) - 1


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_row_of_a_folder_is_kept_or_left_out_for_a_reason(name, tmp_path):
    log = wb.open_source(started(name, tmp_path))
    _, expected = OUTCOMES[name]
    of_files = {table: raw.parts for table, raw in log.raw.items() if raw.parts[0].found.files}
    assert {table: [part.outcomes for part in parts] for table, parts in of_files.items()} == expected
    for part in (part for parts in of_files.values() for part in parts):
        assert sum(map(rows_of, part.found.files)) == sum(part.outcomes.values())


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_has_its_kind(name, tmp_path):
    """Nothing that people do in these systems is "other"."""
    counted = verb_counts(wb.open_source(started(name, tmp_path)))
    assert dict(zip(counted["action"], counted["rows"], strict=True)) == ACTIONS[name]
    assert "other" not in set(counted["kind"])


def test_people_are_matched_whatever_the_length_of_their_ids(tmp_path):
    """The log has 15 characters, the users have 18: everybody who does something is known."""
    log = wb.open_source(started("salesforce", tmp_path))
    known = "select count(distinct this.user_id) as n from this join users on users.user_id = this.user_id"
    assert log.events.sql(known, users=log.users).to_pandas()["n"][0] == 15
    assert log.users.sql("select count(*) as n from this where is_robot").to_pandas()["n"][0] == 1


def test_one_click_is_one_action_and_one_instant_the_one_that_is_written(tmp_path):
    log = wb.open_source(started("purview", tmp_path))
    click = "select count(*) as n, max(occurred_at) as at, max(feature) as feature from this where action_id = 'click'"
    [found] = log.events.sql(click).to_arrow().to_pylist()
    assert (found["n"], found["at"].isoformat(), found["feature"]) == (3, "2025-01-21T12:00:00+00:00", "opportunity")


def test_an_attendance_list_in_german(tmp_path):
    """13 January + n for the n-th of six people, an hour and a half each; the fourth did not come."""
    log = wb.open_source(started("purview", tmp_path))
    listed = log.trainings.sql("select user_id, programme, started_at_day, hours, attended from this order by user_id")
    found = listed.to_arrow().to_pylist()
    assert [str(row["started_at_day"]) for row in found] == [f"2025-01-{13 + n}" for n in range(1, 7)]
    assert {(row["programme"], row["hours"]) for row in found} == {("CRM basics", 1.5)}
    assert [row["attended"] for row in found] == [True, True, True, False, True, True]


def answers(log: wb.Source) -> dict[str, list[float]]:
    """Item → its answers in the order of time; 0 is none."""
    found = log.surveys.sql("select item, value, answered_at from this order by answered_at").to_pandas()
    return {item: rows["value"].fillna(0).tolist() for item, rows in found.groupby("item")}


def test_answers_in_words_are_numbers_in_the_order_of_the_scale(tmp_path):
    """`make_raw.py`: words[n] and words[n + 1] of five for the n-th of six, without the second answer of the first."""
    log = wb.open_source(started("qualtrics", tmp_path))
    assert answers(log) == {"Q1_1": [1, 2, 3, 4, 5, 1], "Q1_2": [0, 3, 4, 5, 1, 2], "Q2": [4, 5, 6, 7, 8, 9]}
    known = log.surveys.sql("select count(distinct user_id) as n from this").to_pandas()["n"][0]
    assert known == 4  # two answered without being known
    agreed = log.surveys.sql(
        "select min(lowest) as a, max(highest) as b, max(survey) as survey from this where item <> 'Q2'"
    )
    assert agreed.to_arrow().to_pylist() == [{"a": 1.0, "b": 5.0, "survey": "Qualtrics 1"}]


def test_a_question_of_several_columns_has_an_item_for_each_choice(tmp_path):
    found = answers(wb.open_source(started("surveymonkey", tmp_path)))
    assert found == {
        "How easy is the CRM?": [4, 5, 2, 4, 5],
        "How satisfied are you with: search": [4, 5, 2, 4, 5],
        "How satisfied are you with: reports": [0, 2, 4, 5, 2],
    }


def test_anonymous_answers_are_of_nobody(tmp_path):
    log = wb.open_source(started("microsoft_forms", tmp_path))
    who = log.surveys.sql("select user_id, value from this order by value").to_arrow().to_pylist()
    assert [row["value"] for row in who] == [1, 2, 3, 4, 5]
    assert [row["user_id"] for row in who][:2] == [None, "person02@example.org"]
    comments = log.feedback.sql("select text, channel from this").to_arrow().to_pylist()
    assert comments == [{"text": "A course for my role, in small groups.", "channel": "survey"}] * 2


def test_a_form_in_its_own_zone_is_read_at_the_instant_it_was_sent(tmp_path):
    """9:05, 10:05, 11:05 and 12:05 by a clock an hour ahead of UTC, on 13 to 16 February."""
    log = wb.open_source(started("google_forms", tmp_path))
    sent = log.surveys.sql("select distinct answered_at as sent from this order by sent").to_arrow()["sent"].to_pylist()
    assert [at.isoformat() for at in sent] == [f"2025-02-{13 + n}T{8 + n:02}:05:00+00:00" for n in range(4)]
    assert answers(log) == {"How easy is it? [Search]": [4, 5, 2, 4], "How easy is it? [Reports]": [0, 2, 4, 5]}


def test_a_meeting_is_a_training_with_its_title_and_the_hours_of_each(tmp_path):
    """Of four, the first gave it and the last is named by no address: an hour and two seconds, and 45 minutes."""
    log = wb.open_source(started("teams", tmp_path))
    listed = log.trainings.sql("select user_id, programme, started_at, hours from this order by started_at, user_id")
    rows = [(r["user_id"], r["programme"], r["started_at"].isoformat(), r["hours"]) for r in listed.rows()]
    assert rows == [
        ("person02@example.org", "CRM basics", "2025-01-13T08:02:00+00:00", pytest.approx(1 + 2 / 3600)),
        ("person03@example.org", "CRM basics", "2025-01-13T08:03:00+00:00", 0.75),
        ("person02@example.org", "CRM basics", "2025-01-20T08:02:00+00:00", pytest.approx(1 + 2 / 3600)),
        ("person03@example.org", "CRM basics", "2025-01-20T08:03:00+00:00", 0.75),
    ]


def test_an_incident_is_one_ticket_as_its_last_update_has_it(tmp_path):
    """The n-th of six was updated n times, opened on 12 + n January and resolved a day later, the third never."""
    log = wb.open_source(started("servicenow", tmp_path))
    listed = (
        log.tickets.sql("select ticket_id, opened_at, resolved_at from this order by ticket_id").to_arrow().to_pylist()
    )
    assert [row["ticket_id"] for row in listed] == [f"INC{n:07}" for n in range(1, 7)]
    assert [row["opened_at"].day for row in listed] == [13, 14, 15, 16, 17, 18]
    assert [row["resolved_at"] and row["resolved_at"].day for row in listed] == [14, 15, None, 17, 18, 19]


@pytest.mark.parametrize("name", ACTIONS)
def test_the_check_passes_once_the_questions_are_answered(name, tmp_path):
    said = CliRunner().invoke(app, ["check", str(started(name, tmp_path))])
    assert said.exit_code == 0
    assert said.output.endswith(("Nothing is wrong.\n", "\n0 broken, 1 noted.\n"))
    assert "noted" not in said.output or "everybody in the log counts as a user" in said.output


def test_a_survey_without_a_log_is_read_and_the_log_is_missed(tmp_path):
    said = CliRunner().invoke(app, ["check", str(started("qualtrics", tmp_path))])
    assert said.exit_code == 1
    assert said.output.count("broken  ") == 2  # the other is the people, who would be those of the log
    assert "the table events is missing" in said.output


def test_the_check_refuses_before(tmp_path):
    folder = started("dataverse", tmp_path)
    mapping = folder / "workbench.toml"
    mapping.write_text(re.sub(r"^time_zone", "# time_zone", mapping.read_text(), flags=re.MULTILINE))
    said = CliRunner().invoke(app, ["check", str(folder)])
    assert said.exit_code == 1
    assert "events.occurred_at names its time zone, but not in 15 of 15 rows." in said.output
