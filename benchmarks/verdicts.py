"""What the pages on training, incentives and peers say of simulated CRMs, beside what was planted in them.

Run: python benchmarks/verdicts.py [first seed] [last seed]. Only the estimation behind the pages is done, with the
parameters they have by default; each seed is a CRM of its own, written, opened and read as anybody's would be.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from results import markdown, write_section

import workbench as wb
from workbench import findings
from workbench.programmes import colleagues, gaming, incentives, leaders, outcomes, trainings
from workbench.programmes.signs import facts as gone_through
from workbench.simulation.calendar import ZONE
from workbench.simulation.crm import write
from workbench.simulation.programmes import CONTEST, INCENTIVES, MANDATE

USERS, WEEKS = 1500, 52
CHECKED = 12  # weeks before and after in which the pages put the comparison to the test
NOTHING = 0.05  # active days a week: a planted effect nearer to zero is none that anybody could see
SPANS = {"weeks 1–4": (0, 3), "weeks 5–12": (4, 11), "from week 13": (12, 999)}
SMALL = {"small_sample": True, "band": False}


@dataclass(frozen=True)
class Said:
    """One answer of a page: about what, what is true and what is said; inside: the interval holds the truth."""

    page: str
    about: str
    true: str
    said: str
    grade: str = ""
    inside: bool | None = None


@dataclass(frozen=True)
class Crm:
    """One simulated CRM as the pages open it, with its truths by name."""

    log: wb.Source
    panel: wb.Table
    actions: wb.Table
    truth: dict[str, dict]


def opened(folder: Path) -> Crm:
    log = wb.open_source(folder)
    panel = wb.user_weeks(log, time_zone=ZONE, qualifying=wb.qualifying_actions(log)).stored()
    truths = json.loads((folder / "truth.json").read_text())["truths"]
    return Crm(log, panel, wb.actions(log, time_zone=ZONE).stored(), {truth["name"]: truth for truth in truths})


def truly(value: float) -> str:
    """The verdict that a page should come to if it saw everything."""
    return "raised" if value > NOTHING else "lowered" if value < -NOTHING else "did not clearly change"


def judged(page: str, about: str, value: float, found: findings.Finding) -> Said:
    inside = None if found.estimate is None else found.conf_low <= value <= found.conf_high
    return Said(page, about, truly(value), found.verdict, found.grade, inside)


def graded(each: wb.Estimates, what: str, drawn: bool = False, mean: wb.Estimates | None = None) -> findings.Finding:
    survives = wb.sensitivity(each, before=CHECKED, after=CHECKED)
    alike = wb.pretrend(each, CHECKED)
    return findings.effect(mean or each, what, pretrend=alike, sensitivity=survives, randomised=drawn)


# ── the pages ───────────────────────────────────────────────────────────────────────────────────────────────────


COURSES = {"Sales basics": "fades", "New release tour": "raised, then lowered", "Role clinics": "lasts"}


def training(crm: Crm) -> Iterator[Said]:
    for name in trainings.programmes(crm.log)["programme"]:
        cluster = "team" if trainings.assigned_to_teams(crm.log, name) else None
        rows = trainings.cohort_panel(crm.panel, crm.log, name, ZONE)
        each = wb.att_gt(wb.moments(rows, cohort="trained", cluster=cluster, outside="known"), **SMALL)
        found = graded(each, name, trainings.drawn(crm.log, name), wb.aggregate(each))
        yield judged("training", name, crm.truth[name]["value"], found)
        if name in COURSES:
            yield Said("training", f"{name}: its course", COURSES[name], findings.course(wb.over(each, SPANS)))


LEFT = {
    "Data race": "nothing clear is left",
    "Colleague of the month": "part of it stays",
    "Activity bonus": "harm: less use than without it",
}


def incentive(crm: Crm) -> Iterator[Said]:
    listed = incentives.judged(crm.panel, crm.log).set_index("programme")
    for name in listed.index[listed["kind"] != incentives.MANDATE]:
        rows, drawn = incentives.on_off_panel(crm.panel, crm.log, name).stored(), incentives.drawn(crm.log, name)
        m = wb.moments(rows, treatment="on", cluster="team")
        running = wb.path_effects(m, by="event_week", small_sample=True)
        on = graded(running, name, drawn)
        later = wb.path_effects(m, by="weeks_after", small_sample=True)
        after = findings.effect(later, name, pretrend=wb.pretrend(running, CHECKED), randomised=drawn)
        yield judged("incentives", f"{name}, while on", crm.truth[f"{name}: while on"]["value"], on)
        yield judged("incentives", f"{name}, after it ended", crm.truth[f"{name}: after it ended"]["value"], after)
        yield Said("incentives", f"{name}: what is left", LEFT[name], findings.remains(on, after))
        yield from played(crm, name, rows, drawn)


def played(crm: Crm, name: str, rows: wb.Table, drawn: bool) -> Iterator[Said]:
    facts = gone_through(rows, crm.actions).stored()
    made = wb.path_effects(
        wb.moments(facts, treatment="on", cluster="team", outcome="made"), by="event_week", small_sample=True
    )
    more = findings.effect(made, name, pretrend=wb.pretrend(made, CHECKED), randomised=drawn)
    signs = gaming.changes(facts)
    contest = name == INCENTIVES[CONTEST].name
    found = findings.gamed(signs, more, name, drawn)
    yield Said("incentives", f"{name}: gamed", "gamed" if contest else "not gamed", found.verdict)
    for row in signs.table.to_dict("records"):
        if row["quality"] or row["sign"] == "in the last week":
            clear = row["band_low"] > 0 if row["suspect"] > 0 else row["band_high"] < 0
            said = "shows" if clear else "does not show"
            yield Said("incentives", f"{name}: {row['sign']}", "shows" if contest else "does not show", said)


def mandate(crm: Crm) -> Iterator[Said]:
    name = MANDATE
    rows = incentives.on_off_panel(crm.panel, crm.log, name)
    for what, value in (("logins", crm.truth[name]["value"]), ("active_days", 0.0), ("actions", 0.0)):
        m = wb.moments(rows, treatment="on", cluster="team", outcome=what)
        each = wb.path_effects(m, by="event_week", small_sample=True)
        yield judged("incentives", f"{name}: {what}", value, graded(each, name))
    answers = incentives.team_answers(rows, crm.log.surveys, "satisfaction")
    m = wb.moments(answers, "team", "wave", "share_of_full_satisfaction", cohort="told")
    each = wb.att_gt(m, small_sample=True)
    found = findings.effect(wb.aggregate(each), name, pretrend=wb.pretrend(each))
    yield Said("incentives", f"{name}: satisfaction", "lowered", found.verdict, found.grade)


def peer(crm: Crm) -> Iterator[Said]:
    listed = colleagues.ways(crm.panel, crm.log, ZONE)
    told = {"Team workshop": "Team workshop: spillover", colleagues.CHAMPION: "Champions: effect on team-mates"}
    for name, reason in zip(listed["way"], listed["reason"], strict=True):
        if name not in told:
            yield Said("peers", "programmes of single people", "refused", "refused" if reason else "answered")
        elif reason:
            yield Said("peers", f"{name} among colleagues", truly(crm.truth[told[name]]["value"]), "cannot tell")
        else:
            rows = colleagues.followed(crm.panel, colleagues.reached(crm.panel, crm.log, name, ZONE))
            each = wb.att_gt(wb.moments(rows, cohort="began", cluster="team", outside="known"), **SMALL)
            found = graded(each, name, mean=wb.aggregate(each))
            yield judged("peers", f"{name} among colleagues", crm.truth[told[name]]["value"], found)


def others(crm: Crm) -> Iterator[Said]:
    row = leaders.goes_with(leaders.led_groups(crm.panel, crm.log)).table.iloc[0]
    said = "goes together" if row["conf_low"] > 0 else "the other way" if row["conf_high"] < 0 else "not clear"
    yield Said("peers", "leaders' use and their groups' later use", "", said)  # no effect; an association may be
    rows = outcomes.by_week(colleagues.unreached(crm.panel, crm.log, ZONE), crm.log)["deals_won"]
    each = wb.att_gt(wb.moments(rows, outcome="deals_won", cluster="team", outside="known"), **SMALL)
    found = graded(each, "training", mean=wb.aggregate(each))
    yield Said("peers", "deals won (0.015 planted)", "did not clearly change", found.verdict, found.grade)


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────


def one_seed(seed: int) -> Iterator[Said]:
    with tempfile.TemporaryDirectory() as folder:
        write(folder, USERS, WEEKS, seed)
        crm = opened(Path(folder))
        for page in (training, incentive, mandate, peer, others):
            yield from page(crm)


def summary(found: pd.DataFrame) -> str:
    lines = []
    for (page, about), rows in found.groupby(["page", "about"], sort=False):
        said = ", ".join(f"{count} {words}" for words, count in Counter(rows["said"]).most_common())
        planted_as = ", ".join(words for words, _ in Counter(rows["true"]).most_common()) or "no effect"
        right = f"{(rows['said'] == rows['true']).sum()} of {len(rows)}" if rows["true"].any() else "–"
        known = rows["inside"].dropna()
        inside = f"{int(known.sum())} of {len(known)}" if len(known) else "–"
        fragile = str((rows["grade"] == "fragile").sum()) if rows["grade"].any() else "–"
        lines.append([page, about, planted_as, said, right, fragile, inside])
    header = ["page", "about", "planted", "the page says", "as planted", "fragile", "truth inside"]
    return markdown(header, lines)


def main(first: int = 2, last: int = 8) -> None:
    found = pd.DataFrame([said for seed in range(first, last + 1) for said in one_seed(seed)])
    about = (
        f"Simulated CRMs of {USERS:,} people and {WEEKS} weeks, seeds {first} to {last}, each read as the pages do it."
        f" A planted effect below {NOTHING} active days a week counts as none. *Did not clearly change* where"
        " something is planted is no false answer, but one from too few teams: the page then says how large it could"
        " still be.\n\n"
    )
    write_section("Verdicts of the pages", f"python benchmarks/verdicts.py {first} {last}", about + summary(found))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
