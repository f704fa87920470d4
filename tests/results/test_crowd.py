"""Whose number a row is. Expected groups are counted by hand."""

from __future__ import annotations

import pandas as pd

from workbench.results.crowd import Crowd, texts

PEOPLE = pd.DataFrame({"team": ["x"] * 4 + ["y"] * 3 + [""]}, index=list("abcdefgh"))


def test_a_table_belongs_to_the_division_that_counts_the_same_people() -> None:
    waves = {"Basics": dict.fromkeys("abc", "2025-03-03"), "Clinics": dict.fromkeys("abcde", "2025-03-03")}
    crowd = Crowd(PEOPLE)
    for programme, of in waves.items():
        crowd = crowd.divided(programme, pd.DataFrame({"cohort": pd.to_datetime(pd.Series(of))}))
    listed = pd.DataFrame({"cohort": pd.to_datetime(["2025-03-03"])})
    assert crowd.named(listed, pd.Series([5])) == ([(("cohort of Clinics", "2025-03-03"),)], True)
    assert crowd.named(listed, pd.Series([4])) == ([(("cohort", "2025-03-03"),)], False)  # of some other people


def test_a_row_of_nobody_says_nothing_of_whose_table_it_is() -> None:
    found, all_of_them = Crowd(PEOPLE).named(pd.DataFrame({"team": ["x", "w"]}), pd.Series([4, 0]))
    assert all_of_them
    assert found == [(("team", "x"),), (("team", "w"),)]


def test_rows_are_the_people_of_groups_and_wholes_those_of_divisions() -> None:
    crowd = Crowd(PEOPLE).divided("Basics", pd.DataFrame({"part": ["in"] * 2 + ["out"] * 3}, index=list("abfgh")))
    rows, wholes = crowd.rows([(("team", "x"), ("part of Basics", "in")), (("team", "y"),), ()])
    # Four kinds of people: x in, x outside, y outside, y out, and one of no known team who is out.
    assert rows.sum(axis=1).tolist() == [1, 2, 5]
    assert sorted(wholes.sum(axis=1).tolist()) == [3, 5]


def test_divisions_that_nobody_knows_are_crossed_with_those_that_are() -> None:
    rows, _ = Crowd(PEOPLE).rows([(("pattern", "steady"),), (("pattern", "rare"),), (("team", "x"),)])
    assert rows.shape == (3, 6)
    assert rows.sum(axis=1).tolist() == [3, 3, 2]


def test_texts_of_days_and_of_what_is_not_known() -> None:
    table = pd.DataFrame({"cohort": pd.to_datetime(["2025-03-03", None]), "team": ["not known", "x"]})
    assert texts(table).to_numpy().tolist() == [["2025-03-03", ""], ["", "x"]]
