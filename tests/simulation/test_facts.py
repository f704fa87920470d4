"""Truths that are not means over user-weeks, found in the sample again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.simulation import facts


def test_what_a_contest_did_is_a_mean_over_its_records():
    """By hand: 10 records, 4 of them junk, care lower by 3 in all."""
    row = facts.gaming_truth(10.0, 4.0, -3.0)
    assert (row["value"], row["records"], row["never_touched_again_share"]) == (-0.3, 10, 0.4)


def answers(source) -> pd.DataFrame:
    users = source.users.to_pandas()[["user_id", "team", "department"]]
    asked = source.surveys.to_pandas()[["user_id", "survey", "scale", "item", "value"]]
    return asked.dropna(subset="value").merge(users, on="user_id")


def test_two_departments_answer_one_item_lower(source, truth):
    """Difference of team means, department against all others: within three errors of the planted shift, 0.2 less for ends."""
    for item in ("opportunity_physical", "capability_psychological"):
        planted = truth[f"Barrier: {item}"]
        asked = answers(source).query("item == @item")
        teams = asked.groupby(["department", "team"])["value"].mean().reset_index()
        here = teams["department"] == planted["department"]
        mine, others = teams[here]["value"], teams[~here]["value"]
        error = np.sqrt(mine.var() / len(mine) + others.var() / len(others))
        assert mine.mean() - others.mean() == pytest.approx(planted["value"], abs=0.2 + 3 * error)


def test_barriers_show_in_the_log(actions, source, truth):
    """Everything takes 1.6 times as long in one department; 7 % of actions fail in the other, more among resisters."""
    log = (
        actions.sql(
            "select department, median(duration_seconds) as seconds, avg(case when succeeded then 0.0 else 1.0 end) as failed"
            " from this join people on people.user_id = this.user_id group by department",
            people=source.users.sql("select user_id, department from this"),
        )
        .to_pandas()
        .set_index("department")
    )
    slow, unsure = (truth[f"Barrier: {item}"] for item in ("opportunity_physical", "capability_psychological"))
    others = log.drop(index=[slow["department"], unsure["department"]])
    ratio = log.loc[slow["department"], "seconds"] / others["seconds"].median()
    assert ratio == pytest.approx(slow["times_as_long"], rel=0.2)
    assert log.loc[unsure["department"], "failed"] > 2 * others["failed"].max()


def test_one_item_does_not_go_with_its_scale(source, truth):
    """Its correlation with the rest of the scale is that of chance: within three standard errors of zero."""
    scale = truth["Bad item: easy_effort"]["scale_of_item"]
    asked = answers(source)
    asked = asked[asked["scale"] == scale]
    wide = asked.pivot_table(index=["user_id", "survey"], columns="item", values="value").dropna()
    good = wide[["easy_to_learn", "easy_to_use"]]
    assert abs(np.corrcoef(wide["easy_effort"], good.sum(axis=1))[0, 1]) < 3 / np.sqrt(len(wide))
    assert np.corrcoef(good.T)[0, 1] > 0.2


def test_a_theme_grows(source, truth):
    """75 comments of 1,500 people; a straight line from zero puts three quarters into the second half (error 0.05)."""
    planted = truth["Growing theme: search"]
    assert planted["comments"] == 75
    assert planted["value"] == pytest.approx(0.75, abs=0.15)
    text = source.feedback.to_pandas()["text"]
    assert text.str.contains("search|suche", case=False).sum() >= 75
