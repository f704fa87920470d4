from .charts import use_theme
from .contract import ContractError
from .engines import Table, as_table
from .panel import actions, latest, left_out, period, qualifying_actions, rests_on, user_weeks, weeks_apart
from .sources import Source, open_source

__all__ = [
    "ContractError",
    "Source",
    "Table",
    "actions",
    "as_table",
    "latest",
    "left_out",
    "open_source",
    "period",
    "qualifying_actions",
    "rests_on",
    "use_theme",
    "user_weeks",
    "weeks_apart",
]
