"""What one comparison shows: moments → effects → their summary → the check of trends → how far trends may part.

The same questions are asked of a training, an incentive and a champion. A study is an object whose attributes are the
answers, computed when first read, or None where the data do not carry an answer. Two kinds of comparison differ in what
they can show: what is on for good since it began, and what is switched on and off, or comes in several arms.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from workbench.data.engine import Table
from workbench.effects.bounds import Bounds
from workbench.effects.did import att_gt
from workbench.effects.efficient import efficient
from workbench.effects.imputation import imputed
from workbench.effects.levels import level_apart
from workbench.effects.like_for_like import of_same_traits, people_of_same_traits, traits_before
from workbench.effects.offers import offered
from workbench.effects.pretrends import pretrend
from workbench.effects.randomisation import DRAWS, redrawn
from workbench.effects.randomisation_check import randomisation_check
from workbench.effects.sensitivity import leave_one_out, placebo, sensitivity
from workbench.effects.summaries import aggregate, by_group, detectable, over, relative
from workbench.effects.two_way import bacon, by_kind, twfe
from workbench.errors import ContractError, attempted, check_whole
from workbench.inference.moments import Moments, moments
from workbench.results.estimates import Estimates
from workbench.results.offer import Offer
from workbench.results.phrases import phrase, say
from workbench.results.study import NOT_LOOKED, Answers, Study, answer

EARLY = 4  # periods by which the placebo begins too early
AHEAD = 2  # periods by which use may have changed before the start, in another way of asking
SPANS = {phrase("weeks 1–4"): (0, 3), phrase("weeks 5–12"): (4, 11), phrase("from week 13"): (12, 999)}


class Asked(Study):
    """What both kinds of study can be asked."""

    def __init__(self, compared: Any, outcome: str, anticipation: int, checked: int, bounded: bool, when: str) -> None:
        check_whole("anticipation", anticipation)
        check_whole("checked", checked)
        super().__init__(compared.name, compared.drawn, when)
        self.reasons |= {"moments": compared.reason} if compared.reason else {}
        self.compared, self.outcome = compared, outcome
        self.anticipation, self.checked, self.bounded = anticipation, checked, bounded

    @property
    def unit(self) -> str:
        """What the effect is measured in."""
        found: Estimates | None = self.effect
        return f"{self.outcome.replace('_', ' ')} a {self.compared.period}" if found is None else found.unit

    def of(self, m: Moments, **how: Any) -> Estimates:
        """The effect read from moments, asked as this study asks."""
        raise NotImplementedError

    def reduced(self, rows: Table, strata: str = "") -> Moments:
        """These user-weeks as moments."""
        raise NotImplementedError

    @answer
    def moments(self) -> Moments:
        """The rows of the comparison, reduced to moments."""
        return self.reduced(self.compared.rows, self.compared.strata)

    @property
    def came(self) -> str:
        """The column of the period in which people came to what was offered to them."""
        if not self.compared.took:
            raise ContractError(say("it is not recorded that it was offered to anybody who did not come."))
        return str(self.compared.took)

    @property
    def trends(self) -> Any:
        """The effects that show how those compared moved before the start."""
        raise NotImplementedError

    @answer
    def pretrend(self) -> pd.DataFrame:
        """The check of trends before the start: one row, see `effects.pretrend`."""
        return pretrend(self.trends, self.checked) if self.checked else NOT_LOOKED

    @answer
    def level(self) -> float:
        """By how many standard deviations those treated did more before anybody was, than those never treated."""
        by = self.compared
        return level_apart(by.rows, self.outcome, unit=by.unit, period=by.period)

    @answer
    def sensitivity(self) -> Bounds:
        """How far trends may part before the conclusion falls, see `effects.sensitivity`."""
        if not (self.bounded and self.checked):
            raise ContractError(say("how far trends may part was not asked."))
        return sensitivity(self.trends, before=self.checked, after=self.checked)

    @answer
    def balanced(self) -> Estimates:
        """The effect on people seen in every period."""
        return self.of(self.need("moments").balanced())

    @answer
    def too_early(self) -> Estimates:
        """The effect as if it had begun four periods early, when nothing had happened."""
        return self.of(placebo(self.need("moments"), EARLY))

    @answer
    def left_out(self) -> pd.DataFrame:
        """The effect without each wave in turn, or each team switched on and off; n: how many people those are."""
        m = self.need("moments")
        by = "cluster" if self.compared.treatment and self.compared.cluster else "cohort"
        if by == "cohort" and m.cohorts["cohort"].count() < 2:
            raise ContractError(say("one wave is all there is."))
        rest, effect = leave_one_out(m, self.of, by), self.need("effect")
        whole = effect.table.iloc[0] if effect.overall is None else effect.overall
        return rest.assign(n=whole["n"] - rest["n"])

    @answer
    def detectable(self) -> pd.DataFrame:
        """The smallest effect that a next round of so many people would show, see `effects.detectable`."""
        return detectable(self.need("effect"))


class Lasting(Asked):
    """A study of something that is on for good since it began, such as a training."""

    def of(self, m: Moments, **how: Any) -> Estimates:
        """The mean effect over all treated units and periods since the start."""
        asked = {"anticipation": self.anticipation, "small_sample": True, "band": False, **how}
        return aggregate(att_gt(m, **asked))

    def reduced(self, rows: Table, strata: str = "") -> Moments:
        """These user-weeks as moments, by the first period of treatment."""
        by = self.compared
        return moments(rows, by.unit, by.period, self.outcome, "began", by.cluster, strata or None, outside="known")

    @answer
    def att(self) -> Estimates:
        """The effect on each cohort in each period."""
        found: Estimates = self.need("att_of_same_traits" if self.adjusts else "att_of_everybody")
        return found

    @answer
    def att_of_everybody(self) -> Estimates:
        """The same, compared with everybody who may be compared, whatever their traits."""
        return att_gt(self.need("moments"), anticipation=self.anticipation, small_sample=True, band=False)

    @answer
    def att_of_same_traits(self) -> Estimates:
        """The same, compared with people of the same traits."""
        return of_same_traits(self.compared, self.outcome, self.anticipation)

    @answer
    def traits(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """How unlike the treated are in their traits, and whether anybody is like them: `balance` and `overlap`."""
        return traits_before(self.compared, self.outcome, self.anticipation)

    @answer
    def adjusts(self) -> bool:
        """The effect compares people of the same traits, because that is more credible (see `like_for_like`)."""
        return people_of_same_traits(self)

    @answer
    def effect(self) -> Estimates:
        """The mean effect over all treated units and periods since the start."""
        return aggregate(self.need("att"))

    @property
    def trends(self) -> Any:
        """The effect on each cohort in each period, those before the start among them."""
        return self.need("att")

    @answer
    def course(self) -> Estimates:
        """The effect by periods since the start; negative before it."""
        return aggregate(self.need("att"), by="event_week")

    @answer
    def by_wave(self) -> Estimates:
        """The mean effect on each wave."""
        return aggregate(self.need("att"), by="cohort")

    @answer
    def spans(self) -> Estimates:
        """The mean effect soon after the start and long after it."""
        return over(self.need("att"), SPANS)

    @answer
    def relative(self) -> Estimates:
        """The effect in per cent of what would have been without it."""
        return relative(self.need("att"))

    @answer
    def by_offer(self) -> Offer:
        """The effect of an offer that chance gave, with the take-up and the effect on those who came."""
        by, came = self.compared, self.came
        return offered(
            by.rows.sql(f"select * from this where began is null or {came} is null or {came} >= began"),
            came=came,
            cohort="began",
            outcome=self.outcome,
            unit=by.unit,
            period=by.period,
            cluster=by.cluster,
            anticipation=self.anticipation,
            outside="known",
        )

    @answer
    def lottery(self) -> float:
        """How often chance alone would have set the dates as far apart in earlier use, level and growth together."""
        if not self.drawn:
            raise ContractError(say("dates were not assigned at random."))
        lots, draw = self.need("lots"), self.compared.draw
        found = randomisation_check(lots, draw, self.anticipation, DRAWS, plan=self.compared.plan)["p_value"]
        return min(1.0, float(found.min() * len(found)))

    @answer
    def as_offered(self) -> Estimates:
        """The effect on everybody to whom it was offered, whether they took part or not."""
        if self.compared.offered is None:
            raise ContractError(say("who was offered it, and did not take part, is not recorded."))
        return self.of(self.reduced(self.compared.offered))

    @answer
    def against_never(self) -> Estimates:
        """The effect against the never treated only."""
        return self.of(self.need("moments"), comparison="never_treated")

    @answer
    def among_alike(self) -> Estimates:
        """The effect within groups of people who were alike before the start."""
        if not self.compared.alike:
            raise ContractError(say("what people were like before the start is not known."))
        return self.of(self.reduced(self.compared.rows, self.compared.alike))

    @answer
    def of_same_traits(self) -> Estimates:
        """The effect against people of the same traits, such as role and length of access."""
        return aggregate(self.need("att_of_same_traits"))

    @answer
    def against_everybody(self) -> Estimates:
        """The effect against everybody, where the answer compares people of the same traits."""
        if not self.adjusts:
            raise ContractError(say("the effect is not adjusted."))
        return aggregate(self.need("att_of_everybody"))

    @answer
    def from_all_before(self) -> Estimates:
        """The effect against all periods without treatment, not the last one before it only."""
        return imputed(self.need("moments"), anticipation=self.anticipation, small_sample=True)

    @answer
    def in_proportion(self) -> Estimates:
        """The effect had both groups moved by as many per cent, not by as much."""
        return self.of(self.need("moments"), trends="proportional")

    @answer
    def ahead(self) -> Estimates:
        """The effect if the outcome had begun to change two periods earlier still."""
        return self.of(self.need("moments"), anticipation=self.anticipation + AHEAD)

    @answer
    def by_lot(self) -> Estimates:
        """The sharper estimate that is right only where dates were assigned at random."""
        if not self.drawn:
            raise ContractError(say("dates were not assigned at random."))
        return efficient(self.need("moments"), drawn=self.compared.draw)

    @answer
    def lots(self) -> Moments:
        """Moments by what was given a date, of everybody to whom it was offered: what a redraw needs."""
        by = self.compared
        rows = by.rows if by.offered is None else by.offered
        return moments(rows, by.unit, by.period, self.outcome, "began", by.cluster or by.unit, outside="known")

    @answer
    def redraw(self) -> pd.DataFrame:
        """How often chance alone would show as clear an effect: one row, see `effects.redrawn`."""
        lots, draw = self.need("lots"), self.compared.draw
        return redrawn(lots, draw, self.anticipation, DRAWS, plan=self.compared.plan)

    @answer
    def bacon(self) -> pd.DataFrame:
        """What two-way fixed effects compare, see `effects.bacon`."""
        return by_kind(bacon(self.need("moments")))

    @answer
    def twfe(self) -> Estimates:
        """What two-way fixed effects would say."""
        return twfe(self.need("moments"))

    def among(self, facts: Iterable[str]) -> Answers:
        """The effect within each group of people, for every fact about them that splits them into two groups or more.

        facts : columns of the rows, true of people before the start
        """
        by, found = self.compared, Answers()
        of = {"outcome": self.outcome, "unit": by.unit, "period": by.period}
        answered, found.reasons = attempted(
            facts, lambda fact: by_group(by.rows, fact, by.cluster, self.anticipation, cohort="began", **of)
        )
        for told, untold in answered.values():
            if len(told) > 1:
                found.update(told)
                found.reasons |= untold
        return found
