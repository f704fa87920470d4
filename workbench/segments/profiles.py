"""What a group of people must be like, on average, to be called a champion, a late bloomer, or fading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from workbench.segments.traits import TRAITS


@dataclass(frozen=True)
class Profile:
    """A pattern: what the centre of a group must reach, and stay under, to be called so.

    >>> print(Profile("champion", {"level": 3}))
    champion: at least 3 active days a week
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
    Profile("going through the motions", {"empty_days": 1, "empty_share": 0.5}),
    Profile("incentive-driven", {"incentive_response": 1}, {"unrewarded": 1}),
    Profile("late bloomer", {"change": 1}),
    Profile("fading", {}, {"change": -1}),
    Profile("champion", {"level": 3}),
    Profile("resister", {}, {"level": 1}),
    Profile("steady"),
)
