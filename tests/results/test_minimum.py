"""The rule for one number, at its edges."""

from __future__ import annotations

import numpy as np

from workbench.results.minimum import may_show


def test_five_people_may_be_shown_unless_they_are_all_alike() -> None:
    n, k = np.array([4, 5, 5, 5, 9, 10]), np.array([2, 2, 0, 5, 9, 10])
    assert may_show(n, k).tolist() == [False, True, False, False, False, True]
    assert may_show(n).tolist() == [False, True, True, True, True, True]
