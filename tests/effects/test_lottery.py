"""Who took part in a lottery of dates: only they are compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.effects.lottery import Draw


def keen(seed: int, people: int = 120, weeks: int = 8) -> pd.DataFrame:
    """A third each drew week 3, drew week 6, or never wanted to: the keen grow by .3 a week, and treatment does nothing."""
    rng = np.random.default_rng(seed)
    dates = np.repeat([3.0, 6.0, np.nan], people // 3)
    unit, week = np.repeat(np.arange(people), weeks), np.tile(np.arange(weeks), people)
    use = 0.3 * week * ~np.isnan(dates)[unit] + rng.normal(size=len(unit))
    return pd.DataFrame({"user_id": unit, "week": week, "active_days": use, "trained": dates[unit]})


def test_a_lottery_among_keen_people_is_no_effect():
    """Planted: none (effects-cases.md, 3). Against those who did not draw the keen seem to gain in every world."""
    for seed in range(8):
        m = wb.moments(keen(seed), cluster="user_id")
        alike, outsiders = wb.efficient(m), wb.efficient(m, drawn="everything")
        assert outsiders.overall["conf_low"] > 0
        assert alike.overall["conf_low"] < 0.2
        assert "40 units are left out: never treated, so not in the draw of dates." in alike.notes
    refused = [wb.efficient(wb.moments(keen(seed))).overall for seed in range(40)]
    # 5 % of 40 worlds are two; more than eight come up less than once in 2,000 (binomial).
    assert sum(row["conf_low"] > 0 or row["conf_high"] < 0 for row in refused) <= 8


def test_only_those_who_drew_are_the_table_without_the_others():
    table = keen(1)
    whole, drew = wb.moments(table, cluster="user_id"), wb.moments(table[table["trained"].notna()], cluster="user_id")
    pd.testing.assert_frame_equal(wb.efficient(whole).table, wb.efficient(drew).table, rtol=1e-12)
    pd.testing.assert_frame_equal(wb.redrawn(whole, draws=50), wb.redrawn(drew, draws=50))


def test_one_date_for_all_who_drew_is_refused():
    with pytest.raises(wb.ContractError) as refused:
        wb.efficient(wb.moments(keen(0).replace({"trained": {6.0: 3.0}})))
    assert str(refused.value) == (
        "those who drew a date are compared with each other, but all 80 units that had one had the same.\n"
        "  Where chance also decided who was treated at all, say drawn='everything'."
    )


def test_every_order_of_four_dates():
    """4!/(2!1!1!) = 12, each once."""
    draw = Draw(np.array([3.0, 5.0, 3.0, np.inf]))
    orders = np.concatenate(list(draw.orders(100, seed=0)))
    assert draw.possible == len(orders) == len({tuple(order) for order in orders}) == 12
