"""The ledger of what is true: every planted effect as it came out for these people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.simulation.people import People
from workbench.simulation.use import Use
from workbench.simulation.world import (
    FAST_TRACK,
    INCENTIVES,
    MANDATE,
    MANDATE_LOGINS,
    NEVER,
    NOBODY,
    PROGRAMMES,
    REFRESH,
    SPILLOVER,
    WORKSHOP,
    Array,
    Calendar,
    Incentive,
    Training,
)


@dataclass
class Ledger:
    """Adds up what programmes changed, person by person, and says it as truths."""

    calendar: Calendar
    tallies: dict[tuple[str, str], Array] = field(default_factory=dict)  # 2 × weeks: sums and how many

    def add(self, who: People, expected: Use) -> None:
        """Take in some people."""
        weeks = np.arange(self.calendar.weeks)
        there: Array = np.any(expected.present, axis=2)
        gain = expected.with_all - expected.without_training
        untouched = (who.programme == NOBODY) & (who.touched == NOBODY)
        self._tally("level", "never trained", weeks, expected.with_all, there & untouched[:, None])
        self._tally("level", "no incentive", weeks, expected.with_all, there & (who.incentive == NOBODY)[:, None])
        for number, training in enumerate(PROGRAMMES):
            self._add_training(training, who.programme == number, who, expected, gain, there)
        since = weeks - who.touched[:, None]
        self._tally("training", "spillover", since, gain, there & (since >= 0) & (who.touched >= 0)[:, None])
        for number, incentive in enumerate(INCENTIVES):
            self._add_incentive(incentive, who.incentive == number, who, expected, there)
        started: Array = who.pattern != NEVER
        logins = MANDATE_LOGINS * started[:, None] * expected.present[:, :, :5].mean(2)
        self._tally("on", MANDATE, weeks, logins, there & expected.mandate_on)

    def _add_training(
        self, training: Training, here: Array, who: People, expected: Use, gain: Array, there: Array
    ) -> None:
        weeks = np.arange(self.calendar.weeks)
        since = weeks - who.trained[:, None]
        after = there & (since >= 0) & here[:, None]
        self._tally("training", training.name, since, gain, after)
        self._tally("level", training.name, weeks, expected.with_all, after)
        for hours in training.dose_hours:
            self._tally("dose", f"{hours:g} hours", since, gain, after & (who.hours == hours)[:, None])
        if training.repeated:
            again, once = after & who.again[:, None], after & ~who.again[:, None]
            self._tally("repeated", "twice", since, gain, again & (since >= REFRESH))
            self._tally("repeated", "once", since, gain, once & (since >= REFRESH))

    def _add_incentive(self, incentive: Incentive, here: Array, who: People, expected: Use, there: Array) -> None:
        weeks = np.arange(self.calendar.weeks)
        gain = expected.with_all - expected.without_incentive
        since, ended = weeks - who.on[:, None], weeks - who.off[:, None]
        during = there & here[:, None] & (since >= 0) & (ended < 0)
        after = there & here[:, None] & (ended >= 0)
        self._tally("on", incentive.name, since, gain, during)
        self._tally("after", incentive.name, ended, gain, after)
        self._tally("level", f"{incentive.name}, on", weeks, expected.with_all, during)

    def _tally(self, kind: str, name: str, index: Array, value: Array, chosen: Array) -> None:
        at = np.broadcast_to(index, chosen.shape)[chosen]
        length = self.calendar.weeks
        new = np.stack([np.bincount(at, value[chosen], length), np.bincount(at, minlength=length)])
        self.tallies[kind, name] = self.tallies.get((kind, name), 0) + new

    # ── and says ──

    def truths(self) -> list[dict[str, Any]]:
        """Every planted truth: what is asked, in which unit, compared with what, the answer, and the naive answer."""
        trainings = [self._training_truth(training) for training in PROGRAMMES]
        incentives = [truth for incentive in INCENTIVES for truth in self._incentive_truths(incentive)]
        return [
            *trainings,
            self._spillover_truth(),
            *self._part_truths(),
            *incentives,
            self._mandate_truth(),
            _champion_truth(),
        ]

    def _training_truth(self, training: Training) -> dict[str, Any]:
        violates = training is FAST_TRACK
        return {
            "name": training.name,
            "table": "trainings",
            "estimand": "ATT: mean over those who attended and all their weeks since (the simple summary)",
            **_ACTIVE_DAYS,
            "comparison": "the same people had the programme not been held",
            "meant": training.means,
            "nominal": [list(knot) for knot in training.effect],
            "value": self._mean("training", training.name),
            "by_event_week": self._by_week("training", training.name),
            "naive": self._naive(training.name, "never trained"),
            "naive_comparison": "people never trained, same weeks",
            "parallel_trends": not violates,
        }

    def _spillover_truth(self) -> dict[str, Any]:
        return {
            "name": f"{WORKSHOP.name}: spillover",
            "table": "trainings",
            "estimand": "mean over untrained members of teams whose colleagues attended, and their weeks since",
            **_ACTIVE_DAYS,
            "comparison": "the same people had their colleagues not attended",
            "meant": "colleagues pass it on; planted in this programme only",
            "nominal": [[0, SPILLOVER]],
            "value": self._mean("training", "spillover"),
            "by_event_week": self._by_week("training", "spillover"),
            "parallel_trends": True,
        }

    def _part_truths(self) -> list[dict[str, Any]]:
        parts = [
            ("One-to-one coaching", "dose", "all weeks since"),
            ("Sales basics", "repeated", f"from week {REFRESH}"),
        ]
        return [
            {
                "name": f"{programme}: {name}",
                "table": "trainings",
                "estimand": f"ATT: mean over this part of those who attended, {which}",
                **_ACTIVE_DAYS,
                "comparison": "the same people had the programme not been held",
                "value": self._mean(kind, name),
                "parallel_trends": True,
            }
            for programme, kind, which in parts
            for tallied, name in self.tallies
            if tallied == kind
        ]

    def _incentive_truths(self, incentive: Incentive) -> list[dict[str, Any]]:
        common = {
            "table": "incentives",
            **_ACTIVE_DAYS,
            "comparison": "the same people had the incentive not been offered",
            "meant": incentive.means,
            "parallel_trends": True,
        }
        on = {
            "name": f"{incentive.name}: while on",
            "estimand": "ATT: mean over members of the teams and the weeks the incentive was on",
            **common,
            "nominal": [list(knot) for knot in incentive.on],
            "value": self._mean("on", incentive.name),
            "by_event_week": self._by_week("on", incentive.name),
            "naive": self._naive(f"{incentive.name}, on", "no incentive"),
            "naive_comparison": "teams without an incentive, same weeks",
        }
        after = {
            "name": f"{incentive.name}: after it ended",
            "estimand": "ATT: mean over members of the teams and all weeks after the last week on",
            **common,
            "nominal": [list(knot) for knot in incentive.after],
            "value": self._mean("after", incentive.name),
            "by_event_week": self._by_week("after", incentive.name),
        }
        return [on, after]

    def _mandate_truth(self) -> dict[str, Any]:
        return {
            "name": MANDATE,
            "table": "incentives",
            "estimand": "ATT: mean over members of the departments and the weeks since the mandate",
            "outcome": "logins",
            "unit": "logins per user-week",
            "scale": "additive",
            "comparison": "the same people without the mandate",
            "meant": "presence without depth: active days, fields filled and features do not change",
            "value": self._mean("on", MANDATE),
            "value_on_active_days": 0.0,
            "parallel_trends": True,
        }

    def _mean(self, kind: str, name: str) -> float:
        total, n = self.tallies[kind, name].sum(1)
        return _rounded(total / max(n, 1))

    def _by_week(self, kind: str, name: str) -> list[float]:
        total, n = self.tallies[kind, name]
        return [_rounded(value) for value in total[n > 0] / n[n > 0]]

    def _naive(self, name: str, others: str) -> float:
        """Mean of those reached minus mean of the others, in the same weeks."""
        (reached, n), (other, m) = self.tallies["level", name], self.tallies["level", others]
        gap = reached / np.maximum(n, 1) - other / np.maximum(m, 1)
        return _rounded((gap * n).sum() / max(n.sum(), 1))


_ACTIVE_DAYS = {
    "outcome": "active_days: days with at least one action other than login and logout",
    "unit": "active days per user-week",
    "scale": "additive",
}


def _champion_truth() -> dict[str, Any]:
    return {
        "name": "Champions: effect on team-mates",
        "table": "champions",
        "estimand": "mean over team-mates and weeks since a colleague became a champion",
        **_ACTIVE_DAYS,
        "comparison": "the same people without a champion",
        "meant": "nothing planted",
        "value": 0.0,
        "parallel_trends": True,
    }


def _rounded(value: float) -> float:
    return round(float(value), 4) + 0.0
