"""What may be shown. The attackers here are written apart from the rule they attack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.results import Estimates, privacy
from workbench.results.privacy import ALIKE, MINIMUM, shown, withheld


@dataclass(frozen=True, eq=False)
class Result:
    """What privacy reads of an `Estimates`."""

    table: pd.DataFrame
    unit: str
    notes: tuple[str, ...] = ()


SIZES = st.lists(st.integers(1, 7), min_size=1, max_size=4)
TABLES = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 3), st.integers(0, 2), st.floats(0, 1)), min_size=1, max_size=14
)


def hidden(*sizes: int, **kwargs: object) -> list[bool]:
    return withheld(pd.Series(sizes), **kwargs).tolist()


def test_a_group_of_four_is_withheld_and_the_smallest_other_with_it():
    assert hidden(4, 30, 8, 20) == [True, False, True, False]


def test_groups_of_five_and_more_are_shown():
    assert hidden(5, 6, 30) == [False, False, False]


def test_two_small_groups_that_are_together_five_protect_each_other():
    assert hidden(2, 3, 30, 40) == [True, True, False, False]


def test_two_small_groups_that_are_together_four_take_a_third():
    assert hidden(1, 3, 30, 40) == [True, True, True, False]


def test_a_total_of_twelve_would_tell_that_three_small_groups_are_four_each():
    assert hidden(4, 4, 4, 6, 9) == [True, True, True, True, False]


def test_the_choice_among_groups_of_one_size_would_tell():
    assert hidden(5, 5, 3, 9) == [True, True, True, False]


def test_a_group_alone_in_its_department_takes_another_department():
    people = pd.Series([3, 30, 40, 50, 60])
    department = pd.Series(["a", "b", "b", "c", "c"])
    # Department a has 3 people; b, the smallest other one, hides it, and with b its teams.
    assert withheld(people, department).tolist() == [True, True, True, False, False]


def test_departments_protect_themselves_each():
    people, department = pd.Series([3, 30, 40, 50, 60]), pd.Series(["a", "a", "a", "b", "b"])
    assert withheld(people, department).tolist() == [True, True, False, False, False]


def test_a_share_of_nobody_in_a_group_of_seven_is_withheld():
    assert hidden(7, 20, 30, having=pd.Series([0, 5, 9])) == [True, True, False]


def test_a_share_of_everybody_in_a_group_of_ten_is_shown():
    assert hidden(10, 20, 30, having=pd.Series([10, 5, 9])) == [False, False, False]


def test_withheld_groups_that_are_all_alike_take_another():
    # Together 0 of 8: the rest of the total would say it of each of the eight.
    assert hidden(3, 5, 20, 30, having=pd.Series([0, 0, 4, 9])) == [True, True, True, False]


def test_an_empty_group_hides_nobody():
    assert hidden(0, 3, 20, 30) == [False, True, True, False]


def test_nothing_is_withheld_of_nothing():
    assert withheld(pd.Series([], dtype=float)).tolist() == []


def test_a_missing_department_is_a_department():
    people, department = pd.Series([3, 30, 40]), pd.Series(["a", None, None])
    assert withheld(people, department).tolist() == [True, True, True]


@given(SIZES)
@settings(max_examples=60, deadline=None)
def test_who_knows_the_rule_and_tries_every_other_table_cannot_tell_a_size(sizes: list[int]):
    """The reader sees the shown groups and the total, and asks which tables would have been shown just so."""
    mask = hidden(*sizes)
    places = [i for i, h in enumerate(mask) if h]
    total = sum(sizes[i] for i in places)
    if not places or total == len(places) or len(places) == 1:  # one person each, or one group that is the total
        assert not places or all(mask)
        return
    possible: dict[int, set[int]] = {i: set() for i in places}
    for guess in ways(total, len(places)):
        table = list(sizes)
        for place, size in zip(places, guess, strict=True):
            table[place] = size
        if hidden(*table) == mask:
            for place, size in zip(places, guess, strict=True):
                possible[place].add(size)
        if all(len(seen) > 1 for seen in possible.values()):
            return
    pytest.fail(f"{sizes} can be worked out: {possible}")


def ways(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """All ways to write a total as that many whole numbers of at least one."""
    return (way for way in product(range(1, total), repeat=parts) if sum(way) == total)


@given(TABLES)
@settings(max_examples=300, deadline=None)
def test_nobody_solves_the_totals_for_a_withheld_group(rows: list[tuple[int, int, int, float]]):
    """Sums and counts are linear in the totals: a withheld group is safe if no combination of totals isolates it."""
    table = pd.DataFrame(rows, columns=["n", "department", "role", "share"]).assign(k=lambda t: (t.share * t.n).round())
    for within in (None, table["department"], table[["department", "role"]]):
        mask = withheld(table["n"], within, table["k"]).to_numpy()
        for total in known_totals(table, within):
            rest = total & mask
            if not rest.any() or rest.sum() == total.sum():
                continue
            assert rest.sum() >= 2
            assert table["n"][rest].sum() >= MINIMUM
            assert table["n"][rest].sum() >= ALIKE or 0 < table["k"][rest].sum() < table["n"][rest].sum()
            assert not any(isolated(i, mask, known_totals(table, within)) for i in np.flatnonzero(rest))


def known_totals(table: pd.DataFrame, within: object) -> list[np.ndarray]:
    if within is None:
        return [np.ones(len(table), dtype=bool)]
    columns = ["department"] if isinstance(within, pd.Series) else ["department", "role"]
    return [(table[c] == v).to_numpy() for c in columns for v in table[c].unique()]


def isolated(group: int, mask: np.ndarray, totals: list[np.ndarray]) -> bool:
    """Adding the group's own unit vector to what is known adds no knowledge."""
    known = np.array(totals, dtype=float)[:, mask]
    unit = (np.flatnonzero(mask) == group).astype(float)
    return bool(np.linalg.matrix_rank(np.vstack([known, unit])) == np.linalg.matrix_rank(known))


