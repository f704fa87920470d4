"""What a group of people must be like, on average, to be called steady, a late starter, or fading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from workbench.results.phrases import phrase, punctuated, say, translated
from workbench.results.words import percent
from workbench.segments.traits import PERCENT, TRAITS


@dataclass(frozen=True)
class Profile:
    """A pattern: what the centre of a group must reach, and stay under, to be called so.

    >>> print(Profile("very frequent", {"level": 3}))
    very frequent: active days a week: at least 3
    """

    name: str
    at_least: Mapping[str, float] = field(default_factory=dict)
    under: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name}: {self.means}"

    @property
    def means(self) -> str:
        """What it takes to be called so."""
        parts = [say("{trait}: at least {n}", **_said(trait, floor)) for trait, floor in self.at_least.items()]
        parts += [say("{trait}: under {n}", **_said(trait, ceiling)) for trait, ceiling in self.under.items()]
        if not parts:
            return say("everyone else")
        return "; ".join(parts)

    def fits(self, centre: pd.Series) -> bool:
        """Whether a group's mean traits meet it; what is not known meets nothing."""
        reached = all(centre[trait] >= floor for trait, floor in self.at_least.items())
        return reached and all(centre[trait] < ceiling for trait, ceiling in self.under.items())


def _said(trait: str, value: float) -> dict[str, str]:
    name, form = TRAITS[trait]
    figure = percent(value) if form == PERCENT else punctuated(form.format(value)).replace("-", "−")
    return {"trait": translated(name), "n": figure}


PROFILES = (
    Profile(phrase("log in but rarely work"), {"empty_days": 1, "empty_share": 0.5}),
    Profile(phrase("active when rewarded"), {"incentive_response": 1}, {"unrewarded": 1}),
    Profile(phrase("late starter"), {"change": 1}),
    Profile(phrase("fading"), {}, {"change": -1}),
    Profile(phrase("very frequent"), {"level": 3}),
    Profile(phrase("hardly use it"), {}, {"level": 1}),
    Profile(phrase("steady")),
)
