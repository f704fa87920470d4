"""Surveys of a few sheets, for tests whose numbers are counted by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd

import workbench as wb

WHEN = "2025-04-01T09:00Z"


def survey(values: dict[str, dict[str, float]], scale: str, wave: str = "spring", **more: Any) -> pd.DataFrame:
    """A wide survey as the contract has it: person → item → answer; more: columns alike in every row."""
    rows = [
        {"user_id": who, "survey": wave, "answered_at": WHEN, "scale": scale, "item": item, "value": value, **more}
        for who, given in values.items()
        for item, value in given.items()
    ]
    return pd.DataFrame(rows)


def people(ids: Any, **columns: Any) -> pd.DataFrame:
    """Users with these columns."""
    return pd.DataFrame({"user_id": list(ids), **columns})


def opened(given: pd.DataFrame, users: pd.DataFrame | None = None) -> wb.Source:
    """The survey as a source; its users are those who answered, where nobody says otherwise."""
    known = people(given["user_id"].dropna().unique()) if users is None else users
    return wb.open_source({"users": known, "surveys": given})
