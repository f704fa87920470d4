"""Guesses about exports of no known system."""

from __future__ import annotations

import pytest

from workbench.importing.exports import Export
from workbench.importing.guesses import guessed


def export(file: str, header: str, *rows: str) -> Export:
    return Export(file, tuple(header.split(",")), tuple(tuple(row.split(",")) for row in rows))


@pytest.mark.parametrize(
    ("found", "table", "columns"),
    [
        (
            export("audit.csv", "Benutzer,Zeitpunkt,Aktion,Modul", "a,06.01.2025 08:00,neu,Kunden"),
            "events",
            {"user_id": "Benutzer", "occurred_at": "Zeitpunkt", "action": "Aktion", "feature": "Modul"},
        ),
        (
            export("x.csv", "contact,ts,verb", "a@x.org,2025-01-06 08:00,read"),  # a column of addresses, one of times
            "events",
            {"user_id": "contact", "occurred_at": "ts", "action": "verb"},
        ),
        (
            export("people.csv", "login,department,hire date", "a,Sales,2020-01-01", "b,Sales,2021-01-01"),
            "users",
            {"user_id": "login", "access_start": "hire date", "department": "department"},
        ),
        (  # as databases of Microsoft head their columns; a flag in words is no action
            export(
                "x.csv",
                "[EventTimeUtc],[UserGuid],[Flag],[ActionName]",
                *["2025-01-06 08:00,7,Sim,edit", "2025-01-06 09:00,8,Não,edit"] * 5,
            ),
            "events",
            {"user_id": "[UserGuid]", "occurred_at": "[EventTimeUtc]", "action": "[ActionName]"},
        ),
        (
            export("x.csv", "Data/Hora,ID do usuário,Ação", "06/01/2025 08:00 AM,7,Negócio criado"),
            "events",
            {"user_id": "ID do usuário", "occurred_at": "Data/Hora", "action": "Ação"},
        ),
        (
            export("x.csv", "UserGuid,CreatedOn,DisabledOn", "a,2024-01-01,NULL", "b,2024-01-01,2025-02-01"),
            "users",
            {"user_id": "UserGuid", "access_start": "CreatedOn", "access_end": "DisabledOn"},
        ),
        (
            export("milestones.csv", "name,date", "Go-live,2025-01-06"),  # called as the table
            "milestones",
            {"name": "name", "starts_on": "date"},
        ),
        (
            export("desk.csv", "Ticket,Requester,Created,Category", "7,a,2025-01-06 08:00,login"),
            "tickets",
            {"ticket_id": "Ticket", "user_id": "Requester", "opened_at": "Created", "topic": "Category"},
        ),
    ],
)
def test_a_table_and_its_columns(found, table, columns):
    assert guessed(found) == (table, columns)


def test_a_column_that_holds_no_dates_is_no_time():
    assert guessed(export("x.csv", "user,time,action", "a,morning,edit")) is None


def test_dates_in_a_spelling_that_is_not_known_are_asked_for():
    columns = {"user_id": "user", "occurred_at": "time", "action": "action"}
    assert guessed(export("x.csv", "user,time,action", "a,06.01.2025 24:00,edit")) == ("events", columns)
    assert guessed(export("x.csv", "user,time,action", "a,٢٠٢٥-٠١-٠٦,edit")) == ("events", columns)


def test_people_who_are_listed_twice_are_people():
    rows = ("a,A,2024-01-01", "a,B,2024-06-01")
    assert guessed(export("users.csv", "user_id,team,access_start", *rows))[0] == "users"


def test_an_id_alone_makes_no_table_of_people():
    assert guessed(export("sizes.csv", "id,frequency", "1,2")) is None


def test_ids_that_occur_twice_identify_no_row():
    found = guessed(export("log.csv", "ticket,user,created,what", "7,a,2025-01-06,x", "7,b,2025-01-07,y"))
    assert found == ("events", {"user_id": "user", "occurred_at": "created", "action": "what"})


def test_yes_and_no_are_no_actions():
    rows = ["a@x.org,2025-01-06 08:00,Sim", "b@x.org,2025-01-07 08:00,Não"] * 5
    assert guessed(export("x.csv", "E-mail,Dia,Compareceu", *rows)) is None


