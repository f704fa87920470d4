"""A made-up CRM of 24 people in nine whole weeks, small enough to follow by hand: for examples.

Two people of each of the first two teams are trained and gain a day a week; two teams have a race in three early
weeks and gain a day while it is on.
"""

from __future__ import annotations

import pandas as pd

MONDAYS = pd.date_range("2025-01-06", periods=10, freq="7D")
PEOPLE = [f"p{place:02}" for place in range(24)]  # four in each of six teams
TRAINED = {"p00": 4, "p01": 6, "p04": 4, "p05": 6}  # person → place of the week
RACING, ON = ("t4", "t5"), range(2, 5)


def tiny_crm() -> dict[str, pd.DataFrame]:
    """Tables of the contract by name, for `wb.open_source`; times are UTC.

    >>> import workbench as wb
    >>> wb.user_weeks(wb.open_source(tiny_crm())).to_arrow().num_rows
    216
    """
    team = {who: f"t{place // 4}" for place, who in enumerate(PEOPLE)}
    users = pd.DataFrame({"user_id": PEOPLE, "team": team.values(), "access_start": "2025-01-06"})
    users["department"] = users["team"].map(lambda name: "sales" if name < "t3" else "service")
    users["manager_id"] = [f"p{place // 4 * 4 + 3:02}" if place % 4 < 3 else None for place in range(24)]
    return {
        "users": users,
        "events": pd.DataFrame([row for place, who in enumerate(PEOPLE) for row in _events(place, who, team[who])]),
        "trainings": pd.DataFrame([_training(who, at) for who, at in TRAINED.items()]),
        "incentives": pd.DataFrame([_race(name) for name in RACING]),
        "outcomes": pd.DataFrame([_deals(place, who) for place, who in enumerate(PEOPLE)]),
        "surveys": pd.DataFrame([_answer(place, who, wave) for place, who in enumerate(PEOPLE) for wave in (1, 2)]),
    }


def _events(place: int, who: str, team: str) -> list[dict[str, object]]:
    """One record made on each active day, from Monday on."""
    rows = []
    for at, monday in enumerate(MONDAYS):
        gained = at >= TRAINED.get(who, 99) or (team in RACING and at in ON)
        for day in range(1 + place % 2 + (5 * place + 3 * at * at + place * at) % 7 // 4 + gained):
            when = monday + pd.Timedelta(days=day, hours=9, minutes=place)
            record = {"record_id": f"{who}-{at}-{day}", "fields_required": 4, "fields_filled": 4 - place % 2}
            rows.append({"user_id": who, "occurred_at": f"{when}+00:00", "action": "create", **record})
    return rows


def _training(who: str, at: int) -> dict[str, object]:
    kind = {"format": "online", "hours": 2, "sessions": 1} if who < "p04" else {"format": "classroom", "hours": 4}
    return {"user_id": who, "programme": "Basics", "started_at": f"{MONDAYS[at]}+00:00", "attended": True, **kind}


def _race(team: str) -> dict[str, object]:
    last = MONDAYS[ON[-1]] + pd.Timedelta(days=6)
    dates = {"starts_on": MONDAYS[ON[0]].date(), "ends_on": last.date(), "team": team, "cost": 60.0}
    return {
        "programme": "Race",
        "kind": "contest",
        "rewarded_action": "create",
        "assignment": "random",
        "drawn": "everything",
        **dates,
    }


def _deals(place: int, who: str) -> dict[str, object]:
    return {"user_id": who, "measured_on": MONDAYS[place % 10].date(), "outcome": "deals_won", "value": 1 + place % 2}


def _answer(place: int, who: str, wave: int) -> dict[str, object]:
    asked = {"survey": f"wave {wave}", "answered_at": f"{MONDAYS[4 * wave - 4]}+00:00", "item": "content"}
    return {
        "user_id": who,
        "scale": "satisfaction",
        "value": 1 + (place + wave) % 5,
        "lowest": 1,
        "highest": 5,
        **asked,
    }
