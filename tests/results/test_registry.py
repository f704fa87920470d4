"""What several tables give away together. The attacker subtracts and adds with least squares, person by person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.data import grouping, open_source
from workbench.data.duckdb import as_table
from workbench.errors import ContractError
from workbench.results import registry
from workbench.results.crowd import DIVISIONS, FACTS
from workbench.results.enclosure import Groups
from workbench.results.privacy import shown
from workbench.results.registry import decided, divided, open_register

PEOPLE = st.lists(st.tuples(*(st.integers(0, top) for top in (1, 4, 2)), st.booleans()), min_size=8, max_size=40)


@pytest.fixture(autouse=True)
def _no_register_before_or_after() -> Iterator[None]:
    registry._open.clear()
    yield
    registry._open.clear()


def crowd(*rows: tuple[str, str, str, int, int]) -> pd.DataFrame:
    """People one a row: department, team, role, how many of them, how many counted."""
    people = [(d, t, r, None, place < k) for d, t, r, n, k in rows for place in range(n)]
    return pd.DataFrame(people, columns=[*FACTS, "yes"])


def by(people: pd.DataFrame, *facts: str) -> pd.DataFrame:
    """The table of a page: people and the share counted of each group."""
    groups = people.groupby(list(facts))["yes"]
    return groups.agg(n="count", share="mean").reset_index()


def could_tell(people: pd.DataFrame, published: list[pd.DataFrame], groups: list[np.ndarray]) -> list[bool]:
    """Whether the published tables and everybody's total can be solved for each group of people (zeros and ones)."""
    rows = [np.ones(len(people))]
    for table in published:
        facts = [fact for fact in people.columns.difference(["yes"]) if fact in table]
        rows += [(people[facts] == row[facts]).all(axis=1).to_numpy(float) for _, row in table.iterrows()]
    known, asked = np.array(rows).T, np.array(groups, float).T
    return list(np.isclose(known @ np.linalg.lstsq(known, asked, rcond=None)[0], asked, atol=1e-6).all(axis=0))


def members(people: pd.DataFrame, fact: str, value: str) -> np.ndarray:
    return (people[fact] == value).to_numpy(float)


# Teams x and y are department A; y is two people. Listed without departments, y is hidden beside z, of department B.
TWO = crowd(("A", "x", "r", 10, 4), ("A", "y", "r", 2, 1), ("B", "z", "r", 8, 3), ("B", "w", "r", 20, 9))


def test_alone_the_tables_of_departments_and_teams_give_a_team_of_two_away() -> None:
    tables = [shown(by(TWO, "department")), shown(by(TWO, "team"))]
    assert tables[1]["team"].tolist() == ["w", "x"]
    assert could_tell(TWO, tables, [members(TWO, "team", "y")]) == [True]


@pytest.mark.parametrize("order", list(permutations(["department", "team"])))
def test_in_one_register_they_do_not(order: tuple[str, str]) -> None:
    open_register(TWO)
    assert could_tell(TWO, [shown(by(TWO, fact)) for fact in order], [members(TWO, "team", "y")]) == [False]


def test_groups_that_differ_by_three_people_are_not_both_shown() -> None:
    # All of department A but three are agents, and nobody else is: one less the other is about the three.
    people = crowd(("A", "x", "agent", 20, 9), ("A", "x", "lead", 3, 1), ("B", "y", "lead", 20, 5))
    open_register(people)
    assert len(shown(by(people, "department"))) == 2
    assert shown(by(people, "role"))["role"].tolist() == []


def test_tables_of_other_people_are_not_subtracted() -> None:
    open_register(TWO)
    some = TWO[(TWO["team"] != "y") & (TWO.index > 0)]  # those who came last week: one of team x did not
    assert len(shown(by(TWO, "department"))) == 2
    assert len(shown(by(some, "team"))) == 3


# attack-cases.md, 10: three people of wave 1; one table lists waves, the next one parts, the last who has left.
WAVES = pd.DataFrame(
    [
        (*wave, place < left)
        for *wave, n, left in [
            ("wave 1", "trained", 3, 1),
            ("wave 2", "trained", 12, 2),
            ("wave 3", "trained", 9, 4),
            ("never", "never trained", 8, 3),
            ("outside", "trained elsewhere", 20, 1),
        ]
        for place in range(n)
    ],
    columns=["cohort", "part", "yes"],
).assign(**dict.fromkeys(FACTS))


def tables_of_waves() -> list[pd.DataFrame]:
    compared = WAVES[WAVES["cohort"] != "outside"]
    trained = compared[compared["cohort"] != "never"]
    left = by(trained, "cohort").assign(left=lambda table: (table["share"] * table["n"]).round())
    return [shown(by(compared, "cohort")), shown(by(WAVES, "part")), shown(left[["cohort", "n", "left"]])]


def test_alone_waves_and_parts_give_a_wave_of_three_away() -> None:
    assert could_tell(WAVES, tables_of_waves(), [members(WAVES, "cohort", "wave 1")]) == [True]


def test_in_one_register_waves_and_parts_do_not() -> None:
    people = WAVES.assign(user_id=WAVES.index)
    open_register(WAVES)
    divided("Basics", as_table(people[people["cohort"] != "outside"][["user_id", "cohort"]]))
    divided("Basics", as_table(people[["user_id", "part"]]))
    tables = tables_of_waves()
    assert could_tell(WAVES, tables, [members(WAVES, "cohort", "wave 1")]) == [False]
    assert [len(table) for table in tables] == [2, 1, 1]  # waves 2 and 3; trained elsewhere; wave 2


