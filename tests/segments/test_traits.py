"""The shape of one person's use, by hand."""

import numpy as np
import pandas as pd
import pytest
from small_panels import user_weeks

import workbench as wb
from workbench.segments.traits import AROUND, TRAITS, traits


def test_one_persons_traits_by_hand():
    use = np.array([0] * 7 + [1] * 8 + [3] * 4 + [1] * 8 + [4])
    panel = user_weeks("u0000", list(2 * use), active_days=use, compulsory=use, features=2 * (use > 0), trained=pd.NaT)
    panel = panel.assign(team="t")
    days = [("2025-01-06", "login"), ("2025-01-07", "login"), ("2025-01-07", "update"), ("2025-01-08", "login")]
    log = pd.DataFrame([("u0000", pd.Timestamp(d), a, 4, 3 * (a == "update")) for d, a in days],
                       columns=["user_id", "date", "action", "fields_required", "fields_filled"])  # fmt: skip
    log.loc[log["action"] == "login", "fields_required"] = 0
    week = panel["week"].dt.date
    offers = pd.DataFrame({"team": ["t", "t"], "starts_on": [week[15], week[20]], "ends_on": [week[18], None],
                           "kind": ["bonus", "mandate"]})  # fmt: skip
    row = traits(panel, log, offers).to_pandas().iloc[0]
    assert row["level"] == pytest.approx((8 + 12 + 8 + 4) / 28)
    assert row["change"] == pytest.approx((6 + 4) / 7)  # the last seven weeks: six of 1, one of 4; the first seven: 0
    assert row["incentive_response"] == pytest.approx(3 - 1)  # the mandate rewards nobody
    assert row["unrewarded"] == pytest.approx(1)
    assert (row["depth"], row["breadth"], row["discretionary"]) == (2, 2, 0.5)
    assert (row["empty_days"], row["quality"]) == (2 / 28, 0.75)
    assert row["empty_share"] == pytest.approx(2 / (2 + 32))
    assert pd.isna(row["training_response"])


def test_training_response_is_the_change_around_the_first_training():
    use = np.array([1] * 10 + [3] * 10)
    panel = user_weeks("a", list(use), active_days=use, compulsory=0, features=1, trained=pd.Timestamp("2025-03-17"))
    nothing = pd.DataFrame({"user_id": ["a"], "date": [pd.Timestamp("2025-01-06")], "action": ["create"]})
    row = (
        traits(panel, nothing).to_pandas().iloc[0]
    )  # trained in the eleventh week: eight weeks of 3, eight of 1 before
    assert (AROUND, row["training_response"]) == (8, pytest.approx(3 - 1))
    assert set(TRAITS) <= set(row.index)
    assert pd.isna(row["incentive_response"])  # nothing was offered
    assert pd.isna(row["quality"])  # no field was required


def test_a_week_of_leave_is_no_week_without_use():
    use = np.array([2, 0, 2, 0])
    panel = user_weeks("a", list(use), active_days=use, compulsory=0, features=1, trained=pd.NaT)
    log = pd.DataFrame({"user_id": ["a"], "date": [pd.Timestamp("2025-01-06")], "action": ["create"]})
    on_leave = panel.assign(eligible=[True, False, True, False])
    levels = [traits(wb.as_table(table), log).to_pandas()["level"].item() for table in (panel, on_leave)]
    assert levels == [1.0, 2.0]
