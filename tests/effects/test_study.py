"""Each comparison gets the study that fits it."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.effects.asked import Lasting
from workbench.effects.at_start import LastingAtStart, SwitchedAtStart
from workbench.effects.study import studies, study
from workbench.effects.switched import Switched
from workbench.programmes.comparison import Comparison

ROWS = wb.as_table(pd.DataFrame({"user_id": ["a"], "week": [0], "began": [0], "active_days": [1.0]}))


@pytest.mark.parametrize(
    ("treatment", "at_start", "kind"),
    [("", False, Lasting), ("on", False, Switched), ("", True, LastingAtStart), ("on", True, SwitchedAtStart)],
)
def test_a_comparison_gets_the_study_that_fits_it(treatment, at_start, kind) -> None:
    compared = Comparison("Course", ROWS, ROWS, ROWS, treatment=treatment, at_start=at_start)
    assert type(study(compared)) is kind


def test_a_comparison_of_which_nothing_can_be_said_keeps_its_reason() -> None:
    found = studies({"Course": Comparison("Course", ROWS, ROWS, ROWS, reason="nobody came")})
    assert (list(found.answered), found.reason) == ([], "nobody came")
