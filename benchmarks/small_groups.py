"""An attacker solves the published tables for groups of fewer than five people: how many are recovered, at what cost.

Three made-up organisations have many small groups; each is shown by department, by team, by role and by region, on a
page of its own, for every week. The attacker knows all tables and everybody's total, and asks by least squares whether
a combination of them is one group, or the few by whom one group exceeds another; and by linear programming how closely
the tables of the first week enclose such a group (`tests/attacker.py`). Run: python benchmarks/small_groups.py
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
from results import markdown, write_section

from workbench.results import registry
from workbench.results.privacy import shown

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from attacker import enclosed

ORGANISATIONS = {"small teams": (24, 6, 150), "many roles": (40, 8, 400), "60 teams, 8 departments": (60, 8, 1500)}
PAGES = ("department", "team", "role", "region")
ROLES, REGIONS = 9, 7


def crowd(teams: int, departments: int, people: int, seed: int = 1) -> pd.DataFrame:
    """People with their groups: teams, roles and regions of very unequal size; some roles are nearly a department's."""
    lots = np.random.default_rng(seed)
    team = lots.choice(teams, people, p=lots.dirichlet(np.full(teams, 0.7)))
    department = team % departments
    role = np.where(lots.random(people) < 0.9, department % ROLES, lots.integers(0, ROLES, people))
    region = lots.choice(REGIONS, people, p=lots.dirichlet(np.full(REGIONS, 0.5)))
    groups = {"department": department, "team": team, "role": role, "region": region}
    return pd.DataFrame(groups).astype(str).assign(yes=lots.random(people) < 0.4)


def pages(people: pd.DataFrame, names: tuple[str, ...], weeks: int, together: bool) -> dict[str, list[pd.DataFrame]]:
    """What each page shows: a table a week."""
    found = {}
    for name in names:
        os.environ[registry.PAGE] = name
        registry.open_register(people[list(PAGES)])
        if not together:
            registry._open.clear()
        every = shown(pd.concat([table(people, name, week) for week in range(weeks)]).reset_index(drop=True), "week")
        found[name] = [every[every["week"] == week] for week in range(weeks)]
    return found


def counted(people: pd.DataFrame, week: int) -> pd.DataFrame:
    """Each week other people are counted, and more of them."""
    return people.assign(yes=np.random.default_rng(week).random(len(people)) < 0.2 + 0.4 * week / 52)


def table(people: pd.DataFrame, fact: str, week: int) -> pd.DataFrame:
    """The groups of one week."""
    groups = counted(people, week).groupby(fact)["yes"].agg(n="count", share="mean")
    return groups.reset_index().assign(week=week)


def attacked(people: pd.DataFrame, tables: list[pd.DataFrame]) -> tuple[int, int]:
    """How many groups of one to four people were tried, and how many the tables give away."""
    whole = {(f, v): (people[f] == v).to_numpy(float) for f in PAGES for v in people[f].unique()}
    public = [whole[f, row[f]] for t in tables for f in PAGES if f in t for _, row in t.iterrows()]
    known = np.unique(np.array([np.ones(len(people)), *public]), axis=0)
    pairs = permutations([np.ones(len(people)), *whole.values()], 2)
    few = [a - b for a, b in pairs if (a >= b).all() and 0 < (a - b).sum() < 5]
    few += [each for each in whole.values() if 0 < each.sum() < 5]
    few += [np.prod(two, axis=0) for two in permutations(whole.values(), 2) if 0 < np.prod(two, axis=0).sum() < 5]
    asked = np.unique(np.array(few), axis=0)
    left = known.T @ np.linalg.lstsq(known.T, asked.T, rcond=None)[0] - asked.T
    return len(asked), int(np.isclose(left, 0, atol=1e-6).all(axis=0).sum())


def measured(people: pd.DataFrame, weeks: int) -> dict[str, object]:
    """The attack before and after, the rows that went, and the seconds that it cost."""
    with tempfile.TemporaryDirectory() as folder:
        alone = pages(people, PAGES, weeks, together=False)
        os.environ[registry.FOLDER] = folder
        begun = time.perf_counter()
        found, again, deciding = pages(people, PAGES, weeks, together=True), list(PAGES), 0.0
        registering = time.perf_counter() - begun
        while again:
            begun = time.perf_counter()
            again = registry.decided(Path(folder), PAGES)
            deciding += time.perf_counter() - begun
            found |= pages(people, tuple(again), weeks, together=True)
        del os.environ[registry.FOLDER]
    first = [[each[name][0] for name in PAGES] for each in (alone, found)]
    close = [len(enclosed(counted(people, 0), tables)) for tables in first]
    before, after = ([t for tables in each.values() for t in tables] for each in (alone, found))
    return {
        **dict(zip(("groups tried", "recovered alone"), attacked(people, before), strict=True)),
        "recovered together": attacked(people, after)[1],
        **dict(zip(("enclosed alone", "enclosed together"), close, strict=True)),
        "rows alone": sum(map(len, before)),
        "rows together": sum(map(len, after)),
        "registering, s": registering,
        "deciding, s": deciding,
    }


def row(name: str, weeks: int, found: dict[str, object]) -> list[object]:
    """One organisation's line in the table."""
    return [name, weeks, *(f"{each:.1f}" if isinstance(each, float) else each for each in found.values())]


if __name__ == "__main__":
    rows, header = [], []
    for name, (teams, departments, people) in ORGANISATIONS.items():
        weeks = 52 if people == 1500 else 2
        found = measured(crowd(teams, departments, people), weeks)
        rows, header = [*rows, row(name, weeks, found)], ["organisation", "weeks", *found]
        write_section("Small groups", "python benchmarks/small_groups.py", markdown(header, rows))
        print(rows[-1], flush=True)
