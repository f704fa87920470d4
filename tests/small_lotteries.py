"""A lottery of dates among a few people, for tests whose numbers are counted by hand."""

from __future__ import annotations

import pandas as pd

import workbench as wb

MONDAYS = pd.date_range("2025-01-06", periods=20, freq="7D")


def small(dates, assignment="random"):
    """People who come once a week, twice from their date on; their dates by place of the week."""
    events = [
        (who, f"{monday + pd.Timedelta(days=day, hours=9)}+00:00", "create")
        for who, at in dates.items() for place, monday in enumerate(MONDAYS) for day in range(1 + (place >= at))
    ]  # fmt: skip
    given = [(who, "Clinic", f"{MONDAYS[at]}+00:00", assignment, "person") for who, at in dates.items()]
    users = pd.DataFrame({"user_id": list(dates), "team": "t", "role": "rep", "access_start": "2025-01-06"})
    columns = ["user_id", "programme", "started_at", "assignment", "assigned_unit"]
    log = wb.open_source({"users": users, "trainings": pd.DataFrame(given, columns=columns),
                          "events": pd.DataFrame(events, columns=["user_id", "occurred_at", "action"])})  # fmt: skip
    return wb.user_weeks(log), log
