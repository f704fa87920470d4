"""How often the intervals of the other ways of asking keep their promise: imputation, and trends alike in per cent.

Run: python benchmarks/otherwise.py [worlds]. The worlds of calibration.py in which training is given. Who waits and who
is trained start from the same level, so that trends that are parallel are alike in per cent, too.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two processes share two cores; before numpy is loaded

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from calibration import DESIGNS, WEEKS, WORLDS, Answers, Design, held, reduced, simple_truth, start_week, table, world
from results import write_section

import workbench as wb


def asked(design: Design, effect: float, seed: int) -> Answers:
    """Estimates as the training page asks for them, in one world."""
    m = reduced(
        world(design, effect, np.random.default_rng([seed, DESIGNS.index(design), int(effect > 0)])), design.cluster
    )
    waves = range(design.waves - (not design.never))
    until = WEEKS if design.never else start_week(np.array([design.waves - 1]))[0]
    truth = effect * simple_truth(waves, until)
    yield "imputed from all untreated weeks", *held(wb.imputed(m, small_sample=True).overall, truth)
    in_per_cent = wb.att_gt(m, trends="proportional", small_sample=True, band=False)
    yield "trends alike in per cent", *held(wb.aggregate(in_per_cent, band=False).overall, truth)


def some(design: Design, effect: float, seeds: range) -> pd.DataFrame:
    rows = [answer for seed in seeds for answer in asked(design, effect, seed)]
    return pd.DataFrame(rows, columns=["asked", "held", "estimate", "truth"]).astype({"held": float})


def measured(design: Design, effect: float, worlds: int, pool: ProcessPoolExecutor) -> pd.DataFrame:
    """One row per question: how often held, in how many worlds told, bias."""
    parts = [range(start, min(start + 100, worlds)) for start in range(0, worlds, 100)]
    found = pd.concat(pool.map(partial(some, design, effect), parts), ignore_index=True)
    found["gap"] = found["estimate"] - found["truth"]
    return found.groupby("asked", sort=False).agg(held=("held", "mean"), told=("held", "count"), bias=("gap", "mean"))


def main(worlds: int = WORLDS) -> None:
    about = f"{worlds:,} worlds with an effect and as many without; the mean over all treated people and weeks.\n\n"
    both = {}
    with ProcessPoolExecutor(2) as pool:
        for design in DESIGNS:
            if design.kind == "training":
                both[design.name] = tuple(measured(design, effect, worlds, pool) for effect in (0.5, 0.0))
                print(design.name, flush=True)
    write_section(
        "Calibration of other ways of asking", f"python benchmarks/otherwise.py {worlds}", about + table(both)
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
