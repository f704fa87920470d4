"""Cohorts beside weekly use: nobody can take the one from the other for a few. People are counted by hand."""

import pandas as pd

from workbench.adoption.beside_weekly_use import beside_weekly_use
from workbench.adoption.rates import weekly_use
from workbench.adoption.retention import retention


def test_weekly_use_less_a_cohort_is_never_that_of_a_few_later_joiners():
    # attack-cases.md, 9: a hundred begin together, three a week later, twelve in the third week.
    begin = {0: 100, 1: 3, 2: 12}
    weeks = pd.date_range("2025-01-06", periods=4, freq="7D")
    rows = [
        {"user_id": f"{first}-{i}", "week": weeks[week], "actions": (i + week) % 2}
        for first, people in begin.items()
        for i in range(people)
        for week in range(first, 4)
    ]
    panel = pd.DataFrame(rows)
    cells = beside_weekly_use(retention(panel), "week")
    weekly = weekly_use(panel).table.set_index("week")["n"]
    shown = {cohort: int(users) for cohort, users in zip(cells["cohort"], cells["n"], strict=True)}
    left = {week: n - sum(users for cohort, users in shown.items() if cohort <= week) for week, n in weekly.items()}
    assert shown  # the page still says something of cohorts
    assert all(rest == 0 or rest >= 10 for rest in left.values())
    assert len(beside_weekly_use(retention(panel, "month"), "month")) == len(retention(panel, "month"))
