"""People whom a list names by an e-mail address or a full name are found among the users.

Every count was made by hand from the rows above it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from workbench.data import check_source, rows_read

USERS = """Id,First name,Last name,Email,Team
005A,Anna,Müller,Anna.Mueller@firm.example,north
005B,Ben,Okoye,ben@firm.example,north
005C,Chloé,Roy,chloe@firm.example,south
005D,Ben,Okoye,ben.okoye2@firm.example,south
"""
LOG = "user_id,occurred_at,action\n005A,2025-01-06T08:00:00Z,create\n005B,2025-01-07T08:00:00Z,create\n"
LIST = """Participant,Course,Date
anna.mueller@FIRM.example,Basics,2025-01-08
 Ben@firm.example ,Basics,2025-01-08
chloé roy,Basics,2025-01-08
Ben Okoye,Basics,2025-01-08
guest@other.example,Basics,2025-01-08
,Basics,2025-01-08
"""
MAPPING = """
[users]
file = "people.csv"
[users.columns]
user_id = "Id"
team = "Team"
[events]
file = "log.csv"
[trainings]
file = "attendance.csv"
[trainings.columns]
user_id = { column = "Participant", same_as = %s }
programme = "Course"
started_at = "Date"
"""
NAME = """{ sql = '''"First name" || ' ' || "Last name"''' }"""


def folder(place: Path, same_as: str, attendance: str = LIST) -> Path:
    (place / "people.csv").write_text(USERS)
    (place / "log.csv").write_text(LOG)
    (place / "attendance.csv").write_text(attendance)
    (place / "workbench.toml").write_text(MAPPING % same_as)
    return place


def trained(source: wb.Source) -> list[str]:
    return source.trainings.sql("select user_id from this order by user_id").to_arrow()["user_id"].to_pylist()


def outcomes(source: wb.Source, table: str) -> dict[str, int]:
    rows = rows_read(source)
    return rows[rows["table"] == table].set_index("reason")["rows"].to_dict()


def test_people_are_found_by_their_address_whatever_its_letter_case_and_blanks(tmp_path: Path) -> None:
    source = wb.open_source(folder(tmp_path, '"Email"'))
    assert trained(source) == ["005A", "005B"]
    # A full name is no address: three rows name nobody whose address is known, and one names nobody.
    assert outcomes(source, "trainings") == {
        "": 2,
        "the person named is not among the users": 3,
        "nobody is named": 1,
    }


def test_two_people_of_one_name_are_never_guessed_at(tmp_path: Path) -> None:
    source = wb.open_source(folder(tmp_path, f'["Email", {NAME}]'))
    assert trained(source) == ["005A", "005B", "005C"]
    assert outcomes(source, "trainings") == {
        "": 3,
        "the person named is not among the users": 1,
        "the person named may be any of several users": 1,
        "nobody is named": 1,
    }


def test_the_check_names_each_reason_its_rows_and_the_first_without_the_name(tmp_path: Path) -> None:
    problems = check_source(folder(tmp_path, f'["Email", {NAME}]')).set_index("rule")
    found = problems[["rows", "of", "first", "broken"]].to_dict("index")
    assert found == {
        "every row of trainings is of somebody named": {"rows": 1, "of": 6, "first": "row 6", "broken": False},
        "everybody named in trainings is among the users": {"rows": 1, "of": 6, "first": "row 5", "broken": False},
        "everybody named in trainings is one of the users only": {
            "rows": 1,
            "of": 6,
            "first": "row 4",
            "broken": False,
        },
    }
    shown = check_source(folder(tmp_path, f'["Email", {NAME}]'), show_ids=True)["first"].tolist()
    assert "row 5: user_id=guest@other.example" in shown


def test_a_list_of_which_nobody_is_known_is_broken(tmp_path: Path) -> None:
    strangers = "Participant,Course,Date\nx@other.example,Basics,2025-01-08\n"
    problems = check_source(folder(tmp_path, '"Email"', strangers))
    assert problems["broken"].tolist() == [True]


def test_no_column_that_names_people_is_carried_along(tmp_path: Path) -> None:
    source = wb.open_source(folder(tmp_path, f'["Email", {NAME}]'))
    assert not {"Email", "First name", "Last name"} & set(source.users.columns)
    assert not {column for column in source.trainings.columns if "Participant" in column or "(" in column}


@pytest.mark.parametrize(
    ("same_as", "said"),
    [
        ('"Mail"', "same_as: "),
        ("3", "same_as is the name of a column of the users"),
        ('{ sql = "nothing" }', "user_id, same_as: the engine does not understand"),
    ],
)
def test_what_the_users_do_not_have_is_refused_in_words(tmp_path: Path, same_as: str, said: str) -> None:
    with pytest.raises(wb.ContractError, match=said):
        wb.open_source(folder(tmp_path, same_as)).trainings.to_arrow()


def test_without_a_table_of_users_nobody_can_be_looked_up(tmp_path: Path) -> None:
    place = folder(tmp_path, '"Email"')
    (place / "workbench.toml").write_text("[events]\nfile" + (MAPPING % '"Email"').split("[events]\nfile")[1])
    with pytest.raises(wb.ContractError, match="there is no other table of them"):
        wb.open_source(place)


def test_an_anonymous_comment_stays_one(tmp_path: Path) -> None:
    place = folder(tmp_path, '"Email"')
    (place / "feedback.csv").write_text(
        "Who,text,written_at\nben@firm.example,good,2025-01-08\nanonymous,bad,2025-01-08\n"
    )
    with (place / "workbench.toml").open("a") as mapping:
        mapping.write('[feedback.columns]\nuser_id = { column = "Who", same_as = "Email" }\n')
        mapping.write('[feedback.values.user_id]\nanonymous = ""\n')
    found = wb.open_source(place).feedback.sql("select user_id, text from this order by text").rows()
    assert found == [{"user_id": None, "text": "bad"}, {"user_id": "005B", "text": "good"}]