def test_nobody_left_of_seven_is_not_told_by_another_table() -> None:
    # Team y is seven people of whom nobody left. Alone, the table of departments and that of teams say so.
    people = crowd(("A", "x", "r", 12, 3), ("A", "y", "r", 7, 0), ("B", "z", "r", 15, 4), ("B", "w", "r", 10, 2))

    def left(fact: str) -> pd.DataFrame:
        return shown(people.groupby(fact)["yes"].agg(n="count", left="sum").reset_index())

    alone = [left("department"), left("team")]
    assert could_tell(people, alone, [members(people, "team", "y")]) == [True]
    open_register(people)
    together = [left("department"), left("team")]
    assert could_tell(people, together, [members(people, "team", "y")]) == [False]


def test_a_team_that_is_not_listed_is_not_told_by_those_that_are() -> None:
    open_register(TWO)
    assert len(shown(by(TWO, "department"))) == 2
    listed = shown(by(TWO[TWO["team"] != "y"], "team"))  # x and department A differ by the two people of y
    assert could_tell(TWO, [by(TWO, "department"), listed], [members(TWO, "team", "y")]) == [False]


@given(PEOPLE, st.permutations(["department", "team", "role"]))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_tables_can_be_solved_for_a_small_group(rows: list[tuple], order: list[str]) -> None:
    people = pd.DataFrame(rows, columns=["department", "team", "role", "yes"]).assign(region=None)
    people = people.astype(dict.fromkeys(("department", "team", "role"), str))
    open_register(people)
    published = [shown(by(people, fact)) for fact in order]
    small = [members(people, f, v) for f in order for v in people[f].unique() if 0 < members(people, f, v).sum() < 5]
    everybody = np.ones(len(people))
    wholes = [everybody, *(members(people, f, v) for t, f in zip(published, order, strict=True) for v in t[f])]
    apart = [a - b for a, b in permutations(wholes, 2) if (a >= b).all() and 0 < (a - b).sum() < 5]
    each = [np.eye(len(people))[place] for place in range(len(people))]
    assert not any(could_tell(people, published, [*small, *apart, *each]))


def test_pages_of_a_site_are_decided_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(registry.FOLDER, str(tmp_path))
    tables = {}
    for page, fact in (("2_adoption", "department"), ("8_next_steps", "team")):  # each in a process of its own
        monkeypatch.setenv(registry.PAGE, page)
        open_register(TWO)
        tables[page] = shown(by(TWO, fact))
    assert could_tell(TWO, list(tables.values()), [members(TWO, "team", "y")]) == [True]
    again = decided(tmp_path, list(tables))
    assert again == ["8_next_steps"]
    assert len(json.loads((tmp_path / registry.WITHHELD).read_text())) >= 1
    for page in again:
        monkeypatch.setenv(registry.PAGE, page)
        open_register(TWO)
        tables[page] = shown(by(TWO, "team"))
    assert could_tell(TWO, list(tables.values()), [members(TWO, "team", "y")]) == [False]
    assert decided(tmp_path, list(tables)) == []


HOSTILE = ["pattern", "segment", "part", "use", "cohort", "side", "position", "third", "team of x", "yes?"]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("order", list(permutations(["department", "team"])))
def test_a_group_that_is_called_like_a_division_gives_nothing_away(name: str, order: tuple[str, str]) -> None:
    # The department and its team of two have one name, and that name is a division's.
    people = TWO.replace({"department": {"A": name}, "team": {"y": name}})
    open_register(people)
    tables = [shown(by(people, fact)) for fact in order]
    small = [members(people, "team", name)]
    assert could_tell(people, tables, small) == [False]


@pytest.mark.parametrize("name", [name for name in DIVISIONS if name not in FACTS])
def test_pages_list_no_column_of_a_users_own_that_is_called_like_a_division(name: str) -> None:
    # So a table's column of that name is the package's own, and means what the register takes it for.
    users = pd.DataFrame({"user_id": ["a"], name: ["x"], "team": ["y"]})
    events = pd.DataFrame({"user_id": ["a"], "occurred_at": ["2025-01-06T08:00Z"], "action": ["update"]})
    with pytest.raises(ContractError, match="there is no group of people called"):
        grouping(open_source({"users": users, "events": events}), name)


def test_what_weeks_have_in_common_is_decided_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the weeks, each with other people counted, are at most twice the systems to solve."""
    solved = {}
    for weeks in (3, 6):
        registry._open.clear()
        open_register(TWO)
        tried: list[int] = []
        monkeypatch.setattr(Groups, "further", lambda self, tried=tried: tried.append(1) or self.asked & False)
        counted = [TWO.assign(yes=np.arange(len(TWO)) % (week + 2) == 0) for week in range(weeks)]
        for fact in ("team", "department"):
            rows = [by(people, fact).assign(week=week) for week, people in enumerate(counted)]
            shown(pd.concat(rows).reset_index(drop=True), "week")
        solved[weeks] = len(tried)
    assert 0 < solved[6] <= 2 * solved[3]


def test_what_an_earlier_version_kept_of_a_site_is_read(tmp_path: Path) -> None:
    """Lines without parts, as they were written before waves were held against all waves."""
    old = {"of": [20.0, 9.0], "who": [["team", "x"]], "n": 0, "k": 0, "public": True, "block": ""}
    (tmp_path / "2_adoption.jsonl").write_text(json.dumps(old) + "\n", encoding="utf-8")
    (only,) = registry._read(tmp_path / "2_adoption.jsonl").numbers
    assert (only.who, only.parts) == ((("team", "x"),), ())
