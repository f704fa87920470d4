"""Milestones that name people are refused; those that name what happened are not."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.data.persons import PEOPLE, look_like_people
from workbench.errors import ContractError

NAMES = [f"{first} {last}" for first in ("Dot", "Béla", "Çem") for last in ("Ash", "Birch", "Cedar-Elm", "Dale")]  # 12
HAPPENED = [f"Release {n} of the mobile app" for n in range(12)]
EVENTS = {"user_id": ["u1"], "occurred_at": ["2025-01-06T08:00:00Z"], "action": ["edit"]}
USERS = {
    "user_id": ["u1", "u2"],
    "First name": ["Ada", "Eve"],
    "Last name": ["Ash", "Fir"],
    "Mail": ["a@x.org", "e@x.org"],
}


def said(milestones: dict, users: dict = USERS) -> list[dict]:
    tables = {"users": users, "events": EVENTS, "milestones": milestones}
    source = wb.open_source({name: pd.DataFrame(columns) for name, columns in tables.items()})
    found = [each for each in source.check().to_dict("records") if each["rule"] == PEOPLE]
    for _ in found:
        with pytest.raises(ContractError, match=PEOPLE):
            source.milestones  # noqa: B018 (reading it is what is refused)
        with pytest.raises(ContractError, match=PEOPLE):
            source.verified()
    if not found:
        assert source.milestones.to_arrow().num_rows == len(milestones["name"])
    return [{word: each[word] for word in ("rows", "of", "broken")} for each in found]


def milestones(names: list[str], **others: list) -> dict:
    return {"name": names, "starts_on": ["2025-01-06"] * len(names), **others}


@pytest.mark.parametrize("name", ["Eve Fir", "Fir  EVE", "e@x.org", "U2"])
def test_one_known_person_is_refused(name):
    assert said(milestones(["Go-live", name])) == [{"rows": 1, "of": 2, "broken": True}]


def test_a_list_of_people_of_whom_nobody_is_known_is_refused():
    assert said(milestones(NAMES)) == [{"rows": 12, "of": 12, "broken": True}]
    surnames = [f"SURNAME{chr(65 + n)}" for n in range(12)]
    mails = {"Address": [f"p{n}@y.org" for n in range(12)]}
    assert said(milestones(surnames, **mails)) == [{"rows": 12, "of": 12, "broken": True}]
    assert said(milestones(surnames, **{"Employee ID": list(range(12))})) == [{"rows": 12, "of": 12, "broken": True}]


def test_milestones_that_happened_are_shown():
    assert said(milestones(HAPPENED, Owner=["e@x.org"] * 12, team=["A"] * 12)) == []
    assert said(milestones(["Go-live", "Town Hall"])) == []  # too few to be a list of people


def test_names_of_people():
    assert look_like_people(["von der Leyen, Ursula", "O'Neill Shaun", "SMITH J.", "山田 太郎"])
    assert not look_like_people(["Go-live", "Release 2", "Training in May"])
    assert not look_like_people([])
