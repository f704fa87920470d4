"""How often intervals keep their promise, and how often a true null is called an effect.

Run: python benchmarks/calibration.py [worlds] [hard | design …]. Every world is drawn anew: people (and teams) differ,
weeks move everybody, chance has a memory (AR(1), .5), effects grow and differ between people and waves. The estimators
are called as the notebooks call them, and beside these as their defaults are. Worlds already counted with the same code
are kept in the folder for temporary files, so that a run that was cut goes on where it stopped.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two processes share two cores; before numpy is loaded

import hashlib
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from results import markdown, write_section

import workbench as wb
from workbench.inference.clusters import Clusters
from workbench.inference.timeline import Timeline

WEEKS, WAVES, FIRST, EVERY = 26, 8, 6, 2  # eight waves, in weeks 6, 8 … 20
WORLDS, CHUNK = 4000, 100
OTHERS = 4  # intervals that no page shows are asked for in every fourth world
NEVER = -1
RARE, BUSY = 0.02, 0.4  # how often the rare thing happens; weeks in which anything is counted at all
IDLE = 0.5  # days: less is idle
SHORTER = 0.6  # of the effect of the longer format
ESTIMATORS = ("inference", "effects")  # the folders on whose code the cached worlds depend


@dataclass(frozen=True)
class Design:
    """A world: how many teams of how many people, who is treated when, and what is asked of the answer."""

    name: str
    teams: int
    size: int
    per_wave: int = 0  # teams in each wave; 0: people draw a wave (or never) by lot
    waves: int = WAVES
    never: bool = True
    by_team: bool = False
    kind: str = "training"  # or "incentive": on for 8 weeks; or "formats": half of each wave has the shorter one
    unlike: bool = False  # teams of a quarter to twice the size
    outcome: str = "days"  # or "rare": yes or no, 2 % of weeks; or "counts": whole numbers, most of them 0
    dominant: bool = False  # the first treated team has 40 people and the others 3
    spread: float = 1.0  # of the treated, times that of the others
    leavers: bool = False  # who is idle for two weeks leaves

    @property
    def scale(self) -> float:
        """What an effect of 1 adds to the mean outcome."""
        return {"days": 1.0, "rare": 0.01, "counts": BUSY}[self.outcome]

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
    Design("12 teams of 20, 3 a wave", 12, 20, per_wave=3, waves=2, by_team=True),
    Design("40 teams of 3 to 20, 4 a wave", 40, 10, per_wave=4, by_team=True, unlike=True),
    Design("two formats, 600 people", 600, 1, per_wave=80, waves=6, kind="formats"),
    Design("incentive, 400 people", 400, 1, per_wave=80, waves=3, kind="incentive"),
    Design("incentive, 40 teams of 10, 4 a path", 40, 10, per_wave=4, waves=3, by_team=True, kind="incentive"),
    Design("incentive, 20 teams of 20, 4 a path", 20, 20, per_wave=4, waves=3, by_team=True, kind="incentive"),
    Design(
        "incentive, 30 teams of 3 to 20, 3 a path",
        30,
        10,
        per_wave=3,
        waves=3,
        by_team=True,
        kind="incentive",
        unlike=True,
    ),
    Design("incentive, 30 teams of 10, 2 a path", 30, 10, per_wave=2, waves=3, by_team=True, kind="incentive"),
)
# Few treated teams, one of them dominant, unequal spread, rare outcomes, mostly zeros, leavers.
HARD = (
    Design("103 teams of 8, 3 treated", 103, 8, per_wave=3, waves=1, by_team=True),
    Design("35 teams, one of 40 and four of 3 treated", 35, 8, per_wave=5, waves=1, by_team=True, dominant=True),
    Design("one of 40 and four of 3, four times the spread", 35, 8, 5, 1, by_team=True, dominant=True, spread=4.0),
    Design("20 teams of 10, 6 treated, four times the spread", 20, 10, 6, 1, by_team=True, spread=4.0),
    Design("63 teams of 8, 3 treated, four times the spread", 63, 8, 3, 1, by_team=True, spread=4.0),
    Design("63 teams of 8, 10 treated, four times the spread", 63, 8, 10, 1, by_team=True, spread=4.0),
    Design("2,000 people, an outcome of 2 %", 2000, 1, waves=3, outcome="rare"),
    Design("40 teams of 10, counts mostly 0", 40, 10, per_wave=6, waves=3, by_team=True, outcome="counts"),
    Design("600 people who leave after idle weeks", 600, 1, waves=3, leavers=True),
)


@dataclass(frozen=True)
class World:
    """People: outcome and arm (people × weeks), first week of treatment (missing: never), team."""

    outcome: np.ndarray
    arm: np.ndarray
    first: np.ndarray
    team: np.ndarray


def waves_of(design: Design, rng: np.random.Generator) -> np.ndarray:
    """The wave of every team (0 …, or never)."""
    if not design.per_wave:
        return rng.integers(NEVER if design.never else 0, design.waves, design.teams)
    wave = np.repeat(np.arange(design.waves), design.per_wave)
    return rng.permutation(np.concatenate([wave, np.full(design.teams - len(wave), NEVER)]))


def sizes_of(design: Design, wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if design.dominant:
        sizes = np.where(wave == NEVER, design.size, 3)
        sizes[(wave != NEVER).argmax()] = 40
        return sizes
    if not design.unlike:
        return np.full(design.teams, design.size)
    return np.round(design.size * 2.0 ** rng.uniform(-2, 1, design.teams)).astype(int) + 1


def memory(rng: np.random.Generator, rows: int, sd: float, weeks: int = WEEKS) -> np.ndarray:
    """AR(1) with .5, stationary."""
    shocks = rng.normal(scale=sd, size=(rows, weeks))
    for week in range(1, weeks):
        shocks[:, week] = 0.5 * shocks[:, week - 1] + np.sqrt(0.75) * shocks[:, week]
    return shocks


def world(design: Design, effect: float, rng: np.random.Generator) -> World:
    wave = waves_of(design, rng)
    team = np.repeat(np.arange(design.teams), sizes_of(design, wave, rng))
    people, wave = len(team), wave[team]
    since = np.where(wave[:, None] < 0, -1, np.arange(WEEKS) - start_week(wave)[:, None])
    apart = np.where(wave < 0, 1, design.spread)[:, None]
    use = rng.normal(2, 1, people)[:, None] + rng.normal(scale=0.3, size=WEEKS) + apart * memory(rng, people, 1.0)
    together = memory(rng, design.teams, 0.4)[team] if design.by_team else 0.0
    use = use + apart * together
    short = (rng.permutation(people) % 2 == 1) & (design.kind == "formats")
    strength = effect * rng.normal(1, 0.3, people) * stronger(wave) * np.where(short, SHORTER, 1)
    gained = strength[:, None] * SHAPES[design.kind](since)
    outcome = OUTCOMES[design.outcome](use, gained, together, rng)
    if design.leavers:
        outcome[gone(outcome)] = np.nan
    on = (since >= 0) & ((since < 8) | (design.kind != "incentive"))
    return World(outcome, on * np.where(short, 2, 1)[:, None], np.where(wave < 0, np.nan, start_week(wave)), team)


def days(use: np.ndarray, gained: np.ndarray, together: np.ndarray | float, rng: np.random.Generator) -> np.ndarray:
    return use + gained


def rare(use: np.ndarray, gained: np.ndarray, together: np.ndarray | float, rng: np.random.Generator) -> np.ndarray:
    return (rng.random(use.shape) < RARE + 0.01 * gained).astype(float)


def counts(use: np.ndarray, gained: np.ndarray, together: np.ndarray | float, rng: np.random.Generator) -> np.ndarray:
    level = rng.gamma(2, 1, len(use))[:, None] * np.exp(together)
    return (rng.random(use.shape) < BUSY) * rng.poisson(np.maximum(level + gained, 0)).astype(float)


OUTCOMES = {"days": days, "rare": rare, "counts": counts}


def gone(outcome: np.ndarray) -> np.ndarray:
    """Weeks after two idle ones in a row; nobody leaves before the first wave starts."""
    idle = outcome < IDLE
    twice = idle[:, 1:] & idle[:, :-1]
    left = np.zeros(outcome.shape, bool)
    left[:, 2:] = np.logical_or.accumulate(twice[:, :-1] & (np.arange(2, WEEKS) > FIRST), axis=1)
    return left


def start_week(wave: np.ndarray) -> np.ndarray:
    return FIRST + EVERY * np.maximum(wave, 0)


def grown(since: np.ndarray) -> np.ndarray:
    return (since >= 0) * (1 + 0.1 * since)


def remains(since: np.ndarray) -> np.ndarray:
    """1 while on, then half of it, halved again every 4 weeks."""
    after = since - 8
    return ((since >= 0) & (after < 0)) + (after >= 0) * 0.5 * 2.0 ** (-np.maximum(after, 0) / 4)


def stronger(wave: np.ndarray) -> np.ndarray:
    return 1 + 0.05 * np.maximum(wave, 0)


SHAPES = {"training": grown, "formats": grown, "incentive": remains}


# ── moments without a table ─────────────────────────────────────────────────────────────────────────────────────────


def reduced(seen: World, cluster: str | None) -> wb.Moments:
    """What `wb.moments` makes of the same people (held to it once for each design), without a table in between."""
    if np.isnan(seen.outcome).any():
        return wb.moments(tabled(seen), cluster=cluster)
    arms, cell = np.unique(seen.arm.astype(np.int8), axis=0, return_inverse=True)
    n = np.bincount(cell)
    mean = np.array([seen.outcome[cell == c].mean(axis=0) for c in range(len(n))])
    around = seen.outcome - mean[cell]
    return wb.Moments(
        outcome="active_days",
        timeline=Timeline(0, 1, seen.outcome.shape[1]),
        path=arms.astype(np.int16),
        start=np.where(arms.any(axis=1), (arms > 0).argmax(axis=1), np.inf),
        stratum=np.zeros(len(n), np.int64),
        strata=("all",),
        n=n,
        mean=mean,
        products=np.array([around[cell == c].T @ around[cell == c] for c in range(len(n))]),
        excluded=pd.DataFrame(columns=["reason", "units", "rows"]),
        arms=("off", *range(1, arms.max() + 1)),
        clusters=clusters(seen.team, cell, around) if cluster else None,
        cluster_name=cluster or "",
    )


def clusters(team: np.ndarray, cell: np.ndarray, around: np.ndarray) -> Clusters:
    pairs, row = np.unique(np.stack([cell, team], axis=1), axis=0, return_inverse=True)
    deviation = np.zeros((len(pairs), around.shape[1]))
    np.add.at(deviation, row, around)
    names = np.unique(team)
    return Clusters(
        tuple(names.tolist()), pairs[:, 0], np.searchsorted(names, pairs[:, 1]), np.bincount(row), deviation
    )


def tabled(seen: World) -> pd.DataFrame:
    """The same people as user-weeks."""
    person, week = np.divmod(np.arange(seen.outcome.size), WEEKS)
    rows = pd.DataFrame({"user_id": person, "week": week, "team": seen.team[person], "trained": seen.first[person]})
    return rows.assign(on=seen.arm.ravel(), active_days=seen.outcome.ravel()).dropna(subset="active_days")


def check_reduced(design: Design) -> None:
    """One world of the design: the moments above give the numbers that the table gives."""
    seen = world(design, 0.5, np.random.default_rng(0))
    how = {"treatment": "on"} if design.kind != "training" else {"cohort": "trained"}
    own, table = reduced(seen, design.cluster), wb.moments(tabled(seen), cluster=design.cluster, **how)
    found = [wb.path_effects(m, small_sample=True).table.select_dtypes("float") for m in (own, table)]
    # Bands are drawn: where teams stand in another order, so are the draws.
    effects = [each.drop(columns=["band_low", "band_high"]) for each in found]
    pd.testing.assert_frame_equal(*effects)


# ── what is asked, and what is true ─────────────────────────────────────────────────────────────────────────────────

Answers = Iterator[tuple[str, float, float, float]]


def truths(waves: range, shape: Callable, weeks: range, until: int = WEEKS) -> np.ndarray:
    """Mean effect in each of these weeks since the start, over the waves (of one size) seen that long; 0 before it."""
    seen = {k: [w for w in waves if 0 < start_week(np.array([w]))[0] + k < until] for k in weeks}
    strength = np.array([np.mean(stronger(np.array(seen[k]))) if seen[k] else np.nan for k in weeks])
    return strength * shape(np.array(weeks))


def simple_truth(waves: range, until: int = WEEKS) -> float:
    """Mean effect over all treated people and weeks that can be told."""
    each = [(grown(np.arange(until - FIRST - EVERY * w)) * stronger(np.array([w]))[0]) for w in waves]
    return float(np.concatenate(each).mean())


def asked(design: Design, seen: World, effect: float, others: bool) -> Answers:
    """What is asked: its name, whether the interval holds the truth, and estimate and truth of single numbers."""
    yield from {"training": _training, "incentive": _incentive, "formats": _formats}[design.kind](design, seen, effect)
    if others and design.kind == "training" and design.never:
        yield from _default_errors(design, seen, effect)


def _training(design: Design, seen: World, effect: float) -> Answers:
    m = reduced(seen, design.cluster)
    # Where all are treated in the end, the last wave teaches nothing, and nothing can be told once it has begun.
    waves = range(design.waves - (not design.never))
    until = WEEKS if design.never else start_week(np.array([design.waves - 1]))[0]
    shown = wb.att_gt(m, small_sample=True, band=False)
    study = wb.aggregate(shown, by="event_week").table.set_index("event_week")
    yield from _by_week(study, effect * truths(waves, grown, study.index, until))
    p_value = wb.pretrend(shown)["p_value"][0]
    yield "check of trends before finds nothing", np.nan if np.isnan(p_value) else p_value >= 0.05, np.nan, np.nan
    whole = effect * simple_truth(waves, until)
    yield "mean over all weeks, as the pages show it", *held(wb.aggregate(shown, band=False).overall, whole)
    yield "dates by lot, efficient", *held(wb.efficient(m, drawn="everything").overall, whole)


def _default_errors(design: Design, seen: World, effect: float) -> Answers:
    m, whole = reduced(seen, design.cluster), effect * simple_truth(range(design.waves))
    plain = wb.aggregate(wb.att_gt(m, small_sample=False, band=False), band=False)
    yield "mean over all weeks, large-sample errors", *held(plain.overall, whole)
    if design.by_team:
        people = wb.aggregate(wb.att_gt(replace(m, clusters=None), small_sample=False, band=False), band=False)
        yield "mean over all weeks, as if people were assigned", *held(people.overall, whole)


def _incentive(design: Design, seen: World, effect: float) -> Answers:
    m, waves = reduced(seen, design.cluster), range(design.waves)
    on = effect * truths(waves, remains, range(8))
    after = effect * truths(waves, remains, range(8, WEEKS - FIRST))
    running = wb.path_effects(m, by="event_week", small_sample=True)
    left = wb.path_effects(m, by="weeks_after", small_sample=True)
    yield "while on, as the pages show it", *held(running.overall, on.mean())
    yield "after it ended, as the pages show it", *held(left.overall, after.mean())
    yield from _by_week(left.table, after)
    if effect:
        share = wb.retained(m, weeks=(4,), small_sample=True).table.iloc[0]
        yield "share left in week 4 (Fieller)", *held(share, after[3] / on.mean())
        yield "half-life", *held(wb.half_life(left).table.iloc[0], 4.0)


def _formats(design: Design, seen: World, effect: float) -> Answers:
    m, whole = reduced(seen, design.cluster), effect * simple_truth(range(design.waves))
    arms = wb.path_effects(m, by="arm", small_sample=True)
    yield "longer format", *held(arms.table.iloc[0], whole)
    yield "difference of the formats", *held(wb.differences(arms).table.iloc[0], (1 - SHORTER) * whole)


def _by_week(study: pd.DataFrame, truth: np.ndarray) -> Answers:
    questions = {"conf": "one week, as the pages show it", "band": "all weeks at once (band), as the pages show it"}
    for kind, question in questions.items():
        low, high = study[f"{kind}_low"], study[f"{kind}_high"]
        told = low.notna().to_numpy() & ~np.isnan(truth)
        inside = ((low <= truth) & (truth <= high))[told]
        if told.any():
            yield question, float(inside.mean() if kind == "conf" else inside.all()), np.nan, np.nan


def held(row: pd.Series, truth: float) -> tuple[float, float, float]:
    """Whether the interval holds the truth (missing: no interval), the estimate, the truth."""
    known = pd.notna(row["conf_low"])
    return (float(row["conf_low"] <= truth <= row["conf_high"]) if known else np.nan), row["estimate"], truth


# ── many worlds ─────────────────────────────────────────────────────────────────────────────────────────────────────


def chunk(name: str, effect: float, start: int) -> pd.DataFrame:
    """The answers in worlds start … start + CHUNK − 1; counted once for each version of the code."""
    kept = Path(tempfile.gettempdir()) / "workbench-calibration" / f"{_code()}-{_digest(name)}-{effect}-{start}.csv"
    if not kept.exists():
        design = next(each for each in (*DESIGNS, *HARD) if each.name == name)
        rows = [found for seed in range(start, start + CHUNK) for found in _answers(design, effect, seed)]
        kept.parent.mkdir(exist_ok=True)
        found = pd.DataFrame(rows, columns=["asked", "held", "estimate", "truth"]).astype({"held": float})
        found.to_csv(kept.with_suffix(".part"))
        kept.with_suffix(".part").rename(kept)
    return pd.read_csv(kept, index_col=0)


def _answers(design: Design, effect: float, seed: int) -> Answers:
    drawn = np.random.default_rng([seed, int(_digest(design.name), 16), int(effect > 0)])
    return asked(design, world(design, effect, drawn), effect * design.scale, others=seed % OTHERS == 0)


def _code() -> str:
    files = [file for folder in ESTIMATORS for file in sorted(Path(wb.__file__).with_name(folder).glob("*.py"))]
    return _digest("".join(file.read_text() for file in (*files, Path(__file__))))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def measured(name: str, effect: float, worlds: int, pool: ProcessPoolExecutor) -> pd.DataFrame:
    """One row per question: how often held, in how many worlds told, bias."""
    starts = range(0, worlds, CHUNK)
    parts = list(pool.map(chunk, [name] * len(starts), [effect] * len(starts), starts))
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
            holds = f"{row['held']:.3f} ± {error:.3f}" if row["told"] else "none is given"
            lines.append([design, question, f"{row['told']:,.0f}", holds, says, bias])
    return markdown(["design", "interval", "worlds", "holds the truth", "null called an effect", "bias"], lines)


def main(worlds: int = WORLDS, *chosen: str) -> None:
    """Every design in turn; what is known so far is written after each."""
    about = (
        f"{worlds:,} worlds with an effect and as many without; {WEEKS} weeks; 95% intervals, and how far chance may"
        " have moved each share. *As the pages show it*: few-teams correction, by team where teams are assigned."
        " *Large-sample errors*: those of R's `did`. Rows of one week count each week for itself. *Worlds* are fewer"
        " where an interval was not given, or the check of trends not made: two teams of a kind, or one that outweighs"
        " the others. A band is given from ten treated teams of one size on. A half-life that cannot be"
        " told has an interval without ends.\n\n"
    )
    command = shlex.join(["python", "benchmarks/calibration.py", str(worlds), *chosen])
    named = [design for design in (*DESIGNS, *HARD) if any(word in design.name for word in chosen)]
    designs = HARD if chosen == ("hard",) else named if chosen else DESIGNS
    both = {}
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:  # a forked process has none of the engine's threads
        for design in designs:
            check_reduced(design)
            both[design.name] = tuple(measured(design.name, effect, worlds, pool) for effect in (0.5, 0.0))
            write_section(": ".join(["Calibration", *chosen[:1]]), command, about + table(both))
            print(design.name, flush=True)


if __name__ == "__main__":
    main(*(int(word) if word.isdigit() else word for word in sys.argv[1:]))
