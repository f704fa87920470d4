"""Tells creating, updating, deleting, viewing and logging in apart, by the mapping's table of verbs.

An action that the table does not name is of the kind that has its name, and otherwise of the kind "other".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.data.contract import KINDS
from workbench.data.engine import literal, literals
from workbench.data.sources import Source


def kind_of_action(action: str, verbs: Mapping[str, Sequence[str]]) -> str:
    """SQL: the kind of an action.

    action : SQL of the action
    verbs : kind → its actions

    >>> kind_of_action("action", {"create": ["Insert"]})[:55]
    "case when action in ('Insert') then 'create' when actio"
    """
    declared = [f"when {action} in ({literals(actions)}) then {literal(kind)}" for kind, actions in verbs.items()]
    own = [f"when {action} = {literal(kind)} then {literal(kind)}" for kind in KINDS]
    return f"case {' '.join([*declared, *own])} else 'other' end"


def verb_counts(source: Source) -> pd.DataFrame:
    """The actions of a log and the kind that each counts as.

    Returns one row per action, most frequent first: action, kind (create, update, delete, view, login or other),
    rows, declared (whether the mapping's [verbs] name it).

    >>> import workbench as wb
    >>> from workbench.simulation import tiny_crm
    >>> verb_counts(wb.open_source(tiny_crm()))["kind"].tolist()
    ['create']
    """
    text = (
        f"select action, {kind_of_action('action', source.verbs)} as kind, cast(count(*) as bigint) as n from this"
        " where action is not null group by action order by n desc, action"
    )
    found = source.events.sql(text).to_pandas().rename(columns={"n": "rows"})
    named = {action for actions in source.verbs.values() for action in actions}
    return found.assign(declared=found["action"].isin(named))
