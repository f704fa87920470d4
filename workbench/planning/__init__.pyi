from .actions import actions, reached, rules
from .design import Design, design, designs
from .kept import keep, kept
from .outlook import Outlook, Outlooks, outlook, outlooks
from .power import known_after, power, power_by_week, powers
from .schedule import Schedule, schedule
from .teams import leaving, teams
from .variation import Variation, components, variation

__all__ = [
    "Design",
    "Outlook",
    "Outlooks",
    "Schedule",
    "Variation",
    "actions",
    "components",
    "design",
    "designs",
    "keep",
    "kept",
    "known_after",
    "leaving",
    "outlook",
    "outlooks",
    "power",
    "power_by_week",
    "powers",
    "reached",
    "rules",
    "schedule",
    "teams",
    "variation",
]
