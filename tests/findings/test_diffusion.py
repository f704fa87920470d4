"""Who is still to come."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from workbench import findings
from workbench.results.estimates import Estimates


def spreading(so_far=0.55, misses=0.01, told=True):
    last = pd.DataFrame({"term": ["ceiling"], "estimate": [0.8], "conf_low": [0.7], "conf_high": [0.9]})
    curve = pd.DataFrame({"adopted": [so_far], "estimate": [so_far], "n": [1500]})
    ahead = pd.DataFrame({"estimate": [0.7, 0.75], "conf_low": [0.6, 0.65], "conf_high": [0.8, 0.85], "n": 1500})
    return SimpleNamespace(
        curve=Estimates(curve, "share of people", ""),
        forecast=Estimates(ahead, "share of people", ""),
        parameters=Estimates(last, "", ""),
        misses=misses,
        fits=misses <= 0.05,
        told=lambda term: told,
    )


def test_what_is_still_to_come_is_told_as_far_as_the_curve_knows():
    assert findings.spread(spreading()).headline == (
        "55% of people with access have used it. In 2 weeks it will be 75% (likely 65–85%) if this goes on."
        " In the end 70–90% will use it."
    )
    assert findings.spread(spreading(told=False)).headline.endswith(
        "We cannot say yet how many will in the end: anything from 70–90% fits these weeks."
    )


def test_a_curve_that_does_not_fit_forecasts_nothing():
    told = findings.spread(spreading(misses=0.41))
    assert told.headline == (
        "55% of people with access have used it. We cannot forecast the rest:"
        " the standard adoption curve does not fit (off by up to 41%)."
    )
    assert (told.verdict, told.estimate) == ("we cannot say", None)


def test_nobody_is_to_come_where_all_have_or_where_only_those_who_came_are_known():
    assert findings.spread(spreading(so_far=1.0)).headline == "All people with access have used it."
    assert findings.spread(None, "the data name only people who have come").headline == (
        "We cannot say how many more will use it: the data name only people who have come."
    )
    assert findings.spread(None).headline.endswith("too few weeks have passed, or too few people have used it.")
