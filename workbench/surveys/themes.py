"""What free-text comments are about, by a declared dictionary.

A theme is a list of expressions in several languages, as data: whoever doubts a count can read why it is so, and an
organisation adds its own themes by TOML. A comment can be about several themes or none. A theme is what a comment is
about, not whether it praises or complains: nothing that works offline, in several languages and on texts of one
sentence has been shown to tell these apart. No text is ever shown.

Comments are counted with the people who wrote them; an anonymous one counts as somebody of its own.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.data.duckdb import as_table
from workbench.errors import ContractError, did_you_mean
from workbench.results import words
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say
from workbench.results.privacy import MINIMUM
from workbench.results.shares import shares
from workbench.surveys.groups import at_once, clustered_mean
from workbench.surveys.people import with_groups
from workbench.surveys.scales import scales

SHIPPED = Path(__file__).with_name("themes.toml")
ABOUT = ("label", "component")
FEWEST, FEWEST_WEEKS = 10, 8  # people, and weeks with comments, below which nothing is said of a theme's growth


@dataclass(frozen=True)
class Theme:
    """What a comment may be about.

    expressions : words in a row; "*" stands for any ending of a word, or alone for any one word
    component : the COM-B component it comes under; empty where it holds nobody back
    """

    name: str
    label: str
    expressions: tuple[str, ...]
    component: str = ""

    def pattern(self) -> re.Pattern[str]:
        """The expressions as one regular expression over plain text (`plain`)."""
        each = [r"\s".join(_word(word) for word in plain(text, "*").split()) for text in self.expressions]
        return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)")


def _word(word: str) -> str:
    return r"\w+" if word == "*" else re.escape(word).replace(r"\*", r"\w*")


def plain(text: str, keep: str = "") -> str:
    """Lower-case words without accents, one space between them.

    >>> plain("Où est  l'ÉCRAN?")
    'ou est l ecran'
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(rf"[^\w{re.escape(keep)}]+", " ", bare).strip()


def themes(own: str | Path = "") -> dict[str, Theme]:
    """The shipped themes, and an organisation's own.

    own : a .toml file of the same form; a theme of the same name replaces the shipped one
    Returns name → theme.
    Raises ContractError where the file cannot be read or says something unknown.

    >>> from workbench import surveys
    >>> surveys.themes()["search"].label
    'finding things'
    """
    files = [SHIPPED, *([Path(own)] if str(own) else [])]
    return {name: theme for file in files for name, theme in _read(file).items()}


def _read(file: Path) -> dict[str, Theme]:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContractError(f"the themes {file.name} cannot be read: {error}.") from None
    return {name: _theme(name, entry, file.name) for name, entry in said.items()}


def _theme(name: str, entry: Any, file: str) -> Theme:
    if not isinstance(entry, dict) or not isinstance(entry.get("label"), str):
        raise ContractError(f"the theme {name!r} in {file} has no label.")
    component = entry.get("component", "")
    if component and component not in (known := scales()["com_b"].components):
        raise ContractError(
            f"the theme {name!r} in {file}: no component {component!r}; {did_you_mean(component, known)}"
        )
    lists = [value for key, value in entry.items() if key not in ABOUT]
    expressions = tuple(each for value in lists if isinstance(value, list) for each in value)
    if not expressions or not all(isinstance(each, str) and plain(each) for each in expressions):
        raise ContractError(f'the theme {name!r} in {file} needs expressions, such as en = ["slow", "crash*"].')
    return Theme(name, entry["label"], expressions, component)


def comments(feedback: Any, users: Any, known: Mapping[str, Theme] | None = None) -> pd.DataFrame:
    """What each comment is about: for counting, never shown.

    feedback, users : the contract tables; an anonymous comment has its team, and the department and region of that team
    known : the themes, from `themes`
    Returns one row per comment, without its text: author (a number; anonymous comments have one each), team,
    department, role, region, written_at, and a true-or-false column for each theme.

    >>> from workbench import surveys
    >>> from workbench.data import open_source
    >>> said = {"user_id": "a", "written_at": "2025-04-01T09:00Z", "text": ["So slow!", "Die Suche findet nichts."]}
    >>> log = open_source({"users": pd.DataFrame({"user_id": ["a"]}), "feedback": pd.DataFrame(said)})
    >>> surveys.comments(log.feedback, log.users)[["slow", "search"]].to_numpy().tolist()
    [[False, True], [True, False]]
    """
    known = themes() if known is None else known
    rows = with_groups(feedback, users, ["written_at", "text"])
    texts = [plain(text) for text in rows["text"]]
    found = {name: [bool(theme.pattern().search(text)) for text in texts] for name, theme in known.items()}
    own = pd.Series(np.where(rows["user_id"].isna(), "row " + rows.index.astype(str), rows["user_id"]), rows.index)
    rows = rows.assign(author=pd.factorize(own)[0]).drop(columns=["user_id", "text"])
    return pd.concat([rows, pd.DataFrame(found, rows.index, dtype=bool)], axis=1).sort_values(
        ["written_at", "author"], kind="stable", ignore_index=True
    )


