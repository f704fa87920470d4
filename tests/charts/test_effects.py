"""Effects by week and by dose."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_charts import EVENT, estimates, rows, written

from workbench import charts


def test_weeks_before_and_after_the_start_are_told_apart():
    """Made-up weeks run from 6 before to 11 after."""
    found = estimates(event_week=EVENT, estimate=np.where(EVENT < 0, 0, 0.3), n=100)
    drawn = [row for row in rows(written(charts.event_study(found, title="It raised use"))) if "phase" in row]
    assert [row["event_week"] for row in drawn if row["phase"] == "before"] == list(range(-6, 0))
    assert [row["event_week"] for row in drawn if row["phase"] == "after"] == list(range(12))


@pytest.mark.parametrize("count", [1, 2])
def test_weeks_of_too_few_teams_are_left_out_and_counted(count):
    found = estimates(event_week=EVENT, estimate=np.full(18, 0.3), n=100)
    found.table.loc[: count - 1, "conf_low"] = np.nan
    spec = written(charts.event_study(found, title="It raised use"))
    assert len([row for row in rows(spec) if "phase" in row]) == 18 - count
    says = f"{count} week{'s' * (count > 1)} left out: too few teams to say how sure"
    assert says in " ".join(spec["title"]["subtitle"])


def test_the_people_behind_the_points_are_counted():
    found = estimates(hours=[2, 4, 8], estimate=[0.1, 0.2, 0.3], n=[40, 1200, 90])
    spec = written(charts.dose(found, title="More is more"))
    assert " ".join(spec["title"]["subtitle"]) == "Each point rests on 40 to 1,200 people"


def test_the_weeks_on_are_shaded_to_their_last():
    """Four weeks on are the event weeks 0 to 3."""
    found = estimates(event_week=EVENT, estimate=np.where(EVENT < 0, 0, 0.3), n=100)
    spec = written(charts.on_off(found, weeks_on=4, title="It did not last", what="race"))
    assert {"event_week": -0.5, "until": 3.5, "says": "race on"} in rows(spec)
