"""An offer reads as its effect first, then the take-up, then the effect on those who came."""

from __future__ import annotations

import pandas as pd

from workbench.results.estimates import Estimates
from workbench.results.offer import Offer


def one(about: str, estimate: float) -> Estimates:
    row = {"estimate": estimate, "std_error": 1.0, "conf_low": estimate - 2, "conf_high": estimate + 2, "n": 10}
    return Estimates(pd.DataFrame([row]), "days", about)


def test_the_offer_comes_first():
    head = one("the offer", 1.0)
    offer = Offer(head.table, head.unit, head.about, take_up=one("take-up", 0.5), came=one("who came", 2.0))
    for shown in (repr(offer), offer._repr_html_()):
        places = [shown.index(about) for about in ("the offer", "take-up", "who came")]
        assert places == sorted(places)
