"""Whether the data can be trusted."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from workbench.findings.finding import Finding
from workbench.results.verdict import Grade, Verdict
from workbench.results.words import percent, sentence


def fitness(left_out: pd.DataFrame, silent_days: pd.DataFrame, problems: pd.DataFrame, caveat: str = "") -> Finding:
    """Whether the data can be trusted: how much of the log counts, and what to repair first.

    left_out : reason, rows, "kept" first; silent_days : working days on which hardly anything arrived
    problems : what the check noted (table, rule, rows); broken rules stop a notebook earlier
    caveat : what else a reader must know

    >>> left_out = pd.DataFrame({"reason": ["kept", "robots"], "rows": [960, 40]})
    >>> print(fitness(left_out, pd.DataFrame(), pd.DataFrame()))
    The data can be used: 96% of log rows count (960 of 1,000).
    """
    rows = left_out.set_index("reason")["rows"]
    kept = f"{percent(rows['kept'] / max(rows.sum(), 1))} of log rows count"
    doubts = _doubts(len(silent_days), problems)
    care = " with care" if doubts or caveat else ""
    headline = f"The data can be used{care}: {kept} ({rows['kept']:,} of {rows.sum():,})."
    rule = "every row counts or is left out for a stated reason, and we looked at every working day"
    caveats = " ".join(filter(None, [sentence("; ".join(doubts)), caveat]))
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, caveat=caveats)


def _doubts(silent: int, problems: pd.DataFrame) -> list[str]:
    """What to repair first."""
    days = [f"hardly any rows arrived on {silent} working {'day' if silent == 1 else 'days'}"] * bool(silent)
    return days + [_noted(row) for row in problems.to_dict("records")]


def _noted(problem: dict[Hashable, Any]) -> str:
    """What the check noted: rows that break a rule, or something about a whole table."""
    if problem.get("of") == 0:
        return str(problem["rule"])
    if str(problem["rule"]).endswith(".user_id is in users"):
        belong = "1 row belongs" if problem["rows"] == 1 else f"{problem['rows']:,} rows belong"
        return f"{belong} to people missing from the user list"
    rows = "1 row breaks" if problem["rows"] == 1 else f"{problem['rows']:,} rows break"
    return f"{rows} the rule that {problem['rule']}"
