"""Whether the data can be trusted."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from workbench.findings.finding import Finding
from workbench.results.phrases import phrase, say, say_n, translated
from workbench.results.verdict import Grade, Verdict
from workbench.results.words import number, percent, sentence

FEW = 0.01  # of a table's rows; fewer that break a rule ask for no care


def fitness(left_out: pd.DataFrame, silent_days: pd.DataFrame, problems: pd.DataFrame, caveat: str = "") -> Finding:
    """Whether the data can be trusted: how much of the log counts, and what to repair first.

    left_out : reason, rows, "kept" first; silent_days : working days on which hardly anything arrived
    problems : what the check noted (table, rule, rows); broken rules stop a notebook earlier
    caveat : what else a reader must know

    >>> left_out = pd.DataFrame({"reason": ["kept", "robots"], "rows": [960, 40]})
    >>> print(fitness(left_out, pd.DataFrame(), pd.DataFrame()))
    The data can be used: 96% of log rows count (960 of 1,000). Left out most often: robots (40 of 40).
    """
    rows = left_out.set_index("reason")["rows"]
    doubts, everything = _doubts(len(silent_days), problems), int(rows.sum())
    careful = bool(len(silent_days) or caveat) or not all(_few(row, everything) for row in problems.to_dict("records"))
    parts = {
        "share": percent(rows["kept"] / max(everything, 1)),
        "kept": number(rows["kept"], 0),
        "all": number(everything, 0),
    }
    usable = phrase("The data can be used: {share} of log rows count ({kept} of {all}).")
    with_care = phrase("The data can be used with care: {share} of log rows count ({kept} of {all}).")
    said = [translated(with_care if careful else usable, **parts), _most_left_out(rows.drop("kept"))]
    headline = " ".join(filter(None, said))
    rule = say("every row counts or is left out for a stated reason, and we looked at every working day")
    caveats = " ".join(filter(None, [sentence("; ".join(doubts)), caveat]))
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, caveat=caveats)


def _most_left_out(rows: pd.Series) -> str:
    """For which reason most rows are left out; nothing where all count."""
    if not rows.sum():
        return ""
    parts = {"reason": translated(str(rows.idxmax())), "n": number(rows.max(), 0), "all": number(rows.sum(), 0)}
    return say("Left out most often: {reason} ({n} of {all}).", **parts)


def _few(problem: dict[Hashable, Any], rows_of_log: int) -> bool:
    """Whether so few rows break a rule that nothing read from the others changes."""
    return int(problem["rows"]) < FEW * int(problem.get("of", rows_of_log))


def _doubts(silent: int, problems: pd.DataFrame) -> list[str]:
    """What to repair first."""
    days = say_n("hardly any rows arrived on {n} working day", "hardly any rows arrived on {n} working days", silent)
    return [days] * bool(silent) + [_noted(row) for row in problems.to_dict("records")]


def _noted(problem: dict[Hashable, Any]) -> str:
    """What the check noted: rows that break a rule, or something about a whole table."""
    if problem.get("of") == 0:
        return translated(str(problem["rule"]))
    rows, rule = int(problem["rows"]), str(problem["rule"])
    if rule.endswith(".user_id is in users"):
        return say_n(
            "{n} row belongs to people missing from the user list and is left out",
            "{n} rows belong to people missing from the user list and are left out",
            rows,
        )
    return say_n(
        "{n} row breaks the rule that {rule}", "{n} rows break the rule that {rule}", rows, rule=_of_table(problem)
    )


def _of_table(problem: dict[Hashable, Any]) -> str:
    """A rule, whose phrase says {table} where it names the table."""
    rule, table = str(problem["rule"]), str(problem.get("table", ""))
    words = [word if word != table else "{table}" for word in rule.split(" ")]
    return translated(" ".join(words), table=table) if "{" not in rule else rule
