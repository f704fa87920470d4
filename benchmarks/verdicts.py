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
from scipy import stats

import workbench as wb
from workbench import findings
from workbench.effects import studies, study
from workbench.programmes.colleagues import CHAMPION, colleagues
from workbench.programmes.comparison import Comparison
from workbench.programmes.gaming import changes
from workbench.programmes.incentives import incentives, of_kind, team_answers
from workbench.programmes.leaders import goes_with, led_groups
from workbench.programmes.outcomes import outcomes
from workbench.programmes.signs import with_signs
from workbench.programmes.trainings import trainings
from workbench.results.study import Studies
from workbench.results.verdict import Grade
from workbench.simulation.calendar import ZONE
from workbench.simulation.crm import write
from workbench.simulation.programmes import CONTEST, INCENTIVES, MANDATE

USERS, WEEKS = 1500, 52
CHECKED = 12  # weeks before and after in which the pages put the comparison to the test
NOTHING = 0.05  # active days a week: a planted effect nearer to zero is none that anybody could see
RISK = 0.05  # of calling an effect what is none
NONE, TURNS, ANYWAY = "no clear change", "raised, then lowered", "raised, among people who were growing anyway"
RIGHT = {  # what is planted → the other words that say it rightly
    "raised": ("probably raised",),
    "lowered": ("probably lowered",),
    "not gamed": ("no sign found, and the check is weak",),
    ANYWAY: ("unreliable",),
}


@dataclass(frozen=True)
class Said:
    """One answer of a page: about what, what is true and what is said.

    inside : the interval holds the truth; power : how often an interval as wide as this one leaves out zero
    """

    page: str
    about: str
    true: str
    said: str
    grade: str = ""
    inside: bool | None = None
    power: float | None = None


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
    return "raised" if value > NOTHING else "lowered" if value < -NOTHING else NONE


def judged(page: str, about: str, value: float, found: findings.Finding, true: str = "") -> Said:
    if found.estimate is None:
        return Said(page, about, true or truly(value), found.verdict, found.grade)
    clear, half = stats.norm.isf(RISK / 2), (found.conf_high - found.conf_low) / 2
    power = stats.norm.sf(clear * (1 - abs(value) / half)) if abs(value) > NOTHING else None
    inside = found.conf_low <= value <= found.conf_high
    return Said(page, about, true or truly(value), found.verdict, found.grade, inside, power)


# ── the pages ───────────────────────────────────────────────────────────────────────────────────────────────────


COURSES = {"Sales basics": "fades", "New release tour": TURNS, "Role clinics": "lasts"}


def training(crm: Crm) -> Iterator[Said]:
    found = findings.of_each(studies(trainings(crm.panel, crm.log, ZONE), checked=CHECKED))
    for name, each in found.items():
        offered = f"{name}: offer"  # where a lot gave it, the page speaks of the offer
        asked = offered if offered in crm.truth else name
        truth = crm.truth[asked]
        true = TURNS if COURSES.get(name) == TURNS else "" if truth["parallel_trends"] or asked == offered else ANYWAY
        yield judged("training", asked, truth["value"], each, true)
        if name in COURSES:
            yield Said("training", f"{name}: its course", COURSES[name], found[name].course)


LEFT = {
    "Data race": "nothing clear is left",
    "Colleague of the month": "part of it stays",
    "Activity bonus": "harm: less use than without it",
}


def incentive(crm: Crm) -> Iterator[Said]:
    rewards = of_kind(incentives(crm.panel, crm.log), mandate=False)
    signs = with_signs(rewards, crm.actions)
    ran = studies(rewards, checked=CHECKED)
    later = Studies(ran.each("afterwards"))
    during, after = findings.of_each(ran, beside=later), findings.of_each(later, beside=ran)
    for name, on in during.items():
        yield judged("incentives", f"{name}, while on", crm.truth[f"{name}: while on"]["value"], on)
        yield judged(
            "incentives", f"{name}, after it ended", crm.truth[f"{name}: after it ended"]["value"], after[name]
        )
        yield Said("incentives", f"{name}: what is left", LEFT[name], findings.remains(on, after[name]))
        yield from played(name, signs[name])


def played(name: str, counted: Comparison) -> Iterator[Said]:
    more = findings.of(study(counted, checked=CHECKED, bounded=False))
    signs = changes(counted.rows)
    contest = name == INCENTIVES[CONTEST].name
    found = findings.gamed(signs, more, name, counted.drawn)
    yield Said("incentives", f"{name}: gamed", "gamed" if contest else "not gamed", found.verdict)
    for row in signs.table.to_dict("records"):
        if row["quality"] or row["sign"] == "in the last week":
            clear = row["band_low"] > 0 if row["suspect"] > 0 else row["band_high"] < 0
            said = "shows" if clear else "does not show"
            yield Said("incentives", f"{name}: {row['sign']}", "shows" if contest else "does not show", said)


