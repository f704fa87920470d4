"""The tables beside the log: users, trainings, incentives, tickets, outcomes, milestones, champions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from workbench.simulation.calendar import HOLIDAYS, ZONE, Calendar
from workbench.simulation.columns import categorical, dates, role_names, team_names, user_ids, utc_text
from workbench.simulation.comments import feedback_table
from workbench.simulation.dirt import robot_count
from workbench.simulation.people import People
from workbench.simulation.programmes import INCENTIVES, MANDATE, PROGRAMMES, REFRESH, SHOP, TRAININGS, WAVES
from workbench.simulation.surveys import survey_table
from workbench.simulation.use import Use
from workbench.simulation.vocabulary import SELLING
from workbench.simulation.world import CHAMPION, DEPARTMENTS, PILOT_START, REGIONS, STREAM, Array

DEALS, DEALS_PER_DAY = 0.15, 0.03  # deals a week of somebody who sells, and for every active day (assumption)


def outcome_table(who: People, expected: Use, active: Array, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    """Deals won, week by week, by those who sell: some of their own and some for every active day."""
    person, week = _selling(who, expected)
    won = rng.poisson(DEALS + DEALS_PER_DAY * active.sum(2)[person, week])
    return pa.table(
        {
            "user_id": categorical(person, user_ids(who.number)).cast(pa.string()),
            "measured_on": pa.array(dates(7 * week + 6)),
            "outcome": pa.array(["deals_won"] * len(person), pa.string()),
            "value": pa.array(won.astype(np.float64)),
        }
    )


def adjusted_deals(
    deals: pa.Table, who: People, expected: Use, active: Array, added: Array, lost: Array, rng: np.random.Generator
) -> pa.Table:
    """The deals of some people, with those of added days and without those of lost ones: Poisson numbers, thinned."""
    person, week = _selling(who, expected)
    days, fewer, more = (which.sum(2)[person, week] for which in (active, lost, added))
    won = deals["value"].to_numpy().astype(np.int64)
    gone = rng.binomial(won, DEALS_PER_DAY * fewer / (DEALS + DEALS_PER_DAY * days))
    value = pa.array((won - gone + rng.poisson(DEALS_PER_DAY * more)).astype(np.float64))
    return deals.set_column(deals.column_names.index("value"), "value", value)


def _selling(who: People, expected: Use) -> tuple[Array, Array]:
    """The whole weeks of those who sell: their places among these people, and the weeks."""
    sells = np.isin(role_names(who), SELLING)
    person, week = np.nonzero(expected.present.all(2) & sells[:, None])
    return person, week


def planned_tables(everyone: People, calendar: Calendar, seed: int) -> dict[str, pa.Table]:
    """The tables that do not depend on use, by name."""
    rng = np.random.default_rng([STREAM, seed, 2])
    return {
        "users": _users(everyone),
        "trainings": _trainings(everyone, calendar, rng),
        "incentives": _incentives(everyone, calendar),
        "surveys": survey_table(everyone, calendar, rng),
        "feedback": feedback_table(everyone, calendar, seed, rng),
        "milestones": _milestones(everyone, calendar),
        "champions": _champions(everyone, calendar, rng),
    }


def _users(everyone: People) -> pa.Table:
    """Everybody with an account, then the machines' accounts."""
    people, robots = len(everyone), robot_count(len(everyone))
    leads = np.isin(everyone.number, everyone.manager)
    role = np.where(leads, "team lead", role_names(everyone))
    columns = {
        "access_start": pa.array(dates(everyone.first_day)),
        "access_end": pa.array(dates(everyone.last_day), mask=~everyone.end_known),
        "team": pa.array(team_names(everyone)),
        "department": pa.array(np.array(DEPARTMENTS)[everyone.department]),
        "role": pa.array(role),
        "region": pa.array(np.array(REGIONS)[everyone.region]),
        "manager_id": user_ids(everyone.manager, everyone.manager < 0),
        "time_zone": pa.array([ZONE] * people),
        "is_robot": pa.array([False] * people),
    }
    machines = {name: pa.nulls(robots, column.type) for name, column in columns.items()}
    machines["access_start"] = pa.array([PILOT_START] * robots, pa.date32())
    machines["is_robot"] = pa.array([True] * robots)
    ids = {"user_id": user_ids(np.arange(people + robots))}
    return pa.table(ids | {name: pa.concat_arrays([column, machines[name]]) for name, column in columns.items()})