def theme_shares(written: pd.DataFrame, known: Mapping[str, Theme], by: str = "", level: float = LEVEL) -> Estimates:
    """Of those who wrote, the share who wrote about each theme.

    written : from `comments`; known : the themes it was made with
    by : a column to group by, such as "department"; empty for everybody together
    Returns Estimates, one row per theme (and group), the most frequent theme first: theme, label, under (label of the
    COM-B component), `by`, a share from 0 to 1, its Wilson interval, n people who wrote anything, count (comments on
    the theme), says (the share in words; of fewer than five people, "under 5"). A theme that fewer than five people
    wrote about has no row.

    >>> from workbench import surveys
    >>> known = {"slow": surveys.Theme("slow", "slow pages", ("slow",), "opportunity_physical")}
    >>> written = pd.DataFrame({"author": [0, 0, *range(1, 10)], "slow": [True] * 6 + [False] * 5})
    >>> surveys.theme_shares(written, known).table[["label", "under", "estimate", "n", "count"]].to_numpy().tolist()
    [['slow pages', 'tools and time', 0.5, 10, 6]]
    """
    rows = written.dropna(subset=[by]) if by else written
    keys = [by] if by else []
    parts = [_counted(rows, name, keys) for name in _frequent(rows, known)]
    columns = ["theme", *keys, "k", "n", "count"]
    counts = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    total = counts.groupby("theme")["count"].transform("sum")
    counts = counts.assign(total=total).sort_values(
        ["total", "theme", *keys], ascending=[False, *[True] * (1 + len(keys))]
    )
    counts = counts.reset_index(drop=True)
    counts = counts.assign(**_words(counts, known))
    found = shares(
        counts, ["theme", "label", "under", *keys], phrase("share of people who wrote"), phrase("about a theme"), level
    )
    few = counts["k"].astype(float) < MINIMUM
    says = pd.Series([words.percent(v) for v in found.table["estimate"]], few.index, dtype=object)
    table = found.table.assign(count=counts["count"], says=says.where(~few, say("under {n}", n=MINIMUM)))
    return Estimates(table, found.unit, found.about, level)


def _frequent(rows: pd.DataFrame, known: Mapping[str, Theme], fewest: int = MINIMUM) -> list[str]:
    """The themes that enough people wrote about."""
    return [name for name in known if name in rows and rows.loc[rows[name], "author"].nunique() >= fewest]


def _counted(rows: pd.DataFrame, name: str, keys: Sequence[str]) -> pd.DataFrame:
    each = rows.groupby([*keys, "author"])[name].agg(["max", "sum"]).reset_index()
    each = each.assign(one=1) if not keys else each
    found = each.groupby(list(keys) or "one").agg(k=("max", "sum"), n=("max", "size"), count=("sum", "sum"))
    return found.reset_index().assign(theme=name)


def _words(counts: pd.DataFrame, known: Mapping[str, Theme]) -> dict[str, list[str]]:
    components = scales()["com_b"].components
    names = list(counts["theme"])
    return {
        "label": [known[name].label for name in names],
        "under": [components.get(known[name].component, "") for name in names],
    }


def theme_by_time(written: pd.DataFrame, known: Mapping[str, Theme], period: str = "quarter") -> pd.DataFrame:
    """How many people wrote about each theme in each month or quarter.

    period : "month" or "quarter"
    Returns one row per theme and period in which anybody wrote: theme, label, start (its first day), people (about the
    theme), n (people who wrote anything), share (missing for fewer than five people), count (comments on the theme).
    A theme that fewer than five people ever wrote about has no row.

    >>> from workbench import surveys
    >>> known = {"slow": surveys.Theme("slow", "slow pages", ("slow",), "opportunity_physical")}
    >>> days = pd.to_datetime(["2025-01-07"] * 8 + ["2025-04-01"] * 6, utc=True)
    >>> written = pd.DataFrame({"author": range(14), "written_at": days, "slow": [True] * 6 + [False] * 8})
    >>> surveys.theme_by_time(written, known)[["people", "n", "share"]].to_numpy().tolist()
    [[6.0, 8.0, 0.75], [0.0, 6.0, nan]]
    """
    start = pd.to_datetime(written["written_at"], utc=True).dt.tz_localize(None).dt.to_period(period[0].upper())
    rows = written.assign(start=start.dt.start_time)
    parts = [_counted(rows, name, ["start"]) for name in _frequent(rows, known)]
    columns = ["theme", "label", "start", "people", "n", "share", "count"]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True).rename(columns={"k": "people"})
    table["share"] = (table["people"] / table["n"]).where(table["people"] >= MINIMUM)
    table = table.assign(label=[known[t].label for t in table["theme"]])
    return table[columns]


