"""Small pictures of how each effect went, all on one scale."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from workbench.charts import multiples
from workbench.results.estimates import Estimates
from workbench.results.phrases import speaking


def course(size: float, weeks: int = 8, people: int = 30) -> Estimates:
    """An effect of one size from its start on, and none in the four weeks before."""
    week = np.arange(-4, weeks)
    estimate = np.where(week < 0, 0.0, size)
    rows = {"event_week": week, "estimate": estimate, "conf_low": estimate - 0.1, "conf_high": estimate + 0.1}
    return Estimates(pd.DataFrame(rows).assign(n=people), "active days a week", "made up")


def heights(picture: str) -> list[float]:
    """Where the line of the small picture runs, in pixels from the top."""
    small = picture.split("<details")[0]
    path = re.search(r'stroke="#0072B2"[^>]*? d="([^"]+)"|d="([^"]+)"[^>]*?stroke="#0072B2"', small)
    assert path is not None
    return [float(y) for _, y in re.findall(r"[ML]([-\d.]+),([-\d.]+)", path[1] or path[2])]


def test_all_are_drawn_on_one_scale():
    """By hand: twice the effect lies twice as far above no effect, in whichever picture it stands."""
    drawn = multiples({"Talks": course(0.4), "Videos": course(0.8)}, before=4, after=8)
    talks, videos = heights(drawn["Talks"]), heights(drawn["Videos"])
    assert talks[0] == pytest.approx(videos[0])
    assert videos[0] - videos[-1] == pytest.approx(2 * (talks[0] - talks[-1]), rel=0.01)


def test_only_the_weeks_asked_for_are_drawn():
    picture = multiples({"Talks": course(0.4, weeks=30)}, before=2, after=5)["Talks"]
    assert len(heights(picture)) == 7
    assert 'aria-label="Line of active days a week, from 0.00 (−2) to 0.40 (4)"' in picture


def test_weeks_of_few_people_are_not_drawn():
    assert multiples({"Talks": course(0.4, people=4)}, before=4, after=8) == {}


def test_the_picture_speaks_the_language_of_the_page():
    with speaking("de"):
        assert "0,40" in multiples({"Talks": course(0.4)}, before=4, after=8)["Talks"]