def _trainings(everyone: People, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    """People who attended, people who came again, and people who were offered a place and did not come."""
    attended = np.flatnonzero(everyone.programme >= 0)
    again = attended[everyone.again[attended] & (everyone.trained[attended] + REFRESH < calendar.weeks)]
    absent, refused, refused_in = _no_shows(everyone, calendar, rng)
    who = np.concatenate([attended, again, absent])
    week = np.concatenate([everyone.trained[attended], everyone.trained[again] + REFRESH, refused_in])
    programme = np.concatenate([everyone.programme[attended], everyone.programme[again], refused])
    there = np.arange(len(who)) < len(attended) + len(again)
    start = calendar.hours_utc[(7 * week + 1 + week % 2) * 24 + np.where(programme % 2, 10, 14)]
    of = [PROGRAMMES[number] for number in programme]
    hours = np.where(there, everyone.hours[who], [training.hours for training in of])
    table = pa.table(
        {
            "user_id": user_ids(who),
            "programme": pa.array([training.name for training in of]),
            "started_at": utc_text(start),
            "format": pa.array([training.format for training in of]),
            "hours": pa.array(hours),
            "sessions": pa.array([training.sessions for training in of]),
            "tailored": pa.array([training.tailored for training in of]),
            "attended": pa.array(there),
            "assignment": pa.array([training.assignment for training in of]),
            "assigned_unit": pa.array(["team" if n == SHOP else "person" for n in programme]),
        }
    )
    return table.sort_by([("started_at", "ascending"), ("programme", "ascending"), ("user_id", "ascending")])


def _no_shows(everyone: People, calendar: Calendar, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """People who did not come, the programme they were offered, and its week.

    Some did not choose to come to a course; others were offered one by lot.
    """
    untrained = (everyone.programme < 0) | (everyone.offered >= 0)  # whatever the lots brought
    may_refuse = untrained & (everyone.exposed < 0) & (everyone.first_day <= 0)
    absent = np.flatnonzero(may_refuse & (rng.random(len(everyone)) < 0.12))
    programme = rng.integers(0, len(TRAININGS), len(absent))
    week = rng.choice([calendar.week(w) for w in WAVES], len(absent))
    lots = np.flatnonzero((everyone.offered >= 0) & ~everyone.comes)
    return (
        np.concatenate([absent, lots]),
        np.concatenate([programme, everyone.offered[lots]]),
        np.concatenate([week, everyone.offered_in[lots]]),
    )


def _incentives(everyone: People, calendar: Calendar) -> pa.Table:
    """One row per team and incentive; the mandate costs nothing and does not end."""
    names, rows = team_names(everyone), []
    for team in np.unique(everyone.team):
        one = int(np.argmax(everyone.team == team))
        if everyone.incentive[one] >= 0:
            incentive = INCENTIVES[everyone.incentive[one]]
            on, off = int(everyone.on[one]), int(everyone.off[one])
            cost = incentive.cost * float((everyone.team == team).sum()) * (off - on)
            rows.append(_offer(incentive.name, incentive.kind, incentive.rewarded_action, calendar, on, "random"))
            rows[-1] |= {"team": str(names[one]), "ends_on": calendar.day(off - 1, 6), "cost": cost}
        if everyone.mandated[one] >= 0:
            rows.append(_offer(MANDATE, "mandate", "login", calendar, int(everyone.mandated[one]), "scheduled"))
            rows[-1] |= {"team": str(names[one]), "ends_on": None, "cost": 0.0}
    rows.sort(key=lambda row: (row["programme"], row["starts_on"], row["team"]))
    return pa.Table.from_pylist(rows)


def _offer(
    programme: str, kind: str, rewarded: str | None, calendar: Calendar, on: int, assignment: str
) -> dict[str, Any]:
    return {
        "programme": programme,
        "kind": kind,
        "rewarded_action": rewarded,
        "team": "",
        "announced_on": calendar.day(on, -7),
        "starts_on": calendar.day(on),
        "ends_on": None,
        "cost": 0.0,
        "assignment": assignment,
        "drawn": "everything" if assignment == "random" else None,  # also which teams were offered anything
    }


def _milestones(everyone: People, calendar: Calendar) -> pa.Table:
    rows: list[tuple[str, str, int, int, str | None]] = [
        ("Go-live", "go-live", 0, 0, None),
        ("Why we change: letter of the board", "message", -1, 0, None),
        ("Involvement workshops", "involvement", 3, 1, None),
        ("Release 2: faster pages", "release", calendar.week(17), 2, None),
        ("Release 3: mobile app", "release", calendar.week(39), 2, None),
    ]
    for department in np.unique(everyone.department[everyone.mandated >= 0]):
        week = int(everyone.mandated[everyone.department == department][0])
        rows.append(("Logging in every week becomes mandatory", "mandate", week, 0, DEPARTMENTS[department]))
    table = [
        {"name": name, "starts_on": calendar.day(week, day), "kind": kind, "department": department}
        for name, kind, week, day, department in rows
    ]
    table += [
        {"name": "Public holiday", "starts_on": day, "kind": "holiday", "department": None}
        for day in calendar.days
        if (day.month, day.day) in HOLIDAYS
    ]
    return pa.Table.from_pylist(sorted(table, key=lambda row: (row["starts_on"], row["name"], str(row["department"]))))


def _champions(everyone: People, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    """In two teams of three, the first member who uses the CRM like a champion becomes one."""
    fit = np.flatnonzero((everyone.pattern == CHAMPION) & (everyone.first_day <= 0))
    _, first = np.unique(everyone.team[fit], return_index=True)
    chosen = fit[first][rng.random(len(first)) < 0.7]
    since = rng.integers(calendar.week(4), calendar.week(36), len(chosen))
    return pa.table({"user_id": user_ids(chosen), "since": pa.array(dates(7 * since))})
