from .basis import Basis, basis
from .entry import notes_on_entry
from .events import actions, left_out, qualifying_actions
from .habit import FIRST_USE, HABIT, Habit
from .period import latest, period, weeks_apart
from .selections import only, save_selection
from .user_weeks import rests_on, user_weeks

__all__ = [
    "FIRST_USE",
    "HABIT",
    "Basis",
    "Habit",
    "actions",
    "basis",
    "latest",
    "left_out",
    "notes_on_entry",
    "only",
    "period",
    "qualifying_actions",
    "rests_on",
    "save_selection",
    "user_weeks",
    "weeks_apart",
]
