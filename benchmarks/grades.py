"""How often a grade is deserved: what findings say of worlds whose trends are parallel, and of worlds where they part.

Run: python benchmarks/grades.py [worlds] [kind …]. Six waves of 20 people (or of 2 teams) are trained, 480 people (or
38 teams) never; graded as the training page does it: trends over the 12 weeks before, and what parting is survived.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shlex
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from calibration import World, memory, reduced
from results import markdown, write_section

import workbench as wb
from workbench import findings
from workbench.results import verdict_of

WEEKS, STARTS, CHECKED = 52, (9, 14, 19, 24, 29, 34), 12
WORLDS, CHUNK = 1000, 10


@dataclass(frozen=True)
class Kind:
    """What training does, and how else the trained part from the others.

    effect : in active days a week, from the first week on
    drift : what the trained gain on the others each week, all the time
    rise : what they gained over the 6 weeks before their start, and keep: they enrol while their use is rising
    """

    name: str
    effect: float = 0.0
    drift: float = 0.0
    rise: float = 0.0

    @property
    def parallel(self) -> bool:
        return not self.drift and not self.rise


KINDS = (
    Kind("no effect"),
    Kind("effect .1", effect=0.1),
    Kind("effect .25", effect=0.25),
    Kind("effect .5", effect=0.5),
    Kind("effect 1", effect=1.0),
    Kind("no effect, drift .01 a week", drift=0.01),
    Kind("no effect, drift .02 a week", drift=0.02),
    Kind("no effect, drift .05 a week", drift=0.05),
    Kind("effect .5, drift .02 a week", effect=0.5, drift=0.02),
    Kind("no effect, enrolled after a rise of .2", rise=0.2),
    Kind("no effect, enrolled after a rise of .5", rise=0.5),
    Kind("no effect, enrolled after a rise of 1", rise=1.0),
)


def world(kind: Kind, by_team: bool, rng: np.random.Generator) -> World:
    waves, size = (2, 15) if by_team else (20, 1)
    teams = np.concatenate([np.repeat(STARTS, waves), np.full(38 if by_team else 480, -1)])
    team = np.repeat(np.arange(len(teams)), size)
    start = teams[team]
    use = rng.normal(2, 1, len(team))[:, None] + rng.normal(scale=0.3, size=WEEKS)
    use += memory(rng, len(team), 1.0, WEEKS)
    if by_team:
        use += memory(rng, len(teams), 0.3, WEEKS)[team]
    since = np.arange(WEEKS) - start[:, None]
    on = (since >= 0) & (start >= 0)[:, None]
    gained = kind.drift * np.arange(WEEKS) + kind.rise * np.clip((since + 6) / 6, 0, 1)
    use += kind.effect * on * rng.normal(1, 0.3, len(team))[:, None] + gained * (start >= 0)[:, None]
    return World(use, on.astype(int), np.where(start < 0, np.nan, start), team)


def said(kind: Kind, by_team: bool, seed: int) -> tuple[str, str]:
    """Verdict and grade of one world."""
    rng = np.random.default_rng([seed, KINDS.index(kind), int(by_team)])
    att = wb.att_gt(reduced(world(kind, by_team, rng), "team" if by_team else None), small_sample=True, band=False)
    mean, before = wb.aggregate(att, band=False), wb.pretrend(att, CHECKED)
    moved = verdict_of(mean.overall)
    if not moved.clear:
        return moved, findings.effect(mean, pretrend=before).grade
    survives = wb.sensitivity(att, m=(1.0,), before=CHECKED, after=CHECKED)  # slow, and only a clear effect needs it
    return moved, findings.effect(mean, pretrend=before, sensitivity=survives).grade


def chunk(number: int, by_team: bool, seeds: range) -> pd.DataFrame:
    rows = [said(KINDS[number], by_team, seed) for seed in seeds]
    return pd.DataFrame(rows, columns=["verdict", "grade"])


def measured(kind: Kind, by_team: bool, worlds: int, pool: ProcessPoolExecutor) -> pd.DataFrame:
    seeds = [range(start, min(start + CHUNK, worlds)) for start in range(0, worlds, CHUNK)]
    number = [KINDS.index(kind)] * len(seeds)
    return pd.concat(list(pool.map(chunk, number, [by_team] * len(seeds), seeds)), ignore_index=True)


def line(kind: Kind, by_team: bool, found: pd.DataFrame) -> list[str]:
    clear = found["verdict"] != "no clear change"
    robust = found["grade"] == "robust"
    shares = [clear, clear & robust, ~clear & robust, ~robust]
    trends = "parallel" if kind.parallel else "part"
    return ["teams" if by_team else "people", kind.name, trends, *(f"{share.mean():.3f}" for share in shares)]


def main(worlds: int = WORLDS, *chosen: str) -> None:
    """Every kind of world in turn; what is known so far is written after each."""
    about = (
        f"{worlds:,} worlds a row, so that chance moves a share by up to {1.96 * 0.5 / np.sqrt(worlds):.3f}; {WEEKS}"
        " weeks, noise of 1 active day with a memory; graded as the training page does it. Where trends are parallel,"
        " *clear and robust* is what a true effect should be, and every clear answer about no effect is wrong; where"
        " trends part, *clear and robust* is the mistake that the grade is there to prevent.\n\n"
    )
    command = shlex.join(["python", "benchmarks/grades.py", str(worlds), *chosen])
    header = [
        "assigned",
        "world",
        "trends",
        "said to change use",
        "clear and robust",
        "not clear, robust",
        "fragile",
    ]
    lines: list[list[object]] = []
    with ProcessPoolExecutor(2) as pool:
        for by_team in (False, True):
            for kind in (kind for kind in KINDS if not chosen or kind.name in chosen):
                lines.append([*line(kind, by_team, measured(kind, by_team, worlds, pool))])
                write_section("Grades", command, about + markdown(header, lines))
                print(*lines[-1], flush=True)


if __name__ == "__main__":
    main(*(int(word) if word.isdigit() else word for word in sys.argv[1:]))
