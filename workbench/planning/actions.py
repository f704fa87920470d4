"""Two to five actions for the whole site, chosen from the findings of its pages by rules that are data.

The rules stand in `actions.toml`, in the order in which they are tried. What an action should bring is the effect that
was found, times the people it would reach where they are known, with the ends of the effect's interval.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.duckdb import as_table
from workbench.results.phrases import phrase, say, translated
from workbench.results.record import Record
from workbench.results.verdict import STRONGEST_FIRST, Grade, Verdict

RULES = Path(__file__).with_name("actions.toml")
MOST = 5  # actions: more would not be done
FITS = ("about", "verdict", "grade", "course", "gamed", "over")  # what a rule may ask of a finding
FELL = {str(Verdict.LOWERED): phrase("fell"), str(Verdict.PROBABLY_LOWERED): phrase("probably fell")}
PROGRAMMES = ("training", "incentive", "afterwards", "gaming", "mandate", "colleagues")
COLUMNS = [
    *("action", "rule", "whom", "people", "gain", "gain_low", "gain_high", "unit", "cost", "grade", "compared"),
    *("finding", "link", "known"),
]


@cache
def rules() -> tuple[dict[str, Any], ...]:
    """The rules in the order in which they are tried, as `actions.toml` has them.

    >>> rules()[0]["name"]
    'expand'
    """
    return tuple(tomllib.loads(RULES.read_text(encoding="utf-8"))["rule"])


def reached(panel: Any) -> dict[str, int]:
    """How many people are there in the panel's last week: everybody, and those untrained.

    panel : user-weeks, as `wb.user_weeks` returns them

    >>> from workbench.simulation import tiny_crm
    >>> reached(wb.user_weeks(wb.open_source(tiny_crm())))
    {'everybody': 24, 'untrained': 20}
    """
    text = """
        select cast(count(*) as bigint) as everybody,
            cast(count(case when trained is null then 1 end) as bigint) as untrained
        from this where week = (select max(week) from this)"""
    row: dict[str, int] = as_table(panel).sql(text).to_arrow().to_pylist()[0]
    return row


def actions(records: Iterable[Record], people: Mapping[str, int], most: int = MOST) -> pd.DataFrame:
    """What to do next, and what each action rests on.

    records : findings of the pages, as data; people : how many are there, as `reached` counts them
    most : how many actions at most
    Returns one row an action, in the order of the rules: action (a sentence without its full stop), rule, whom (a
    group), people (how many; missing: not known), gain, gain_low, gain_high (in `unit`, of all these people together,
    or of each where it is not known how many; missing where it is to be found out), cost (of one more active day),
    grade, compared (people behind the finding), finding (its headline), link, known (how we shall know).

    >>> ends = {"estimate": 0.3, "conf_low": 0.1, "conf_high": 0.5}
    >>> talks = Record("training", "Talks", "Talks helped.", "raised", "robust", **ends, n=40, course="lasts")
    >>> found = actions([talks], {"everybody": 90, "untrained": 50})
    >>> found[["action", "gain", "gain_low", "gain_high"]].values.tolist()
    [['Offer Talks to more people', 15.0, 5.0, 25.0]]
    """
    left, rows = list(records), list[dict[str, Any]]()
    done: dict[str, set[str]] = {}  # rule → what it was applied to
    for rule in rules():
        fitting = sorted((record for record in left if _fits(rule, record)), key=_surest)
        left = [record for record in left if record not in fitting]
        for record in fitting:
            of_rule = done.setdefault(rule["name"], set())
            again = len(of_rule) >= rule.get("at_most", 1) or record.name in of_rule
            if not again and len(rows) < most:
                of_rule.add(record.name)
                rows.append(_action(rule, record, people))
    return pd.DataFrame(rows, columns=COLUMNS)


def advice(records: Iterable[Record]) -> dict[str, str]:
    """What to do with each programme: the name of the first rule that fits one of its findings; "keep" where none does.

    records : findings of the pages, as data

    >>> advice([Record("training", "Talks", "Talks helped.", "raised", "robust", course="fades")])
    {'Talks': 'refresh'}
    """
    of_each: dict[str, list[Record]] = {}
    for record in records:
        if record.about in PROGRAMMES:
            of_each.setdefault(record.name, []).append(record)
    return {name: _first(found) for name, found in of_each.items()}


def _first(found: Iterable[Record]) -> str:
    """The first rule that fits any of these findings."""
    return next((rule["name"] for rule in rules() for record in found if _fits(rule, record)), "keep")


def _fits(rule: Mapping[str, Any], record: Record) -> bool:
    return all(getattr(record, what) in rule[what] for what in FITS if what in rule)


def _surest(record: Record) -> tuple[int, float]:
    """The best evidence first, and the largest effect first within it; what has no effect stays in its order."""
    return STRONGEST_FIRST.index(Grade(record.grade)), -abs(record.estimate or 0.0)


def _action(rule: Mapping[str, Any], record: Record, people: Mapping[str, int]) -> dict[str, Any]:
    ours = record.about == "barrier"  # its name is the workbench's word, and no user's
    name = translated(record.name) if ours else record.name
    words = {"name": name, "group": record.group or say("everybody"), "fell": translated(FELL.get(record.verdict, ""))}
    reach = {"unknown": None, "counted": record.n, **people}[rule["people"]]
    gain = _gain(rule["brings"], record, reach)
    return {
        "action": translated(rule["say"], **words),
        "rule": rule["name"],
        "whom": translated(rule["whom"], **words),
        "people": reach,
        "gain": gain[0],
        "gain_low": gain[1],
        "gain_high": gain[2],
        "unit": record.unit,
        "cost": record.cost,
        "grade": record.grade,
        "compared": record.n,
        "finding": record.headline,
        "link": record.link,
        "known": translated(rule["known"]),
    }


def _gain(brings: str, record: Record, people: int | None) -> tuple[float | None, float | None, float | None]:
    """The effect times the people, or of one person where it is not known how many; nothing where it is not known."""
    if brings == "unknown" or record.estimate is None:
        return None, None, None
    assert record.conf_low is not None
    assert record.conf_high is not None
    many = people or 1
    if brings == "more":
        return record.estimate * many, record.conf_low * many, record.conf_high * many
    return -record.estimate * many, -record.conf_high * many, -record.conf_low * many
