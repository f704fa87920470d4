"""A drafted mapping: what it says, what it asks, and what it never shows."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from workbench.errors import ContractError
from workbench.importing import draft

PEOPLE = ["Anna Schmidt", "Ben Wolf", "Carla Diaz", "Dana Levy", "Emil Roth"]


def log(folder: Path, rows: list[str], name: str = "log.csv", header: str = "user,time,verb") -> Path:
    (folder / name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder


def edits(person: str, verb: str = "edit") -> str:
    return f"{person},2025-01-06T08:00:00Z,{verb}"


def test_the_whole_text(tmp_path):
    rows = (
        [edits(person) for person in PEOPLE]
        + [edits(person, "zap") for person in PEOPLE]
        + [edits("Anna Schmidt", "call Ben Wolf")]
    )
    drafted = draft(log(tmp_path, rows))
    assert (
        str(drafted)
        == """\
# How the workbench reads this folder, written by `workbench init`. Correct what is wrong.
# Lines that begin with "# ?" are questions; the lines below each are its answers.

# system = "…"  # what pages call it; without it: the CRM
# first_weekday = "sunday"  # if weeks do not begin on Monday
# ? In which zone do people work? It decides on days and weeks; without it: UTC. Answer:
# time_zone = "Europe/Berlin"

# Which kind each action of the log is, where its name does not say it; all others are none.
# Rows: edit 5, zap 5; 1 more, each of fewer than 5 people
[verbs]
update = ["edit"]
# ? Does one of these belong to a kind? "zap"

# Guessed by its columns.
[events]
file = "log.csv"
# ? Are these the right columns of events? They were guessed by their names and by what is in them.
[events.columns]                 # ours = theirs
user_id = "user"
occurred_at = "time"
action = "verb"
"""
    )


def test_nobody_is_named_whatever_the_columns_hold(tmp_path):
    rows = [f"{person},03/04/2025 08:00,call {person},{person} wrote" for person in PEOPLE]
    drafted = draft(log(tmp_path, rows, header="user,time,verb,note"))
    shown = "\n".join([str(drafted), *drafted.summary])
    assert not any(name in shown for person in PEOPLE for name in person.split())
    assert "03/04" not in shown


def test_what_would_count_twice_or_is_another_system_is_left_out_and_asked(tmp_path):
    log(tmp_path, ["Login,20250106080000.000,r,u"], "elf.csv", "EVENT_TYPE,TIMESTAMP,REQUEST_ID,USER_ID")
    log(tmp_path, ["u,2025-01-06T08:00:00Z,Application,Success"], "history.csv", "UserId,LoginTime,LoginType,Status")
    moodle = "id,eventname,component,action,crud,userid,timecreated"
    log(tmp_path, ["1,x,core,viewed,r,7,1736150400"], "moodle.csv", moodle)
    drafted = draft(tmp_path)
    assert [each.files for each in drafted.fragments] == [("elf.csv",)]
    texts = [question.text for question in drafted.questions]
    assert (
        "Is history.csv needed? It is left out: its logins are in another file as well and would count twice." in texts
    )
    assert any(text.startswith("Is moodle.csv needed? It is left out: A learning platform's log") for text in texts)
    assert drafted.system == "Salesforce"


def test_the_zone_that_most_people_have_is_proposed(tmp_path):
    log(tmp_path, [edits(person) for person in PEOPLE])
    log(tmp_path, [f"{person},A,Asia/Tokyo" for person in PEOPLE], "users.csv", "user_id,team,time_zone")
    question, access = draft(tmp_path).questions
    assert access.choices == ('access = "events"',)
    assert question.choices == ('time_zone = "Asia/Tokyo"',)


@pytest.mark.parametrize(
    ("heading", "proposed"),
    [
        ("Time (US/Eastern)", "US/Eastern"),
        ("time in America/New_York", "America/New_York"),
        ("Time (EST)", "Europe/Berlin"),  # of several meanings
        ("Time", "Europe/Berlin"),
    ],
)
def test_a_zone_that_a_heading_names_is_proposed(tmp_path, heading, proposed):
    rows = [f"{person},2025-01-06 08:00,edit" for person in PEOPLE]
    question = draft(log(tmp_path, rows, header=f"user,{heading},verb")).questions[0]
    assert (question.choices, question.blocks) == ((f'time_zone = "{proposed}"',), True)


def test_open_kinds_of_actions_count_as_a_question(tmp_path):
    drafted = draft(log(tmp_path, [edits(person, "zap") for person in PEOPLE]))
    assert len(drafted.asks) == str(drafted).count("# ? ") == 3


def test_questions_that_the_check_insists_on_come_first(tmp_path):
    drafted = draft(log(tmp_path, ["a,03/04/2025 08:00,edit"]))
    assert [question.blocks for question in drafted.asks] == [True, True, False]
    assert drafted.summary[-1] == '3 questions are marked "# ?" in it; the check insists on 2 of them.'


def test_a_table_of_two_sources_is_an_array(tmp_path):
    log(tmp_path, [edits("a")])
    log(tmp_path, ["a,2025-01-06T08:00:00Z,read"], "views.csv", "who,when,what")
    said = tomllib.loads(str(draft(tmp_path)))
    assert [each["file"] for each in said["events"]] == ["log.csv", "views.csv"]


def test_where_no_file_is_known_the_lines_to_fill_in_are_there(tmp_path):
    (tmp_path / "x.csv").write_text("x,y\n1,2\n")
    made = draft(tmp_path)
    assert made.summary == (
        "  not read   x.csv: nothing is known of its columns x, y",
        "No file is known to be a table. If one is the log, name its columns in the mapping.",
    )
    assert '# [events]\n# file = "…"\n# [events.columns]\n# user_id = "…"\n' in str(made)


def test_a_folder_without_tables_is_refused(tmp_path):
    (tmp_path / "notes.md").write_text("nothing")
    with pytest.raises(ContractError, match="holds no table. Put the exports there"):
        draft(tmp_path)


def test_files_that_cannot_be_read_are_named_with_the_reason_and_the_rest_is_read(tmp_path):
    log(tmp_path, [edits("a")])
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "nul.csv").write_text("w\x00,b\n1,2\n")
    (tmp_path / "book.xlsx").write_text("no workbook")
    drafted = draft(tmp_path)
    assert tomllib.loads(str(drafted))["events"]["file"] == "log.csv"
    assert drafted.passed_over["empty.csv"] == "it is empty"
    assert drafted.passed_over["book.xlsx"] == "it is no workbook that can be read."
    assert sorted(drafted.passed_over) == ["book.xlsx", "empty.csv", "nul.csv"]
