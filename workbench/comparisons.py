"""Puts effects that were estimated apart side by side.

Looked at together, several intervals miss more often than each by itself: of twenty programmes without any effect one
would seem to work. The band holds for all of them at once whatever ties them together (people who were never trained
are everybody's comparison), at the price of being a little wide: Bonferroni's inequality, Dunn (1961), JASA 56(293),
52–64.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from scipy.stats import norm

from workbench.contract import ContractError
from workbench.moments import Estimates


def side_by_side(found: Mapping[str, Estimates], term: str) -> Estimates:
    """The overall number of several estimates as one table, with a band that holds for all of them at once.

    found : what each is called → its Estimates, all in one unit; those without an overall number are left out
    term : the column of the names
    Returns Estimates, one row each in the order given: term, estimate, std_error, conf_low, conf_high, band_low,
    band_high, n.
    """
    rows = {name: each.overall for name, each in found.items() if each.overall is not None}
    units = {found[name].unit for name in rows}
    if len(units) != 1:
        raise ContractError(f"effects stand side by side in one unit, but these are in {sorted(units) or 'none'}.")
    table = pd.DataFrame(rows.values()).assign(**{term: list(rows)})
    level = found[next(iter(rows))].level
    # An interval from few clusters is wider than the normal one, and its band is stretched alike.
    stretch = norm.isf((1 - level) / 2 / len(table)) / norm.isf((1 - level) / 2)
    table["band_low"] = table["estimate"] - stretch * (table["estimate"] - table["conf_low"])
    table["band_high"] = table["estimate"] + stretch * (table["conf_high"] - table["estimate"])
    columns = [term, "estimate", "std_error", "conf_low", "conf_high", "band_low", "band_high", "n"]
    about = f"{len(table)} effects side by side; Bonferroni band"
    return Estimates(table[columns].reset_index(drop=True), units.pop(), about, level)
