"""How often intervals keep their promise, and how often a true null is called an effect.

Run: python benchmarks/calibration.py [replications] [design …]. Every replication draws a world of its own: people (and
teams) differ, weeks move everybody, chance has a memory (AR(1), .5), effects grow and differ between people and waves.
The estimators are called as the notebooks call them, and beside these as their defaults are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from results import markdown, write_section

import workbench as wb

WEEKS, WAVES, FIRST, EVERY = 26, 8, 6, 2  # eight waves, in weeks 6, 8 … 20
REPLICATIONS, CHUNK = 4000, 50
NEVER = -1


@dataclass(frozen=True)
class Design:
    """A world: how many teams of how many people, who is treated when, and what is asked of the answer."""

    name: str
    teams: int
    size: int
    per_wave: int = 0  # teams in each wave; 0: people draw a wave (or never) by lot
    never: bool = True
    by_team: bool = False
    incentive: int = 0  # teams in each of three paths of an incentive, on for 8 weeks

    @property
    def cluster(self) -> str | None:
        return "team" if self.by_team else None


DESIGNS = (
    Design("1,000 people, each a date of their own", 1000, 1),
    Design("200 people, small waves", 200, 1),
    Design("1,000 people, all treated in the end", 1000, 1, never=False),
    Design("50 teams of 20, 5 a wave", 50, 20, per_wave=5, by_team=True),
    Design("30 teams of 10, 3 a wave", 30, 10, per_wave=3, by_team=True),
    Design("24 teams of 10, 2 a wave", 24, 10, per_wave=2, by_team=True),
    Design("incentive, 400 people", 400, 1, incentive=80),
    Design("incentive, 40 teams of 10, 4 a path", 40, 10, by_team=True, incentive=4),
    Design("incentive, 30 teams of 10, 2 a path", 30, 10, by_team=True, incentive=2),
)


def starts(design: Design, rng: np.random.Generator) -> np.ndarray:
    """The wave of every team (0 … 7, or never)."""
    if design.per_wave:
        wave = np.repeat(np.arange(WAVES), design.per_wave)
        return rng.permutation(np.concatenate([wave, np.full(design.teams - len(wave), NEVER)]))
    if design.incentive:
        path = np.repeat(np.arange(3), design.incentive)
        return rng.permutation(np.concatenate([path, np.full(design.teams - len(path), NEVER)]))
    return rng.integers(NEVER if design.never else 0, WAVES, design.teams)


def memory(rng: np.random.Generator, rows: int, sd: float) -> np.ndarray:
    """AR(1) with .5, stationary."""
    shocks = rng.normal(scale=sd, size=(rows, WEEKS))
    for week in range(1, WEEKS):
        shocks[:, week] = 0.5 * shocks[:, week - 1] + np.sqrt(0.75) * shocks[:, week]
    return shocks


def world(design: Design, effect: float, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """User-weeks, and the wave of every team."""
    wave = starts(design, rng)
    team = np.repeat(np.arange(design.teams), design.size)
    people = len(team)
    use = rng.normal(2, 1, people)[:, None] + rng.normal(scale=0.3, size=WEEKS) + memory(rng, people, 1.0)
    if design.by_team:
        use += memory(rng, design.teams, 0.4)[team]
    since = np.arange(WEEKS) - start_week(wave)[team][:, None]
    shape = remains(since) if design.incentive else grown(since)
    use += effect * shape * ((wave[team] >= 0) * own(rng, people))[:, None] * stronger(wave)[team][:, None]
    panel = pd.DataFrame({"user_id": np.repeat(np.arange(people), WEEKS), "team": np.repeat(team, WEEKS)})
    panel["week"], panel["active_days"] = np.tile(np.arange(WEEKS), people), use.ravel()
    first = np.where(wave >= 0, start_week(wave).astype(float), np.nan)
    panel["trained"] = np.repeat(first[team], WEEKS)
    panel["on"] = ((since >= 0) & (since < 8) & (wave[team] >= 0)[:, None]).astype(int).ravel()
    return panel, wave


def start_week(wave: np.ndarray) -> np.ndarray:
    return FIRST + EVERY * np.maximum(wave, 0)


def grown(since: np.ndarray) -> np.ndarray:
    return (since >= 0) * (1 + 0.1 * since)


def remains(since: np.ndarray) -> np.ndarray:
    """1 while on, then half of it, halved again every 4 weeks."""
    after = since - 8
    return ((since >= 0) & (after < 0)) + (after >= 0) * 0.5 * 2.0 ** (-np.maximum(after, 0) / 4)


def own(rng: np.random.Generator, people: int) -> np.ndarray:
    return rng.normal(1, 0.3, people)


def stronger(wave: np.ndarray) -> np.ndarray:
    return 1 + 0.05 * np.maximum(wave, 0)


# ── what is asked, and what is true ─────────────────────────────────────────────────────────────────────────────


def truths(waves: range, shape: Callable, weeks: Sequence[int]) -> np.ndarray:
    """Mean effect in each of these weeks since the start, over the waves (of one size) that are seen then."""
    seen = {k: [w for w in waves if 0 <= start_week(np.array([w]))[0] + k < WEEKS] for k in weeks}
    return np.array([np.mean([stronger(np.array([w]))[0] for w in seen[k]]) * shape(np.array([k]))[0] for k in weeks])


def simple_truth(waves: range) -> float:
    """Mean effect over all treated people and weeks."""
    each = [(grown(np.arange(WEEKS - FIRST - EVERY * w)) * stronger(np.array([w]))[0]) for w in waves]
    return float(np.concatenate(each).mean())


def asked(design: Design, panel: pd.DataFrame, effect: float) -> Iterator[tuple[str, bool, float, float]]:
    """What is asked: its name, whether the interval holds the truth, and estimate and truth of single numbers."""
    yield from _incentive(design, panel, effect) if design.incentive else _training(design, panel, effect)


def _training(design: Design, panel: pd.DataFrame, effect: float) -> Iterator[tuple[str, bool, float, float]]:
    m = wb.moments(panel, cluster=design.cluster)
    waves = range(WAVES if design.never else WAVES - 1)  # where all are treated in the end, the last teaches nothing
    whole = effect * simple_truth(waves)
    shown, plain = (wb.att_gt(m, small_sample=small, band=False) for small in (True, False))
    if design.never:  # else the weeks after the last start have nobody to compare with
        yield "mean over all weeks, as the pages show it", *held(wb.aggregate(shown, band=False).overall, whole)
        yield "mean over all weeks, default errors", *held(wb.aggregate(plain, band=False).overall, whole)
    study = wb.aggregate(shown, by="event_week").table
    weeks = study["event_week"].tolist()
    yield from _by_week(study, effect * (truths(waves, grown, weeks) if design.never else course_of_all(weeks)))
    yield "check of trends before finds nothing", bool(wb.pretrend(shown)["p_value"][0] >= 0.05), np.nan, np.nan
    if design.never:
        yield "dates by lot, efficient", *held(wb.efficient(m).overall, whole)
    if design.by_team:
        people = wb.aggregate(wb.att_gt(wb.moments(panel), band=False), band=False)
        yield "mean over all weeks, as if people were assigned", *held(people.overall, whole)


def course_of_all(weeks: Sequence[int]) -> np.ndarray:
    """Where everybody is treated in the end, a wave is followed until the last one starts."""
    last = start_week(np.array([WAVES - 1]))[0]
    seen = {k: [w for w in range(WAVES - 1) if start_week(np.array([w]))[0] + k < last] for k in weeks}
    strength = np.array([np.mean([stronger(np.array([w]))[0] for w in seen[k]]) if seen[k] else np.nan for k in weeks])
    return strength * grown(np.array(weeks))


def _incentive(design: Design, panel: pd.DataFrame, effect: float) -> Iterator[tuple[str, bool, float, float]]:
    m = wb.moments(panel, treatment="on", cluster=design.cluster)
    on, after = truths(range(3), remains, range(8)), truths(range(3), remains, range(8, WEEKS - FIRST))
    on, after = effect * on, effect * after
    running = wb.path_effects(m, by="event_week", small_sample=True)
    left = wb.path_effects(m, by="weeks_after", small_sample=True)
    yield "while on, as the pages show it", *held(running.overall, on.mean())
    yield "after it ended, as the pages show it", *held(left.overall, after.mean())
    yield "after it ended, default errors", *held(wb.path_effects(m, by="weeks_after").overall, after.mean())
    yield from _by_week(left.table, after[left.table["weeks_after"]])
    if effect:
        share = wb.retained(m, weeks=(4,), small_sample=True).table.iloc[0]
        yield "share left in week 4 (Fieller)", *held(share, after[3] / on.mean())
        yield "half-life", *held(wb.half_life(left).table.iloc[0], 4.0)


def _by_week(study: pd.DataFrame, truth: np.ndarray) -> Iterator[tuple[str, bool, float, float]]:
    told = study["conf_low"].notna().to_numpy() & ~np.isnan(truth)
    if told.any():
        inside = (study["conf_low"] <= truth) & (truth <= study["conf_high"])
        whole = (study["band_low"] <= truth) & (truth <= study["band_high"])
        yield "one week, as the pages show it", float(inside[told].mean()), np.nan, np.nan
        yield "all weeks at once (band), as the pages show it", bool(whole[told].all()), np.nan, np.nan


def held(row: pd.Series, truth: float) -> tuple[float, float, float]:
    """Whether the interval holds the truth (missing: no interval), the estimate, the truth."""
    known = pd.notna(row["conf_low"])
    return (float(row["conf_low"] <= truth <= row["conf_high"]) if known else np.nan), row["estimate"], truth


# ── many worlds ─────────────────────────────────────────────────────────────────────────────────────────────────


def chunk(number: int, effect: float, seeds: range) -> pd.DataFrame:
    rows = []
    for seed in seeds:
        panel, _ = world(DESIGNS[number], effect, np.random.default_rng([seed, number, int(effect > 0)]))
        rows += [(seed, *found) for found in asked(DESIGNS[number], panel, effect)]
    return pd.DataFrame(rows, columns=["seed", "asked", "held", "estimate", "truth"])


def measured(number: int, effect: float, replications: int, pool: ProcessPoolExecutor) -> pd.DataFrame:
    """One row per question: how often held, its Monte Carlo error, bias, and how often there was no interval."""
    seeds = [range(start, min(start + CHUNK, replications)) for start in range(0, replications, CHUNK)]
    parts = list(pool.map(chunk, [number] * len(seeds), [effect] * len(seeds), seeds))
    found = pd.concat(parts, ignore_index=True)
    found["gap"] = found["estimate"] - found["truth"]
    return found.groupby("asked", sort=False).agg(held=("held", "mean"), told=("held", "count"), bias=("gap", "mean"))


def table(both: dict[str, tuple[pd.DataFrame, pd.DataFrame]]) -> str:
    lines: list[list[object]] = []
    for design, (real, null) in both.items():
        for question, row in real.iterrows():
            rejected = 1 - null["held"].get(question, np.nan)
            error = 1.96 * np.sqrt(row["held"] * (1 - row["held"]) / row["told"])
            bias = "–" if np.isnan(row["bias"]) else f"{row['bias']:+.3f}"
            says = "–" if np.isnan(rejected) else f"{rejected:.3f}"
            lines.append([design, question, f"{row['held']:.3f} ± {error:.3f}", says, bias])
    return markdown(["design", "interval", "holds the truth", "null called an effect", "bias"], lines)


def main(replications: int = REPLICATIONS, *chosen: str) -> None:
    """Every design in turn; what is known so far is written after each."""
    about = (
        f"Means over {replications:,} worlds a row; {WEEKS} weeks; 95% intervals. *As the pages show it*: few-teams"
        " correction, by team where teams are assigned. *Default errors*: those of R's `did`. Rows of one week count"
        " each week for itself. Where two teams of a kind are all there is, no interval is given, and none counted.\n\n"
    )
    command = " ".join(["python benchmarks/calibration.py", str(replications), *chosen])
    both = {}
    with ProcessPoolExecutor(2) as pool:
        for number, design in enumerate(DESIGNS):
            if not chosen or any(word in design.name for word in chosen):
                both[design.name] = tuple(measured(number, effect, replications, pool) for effect in (0.5, 0.0))
                write_section("Calibration", command, about + table(both))
                print(design.name, flush=True)


if __name__ == "__main__":
    main(*(int(word) if word.isdigit() else word for word in sys.argv[1:]))
