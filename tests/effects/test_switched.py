"""An incentive that was offered by lot, and taken up by some: counted by hand on forty people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench import findings
from workbench.effects.study import study
from workbench.programmes.incentives import incentives

WEEKS, ON, OFF = 14, 5, 10  # weeks of the log; the first week on, and the first without again
MONDAYS = pd.date_range("2025-01-06", periods=WEEKS, freq="7D")


def raced(part: list[bool | None], by_team: bool = False, **said: str) -> wb.Study:
    """Forty people in twenty teams, of whom the first twenty are offered a race; `part`: who of them takes part.

    Everybody works on one day a week, or on two in every third week in turn; who takes part on two more while it is on.
    """
    events = [
        (f"u{who:02}", f"{monday + pd.Timedelta(days=day, hours=9)}+00:00", "create")
        for who in range(40)
        for week, monday in enumerate(MONDAYS)
        for day in range(
            1 + ((who + week) % 3 == 0) + 2 * (who < 20 and part[who] is not False and ON <= week < OFF)
        )
    ]  # fmt: skip
    users = pd.DataFrame({"user_id": [f"u{who:02}" for who in range(40)], "access_start": "2025-01-06"})
    users["team"] = [f"t{who // 2:02}" for who in range(40)]
    ends = MONDAYS[OFF] - pd.Timedelta(days=1)
    offers = pd.DataFrame({"programme": "Race", "user_id": users["user_id"][:20], "took_part": part})
    offers["team"] = users["team"][:20] if by_team else None
    offers = offers.assign(starts_on=f"{MONDAYS[ON]:%Y-%m-%d}", ends_on=f"{ends:%Y-%m-%d}")
    offers = offers.assign(**{"assignment": "random", "drawn": "everything"} | said)
    log = wb.open_source({"users": users, "incentives": offers,
                          "events": pd.DataFrame(events, columns=["user_id", "occurred_at", "action"])})  # fmt: skip
    return study(incentives(wb.user_weeks(log), log)["Race"], checked=3)


@pytest.mark.parametrize("by_team", [False, True])
def test_the_effect_of_the_offer_and_on_those_who_took_it_up(by_team: bool):
    """Twelve of twenty do two days more while it is on: 1.2 for those offered it, .6 of them took part, 2 for these.

    A third of people has one day more in each week, so that base weeks and weeks on differ by nothing on average where
    groups are large; here the twenty differ by at most a tenth of a day.
    """
    part = [who % 5 < 3 for who in range(20)]
    found = raced(part, by_team)
    assert (found.compared.cluster, found.compared.took) == ("team" if by_team else None, "came")
    offer = found.by_offer
    assert offer.take_up.overall["estimate"] == pytest.approx(0.6)
    assert offer.overall["estimate"] == pytest.approx(1.2, abs=0.1)
    assert offer.came.overall["estimate"] == pytest.approx(offer.overall["estimate"] / 0.6)
    assert offer.overall["estimate"] == pytest.approx(found.effect.overall["estimate"])
    assert offer.overall["std_error"] == pytest.approx(found.effect.overall["std_error"])
    assert offer.came.overall["conf_low"] < 2 < offer.came.overall["conf_high"]
    said = findings.of(found)
    assert "This is the effect of the offer: 60% came because of it." in f"{said.headline} {said.caveat}"


def test_who_took_part_by_the_week_is_nobody_before_it_began():
    found = raced([who % 2 == 0 for who in range(20)]).by_offer.take_up.table
    assert found["event_week"].tolist() == list(range(OFF - ON))
    assert found["estimate"].to_numpy() == pytest.approx(np.full(OFF - ON, 0.5))


@pytest.mark.parametrize("said", [{}, {"assignment": "chosen"}, {"drawn": "dates"}])
def test_where_all_took_part_or_chance_did_not_decide_there_is_no_offer_of_its_own(said: dict[str, str]):
    part: list[bool | None] = [who % 2 == 0 for who in range(20)] if said else [None, True] * 10
    found = raced(part, **said)
    assert found.by_offer is None
    assert found.reasons["by_offer"] == "it is not recorded that it was offered to anybody who did not come"


def test_where_the_log_begins_with_it_means_are_compared():
    """From the first week on: the offered are compared with all others by their means, by the same share."""
    part = [who % 5 < 3 for who in range(20)]
    found = raced(part, starts_on="2025-01-06")
    assert found.by_offer.take_up.overall["estimate"] == pytest.approx(0.6)
    assert found.by_offer.came.overall["estimate"] == pytest.approx(found.effect.overall["estimate"] / 0.6)
