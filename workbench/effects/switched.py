"""What a study of something that is switched on and off, or comes in several arms, can be asked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.data.engine import Table
from workbench.effects.asked import Asked
from workbench.effects.half_life import half_life, retained
from workbench.effects.offers import offered
from workbench.effects.paths import path_effects
from workbench.effects.summaries import differences, over, slope
from workbench.errors import ContractError
from workbench.inference.moments import Moments, moments
from workbench.results.estimates import Estimates
from workbench.results.offer import Offer
from workbench.results.phrases import phrase, say
from workbench.results.study import Given, answer


class Switched(Asked):
    """A study of something that is switched on and off again, or comes in several arms."""

    def of(self, m: Moments, **how: Any) -> Estimates:
        """The mean effect while it is on."""
        return path_effects(m, **{"by": "event_week", **self._options, **how})

    def reduced(self, rows: Table, strata: str = "") -> Moments:
        """These user-weeks as moments, by what was on when."""
        by = self.compared
        return moments(
            rows, by.unit, by.period, self.outcome, cluster=by.cluster, strata=strata or None, treatment=by.treatment
        )

    @property
    def _options(self) -> dict[str, Any]:
        return {"anticipation": self.anticipation, "small_sample": True}

    @answer
    def effect(self) -> Estimates:
        """The mean effect while it is on, and its course since it began."""
        return self.of(self.need("moments"))

    @property
    def trends(self) -> Any:
        """The effects while it is on, and before."""
        return self.need("effect")

    @answer
    def by_offer(self) -> Offer:
        """The same of an offer that chance gave, with the take-up and the effect on those who took part."""
        by, came = self.compared, self.came
        return offered(
            by.rows,
            came=came,
            treatment=by.treatment,
            outcome=self.outcome,
            unit=by.unit,
            period=by.period,
            cluster=by.cluster,
            anticipation=self.anticipation,
        )

    @answer
    def course(self) -> Estimates:
        """The effect by periods since it was switched on, also after it was off again if all have it equally long."""
        m = self.need("moments")
        try:
            return self.of(m, by="course")
        except ContractError:  # paths of several lengths have no course of their own
            return self.of(m)

    @answer
    def afterwards(self) -> Given:
        """What came after it was switched off; the check of trends before it began is that of the whole study."""
        if not self.compared.design.get("ended", True):
            raise ContractError(say("it has not ended, or too short a time ago"))
        effect = self.of(self.need("moments"), by="weeks_after")
        return Given(self.name, self.drawn, effect, phrase("after it ended"), self.pretrend, self.level)

    @answer
    def kept(self) -> Estimates:
        """The share of the effect that is left some periods after it was switched off, see `effects.retained`."""
        self.need("afterwards")
        return retained(self.need("moments"), **self._options)

    @answer
    def half_life(self) -> Estimates:
        """After how many periods half of what was left is gone, see `effects.half_life`."""
        return half_life(self.need("afterwards").effect)

    @property
    def weeks_on(self) -> int:
        """For how many weeks it was on; where it has not ended, for how many it was seen."""
        weeks = self.compared.design.get("weeks")
        return int(self.need("course").table["event_week"].max() + 1 if pd.isna(weeks) else weeks)

    @answer
    def hangs_on(self) -> pd.DataFrame:
        """`left_out` of the five without which the effect differs most."""
        rest, whole = self.need("left_out"), self.need("effect").overall
        furthest = (rest["estimate"] - whole["estimate"]).abs().nlargest(5).index
        hanging: pd.DataFrame = rest.loc[furthest]
        return hanging

    def through(self, more: int) -> Estimates | None:
        """The mean effect while it was on and so many periods after; None where it has not ended."""
        if self.afterwards is None:
            return None
        paths = path_effects(self.need("moments"), **self._options)
        return self.asked("through", lambda _: over(paths, {"through": (0, self.weeks_on + more - 1)}))

    @answer
    def by_arm(self) -> Estimates:
        """The mean effect of each arm while it is on."""
        m = self.need("moments")
        if len(m.arms) < 3:
            raise ContractError(say("there are no two kinds to compare."))
        return path_effects(m, by="arm", **self._options)

    @answer
    def differences(self) -> Estimates:
        """How much more each arm brought than each other, see `effects.differences`."""
        return differences(self.need("by_arm"))

    @answer
    def slope(self) -> Estimates:
        """What one more of the arms' number brings, such as an hour, see `effects.slope`."""
        return slope(self.need("by_arm"), "arm")
