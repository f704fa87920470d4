"""The effect of an offer, and beside it how many came and the effect on those who did."""

from __future__ import annotations

from dataclasses import dataclass, field

from workbench.results.estimates import Estimates


@dataclass(frozen=True, eq=False, repr=False)
class Offer(Estimates):
    """The effect of being offered something, whether one came or not: what chance decided, and so the headline.

    take_up : how many more came because of the offer, a share from 0 to 1
    came : the effect on those who came because of it: effect of the offer ÷ take-up
    Both have the rows of the offer's own table, but only those where the offer was made.
    """

    take_up: Estimates = field(kw_only=True)
    came: Estimates = field(kw_only=True)

    def __repr__(self) -> str:
        return "\n\n".join([super().__repr__(), repr(self.take_up), repr(self.came)])

    def _repr_html_(self) -> str:
        return super()._repr_html_() + self.take_up._repr_html_() + self.came._repr_html_()
