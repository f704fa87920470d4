"""What is left after switching off: Fieller's interval by hand, and planted curves that fade."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small_worlds import incentive
from twelve_users import twelve_users

import workbench as wb
from workbench.effects.half_life import retained
from workbench.errors import ContractError
from workbench.inference.moments import moments


def test_what_is_left_is_the_ratio_with_fiellers_interval():
    m = incentive([2, 3, 4, 1.5, 0.6, 0.3], noise=0.5)
    found = wb.retained(m, (1, 2), small_sample=False).table
    assert list(found["weeks_after"]) == [1, 2]
    assert found["estimate"].tolist() == pytest.approx([0.5, 0.2], abs=0.1)
    # Fieller (1954): the ends are the ratios r at which after − r·on is just 1.96 of its standard errors from 0.
    after, on = wb.path_effects(m, "weeks_after", small_sample=False), wb.path_effects(m, "arm", small_sample=False)
    assert found["estimate"][0] == pytest.approx(after.table["estimate"][0] / on.table["estimate"][0])
    assert found["conf_low"][0] < found["estimate"][0] < found["conf_high"][0]
    both = after.contrasts.selected([0])
    first, second = both, on.contrasts.selected([0])
    joint = first.on_means.toarray()[:, 0], second.on_means.toarray()[:, 0]
    for end in found.loc[0, ["conf_low", "conf_high"]]:
        gap = after.table["estimate"][0] - end * on.table["estimate"][0]
        weight = (joint[0] - end * joint[1]).reshape(len(m.n), -1)
        sizes = first.on_sizes[:, 0] - end * second.on_sizes[:, 0]
        spread = np.einsum("ct,ctu,cu->", weight / m.n[:, None], m.products, weight / m.n[:, None])
        error = np.sqrt(spread + m.n @ sizes**2 / m.units**2)
        assert abs(gap) / error == pytest.approx(1.959964, rel=1e-5)


def test_a_planted_half_life_is_found():
    fading = [4, 4, 4, *(2 * 0.5 ** (np.arange(10) / 3))]
    found = wb.half_life(wb.path_effects(incentive(fading, noise=0.05), "weeks_after")).table.iloc[0]
    assert found["estimate"] == pytest.approx(3, abs=0.15)
    assert found["conf_low"] < 3 < found["conf_high"]


def test_nothing_left_to_fade_cannot_be_told():
    gone = wb.half_life(wb.path_effects(incentive([4, 4, 4, 0, 0, 0, 0], noise=0.5), "weeks_after"))
    assert gone.table["estimate"].isna().all()
    assert (gone.table["conf_low"][0], gone.table["conf_high"][0]) == (0, np.inf)
    assert gone.notes == ("What is left after switching off is not clear enough to say how fast it fades.",)


def test_what_comes_back_and_goes_again_has_no_half_life():
    wild = wb.half_life(wb.path_effects(incentive([4, 4, 4, 2, -2, 2, -2, 2, -2], noise=0.05), "weeks_after"))
    assert wild.table["estimate"].isna().all()
    assert wild.notes == ("What is left after switching off does not fade steadily, so no half-life fits.",)


def test_what_was_never_switched_off_leaves_nothing():
    with pytest.raises(ContractError) as refused:
        retained(moments(twelve_users()))
    assert str(refused.value) == "nobody is seen 4 weeks after switching off, so what is left cannot be told."


def test_effects_that_do_not_vary_by_chance_have_no_half_life():
    """Every unit with it moves alike, and so does every unit without: nothing says how far chance could have gone."""
    rows = [
        {
            "user_id": u,
            "week": t,
            "active_days": 1.0 + (u < 4 and 3 <= t < 6),
            "on": "race" if u < 4 and 3 <= t < 6 else "",
        }
        for u in range(12)
        for t in range(10)
    ]
    after = wb.path_effects(moments(wb.as_table(pd.DataFrame(rows)), treatment="on"), by="weeks_after")
    with pytest.raises(ContractError, match="some of these effects do not vary by chance"):
        wb.half_life(after)
