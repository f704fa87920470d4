import pandas as pd
from small_surveys import people

from workbench.surveys.people import with_groups


def rows(**columns):
    return pd.DataFrame({"user_id": ["a", None, None], "team": [None, "t1", "t2"], "text": ["x", "y", "z"], **columns})


def users():
    return people(
        ["a", "b", "c"],
        team=["t1", "t1", "t2"],
        department=["d", "d", "e"],
        role="r",
        region=["n", "s", "s"],
        is_robot=False,
    )


def test_an_anonymous_row_has_what_all_of_its_team_share():
    found = with_groups(rows(), users(), ["text"]).set_index("text")
    assert found["department"].tolist() == ["d", "d", "e"]
    assert found["region"].isna().tolist() == [False, True, False]  # t1 is in two regions
    assert found["role"].isna().tolist() == [False, True, True]


def test_robots_have_no_rows_and_a_team_nobody_knows_no_department():
    found = with_groups(rows(team=[None, "t1", "t9"]), users().assign(is_robot=[True, False, False]), ["text"])
    assert found["text"].tolist() == ["y", "z"]
    assert found["department"].isna().tolist() == [False, True]


def test_the_order_of_the_rows_does_not_matter():
    given = rows()
    assert with_groups(given, users(), ["text"]).equals(with_groups(given[::-1], users(), ["text"]))
