"""The mean effect over spans of weeks, on the published panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb

PANEL = pd.DataFrame(
    [
        {
            "user_id": f"{g}-{i}",
            "week": t,
            "trained": g,
            "active_days": 0.1 * i * t + (t >= (g or 99)) * (t - (g or 0) + 1),
        }
        for g in (3, 5, None)
        for i in range(8)
        for t in range(1, 9)
    ]
)


def test_a_span_of_all_weeks_is_the_overall_effect_and_of_one_week_that_week() -> None:
    att = wb.att_gt(wb.moments(PANEL, cohort="trained"))
    spans = wb.over(att, {"all": (0, 99), "third": (2, 2), "never seen": (50, 60)}).table.set_index("span")
    overall = wb.aggregate(att).overall
    week = wb.aggregate(att, by="event_week").table.set_index("event_week").loc[2]
    assert list(spans.index) == ["all", "third"]
    np.testing.assert_allclose(
        spans.loc["all", ["estimate", "n"]].astype(float), overall[["estimate", "n"]].astype(float)
    )
    np.testing.assert_allclose(spans.loc["third", ["estimate", "std_error"]].astype(float), week[["estimate", "std_error"]].astype(float))  # fmt: skip
    assert week["estimate"] == pytest.approx(3.0)  # planted: the third week adds three days


def test_spans_in_which_nothing_is_seen_are_refused() -> None:
    att = wb.att_gt(wb.moments(PANEL, cohort="trained"))
    with pytest.raises(wb.ContractError, match="no effect is seen in late; effects run to 5"):
        wb.over(att, {"late": (20, 30)})
