"""Lists that name people otherwise than by the ids of the users.

Who is found is counted by hand from the rows above it.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import workbench as wb
from workbench.data import rows_read
from workbench.importing import draft
from workbench.importing.exports import Export
from workbench.importing.fragments import Fragment
from workbench.importing.people import with_people

PEOPLE = """Employee ID;First name;Last name;Email;Team
0051;Anna;Müller;Anna.Mueller@firm.example;north
0052;Ben;Okoye;ben@firm.example;north
0053;Chloé;Roy;chloe@firm.example;south
0054;Ben;Okoye;ben.okoye2@firm.example;south
"""
LOG = "user_id,occurred_at,action\n" + "".join(f"005{i},2025-01-06T08:00:00Z,create\n" for i in (1, 2, 3, 4))


def folder(place: Path, **lists: str) -> Path:
    for name, content in {"people": PEOPLE, "log": LOG, **lists}.items():
        (place / f"{name}.csv").write_text(content)
    (place / "workbench.toml").write_text(str(draft(place)))
    return place


def said(place: Path, table: str = "trainings") -> object:
    return tomllib.loads((place / "workbench.toml").read_text())[table]["columns"]["user_id"]


def trained(place: Path) -> list[str]:
    return wb.open_source(place).trainings.sql("select user_id from this order by 1").to_arrow()["user_id"].to_pylist()


def test_the_number_of_a_learning_system_is_nobodys_but_the_address_beside_it_is(tmp_path: Path) -> None:
    # The id that the list has is another system's; of the two other columns the address finds two people, the name one.
    course = "User ID,Name,E-mail,Course,Date\n"
    rows = (
        "901,Anna Müller,anna.mueller@firm.example,Basics,2025-01-08\n902,B. Okoye,BEN@firm.example,Basics,2025-01-08\n"
    )
    place = folder(tmp_path, attendance=course + rows)
    assert said(place) == {"column": "E-mail", "same_as": "Email"}
    assert trained(place) == ["0051", "0052"]


def test_full_names_are_found_in_two_columns_and_two_people_of_one_name_are_not(tmp_path: Path) -> None:
    rows = "Müller Anna\n"  # is neither way of writing a name, and finds nobody
    place = folder(
        tmp_path,
        attendance="Participant,Course,Date\nanna  müller,Basics,2025-01-08\nChloé\u00a0Roy,Basics,2025-01-08\n"
        f"Ben Okoye,Basics,2025-01-08\n{rows.strip()},Basics,2025-01-08\n",
    )
    assert said(place) == {"column": "Participant", "same_as": {"sql": '"First name" || \' \' || "Last name"'}}
    assert trained(place) == ["0051", "0053"]
    left = rows_read(wb.open_source(place)).query("table == 'trainings'").set_index("reason")["rows"].to_dict()
    assert left == {
        "": 2,
        "the person named may be any of several users": 1,
        "the person named is not among the users": 1,
    }


def test_a_list_in_another_language_with_two_columns_of_names_is_a_source_of_its_own(tmp_path: Path) -> None:
    place = folder(
        tmp_path,
        attendance="E-mail,Course,Date\nben@firm.example,Basics,2025-01-08\n",
        coaching="Vorname,Nachname,Kurs,Datum,Anwesend\nAnna,Müller,Coaching,13.01.2025,ja\n",
    )
    assert trained(place) == ["0051", "0052"]
    assert rows_read(wb.open_source(place)).query("table == 'trainings'")["rows"].tolist() == [2]


def test_a_catalogue_that_puts_the_last_name_first(tmp_path: Path) -> None:
    rows = '"Roy, Chloé",Basics,2025-01-08\n"Müller, Anna",Basics,2025-01-08\n'
    place = folder(tmp_path, attendance="Attendee,Training,Date\n" + rows)
    assert trained(place) == ["0051", "0053"]


def test_a_list_that_names_people_by_their_ids_needs_nothing(tmp_path: Path) -> None:
    rows = "0051,Basics,2025-01-08\n0054,Basics,2025-01-08\n9999,Basics,2025-01-08\n"
    place = folder(tmp_path, attendance="Employee ID,Course,Date\n" + rows)
    assert said(place) == "Employee ID"


def test_a_list_of_strangers_is_left_to_the_check(tmp_path: Path) -> None:
    place = folder(tmp_path, attendance="E-mail,Course,Date\nx@other.example,Basics,2025-01-08\n")
    assert said(place) == "E-mail"


def test_tickets_name_their_callers_in_two_ways(tmp_path: Path) -> None:
    rows = ["ben@firm.example", "Anna Müller", "chloe@firm.example", "ben.okoye2@firm.example"]
    tickets = "Number,Caller,Opened,Category\n" + "".join(
        f"INC{i},{who},2025-01-08T08:00:00Z,login\n" for i, who in enumerate(rows)
    )
    place = folder(tmp_path, tickets=tickets)
    assert said(place, "tickets") == {
        "column": "Caller",
        "same_as": ["Email", {"sql": '"First name" || \' \' || "Last name"'}],
    }
    assert wb.open_source(place).tickets.sql("select cast(count(*) as bigint) as n from this").row()["n"] == 4


@pytest.mark.parametrize("table", ["events", "trainings"])
def test_two_exports_of_one_system_know_each_other(table: str) -> None:
    users = Export("users.csv", ("Id", "Email"), (("1", "a@firm.example"), ("2", "b@firm.example")))
    log = Export("log.csv", ("who",), (("a@firm.example",),))
    same = {"columns": {"user_id": "who"}}
    known = Fragment("users", ("users.csv",), {"columns": {"user_id": "Id"}}, "", system="Espo")
    [_, own] = with_people([(known, [users]), (Fragment(table, ("log.csv",), same, "", system="Espo"), [log])], Path())
    [_, other] = with_people([(known, [users]), (Fragment(table, ("log.csv",), same, ""), [log])], Path())
    assert own.words["columns"]["user_id"] == "who"
    assert other.words["columns"]["user_id"] == {"column": "who", "same_as": "Email"}


def test_the_column_by_which_the_log_knows_people_becomes_the_id_of_guessed_users(tmp_path: Path) -> None:
    # The log writes addresses in capitals; managers are named by their addresses, too.
    people = (
        "Employee ID,Name,Email,Manager email\n1,Ann Lee,ann@firm.example,\n2,Bo Roy,bo@firm.example,ann@firm.example\n"
    )
    log = "user_id,occurred_at,action\nANN@firm.example,2025-01-06T08:00:00Z,create\nBO@firm.example,2025-01-06T08:00:00Z,create\n"
    place = folder(tmp_path, people=people, log=log)
    assert said(place, "users") == "Email"
    assert said(place, "events") == {"column": "user_id", "same_as": "Email"}
    source = wb.open_source(place).verified()
    assert source.users.sql("select manager_id from this order by user_id").to_arrow()["manager_id"].to_pylist() == [
        None,
        "ann@firm.example",
    ]


def test_managers_are_found_by_what_names_them(tmp_path: Path) -> None:
    """Of two managers one is known by her address in other letters; who has none, and who has an id, is left alone."""
    columns = "Id,Email,Manager,Team,Start date\n"
    people = f"{columns}005A,anna@x.org,,n,2024-01-01\n005B,ben@x.org,ANNA@x.org,n,2024-01-01\n"
    place = folder(tmp_path, people=people + "005C,cy@x.org,gone@x.org,s,2024-01-01\n")
    mapping = tomllib.loads((place / "workbench.toml").read_text())
    assert mapping["users"]["columns"]["manager_id"] == {"column": "Manager", "same_as": "Email"}
    found = wb.open_source(place).users.sql("select manager_id from this order by user_id").to_pandas()
    assert found["manager_id"].fillna("").tolist() == ["", "005A", "gone@x.org"]
    (place / "workbench.toml").unlink()
    place = folder(place, people=people.replace("ANNA@x.org", "005A"))
    assert tomllib.loads((place / "workbench.toml").read_text())["users"]["columns"]["manager_id"] == "Manager"
