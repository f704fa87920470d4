"""The adoption workbench: who has taken up the CRM, and what helped."""

from workbench.contract import ContractError
from workbench.engines import Table, as_table
from workbench.panel import actions, left_out, period, qualifying_actions, rests_on, user_weeks
from workbench.sources import Source, open_source

__all__ = [
    "ContractError",
    "Source",
    "Table",
    "actions",
    "as_table",
    "left_out",
    "open_source",
    "period",
    "qualifying_actions",
    "rests_on",
    "user_weeks",
]
