from .actions import actions, advice, reached, rules
from .design import Design, design, designs
from .evaluation import evaluation
from .experience import Experience, experience, features_at, offered_by_lot
from .holdout import held_out
from .kept import keep, kept
from .need import need, neediest, week_after
from .outlook import Outlook, Outlooks, outlook, outlooks
from .outreach import Outreach, outreach
from .power import known_after, power, power_by_week, powers
from .schedule import Schedule, schedule
from .teams import leaving, names, teams
from .variation import Variation, components, variation
from .worth import Worth, worth

__all__ = [
    "Design",
    "Experience",
    "Outlook",
    "Outlooks",
    "Outreach",
    "Schedule",
    "Variation",
    "Worth",
    "actions",
    "advice",
    "components",
    "design",
    "designs",
    "evaluation",
    "experience",
    "features_at",
    "held_out",
    "keep",
    "kept",
    "known_after",
    "leaving",
    "names",
    "need",
    "neediest",
    "offered_by_lot",
    "outlook",
    "outlooks",
    "outreach",
    "power",
    "power_by_week",
    "powers",
    "reached",
    "rules",
    "schedule",
    "teams",
    "variation",
    "week_after",
    "worth",
]