def test_a_second_name_of_the_user_is_nobody_who_acted_for_them():
    rows = ["a@x.org,7,2025-01-06 08:00,edit", "b@x.org,8,2025-01-06 08:00,view"]
    assert guessed(export("x.csv", "user,actor.id,timestamp,verb", *rows))[1]["user_id"] == "user"
    assert "actor_id" not in guessed(export("x.csv", "user,actor.id,timestamp,verb", *rows))[1]
    rare = export("x.csv", "user,actor.id,timestamp,verb", *rows[:1], *["c@x.org,,2025-01-06 08:00,edit"] * 3)
    assert guessed(rare)[1]["actor_id"] == "actor.id"


def test_people_are_named_in_a_log_as_in_a_list_of_them():
    found = guessed(export("x.csv", "Employee ID,Timestamp,Action", "7,2025-01-06 08:00,edit"))
    assert found == ("events", {"user_id": "Employee ID", "occurred_at": "Timestamp", "action": "Action"})


PEOPLE = (("Ada Ash", "a@x.org", "7"), ("Béla Birch", "b@x.org", "8"), ("Çem Cedar", "c@x.org", "9"))


@pytest.mark.parametrize(
    ("header", "who"),
    [
        ("Email,Alternative email,Name,Team,Start date,End date", "Email"),
        ("User,Name,Team,Start date,Last working day", "User"),
        ("Name,Email,Start date,Department", "Email"),
        ("Employee ID,Name,Start date,End date,Team,Type", "Employee ID"),
        ("Name,E-Mail,Team,Beginn,Ende", "E-Mail"),
        ("Name,Start date,Team", "Name"),
    ],
)
def test_a_list_of_people_is_no_list_of_milestones(header, who):
    held = {"Name": 0, "Email": 1, "E-Mail": 1, "User": 2, "Employee ID": 2}
    filled = {"Team": "T1", "Department": "T1", "Type": "T1", "Start date": "2025-01-06", "Beginn": "2025-01-06"}
    rows = [
        ",".join(person[held[name]] if name in held else filled.get(name, "") for name in header.split(","))
        for person in PEOPLE
    ]
    table, columns = guessed(export("staff.csv", header, *rows))
    assert (table, columns["user_id"]) == ("users", who)


def test_who_is_in_the_log_is_no_milestone():
    found = export("x.csv", "Name,Start date,Type", "ash,2025-01-06,x", "birch,2025-01-07,y")
    assert guessed(found)[0] == "milestones"
    assert guessed(found, frozenset({"ash", "birch", "cedar"})) is None


def test_who_got_what_when_is_no_list_of_people():
    found = export("x.csv", "Mitarbeiter,Bonus,Beginn,Ende", "a@x.org,Prämie,2025-01-06,", "b@x.org,Prämie,2025-01-06,")
    assert guessed(found)[0] == "incentives"


def test_an_amount_is_no_programme():
    for amounts in (("250,00", "750,50"), ("EUR 250", "EUR 300"), ("250 €", "300 €")):
        rows = [f"a,{amount},2025-02-03,2025-03-02".replace(",00", "").replace(",50", "") for amount in amounts]
        assert guessed(export("x.csv", "Mitarbeiter,Bonus,Von,Bis", *rows)) is None


def test_a_calendar_of_events_is_no_part_of_the_log():
    rows = ("Go-live,2025-01-06,Ann", "Town hall,2025-02-10,Bob", "Release 2,2025-03-03,Cem")
    assert guessed(export("events_calendar.csv", "Event,Date,Owner", *rows)) is None
    again = [f"{what},2025-01-0{day},Ann" for day in (6, 7) for what in ("edit", "view")]
    assert guessed(export("events.csv", "Event,Date,Owner", *again))[0] == "events"


def test_of_those_who_ask_for_help_the_address_is_taken_first():
    found = export(
        "x.csv", "ID,Requester,Requester email,Created at,Subject", "7,Ann Ash,a@x.org,2025-01-06 08:00,login"
    )
    assert guessed(found)[1]["user_id"] == "Requester email"
