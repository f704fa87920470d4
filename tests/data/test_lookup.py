"""Managers whom the list of users names by an address or a name have the id of the user who is called so."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb

USERS = """Id,Name,Email,Boss,Team
005A,Anna Roy,anna@firm.example,,north
005B,Ben Okoye,ben@firm.example, ANNA@firm.example ,north
005C,Chloe Roy,chloe@firm.example,Ben Okoye,south
005D,Ben Okoye,ben2@firm.example,gone@firm.example,south
005E,Eve Lee,eve@firm.example,Eve Lee,south
"""
MAPPING = """
[users]
file = "people.csv"
[users.columns]
user_id = "Id"
team = "Team"
manager_id = { column = "Boss", same_as = SAME }
"""
LOG = "user_id,occurred_at,action\n005A,2025-01-06T08:00:00Z,view\n"


def crm(folder: Path, same_as: str = '["Email", "Name"]') -> wb.Source:
    (folder / "people.csv").write_text(USERS)
    (folder / "events.csv").write_text(LOG)
    (folder / "workbench.toml").write_text(MAPPING.replace("SAME", same_as))
    return wb.open_source(folder)


def test_a_manager_is_found_by_an_address_or_by_a_name_that_one_has(tmp_path):
    """Two are called Ben Okoye, and nobody has the last address: both stay as they are written, and are noted."""
    source = crm(tmp_path)
    managers = source.users.sql("select user_id, manager_id from this order by user_id").to_pandas()
    assert managers["manager_id"].fillna("").tolist() == ["", "005A", "Ben Okoye", "gone@firm.example", "005E"]
    noted = source.check()[["rule", "rows", "of"]].to_numpy().tolist()
    assert noted == [["users.manager_id is in users", 2, 5]]


def test_nothing_can_be_grouped_by_what_names_people(tmp_path):
    source = crm(tmp_path)
    assert {"Email", "Name", "Boss"}.isdisjoint(source.raw["users"].typed(source.given("users"), theirs=True).columns)


def test_a_column_that_the_users_lack_is_refused(tmp_path):
    with pytest.raises(wb.ContractError) as raised:
        crm(tmp_path, '"Mail"').verified()
    assert "the mapping's [users.columns] manager_id, same_as: there is no column 'Mail'" in str(raised.value)
