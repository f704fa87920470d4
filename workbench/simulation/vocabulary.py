"""The words of the simulated log: actions, features with their records, and what a contest does to them."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pyarrow.csv

DAY = 86_400
ACTIONS = ("login", "view", "create", "update", "delete", "export")
LOGIN, VIEW, CREATE, UPDATE = range(4)
# feature: the kind of record it works on, the fields that record should have filled, median seconds (assumption)
FEATURES = {
    "contacts": ("contact", 6, 50),
    "activities": ("activity", 4, 35),
    "opportunities": ("opportunity", 9, 95),
    "accounts": ("account", 8, 70),
    "leads": ("lead", 5, 45),
    "reports": ("report", 3, 60),
    "dashboards": ("dashboard", 3, 40),
    "quotes": ("quote", 8, 150),
    "calendar": ("activity", 4, 30),
    "campaigns": ("campaign", 6, 120),
    "knowledge base": ("article", 4, 80),
    "forecasts": ("forecast", 5, 180),
}
RECORDS = tuple(dict.fromkeys(record for record, _, _ in FEATURES.values()))
# The order in which roles come to features; the last ones nearly nobody reaches.
FIRST_FEATURES = {
    "account executive": (2, 0, 1, 3, 7, 5, 4, 6, 8, 9, 10, 11),
    "account manager": (3, 0, 1, 2, 5, 7, 8, 6, 4, 10, 9, 11),
    "sales representative": (4, 0, 1, 2, 8, 3, 5, 7, 6, 9, 10, 11),
    "sales assistant": (0, 1, 8, 4, 3, 2, 5, 7, 6, 10, 9, 11),
    "service agent": (0, 1, 10, 3, 8, 5, 6, 2, 4, 7, 9, 11),
    "marketing specialist": (4, 9, 0, 5, 6, 1, 3, 2, 8, 10, 7, 11),
    "operations analyst": (5, 6, 0, 3, 1, 2, 4, 8, 10, 7, 9, 11),
}
SELLING = ("account executive", "account manager", "sales representative")
FAILED, FAILED_RESISTER, FAILED_LOGIN = 0.02, 0.12, 0.04  # shares of actions and logins (assumption)
FAILED_UNSURE = 0.07  # share of failed actions where the department does not know how (assumption)
SLOWER = 1.6  # how many times as long everything takes where it is short of time and tools (assumption)
OLDER = 10_000  # records from before the log have numbers below
ASKED = 0.35  # share of compulsory actions while somebody still explores (assumption)
RACE, RACE_FINISH, FINISH_DAYS = 0.7, 3.0, 4  # extra records per active day in a contest, and in its last days
RACE_JUNK, RACE_CARE, RACE_CORRECT = 0.8, 0.6, 0.66  # share never touched again; factors on care and correctness


def data_rows(name: str) -> list[dict[str, Any]]:
    """The rows of a CSV file that stands beside this code."""
    with (resources.files(__package__) / name).open("rb") as file:
        return list(pyarrow.csv.read_csv(file).to_pylist())
