"""Bounds on what is withheld, over all tables of organisations with many small groups and over the sample's site.

The attacker is linear programming written apart (`attacker.py`), and τ-Argus, whose bounds must be the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import argus
import attacker
import numpy as np
import pandas as pd
import pytest

from conftest import missing
from workbench.results import registry
from workbench.results.crowd import FACTS
from workbench.results.privacy import shown

KINDS = {"small teams": (24, 6, 150), "many roles": (40, 8, 400), "few people": (9, 3, 60)}
HOSTILE = {"pairs": 2, "threes": 3, "fours": 4}  # as many people in every team but the last


@pytest.fixture(autouse=True)
def _no_register_before_or_after(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    registry._open.clear()
    yield
    registry._open.clear()


def organisation(teams: int, departments: int, people: int, seed: int) -> pd.DataFrame:
    """People with teams, roles and regions of very unequal size; some roles are nearly a department's."""
    lots = np.random.default_rng(seed)
    team = lots.choice(teams, people, p=lots.dirichlet(np.full(teams, 0.7)))
    department = team % departments
    role = np.where(lots.random(people) < 0.9, department % 9, lots.integers(0, 9, people))
    region = lots.choice(7, people, p=lots.dirichlet(np.full(7, 0.5)))
    facts = dict(zip(FACTS, (department, team, role, region), strict=True))
    return pd.DataFrame(facts).astype(str).assign(yes=lots.random(people) < 0.4)


def hostile(size: int) -> pd.DataFrame:
    """Teams of this size and one of thirty; a role and a region for all of a team but one, and everybody alike in some."""
    team = [f"t{place // size}" for place in range(8 * size)] + ["big"] * 30
    rows = pd.DataFrame({"team": team})
    rows["department"] = np.where(rows["team"].isin(["t0", "t1", "t2"]), "A", "B")
    rows["role"] = np.where(rows.duplicated("team"), rows["team"].str[-1], "lead")
    rows["region"] = np.where(rows.index % 5 == 0, "north", "south")
    return rows.assign(yes=rows.index % 3 == 0)


def published(people: pd.DataFrame) -> list[pd.DataFrame]:
    """What a site of four pages shows: a table for each fact."""
    registry.open_register(people[list(FACTS)])
    counts = [people.groupby(fact)["yes"].agg(n="count", share="mean").reset_index() for fact in FACTS]
    return [shown(table) for table in counts]


CASES = [
    *(pytest.param(lambda of=of, seed=seed: organisation(*of, seed), id=f"{name} {seed}")
      for name, of in KINDS.items() for seed in (1, 2)),
    *(pytest.param(lambda size=size: hostile(size), id=name) for name, size in HOSTILE.items()),
]  # fmt: skip


@pytest.mark.parametrize("made", CASES)
def test_no_small_group_is_enclosed(made: Callable[[], pd.DataFrame]) -> None:
    people = made()
    tables = published(people)
    assert sum(map(len, tables))  # something is shown
    assert attacker.enclosed(people, tables) == []


def test_without_bounds_some_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    # Elimination alone: a team of one person is known to be of none to two.
    monkeypatch.setattr(registry.Register, "_enclosing", lambda *_: set())
    people = organisation(*KINDS["small teams"], 2)
    found = attacker.enclosed(people, published(people))
    assert ("people in team 10", 0.0, 3.0) in found


def test_bounds_cost_few_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [organisation(*of, seed=2) for of in KINDS.values()]
    kept = sum(len(table) for people in every for table in published(people))
    monkeypatch.setattr(registry.Register, "_enclosing", lambda *_: set())
    before = sum(len(table) for people in every for table in published(people))
    assert 0.9 * before < kept < before


@pytest.mark.peers
@pytest.mark.parametrize("made", CASES)
def test_the_auditor_of_statistical_offices_finds_the_same_bounds(
    made: Callable[[], pd.DataFrame], tmp_path: Path
) -> None:
    if not argus.PYTHON:
        missing("τ-Argus (see tests/argus.py)")
    people = made()
    cells, rows, n, _ = attacker.system(people, published(people))
    few = np.array([row for _, row in attacker.few(cells)])
    found = argus.audited(rows, n, few, cells["n"].to_numpy(), tmp_path)
    assert np.allclose(found, [attacker.ends(row, rows, n) for row in few], atol=1e-5)
    assert min(high - low for low, high in found) >= attacker.RANGE - 1e-5


@pytest.mark.slow
def test_nothing_of_the_samples_site_is_enclosed(executed: Any, registers: Path) -> None:
    pages = {file.stem: registry._read(file) for file in sorted(registers.glob("*.jsonl"))}
    assert set(pages) == set(executed)
    site = registry.Register(registry._everybody(page.crowd for page in pages.values()))
    site.add([number for page in pages.values() for number in page.numbers])
    together = Counter(each.of for each in site.numbers)
    assert len(site.numbers) > 1000
    assert max(together.values()) > 20
    for of in together:
        same = [each for each in site.numbers if each.of == of]
        for block in {each.block for each in same}:
            numbers = {each.who: each for each in same if each.block in (block, "")}
            public = {each.who for each in numbers.values() if each.public}
            assert not any(site.groups(list(numbers.values()), public, []).enclosed())
