"""Waves and all waves together. The attacker subtracts with least squares, over people and waves, and knows every total."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.results import registry
from workbench.results.crowd import FACTS
from workbench.results.privacy import shown
from workbench.results.registry import open_register


@pytest.fixture(autouse=True)
def _no_register_before_or_after() -> Iterator[None]:
    registry._open.clear()
    yield
    registry._open.clear()


def answers(*cells: tuple[str, str, int, int]) -> pd.DataFrame:
    """Answers one a row: department, wave, how many of them, how many in favour."""
    rows = [(department, wave, place < k) for department, wave, n, k in cells for place in range(n)]
    return pd.DataFrame(rows, columns=["department", "wave", "yes"])


def by(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    return table.groupby(list(names))["yes"].agg(n="count", share="mean").reset_index()


def told(every: pd.DataFrame, tables: list[pd.DataFrame], names: list[str]) -> list[str]:
    """Which groups of fewer than five answers the tables can be solved for."""

    def row(group: pd.Series) -> np.ndarray:
        return (every[list(group.index)] == group).all(axis=1).to_numpy(float)

    known = [row(each) for table in tables for _, each in table[table.columns.intersection(names)].iterrows()]
    totals = [row(each) for _, each in every[["wave"]].drop_duplicates().iterrows()]
    cells = [each for some in (["department"], names) for _, each in every[some].drop_duplicates().iterrows()]
    system = np.array([*known, *totals]).T
    found = []
    for cell in cells:
        asked = row(cell)
        solved = np.allclose(system @ np.linalg.lstsq(system, asked, rcond=None)[0], asked, atol=1e-6)
        found += ["/".join(map(str, cell))] if solved and asked.sum() < 5 else []
    return found


def people_of(every: pd.DataFrame) -> pd.DataFrame:
    """Who could answer: as many people in each department as in its largest wave."""
    most = every.groupby(["department", "wave"]).size().groupby("department").max()
    return pd.DataFrame({"department": np.repeat(most.index, most)}).reindex(columns=FACTS)


# Four of department A answered in the second wave: alone, its table hides them, and 24 less 20 tells them.
FOUR = answers(
    *[("A", "1", 20, 10), ("B", "1", 30, 15), ("C", "1", 25, 10)],
    *[("A", "2", 4, 4), ("B", "2", 25, 10), ("C", "2", 24, 12)],
)
NAMES = ["department", "wave"]


def tables(every: pd.DataFrame, order: tuple[str, ...]) -> list[pd.DataFrame]:
    make = {
        "all waves": lambda: shown(by(every, "department")),
        "each wave": lambda: shown(by(every, "department", "wave"), within="wave"),
    }
    return [make[each]() for each in order]


ORDERS = list(permutations(["all waves", "each wave"]))


@pytest.mark.parametrize("order", ORDERS)
def test_alone_all_waves_less_one_tell_the_other(order: tuple[str, ...]) -> None:
    assert told(FOUR, tables(FOUR, order), NAMES) == ["A/2"]


@pytest.mark.parametrize("order", ORDERS)
def test_in_one_register_they_do_not(order: tuple[str, ...]) -> None:
    open_register(people_of(FOUR))
    found = tables(FOUR, order)
    assert told(FOUR, found, NAMES) == []
    assert all(len(table) for table in found)


def test_where_no_wave_is_small_nothing_is_withheld() -> None:
    every = answers(*[(d, w, 20, 9 + i) for i, (d, w) in enumerate(product("ABC", "12"))])
    open_register(people_of(every))
    assert [len(table) for table in tables(every, ORDERS[0])] == [3, 6]


def test_people_are_told_though_each_table_counts_something_else() -> None:
    # 24 answers less 20, whatever the answers were: four people answered in wave 2.
    other = FOUR.assign(yes=np.arange(len(FOUR)) % 3 == 0)
    open_register(people_of(FOUR))
    found = [*tables(FOUR, ("all waves",)), *tables(other, ("each wave",))]
    assert told(FOUR, found, NAMES) == []


def test_a_question_of_a_wave_is_a_part_of_all_questions_and_of_all_waves() -> None:
    both = pd.concat([FOUR.assign(question="x"), FOUR.assign(question="y", yes=np.arange(len(FOUR)) % 3 == 0)])
    open_register(people_of(FOUR))
    waves = shown(
        by(both, "department", "question", "wave"),
        within=both.groupby(["department", "question", "wave"]).size().reset_index()[["question", "wave"]],
    )
    pooled = shown(by(both, "department", "question"), within="question")
    for question in "xy":
        mine = [table[table["question"] == question].drop(columns="question") for table in (waves, pooled)]
        assert told(FOUR, mine, NAMES) == []
    assert len(pooled)


def test_pages_of_two_runs_are_held_against_each_other(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(registry.FOLDER, str(tmp_path / "a"))
    monkeypatch.setenv(registry.PAGE, "7_barriers")
    (tmp_path / "a").mkdir()
    open_register(people_of(FOUR))
    first = tables(FOUR, ("each wave",))
    registry.publish(tmp_path / "a", tmp_path / "site")
    kept = [json.loads(line) for line in (tmp_path / "site" / "7_barriers.numbers").read_text().splitlines()]
    withheld = {value for each in kept if not each["public"] for _, value in each["who"]}
    assert withheld  # names of withheld groups are not kept, nor of waves
    assert all(name.startswith("#") for name in withheld | {each["block"] for each in kept})
    monkeypatch.setenv(registry.FOLDER, str(tmp_path / "b"))
    monkeypatch.setenv(registry.PAGE, "2_adoption")
    (tmp_path / "b").mkdir()
    open_register(people_of(FOUR))
    second = tables(FOUR, ("all waves",))
    assert told(FOUR, [*first, *second], NAMES) == ["A/2"]  # each page alone
    registry.standing(tmp_path / "site", tmp_path / "b", ["2_adoption"])
    assert registry.decided(tmp_path / "b", ["2_adoption"]) == ["2_adoption"]
    open_register(people_of(FOUR))
    assert told(FOUR, [*first, *tables(FOUR, ("all waves",))], NAMES) == []


CELLS = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=9, max_size=9)


@given(CELLS, st.permutations(["all waves", "each wave"]))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_can_be_solved_for_a_few_answers(sizes: list[tuple[int, int]], order: list[str]) -> None:
    every = answers(*[(d, w, n, min(k, n)) for (d, w), (n, k) in zip(product("ABC", "123"), sizes, strict=True)])
    if every.empty:
        return
    open_register(people_of(every))
    published = tables(every, tuple(order))
    # Where one department alone answered, everybody is that department; and what stands there already cannot be undone.
    before = told(every, published[:1], NAMES)
    assert set(told(every, published, NAMES)) <= set(before)
