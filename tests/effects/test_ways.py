"""Every way of asking is an answer of the study, in words, or has the reason why there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd

import workbench as wb
from workbench import effects
from workbench.effects.ways import WAYS
from workbench.programmes.comparison import Comparison
from workbench.results.study import TOO_EARLY


def test_ways_are_the_answers_they_name_and_the_others_say_why():
    """Half are trained in week 8 and gain one day; nobody was given a date at random."""
    rng = np.random.default_rng(1)
    week, user = np.meshgrid(np.arange(16), np.arange(80))
    rows = pd.DataFrame({"user_id": user.ravel(), "week": week.ravel()})
    rows["began"] = np.where(rows["user_id"] % 2, 8.0, np.nan)
    rows["active_days"] = 2 + (rows["week"] >= rows["began"]) + rng.normal(0, 0.5, len(rows))
    table = wb.as_table(rows)
    study = effects.study(Comparison("Course", table, table, table), checked=4)
    found = effects.ways(study)
    assert next(iter(found)) == "as above"
    assert list(found)[-1] == TOO_EARLY
    for way, answer in found.items():
        row = answer.overall
        true = 0 if way == TOO_EARLY else 1
        assert row["conf_low"] <= true <= row["conf_high"], way
        assert answer is getattr(study, WAYS[way])
    assert found.reasons["the sharper way for dates by lot"] == "dates were not assigned at random"
    assert set(found) | set(found.reasons) == set(WAYS)
