from .design import Design, design, designs
from .kept import keep, kept
from .outlook import Outlook, outlook
from .power import known_after, power, power_by_week, powers
from .schedule import Schedule, schedule
from .teams import leaving, teams
from .variation import Variation, components, variation

__all__ = [
    "Design",
    "Outlook",
    "Schedule",
    "Variation",
    "components",
    "design",
    "designs",
    "keep",
    "kept",
    "known_after",
    "leaving",
    "outlook",
    "power",
    "power_by_week",
    "powers",
    "schedule",
    "teams",
    "variation",
]
