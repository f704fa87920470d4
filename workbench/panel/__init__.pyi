from .cohorts import only, save_cohort
from .events import actions, left_out, qualifying_actions
from .period import latest, period, weeks_apart
from .user_weeks import rests_on, user_weeks

__all__ = [
    "actions",
    "latest",
    "left_out",
    "only",
    "period",
    "qualifying_actions",
    "rests_on",
    "save_cohort",
    "user_weeks",
    "weeks_apart",
]
