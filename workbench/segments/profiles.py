"""What a group of people must be like, on average, to be called steady, a late starter, or fading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from workbench.segments.traits import TRAITS


@dataclass(frozen=True)
class Profile:
    """A pattern: what the centre of a group must reach, and stay under, to be called so.

    >>> print(Profile("very frequent", {"level": 3}))
    very frequent: at least 3 active days a week
    """

    name: str
    at_least: Mapping[str, float] = field(default_factory=dict)
    under: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        parts = [f"at least {TRAITS[trait].format(floor)}" for trait, floor in self.at_least.items()]
        parts += [f"under {TRAITS[trait].format(ceiling)}" for trait, ceiling in self.under.items()]
        return f"{self.name}: {' and '.join(parts).replace('-', '−') or 'everyone else'}"

    def fits(self, centre: pd.Series) -> bool:
        """Whether a group's mean traits meet it; what is not known meets nothing."""
        reached = all(centre[trait] >= floor for trait, floor in self.at_least.items())
        return reached and all(centre[trait] < ceiling for trait, ceiling in self.under.items())


PROFILES = (
    Profile("log in without working", {"empty_days": 1, "empty_share": 0.5}),
    Profile("active when rewarded", {"incentive_response": 1}, {"unrewarded": 1}),
    Profile("late starter", {"change": 1}),
    Profile("fading", {}, {"change": -1}),
    Profile("very frequent", {"level": 3}),
    Profile("hardly use it", {}, {"level": 1}),
    Profile("steady"),
)