def growth(written: pd.DataFrame, known: Mapping[str, Theme], panel: Any, level: float = LEVEL) -> Estimates:
    """Which themes are written about more and more, or less and less, per person with access.

    written : from `comments`; panel : user-weeks of the same time; reads week
    A theme that does not grow is written about evenly by those who have access; one that grows, later on average. A
    comment's time is the middle of its week on a clock that runs faster the more people have access.
    Returns Estimates, one row per theme, and one named "" for all comments: theme, label, estimate (by how many weeks
    its comments come later than evenly, on average), std_error (by authors), conf_low, conf_high, n (people who wrote
    about it), early, late (comments in either half of that clock), p_holm, side (above: it grows; clear for all
    themes at once). Themes of fewer than ten people, or in fewer than eight weeks, have no row.

    >>> from workbench import surveys
    >>> known = {"slow": surveys.Theme("slow", "slow pages", ("slow",))}
    >>> weeks = pd.date_range("2025-01-06", periods=40, freq="7D")
    >>> written = pd.DataFrame({"author": range(40), "written_at": weeks, "slow": weeks > "2025-06-01"})
    >>> panel = pd.DataFrame({"week": weeks, "user_id": "a"})
    >>> surveys.growth(written, known, panel).table[["label", "early", "late"]].to_numpy().tolist()
    [['all comments', 20, 20], ['slow pages', 0, 19]]
    """
    clock = _clock(panel)
    when = pd.to_datetime(written["written_at"], utc=True).dt.tz_localize(None)
    monday = (when - pd.to_timedelta(when.dt.day_of_week, unit="D")).dt.normalize()
    rows = written.assign(at=monday.map(clock), every=True)[monday.isin(clock.index)]
    about = [("every", "", phrase("all comments")), *((t.name, t.name, t.label) for t in known.values())]
    found = [
        _later(rows[rows[column]], len(clock)) | {"theme": name, "label": label}
        for column, name, label in about
        if column in rows and _spread(rows[rows[column]])
    ]
    table = at_once(pd.DataFrame(found, columns=["theme", "label", *LATER]), level)
    what = "how much later comments come than if people with access wrote evenly"
    return Estimates(table[["theme", "label", *GROWTH]], "weeks", what, level)


LATER = ("estimate", "std_error", "df", "n", "early", "late")
GROWTH = ("estimate", "std_error", "conf_low", "conf_high", "n", "early", "late", "p_holm", "side")


def _spread(rows: pd.DataFrame) -> bool:
    """Whether enough people wrote, in enough weeks: comments that were gathered on one day show no growth."""
    return bool(rows["author"].nunique() >= FEWEST and rows["at"].nunique() >= FEWEST_WEEKS)


def _clock(panel: Any) -> pd.Series:
    """Each week's middle, from 0 to 1, in shares of all user-weeks."""
    text = "select cast(week as date) as week, count(*) as n from this group by 1 order by 1"
    weeks = as_table(panel).sql(text).to_pandas()
    share = weeks["n"] / weeks["n"].sum()
    return pd.Series((share.cumsum() - share / 2).to_numpy(), pd.to_datetime(weeks["week"]))


def _later(rows: pd.DataFrame, weeks: int) -> dict[str, Any]:
    mean, variance, df = clustered_mean(rows["at"], rows["author"].astype(str))
    late = int((rows["at"] > 0.5).sum())
    numbers = {"estimate": weeks * (mean - 0.5), "std_error": weeks * np.sqrt(variance), "df": df}
    return numbers | {"n": rows["author"].nunique(), "early": len(rows) - late, "late": late}


def covered(written: pd.DataFrame, known: Mapping[str, Theme]) -> Estimates:
    """Share of comments that are about any theme: what the dictionary misses, the page does not know.

    Returns Estimates of one row: a share from 0 to 1 with Wilson's interval, n comments.

    >>> from workbench import surveys
    >>> known = {"slow": surveys.Theme("slow", "slow pages", ("slow",))}
    >>> surveys.covered(pd.DataFrame({"slow": [True, False]}), known).table["estimate"].tolist()
    [0.5]
    """
    names = [name for name in known if name in written]
    counts = pd.DataFrame({"k": [int(written[names].any(axis=1).sum())], "n": [len(written)]})
    return shares(counts, [], phrase("share of comments"), phrase("about any theme"))
