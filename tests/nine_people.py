"""Nine people in four teams over ten weeks, with a race, a bonus and a rule: small enough to count by hand."""

from __future__ import annotations

import pandas as pd

USERS = pd.DataFrame(
    {
        "user_id": list("abcdefghi"),
        "team": ["x", "x", "x", "y", "y", "z", "z", "w", "w"],
        "access_start": ["2025-01-06"] * 2 + ["2025-02-03"] + ["2025-01-06"] * 6,
    }
)
EVENTS = pd.DataFrame(
    {
        "user_id": ["a", "a", "a", "a", "a"],
        "occurred_at": ["2025-01-06", "2025-02-05", "2025-02-05", "2025-02-06", "2025-03-16"],
        "action": ["view", "create", "create", "update", "login"],
        "succeeded": [True, True, False, True, True],
    }
)
TRAININGS = pd.DataFrame(
    {
        "user_id": ["b", "d"],
        "programme": ["basics", "basics"],
        "started_at": ["2025-01-15"] * 2,
        "attended": [True, False],
    }
)
RACE = {
    "programme": "race",
    "kind": "contest",
    "rewarded_action": "create",
    "assignment": "random",
    "drawn": "everything",
}
OFFERS = pd.DataFrame(
    [
        # From a Wednesday to the Tuesday two weeks later: it touches the weeks of 22 January to 4 February.
        RACE | {"team": "x", "starts_on": "2025-01-22", "ends_on": "2025-02-04", "cost": 60.0},
        RACE | {"team": "y", "starts_on": "2025-02-10", "ends_on": "2025-02-23", "cost": 40.0},
        {"programme": "bonus", "kind": "bonus", "team": "z", "starts_on": "2025-02-03", "ends_on": "2025-02-16"},
        {"programme": "rule", "kind": "mandate", "rewarded_action": "login", "team": "w", "starts_on": "2025-02-17"},
    ]
)
