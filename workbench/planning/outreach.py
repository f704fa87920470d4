"""Whom to offer help within a capacity: by what it is worth to them where that is known, else by need.

What an offer is worth is learned from earlier offers by lot, and is believed only where choosing by it is clearly
better than choosing at random, on people left out. Otherwise need decides: how far somebody's recent use lies below
that of people in the same role. Whoever is held out is ranked like everybody else and left alone: among those who come
first, chance alone tells the helped from the others, and so it can be known later what the help brought.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from workbench.data.duckdb import as_table
from workbench.data.sources import Source
from workbench.errors import ContractError, attempted
from workbench.planning.experience import experience, features_at, offered_by_lot
from workbench.planning.need import need, week_after
from workbench.planning.teams import unit_of
from workbench.planning.worth import Worth, worth
from workbench.results import words
from workbench.results.estimates import Estimates
from workbench.results.phrases import say

KEPT = ["campaign", "user_id", "team", "place", "ranked_by", "what", "offered", "drawn_on"]


@dataclass(frozen=True, eq=False)
class Outreach:
    """A campaign.

    people : one row a person who comes first: the columns KEPT; offered is false for those held out
    ranked_by : "worth" or "need"; reason : why need decides, empty where worth does
    what : what is offered
    gain : choosing by worth over choosing otherwise, on people left out; None where it could not be learned
    """

    people: pd.DataFrame
    ranked_by: str
    reason: str
    what: str
    gain: Estimates | None

    def __str__(self) -> str:
        offered = int(self.people["offered"].sum())
        lines = [
            f"{words.people(offered)} are offered {self.what}, ranked by {self.ranked_by};"
            f" {words.people(len(self.people) - offered)} as far up are held out by lot."
        ]
        lines += [f"  Why by need: {self.reason}."] if self.reason else []
        gains = [] if self.gain is None else self.gain.table.to_dict("records")
        lines += [
            f"  Choosing by worth rather than {row['over']} gains {words.number(row['estimate'])} active days a week"
            f" and person chosen (between {words.number(row['conf_low'])} and {words.number(row['conf_high'])})."
            for row in gains
        ]
        return "\n".join(lines)


def outreach(
    panel: Any,
    source: Source,
    capacity: int,
    held: pd.Series,
    *,
    by: str = "person",
    programme: str = "",
    campaign: str = "outreach",
    on: date | None = None,
    time_zone: str = "UTC",
    seed: int = 0,
) -> Outreach:
    """Who is offered help.

    panel : user-weeks, as `wb.user_weeks` returns them, of the same source
    capacity : how many people can be helped, at least 1
    held : true or false by name, as of `held_out`; by : whose names these are, "person" or "team"
    programme : what is offered; empty: of all that were offered by lot, the one where choosing by worth gains most
    campaign : its name in the file; on : the day from which its outcome counts; default: the first after the panel
    Whoever gains nothing by the offer, as far as is known, is left alone.
    Raises ContractError where nobody can be helped.

    >>> from workbench.planning import held_out
    >>> found = outreach(panel, log, 5, held_out((f"p{i:02}" for i in range(24)), share=0.2, seed=1))
    >>> int(found.people["offered"].sum()), found.ranked_by
    (5, 'need')
    """
    if capacity < 1:
        raise ContractError(f"a capacity is at least one person, not {capacity}.")
    panel = as_table(panel)
    after = week_after(panel)
    people = features_at(panel, after)
    best, why = _best(panel, source, programme, min(capacity / len(people), 0.9), time_zone, seed)
    known = best is not None and best.holds
    people["gain"] = best.of(people) if best and known else need(people)
    first = _first(people, held, by, capacity).assign(
        campaign=campaign,
        ranked_by="worth" if known else "need",
        what=best.programme if best and known else programme or "help",
        drawn_on=f"{on or after:%Y-%m-%d}",
    )
    ranked_by, what = first.iloc[0][["ranked_by", "what"]]
    return Outreach(first[KEPT], ranked_by, "" if known else why, what, best.gain if best else None)


def _first(people: pd.DataFrame, held: pd.Series, by: str, capacity: int) -> pd.DataFrame:
    """Those who gain most, until so many are offered help; those held out among them stay, and are not offered it.

    Who is new to the lot is not held out.
    """
    gains = people[people["gain"] > 0]
    ranked = gains.sort_values(["gain", "days", "user_id"], ascending=[False, True, True])
    offered = ~ranked[unit_of(by)].map(held).eq(True)
    if not offered.any():
        raise ContractError(say("nobody would gain by an offer, as far as is known, so nobody is offered anything."))
    enough = min(capacity, int(offered.sum()))
    rows = int(np.flatnonzero(offered.cumsum() == enough)[0]) + 1
    return ranked.iloc[:rows].assign(place=range(1, rows + 1), offered=offered.iloc[:rows])


def _best(
    panel: Any, source: Source, programme: str, share: float, time_zone: str, seed: int
) -> tuple[Worth | None, str]:
    """What the programme is worth in which choosing by worth gains most over random; and why it does not decide."""
    names = [programme] if programme else offered_by_lot(source)
    found, reasons = attempted(names, lambda name: worth(experience(panel, source, name, time_zone), share, seed))
    if not found:
        return None, next(iter(reasons.values()), "no programme was offered by lot, so what one is worth is not known")
    best = max(found.values(), key=lambda each: each.gain.table["conf_low"].iloc[0])
    return best, f"choosing by what {best.programme} is worth is not clearly better than choosing at random"