def mandate(crm: Crm) -> Iterator[Said]:
    name, rule = MANDATE, incentives(crm.panel, crm.log)[MANDATE]
    planted = {"logins": crm.truth[name]["value"], "active_days": 0.0, "actions": 0.0}
    measured = {what: study(rule, what, checked=CHECKED) for what in planted}
    measured["satisfaction"] = study(team_answers(rule, crm.log.surveys, "satisfaction"), checked=0)
    found = findings.of_each(measured)
    for what, value in planted.items():
        yield judged("incentives", f"{name}: {what}", value, found[what])
    satisfied = found["satisfaction"]
    yield Said("incentives", f"{name}: satisfaction", "lowered", satisfied.verdict, satisfied.grade)


def peer(crm: Crm) -> Iterator[Said]:
    truths = {"Team workshop": "Team workshop: spillover", CHAMPION: "Champions: effect on team-mates"}
    ways = studies(colleagues(crm.panel, crm.log, ZONE), checked=CHECKED)
    found = findings.of_each(ways)
    for name, each in ways.items():
        if name not in truths:
            yield Said("peers", "programmes of single people", "refused", "refused" if each.reason else "answered")
        elif each.reason:
            yield Said("peers", each.name, truly(crm.truth[truths[name]]["value"]), "we cannot say")
        else:
            yield judged("peers", each.name, crm.truth[truths[name]]["value"], found[name])


def others(crm: Crm) -> Iterator[Said]:
    row = goes_with(led_groups(crm.panel, crm.log)).table.iloc[0]
    said = "goes together" if row["conf_low"] > 0 else "the other way" if row["conf_high"] < 0 else "not clear"
    yield Said("peers", "leaders' use and their groups' later use", "", said)  # no effect; an association may be
    found = findings.of(study(outcomes(crm.panel, crm.log, ZONE)["deals_won"], checked=CHECKED))
    yield Said("peers", "deals won (0.015 planted)", "no clear change", found.verdict, found.grade)


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
        right = f"{sum(map(says, rows['true'], rows['said']))} of {len(rows)}" if rows["true"].any() else "–"
        known = rows["inside"].dropna()
        inside = f"{int(known.sum())} of {len(known)}" if len(known) else "–"
        fragile = str(rows["grade"].isin(["sensitive", "failed"]).sum()) if rows["grade"].any() else "–"
        power = f"{rows['power'].mean():.0%}" if rows["power"].notna().any() else "–"
        lines.append([page, about, planted_as, said, right, power, fragile, inside])
    header = ["page", "about", "planted", "the page says", "rightly", "power", "in doubt", "truth inside"]
    return markdown(header, lines)


def says(true: str, said: str) -> bool:
    return said in (true, *RIGHT.get(true, ()))


def false_alarms(found: pd.DataFrame) -> str:
    """How often a clear effect is said of what has none, and how often that may be at the risk that pages state."""
    none = found[(found["true"] == NONE) & found["inside"].notna()]
    clear = none[none["said"].isin(["raised", "lowered"])]
    most = int(stats.binom.ppf(0.975, len(none), RISK))
    full = int((clear["grade"].isin([Grade.ROBUST, Grade.RANDOMISED])).sum())
    return (
        f"Of {len(none)} answers about what has no effect, {len(clear)} said a clear one ({full} of these with full"
        f" evidence); by a risk of {RISK:.0%} up to {most} are chance.\n\n"
    )


def main(first: int = 2, last: int = 8) -> None:
    found = pd.DataFrame([said for seed in range(first, last + 1) for said in one_seed(seed)])
    about = (
        f"Simulated CRMs of {USERS:,} people and {WEEKS} weeks, seeds {first} to {last}, each read as the pages do it."
        f" A planted effect below {NOTHING} active days a week counts as none. *No clear change* where"
        " something is planted is no false answer, but one from too few teams: the page then says how large it could"
        " still be. *Rightly*: the planted answer, or one that is as right of it. *Power*: how often an interval as"
        " wide as the one found leaves out zero at the planted effect.\n\n"
    )
    write_section(
        "Verdicts of the pages",
        f"python benchmarks/verdicts.py {first} {last}",
        about + false_alarms(found) + summary(found),
    )


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
