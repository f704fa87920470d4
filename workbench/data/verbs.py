"""Of which kind an action is: create, update, delete, view, login, logout, or other.

The mapping declares it in `[verbs]`; all that it does not name is then of the kind that has its name, or other. A log
without such a table is guessed at by the words of its actions (`verbs.toml`); the data page and the check list the
guesses with their counts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

import pandas as pd

from workbench.data.contract import KINDS, MAPPING
from workbench.data.engine import literals
from workbench.data.sources import Source

OTHER = "other"
FEWEST = 5  # people who take an action before it is named to anybody
LISTED = 12  # actions of a kind that are named on the terminal


def kind(action: str, known: Mapping[str, Sequence[str]]) -> str:
    """The kind of an action: what a mapping says, otherwise by its words; "other" where they say nothing.

    >>> kind("Record saved", {}), kind("read", {"view": ["read"]}), kind("UserLoggedIn", {}), kind("Logout", {})
    ('update', 'view', 'login', 'logout')
    """
    said = next((kind for kind, actions in known.items() if action in actions), "")
    return said or next((kind for kind, stems in _stems().items() if _begins(action, stems)), OTHER)


def kinds(source: Source, actions: Iterable[str] | None = None) -> dict[str, str]:
    """The kind of each action of a log, in the order of their names.

    actions : the only ones asked about; default: all
    Returns action → kind, one of create, update, delete, view, login, logout, other.

    >>> from workbench.simulation import tiny_crm
    >>> kinds(wb.open_source(tiny_crm()))
    {'create': 'create'}
    """
    if "kinds" not in source.cache:
        text = "select distinct action from this where action is not null order by action"
        there = source.events.sql(text).to_arrow()["action"].to_pylist()
        declared = {action: kind for kind, named in source.verbs.items() for action in named}
        source.cache["kinds"] = {action: _kind_of(action, declared) for action in there}
    found: dict[str, str] = source.cache["kinds"]
    return found if actions is None else {action: found[action] for action in actions if action in found}


def _kind_of(action: str, declared: Mapping[str, str]) -> str:
    guess = kind(action, {})
    if not declared or guess == "logout":  # a mapping has no word for going, and it is no use
        return declared.get(action, guess)
    return declared.get(action, action if action in KINDS else OTHER)


def verb_counts(source: Source) -> pd.DataFrame:
    """The actions of a log and the kind that each counts as.

    Returns one row per action, most frequent first: action, kind (create, update, delete, view, login, logout or
    other), rows, n (people), declared (whether the mapping's [verbs] name it; otherwise its name or a guess).

    >>> from workbench.simulation import tiny_crm
    >>> verb_counts(wb.open_source(tiny_crm()))["kind"].tolist()
    ['create']
    """
    text = """
        select action, cast(count(*) as bigint) as rows, cast(count(distinct user_id) as bigint) as n
        from this where action is not null group by action"""
    table = source.events.sql(text).to_pandas().sort_values(["rows", "action"], ascending=[False, True])
    table.insert(1, "kind", table["action"].map(kinds(source)))
    named = {action for actions in source.verbs.values() for action in actions}
    return table.assign(declared=table["action"].isin(named)).reset_index(drop=True)


def verbs_in_words(source: Source, fewest: int = FEWEST) -> list[str]:
    """What each action of a log counts as, for the terminal of its owner: a line for each kind.

    fewest : an action of fewer people is counted and not named; what it is called may be about somebody
    """
    counts = verb_counts(source)
    named, rare = counts[counts["n"] >= fewest], counts[counts["n"] < fewest]
    if counts.empty:
        return []
    how = f"from [verbs] in {MAPPING}" if source.verbs else f"guessed from its name; [verbs] in {MAPPING} overrides"
    lines = [f"What each action counts as, with its rows ({how}):"]
    for kind, of in named.groupby("kind", sort=False):
        first = [f"{row.action} {row.rows:,}" for row in of.head(LISTED).itertuples()]
        more = f" and {len(of) - LISTED:,} more" if len(of) > LISTED else ""
        lines.append(f"  {kind}: {'; '.join(first)}{more}")
    if len(rare):
        those = f"{len(rare):,} action{'s' * (len(rare) > 1)}, each of fewer than {fewest} people"
        lines.append(f"  not named: {those} ({rare['rows'].sum():,})")
    return lines


def kind_in_sql(source: Source) -> str:
    """SQL: the kind of the column `action`."""
    found = kinds(source)
    named = {kind: [a for a, each in found.items() if each == kind] for kind in dict.fromkeys(found.values())}
    cases = "".join(f" when action in ({literals(a)}) then '{kind}'" for kind, a in named.items() if kind != OTHER)
    return f"case{cases} else '{OTHER}' end" if cases else f"'{OTHER}'"


def _begins(action: str, stems: Iterable[str]) -> bool:
    words = re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", action)).lower()
    return any(re.search(rf"\b{stem}", words) for stem in stems)


@cache
def _stems() -> dict[str, list[str]]:
    """Kind → beginnings of words, in the order in which they are asked."""
    return tomllib.loads((files("workbench.data") / "verbs.toml").read_text(encoding="utf-8"))
