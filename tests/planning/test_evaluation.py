"""What became of a campaign, by hand; and its planted effect found again by the estimator of experiments."""

from __future__ import annotations

import pandas as pd
import pytest
from small_lotteries import MONDAYS, small

import workbench as wb
from workbench import effects
from workbench.errors import ContractError
from workbench.planning.evaluation import evaluation
from workbench.planning.outreach import KEPT


def campaign(offered, what="Clinic", on="2025-03-03"):
    rows = [
        ("spring", who, "t", place, "need", what, given, on) for place, (who, given) in enumerate(offered.items(), 1)
    ]
    return pd.DataFrame(rows, columns=KEPT)


def test_before_and_since_by_hand():
    """Dates 8 and 18: since 3 March (place 8) `a` comes twice a week and attended in that week, `b` once."""
    found = evaluation(*small({"a": 8, "b": 18}), campaign({"a": True, "b": False}), weeks=4).set_index("user_id")
    assert found.loc["a", ["offered", "came", "earlier", "later"]].tolist() == ["offered", 1, 1, 2]
    assert found.loc["b", ["offered", "earlier", "later"]].tolist() == ["held out", 1, 1]


def test_text_of_the_file_means_the_same_as_true_and_false():
    asked = campaign({"a": "True", "b": "False"})
    assert evaluation(*small({"a": 8, "b": 18}), asked)["offered"].tolist() == ["offered", "held out"]


def test_the_offers_effect_is_found():
    """Every second person is helped at place 10 and comes a day more a week; the others wait until the end."""
    people = {f"p{i:02}": 10 if i % 2 else 19 for i in range(40)}
    asked = campaign({who: at == 10 for who, at in people.items()}, on=f"{MONDAYS[10]:%Y-%m-%d}")
    rows = evaluation(*small(people), asked, weeks=8)
    rows["later"] += [0.01 * (i % 7) for i in range(40)]  # so that people differ
    found = effects.experiment(rows, "later", "offered", against="held out")
    assert found.overall["estimate"] == pytest.approx(1.0, abs=0.02)


def test_a_campaign_that_has_just_begun_has_no_outcome():
    with pytest.raises(
        ContractError, match=r"^the campaign's outcome counts from 2025-12-01, but no week since is in the log.$"
    ):
        evaluation(*small({"a": 8, "b": 18}), campaign({"a": True}, on="2025-12-01"))


def test_another_file_is_no_campaign():
    with pytest.raises(
        ContractError, match=r"^a campaign's file has the columns campaign, user_id, .*; here 7 are missing.$"
    ):
        evaluation(*small({"a": 8, "b": 18}), pd.DataFrame({"user_id": ["a"]}))


@pytest.mark.parametrize(("zone", "came"), [("UTC", 0), ("Europe/Berlin", 1)])
def test_who_comes_after_midnight_comes_on_that_day_of_the_organisation(zone, came):
    """Sunday 23:30 in UTC is Monday 00:30 in Berlin, the day from which the campaign counts."""
    panel, log = small({"a": 8, "b": 18})
    given = log.trainings.to_pandas().assign(started_at="2025-03-02T23:30:00Z")
    moved = wb.open_source({"users": log.users, "events": log.events, "trainings": given[given["user_id"] == "a"]})
    found = evaluation(panel, moved, campaign({"a": True, "b": False}), weeks=4, time_zone=zone).set_index("user_id")
    assert found["came"].to_dict() == {"a": came, "b": 0}
