"""How often the words of the pages are right: verdict and evidence against what was planted in simulated CRMs.

Run: python benchmarks/words.py [first seed] [last seed] [people]. Trainings, incentives while they are on, and what
colleagues carry on are judged as the pages judge them, all of a page together. A verdict is right when the planted
effect on the page's own estimand has its sign and is not zero; "no clear effect" when its interval holds that effect;
an effect that turned, when the planted one turned the same way. The table grows after every tenth CRM.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two processes share two cores; before numpy is loaded

import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import pandas as pd
from results import markdown, write_section
from scipy.stats import binomtest
from verdicts import CHECKED, WEEKS, Crm, opened

from workbench import findings
from workbench.effects import studies
from workbench.programmes.colleagues import CHAMPION, colleagues
from workbench.programmes.incentives import incentives, of_kind
from workbench.programmes.trainings import trainings
from workbench.results.verdict import Grade, Verdict
from workbench.simulation.calendar import ZONE
from workbench.simulation.crm import write

PEOPLE = 800
LATER = 12  # weeks since the start after which an effect can have turned
CARRIED = {"Team workshop": "Team workshop: spillover", CHAMPION: "Champions: effect on team-mates"}
SURE = (Grade.RANDOMISED, Grade.ROBUST)


@dataclass(frozen=True)
class Word:
    """One verdict of a page beside the truth; right is missing where nothing was claimed."""

    page: str
    about: str
    verdict: Verdict
    grade: Grade
    value: float
    right: bool | None


def right(found: findings.Finding, value: float, course: Sequence[float]) -> bool | None:
    """Whether a verdict is right about a planted effect; None where it claims nothing."""
    if found.verdict in (Verdict.TURNED_DOWN, Verdict.TURNED_UP):
        down = 1 if found.verdict is Verdict.TURNED_DOWN else -1
        return bool(course) and max(down * x for x in course[:LATER]) > 0 > min(down * x for x in course[LATER:])
    if found.verdict.up or found.verdict.down:
        return value > 0 if found.verdict.up else value < 0
    if found.verdict is Verdict.UNCLEAR:
        return bool(found.conf_low <= value <= found.conf_high)
    return None


def words(crm: Crm) -> Iterator[Word]:
    """Every verdict of the pages on training, incentives and peers whose truth is known."""
    rewards = of_kind(incentives(crm.panel, crm.log), mandate=False)
    pages = {
        "training": trainings(crm.panel, crm.log, ZONE),
        "incentives": rewards,
        "peers": colleagues(crm.panel, crm.log, ZONE),
    }
    for page, compared in pages.items():
        for name, found in findings.of_each(studies(compared, checked=CHECKED)).items():
            asked = [CARRIED.get(name, "")] if page == "peers" else [f"{name}: offer", f"{name}: while on", name]
            truth = next((crm.truth[each] for each in asked if each in crm.truth), None)
            if truth is not None:
                value, course = truth["value"], truth.get("by_event_week", [])
                yield Word(page, name, found.verdict, found.grade, value, right(found, value, course))


def of_one(seed: int, people: int) -> list[Word]:
    with tempfile.TemporaryDirectory() as folder:
        write(folder, people, WEEKS, seed)
        return list(words(opened(Path(folder))))


def share(rows: pd.DataFrame) -> str:
    """How many are right, with Wilson's interval."""
    judged = rows["right"].dropna().astype(bool)
    if judged.empty:
        return "nothing claimed"
    test = binomtest(int(judged.sum()), len(judged)).proportion_ci(method="wilson")
    return f"{judged.mean():.1%} ({test.low:.1%}–{test.high:.1%})"


def table(found: pd.DataFrame) -> str:
    header = ["verdict", "evidence", "n", "right (95 % interval)", "planted effect, mean"]
    lines = [
        [Verdict(verdict).effect, Grade(grade).shown, len(rows), share(rows), f"{rows['value'].mean():+.2f}"]
        for (verdict, grade), rows in sorted(found.groupby(["verdict", "grade"]), key=lambda one: -len(one[1]))
    ]
    sure = found[found["grade"].isin(SURE) & found["verdict"].isin((Verdict.RAISED, Verdict.PROBABLY_RAISED))]
    helped = sure[sure["verdict"] == Verdict.RAISED]
    below = f'"Helped" with ■■■■ or ■■■□: {share(helped)} of {len(helped):,}; "probably" among them: {share(sure)}.'
    return f"{markdown(header, lines)}\n\n{below}"


def main(first: int = 1001, last: int = 1200, people: int = PEOPLE) -> None:
    found: list[Word] = []
    seeds = range(first, last + 1)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for seed, said in zip(seeds, pool.map(of_one, seeds, repeat(people)), strict=True):
            found += said
            print(f"{seed}: {len(found):,} verdicts", file=sys.stderr, flush=True)
            if seed == last or not (seed - first + 1) % 10:
                about = f"{seed - first + 1} simulated CRMs of {people:,} people and {WEEKS} weeks.\n\n"
                command = f"python benchmarks/words.py {first} {seed} {people}"
                write_section("Words of the pages", command, about + table(pd.DataFrame(found)))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
