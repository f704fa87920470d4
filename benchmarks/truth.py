"""How often the intervals of the training and incentive pages hold the simulated CRM's truths, over many seeds.

Run: python benchmarks/truth.py [seeds]. Only the outcome is drawn, no events; estimators as the notebooks use them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
from results import markdown, write_section

import workbench as wb
from workbench.simulation import people, programmes
from workbench.simulation.calendar import START, Calendar
from workbench.simulation.days import Simulation, active_days
from workbench.simulation.people import People
from workbench.simulation.world import NOBODY

USERS, WEEKS, SEEDS = 1500, 52, 120
MONDAYS = pd.date_range(START, periods=WEEKS, freq="7D")


def simulated(seed: int) -> tuple[People, pd.DataFrame, dict[str, dict]]:
    """People, their user-weeks (place of the person, week, active_days), and the truths by name."""
    crm = Simulation(people.people(USERS, WEEKS, seed), Calendar(WEEKS), seed)
    drawn = [(use.present.any(axis=2), days) for _, use, days in active_days(crm)]
    there, days = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
    person, week = np.nonzero(there)
    rows = pd.DataFrame({"user_id": person, "place": week, "week": MONDAYS[week], "active_days": days[there]})
    rows["team"] = crm.people.team[person].astype(str)
    return crm.people, rows, {truth["name"]: truth for truth in crm.ledger.truths()}


def trainings(who: People, rows: pd.DataFrame) -> Iterator[tuple[str, wb.Estimates]]:
    """Every programme that keeps the rules against people never trained in anything, and every offer by lot."""
    untouched = (who.programme == NOBODY) & (who.exposed == NOBODY)
    for number, training in enumerate(programmes.PROGRAMMES):
        if training is not programmes.FAST_TRACK and training not in programmes.LOTS:
            here = np.equal(who.programme, number)
            cluster = "team" if training is programmes.WORKSHOP else None
            yield training.name, effect(rows, np.where(here, who.trained, NOBODY), here | untouched, cluster)
    for training in programmes.LOTS:  # people who drew one date are compared with people who drew another
        found = offer(who, rows, programmes.PROGRAMMES.index(training))
        yield f"{training.name}: offer", found
        yield f"{training.name}: those who came", found.came
    colleagues = who.exposed != NOBODY
    yield f"{programmes.WORKSHOP.name}: spillover", effect(rows, who.exposed, colleagues | untouched, "team")


def offer(who: People, rows: pd.DataFrame, number: int) -> wb.Offer:
    """The effect of an offer by lot, and on those who came."""
    used = rows[np.equal(who.offered, number)[rows["user_id"]]]
    weeks, person = pd.Series([*MONDAYS, pd.NaT]).to_numpy(), used["user_id"].to_numpy()
    came = np.where(who.comes, who.offered_in, NOBODY)
    return wb.offered(used.assign(offered=weeks[who.offered_in[person]], came=weeks[came[person]]))


def effect(rows: pd.DataFrame, start: np.ndarray, chosen: np.ndarray, cluster: str | None) -> wb.Estimates:
    """The simple summary of ATT(g, t) among the chosen; `start` is a place in the calendar."""
    used = rows[chosen[rows["user_id"]]]
    weeks = pd.Series([*MONDAYS, pd.NaT])  # place -1 is the last one: never
    cohort = weeks.to_numpy()[start[used["user_id"]]]
    m = wb.moments(used.assign(trained=cohort), cohort="trained", cluster=cluster)
    return wb.aggregate(wb.att_gt(m, small_sample=True, band=False), band=False)


def incentives(who: People, rows: pd.DataFrame) -> Iterator[tuple[str, wb.Estimates]]:
    """Every incentive on and off, among people never trained, against teams without any."""
    for number, incentive in enumerate(programmes.INCENTIVES):
        chosen = (who.programme == NOBODY) & np.isin(who.incentive, (number, NOBODY))
        used = rows[chosen[rows["user_id"]]]
        person, place = used["user_id"].to_numpy(), used["place"].to_numpy()
        on = (who.incentive[person] == number) & (place >= who.on[person]) & (place < who.off[person])
        m = wb.moments(used.assign(on=on.astype(int)), treatment="on", cluster="team")
        yield f"{incentive.name}: while on", wb.path_effects(m, by="event_week", small_sample=True)
        yield f"{incentive.name}: after it ended", wb.path_effects(m, by="weeks_after", small_sample=True)


def one_seed(seed: int) -> Iterator[dict]:
    who, rows, truths = simulated(seed)
    for training in programmes.LOTS:
        came = truths[f"{training.name}: offer"]["value_for_those_who_came"]
        truths[f"{training.name}: those who came"] = {"value": came}
    for name, found in [*trainings(who, rows), *incentives(who, rows)]:
        row = found.overall if found.overall is not None else found.table.iloc[0]
        true = truths[name]["value"]
        yield {
            "effect": name,
            "truth": true,
            "naive": truths[name].get("naive", np.nan),
            "estimate": row["estimate"],
            "error": row["std_error"],
            "covered": row["conf_low"] <= true <= row["conf_high"],
            "no change": row["conf_low"] <= 0 <= row["conf_high"],
        }


def summary(found: pd.DataFrame) -> str:
    lines = []
    for name, rows in found.groupby("effect", sort=False):
        gap = rows["estimate"] - rows["truth"]
        numbers = [rows["truth"].mean(), rows["naive"].mean(), rows["estimate"].mean(), gap.std(), rows["error"].mean()]
        shares = [rows["covered"].mean(), rows["no change"].mean()]
        lines.append([name, *("–" if np.isnan(x) else f"{x:.2f}" for x in numbers), *(f"{x:.3f}" for x in shares)])
    header = ["effect", "truth", "naive gap", "estimate", "its spread", "std. error", "truth inside", "zero inside"]
    return markdown(header, lines)


def main(seeds: int = SEEDS) -> None:
    found = pd.DataFrame([row for seed in range(1, seeds + 1) for row in one_seed(seed)])
    about = (
        f"Active days a week; means over {seeds} seeds of {USERS:,} people and {WEEKS} weeks; 95% intervals. Coverage"
        " above .95 comes of waves that have the same mix of people by design, which the errors do not know. The"
        " truth of an incentive is over all members of its teams, its estimate over those who were never trained,"
        " so that part of its shortfall is a difference between people; what remains is that of two to four teams a"
        " path.\n\n"
    )
    write_section("Planted truths", f"python benchmarks/truth.py {seeds}", about + summary(found))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
