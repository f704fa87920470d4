"""Intraclass correlation and shrunken shares: a textbook's table, OpenStack, limits by hand."""

import numpy as np
import pandas as pd
import pytest

from workbench.adoption.teams import icc, shrunk
from workbench.data.duckdb import duckdb_engine
from workbench.data.engine import Table
from workbench.errors import ContractError

# Shrout & Fleiss (1979), Psychological Bulletin 86, 420–428, table 2: six targets, four judges.
RATINGS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_shrout_and_fleiss():
    """ICC(1,1) = .17 (ibid., table 4); interval −.13 to .72 (R psych::ICC, help page)."""
    people = pd.DataFrame([(str(i), x) for i, row in enumerate(RATINGS) for x in row], columns=["team", "score"])
    row = icc(people, "score").table.iloc[0]
    assert row["estimate"] == pytest.approx(0.17, abs=0.005)
    assert [row["conf_low"], row["conf_high"]] == pytest.approx([-0.13, 0.72], abs=0.005)
    assert (row["n"], row["groups"], row["size"]) == (24, 6, 4)


def test_groups_of_different_size_against_sums_of_squares_by_hand():
    people = pd.DataFrame({"team": list("aaabb"), "x": [1.0, 2, 3, 5, 7]})
    # between 4·3²… : means 2 and 6, grand 3.6: 3·1.6² + 2·2.4² = 19.2; within (2 + 2)/3; n₀ = 5 − 13/5 = 2.4
    ratio = 19.2 / (4 / 3)
    assert icc(people, "x").table["estimate"].iloc[0] == pytest.approx((ratio - 1) / (ratio + 1.4))


def test_openstack_companies_agree_with_the_readme(shared):
    """README: ICC(1) of log(1 + changes in 2015) within company (53 companies, 1,449 users) .098."""
    events = shared / "openstack_activity" / "events.parquet"
    changes = Table(duckdb_engine(), f"select * from '{events}' where not is_bot and extract(year from ts_utc) = 2015")
    people = changes.sql("""
        with people as (select user_id, min(org) as org, ln(1 + count(distinct change_id)) as y from this
            where org not in ('freemail', 'other', 'unknown') group by user_id)
        select *, count(*) over (partition by org) as size from people""").sql("select * from this where size >= 5")
    row = icc(people, "y", group="org").table.iloc[0]
    assert (row["groups"], row["n"]) == (53, 1449)
    assert row["estimate"] == pytest.approx(0.098, abs=0.0005)


def test_one_group_is_refused():
    with pytest.raises(ContractError, match="team has 1 groups of at most 2 people; two of two are needed"):
        icc(pd.DataFrame({"team": ["a", "a"], "x": [1.0, 2.0]}), "x")


def teams(k, n):
    return pd.DataFrame({"team": [f"t{i}" for i in range(len(k))], "department": "d", "k": k, "n": n})


def test_teams_that_differ_by_chance_take_the_departments_share():
    rng = np.random.default_rng(1)
    found = shrunk(teams(rng.binomial(10, 0.4, 3000), np.full(3000, 10))).table
    assert found["estimate"].std() < 0.02
    assert found["estimate"].mean() == pytest.approx(0.4, abs=0.01)


def test_shrunk_shares_are_nearer_the_truth_and_their_intervals_keep_their_promise():
    """Planted: team shares from a beta with intraclass correlation .1 = 1 / (1 + 9)."""
    rng = np.random.default_rng(2)
    truth, n = rng.beta(0.4 * 9, 0.6 * 9, 2000), rng.integers(3, 20, 2000)
    found = shrunk(teams(rng.binomial(n, truth), n)).table
    assert np.mean((found["estimate"] - truth) ** 2) < 0.6 * np.mean((found["own"] - truth) ** 2)
    assert np.mean((found["conf_low"] <= truth) & (truth <= found["conf_high"])) == pytest.approx(0.95, abs=0.015)


def test_a_team_of_nobody_and_a_department_of_nobody():
    found = shrunk(teams([0, 5, 1], [0, 10, 8])).table
    assert found["estimate"].between(0, 1).all()


def test_without_larger_groups_teams_are_drawn_toward_everybody():
    counts = teams([0, 5, 1], [4, 10, 8])
    alone, together = shrunk(counts, within=None), shrunk(counts)
    assert alone.table["estimate"].tolist() == together.table["estimate"].tolist()
    assert alone.overall["estimate"] == pytest.approx(6 / 22)
    assert alone.about == "small teams are pulled towards the share of everybody"
    assert together.about == "small teams are pulled towards their department"


def test_where_everybody_is_alike_nothing_is_told_and_nothing_is_warned(recwarn) -> None:
    row = icc(pd.DataFrame({"team": [*"aabb"], "x": [1.0] * 4}), "x").table.iloc[0]
    assert row[["estimate", "conf_low", "conf_high"]].isna().all()
    assert not recwarn.list


def test_where_people_differ_by_team_alone_all_of_it_lies_between_teams(recwarn) -> None:
    """(MSB − 0) / (MSB + 0) = 1."""
    assert icc(pd.DataFrame({"team": [*"aabb"], "x": [1.0, 1.0, 2.0, 2.0]}), "x").table["estimate"].item() == 1
    assert not recwarn.list
