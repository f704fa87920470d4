"""The one currency for uncertain numbers: a tidy table that reads itself out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, ClassVar

import pandas as pd

from workbench.errors import ContractError, check_share
from workbench.results.phrases import punctuated, say, translated
from workbench.results.privacy import MINIMUM, note, unshowable

LEVEL = 0.95  # of confidence, wherever nothing else is asked for
RECENT = 4  # weeks whose mean stands for now, and as many for the start


@dataclass(frozen=True, eq=False, repr=False)
class Estimates:
    """Uncertain numbers, one a row.

    table : the terms, then estimate, std_error, conf_low, conf_high (pointwise), band_low, band_high (simultaneous,
        where there are several; missing where too few treated clusters tell how they vary together), n (units behind
        the row)
    unit : what the numbers count, such as "active days"
    about : how they were estimated, in words
    overall : the one number that sums the rows up, with the same columns; None where there is none
    notes : what was left out, or should be known, a sentence each
    effective : treated clusters (units, where there are none) of one size that would tell as much about the overall
        number as those behind it; missing where there is none
    lost : of arms drawn by lot, how often chance alone would have left out as unlike shares of them; None of all else

    >>> row = {"week": 4, "estimate": 0.31, "std_error": 0.06, "conf_low": 0.19, "conf_high": 0.43, "n": 412}
    >>> wb.Estimates(pd.DataFrame([row]), "active days a week", "Effect of training")
    Effect of training
    in active days a week; 95% interval
    <BLANKLINE>
     week estimate       interval units
        4    +0.31 +0.19 to +0.43   412
    """

    table: pd.DataFrame
    unit: str
    about: str
    level: float = LEVEL
    overall: pd.Series | None = None
    notes: tuple[str, ...] = ()
    effective: float = float("nan")
    _contrasts: Any = field(default=None)
    lost: float | None = None
    passes_boundary: ClassVar[bool] = True  # see `results.boundary`

    def __post_init__(self) -> None:
        check_share("level", self.level)

    @property
    def clustered(self) -> bool:
        """Whether errors are by clusters, such as teams; true where that is not known."""
        return self._contrasts is None or self._contrasts.moments.clusters is not None

    @property
    def contrasts(self) -> Any:
        """The weighted sums behind the rows; ContractError where they are not known."""
        if self._contrasts is None:
            raise ContractError(
                "these estimates do not know how they vary together: pass what aggregate(att) returned."
            )
        return self._contrasts

    @property
    def visible(self) -> Estimates:
        """The same without the rows that may not be shown, each looked at by itself; what a display shows."""
        hidden = unshowable(self.table, self.unit) if "n" in self.table else pd.Series(False, self.table.index)
        if not hidden.any():
            return self
        some = self.overall is not None and (self.overall["n"] >= MINIMUM)
        notes = (*self.notes, note(hidden))
        return replace(self, table=self.table[~hidden], overall=self.overall if some else None, notes=notes)

    def __repr__(self) -> str:
        seen = self.visible
        lines = [self.about, f"in {self.unit}; {self._interval}", "", _readable(seen.table).to_string(index=False)]
        if seen.overall is not None and len(self.table) > 1:
            lines += ["", f"overall {_readable(seen.overall.to_frame().T).to_string(index=False, header=False)}"]
        return "\n".join([*lines, *(f"  {note}" for note in seen.notes)])

    def _repr_html_(self) -> str:
        seen = self.visible
        notes = "".join(f"<br>{escape(note, quote=False)}" for note in seen.notes)
        parts = {"about": self.about, "unit": translated(self.unit), "interval": self._interval}
        said = escape(say("{about}, in {unit}; {interval}", **parts), quote=False)
        caption = f"<caption>{said}{notes}</caption>"
        html: str = _readable(seen.table).to_html(index=False, border=0)
        return html.replace(">", f">{caption}", 1)

    @property
    def _interval(self) -> str:
        level = say("{n}%", n=f"{100 * self.level:.0f}")
        if _kind(self.table) == "band":
            return say("{level} simultaneous band", level=level)
        return say("{level} interval", level=level)


def _kind(table: pd.DataFrame) -> str:
    """Which interval a table shows: the band, unless no row has one."""
    return "band" if "band_low" in table and table["band_low"].notna().any() else "conf"


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    """Terms, estimate, interval in one column, n."""
    kind = _kind(table)
    numbers = ("estimate", "std_error", "conf_low", "conf_high", "band_low", "band_high", "n")
    shown = table[[c for c in table if c not in numbers]].copy()
    for column in shown.select_dtypes("datetime"):
        shown[column] = shown[column].dt.strftime("%Y-%m-%d")
    shown["estimate"] = [punctuated(f"{x:+.3g}") for x in table.estimate]
    ends = zip(*(table[f"{kind}_{end}"] for end in ("low", "high")), strict=True)
    shown["interval"] = [_interval(low, high) for low, high in ends]
    shown["units"] = [punctuated(f"{n:,.0f}") for n in table.n]
    return shown


def _interval(low: float, high: float) -> str:
    """An interval in words; a dash where there is none."""
    if pd.isna(low) or pd.isna(high):
        return "–"
    return say("{low} to {high}", low=punctuated(f"{low:+.3g}"), high=punctuated(f"{high:+.3g}"))
