"""Every measure is a quotient of two sums that its facts add up."""

from __future__ import annotations

import pytest

from workbench.desk.sums import ADDED, MEASURES, METRICS, WHO
from workbench.desk.views import VIEWS


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_can_be_added_up_from_user_weeks(metric):
    assert set(METRICS[metric]) <= set(ADDED["weeks"])


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_measures_what_its_facts_add_up(name):
    assert set(MEASURES[VIEWS[name].measure or "actions a week"]) <= set(ADDED[VIEWS[name].facts])


def test_who_is_active_stands_in_the_first_sum_of_every_facts():
    assert {added[0] for added in ADDED.values()} == {"active"}
    assert all("sum_0" in condition or condition == "true" for condition in WHO.values())
