"""Periods without a gap, and cohorts on them: word for word where they are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from twelve_users import counted, dated, refusal, twelve_users


@pytest.mark.parametrize(("code", "said"), [(0, "0"), (-1, "-1"), (7, "7"), (9999, "9999"), (np.inf, "inf")])
def test_never_treated_is_missing_and_nothing_else(code: float, said: str):
    assert refusal(twelve_users().fillna({"trained": code})) == (
        "trained is a week of the panel or missing (never treated), but for 4 units it is neither.\n"
        f"  first: {said}; the panel runs from 1 to 6\n"
        "  If it stands for never, make it missing; if these are real weeks, say outside='known'."
    )


def test_a_first_day_that_is_no_week_of_the_panel():
    table = dated(twelve_users())
    assert refusal(table.assign(trained=table["trained"] + pd.Timedelta(days=2))) == (
        "trained is one of the weeks, but for 8 units it lies between two.\n  first: 2025-01-22\n"
        "  Use the week it falls in."
    )


def test_a_week_without_any_row():
    table = twelve_users()
    assert refusal(table[table["week"] != 4]) == (
        "every week has rows, but 1 between the first and the last have none.\n  first: 4\n"
        "  Where nobody did anything, write rows of 0; where nobody was observed, number the periods 1, 2, 3 …"
    )


def test_real_dates_outside_the_panel_are_known():
    assert counted(twelve_users().replace({"trained": {3: 0}}), outside="known") == [
        ["treated from the first period on", 3, 18]
    ]
    assert counted(twelve_users().fillna({"trained": 9}), outside="known") == []