@given(TABLES)
@settings(max_examples=100, deadline=None)
def test_no_small_group_is_ever_shown(rows: list[tuple[int, int, int, float]]):
    table = pd.DataFrame(rows, columns=["n", "department", "role", "share"])
    for within in (None, table["department"], table[["department", "role"]]):
        assert (table["n"][~withheld(table["n"], within)] >= MINIMUM).all()


@given(st.lists(st.integers(1, 40), min_size=2, max_size=10))
@settings(max_examples=100, deadline=None)
def test_groups_in_another_order_are_withheld_alike(sizes: list[int]):
    assert hidden(*sizes) == hidden(*sizes[::-1])[::-1]


def test_a_result_loses_its_withheld_groups_and_says_so():
    table = pd.DataFrame({"team": list("abcd"), "estimate": [0.5, 0.4, 0.3, 0.2], "n": [4, 8, 20, 30]})
    whole = Result(table, "share of people")
    shown = privacy.shown(whole)
    assert shown.table["team"].tolist() == ["c", "d"]
    assert shown.notes == ("2 groups are hidden to protect people (fewer than 5, or could be worked out)",)
    assert len(whole.table) == 4
    assert privacy.shown(shown).table.equals(shown.table)
    assert privacy.shown(shown).notes == shown.notes


def test_a_table_that_repeats_its_groups_is_held_to_the_rule_each_time():
    weeks = pd.DataFrame({"week": [1, 1, 1, 2, 2, 2], "team": list("abcabc"), "n": [4, 9, 30, 6, 9, 30]})
    assert privacy.shown(weeks, within="week")[["week", "team"]].to_numpy().tolist() == [
        [1, "c"],
        [2, "a"],
        [2, "b"],
        [2, "c"],
    ]


def test_a_cell_without_a_number_hides_nobody():
    cells = pd.DataFrame(
        {"cohort": list("abcabc"), "age": [0, 0, 0, 1, 1, 1], "n": 8, "share": [0.5, 0.25, 0.5, 0.5, 0.5, np.nan]}
    )
    assert len(privacy.shown(cells, within="age")) == 6


def test_nothing_withheld_is_nothing_said():
    assert privacy.note(pd.Series([False, False])) == ""
    assert privacy.note(pd.Series([True])).startswith("1 group is hidden to protect people (fewer than 5")


def test_every_total_is_either_whole_or_has_a_rest_of_two():
    rng = np.random.default_rng(7)
    people, department = pd.Series(rng.integers(1, 40, 200)), pd.Series(rng.integers(0, 12, 200))
    rests = withheld(people, department).groupby(department).sum()
    assert (rests != 1).all()


def test_a_row_without_an_estimate_still_tells_what_else_it_counts() -> None:
    # Of the waits of three people, all of one topic, no median is known, but that they asked is.
    table = pd.DataFrame({"topic": ["a", "b", "c"], "estimate": [2.0, np.nan, np.nan], "n": [30, 3, 12]})
    assert shown(table.assign(tickets=[40, 3, 14]))["topic"].tolist() == ["a"]  # c goes with b
    assert shown(table.assign(n=[30, 0, 12]))["topic"].tolist() == ["a", "b", "c"]
    assert Estimates(table, "hours", "waits").visible.table["topic"].tolist() == ["a", "c"]
