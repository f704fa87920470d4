"""Findings passed to the page of next steps, and the words for its actions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from workbench.findings.finding import Finding
from workbench.findings.phrases import amounts, enumerated, likely
from workbench.findings.unanswered import untold
from workbench.results.course import Remains, remains_of
from workbench.results.estimates import Estimates
from workbench.results.minimum import MINIMUM
from workbench.results.phrases import phrase, say, say_n, translated
from workbench.results.record import RECORDS, Record, in_json
from workbench.results.verdict import Grade, Verdict, grade_of_several
from workbench.results.words import NOT_KNOWN, capital, number, people, sentence

CLOSE = "close to the habit"  # the movement of `segments.movers`
PAGES = "as the pages estimate it"  # one of the assumptions of `planning.power`
SEEN = 0.8  # how often an effect should be seen, as there
REALISTIC = 2.0  # active days a week: no programme is known to have raised use by more
LOGINS_ONLY, MORE_THAN_LOGINS = phrase("logins only"), phrase("more than logins")
USE = ("active days", "actions", "features")  # what has to be known before a mandate is said to have brought no more


@dataclass(frozen=True)
class Recorded:
    """Records that a notebook hands on; a page shows nothing of them.

    records : findings as data
    """

    records: tuple[Record, ...]
    passes_boundary: ClassVar[bool] = True  # made of findings, which do

    def __repr__(self) -> str:
        return f"{len(self.records)} findings for the page of next steps"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {RECORDS: in_json(self.records), "text/plain": repr(self)}


def recorded(
    about: str,
    found: Mapping[str, Finding],
    course: Mapping[str, str] | None = None,
    gamed: Mapping[str, Finding] | None = None,
    costs: pd.DataFrame | None = None,
    group: str = "",
    groups: Mapping[str, Sequence[str]] | None = None,
    over: Collection[str] = (),
) -> Recorded:
    """Findings as data, for the page of next steps.

    about : what was judged: training, incentive, mandate, colleagues, barrier, support, habit
    found : what each is called → its finding
    course : name → what became of it, or was left; default: the course of the finding; gamed : name → its finding
    costs : programme, estimate: what one more active day cost (`programmes.cost_of_a_day`)
    group : whom all of them concern, where that is only some of the people compared; groups : name → those it concerns
    over : names of those that had ended by the last week looked at

    >>> from workbench.results.verdict import Grade, Verdict
    >>> talks = Finding("Talks raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed", n=40)
    >>> recorded("training", {"Talks": talks}, course={"Talks": "lasts"}).records[0].course
    'lasts'
    """
    price = {} if costs is None else costs.dropna(subset="estimate").set_index("programme")["estimate"].to_dict()
    more: dict[str, dict[str, Any]] = {
        name: {
            "course": str((course or {}).get(name, found[name].course)),
            "gamed": str(gamed[name].verdict) if gamed and name in gamed else "",
            "cost": _plain(price.get(name)),
            "over": name in over,
        }
        for name in found
    }
    whom = {name: enumerated(each) for name, each in (groups or {}).items() if each}
    rows = (_record(about, name, each, whom.get(name, group), **more[name]) for name, each in found.items())
    return Recorded(tuple(rows))


def _record(about: str, name: str, finding: Finding, group: str, **more: Any) -> Record:
    return Record(
        about,
        name,
        finding.headline,
        str(finding.verdict),
        str(finding.grade),
        _plain(finding.estimate),
        _plain(finding.conf_low),
        _plain(finding.conf_high),
        finding.unit,
        finding.n,
        group,
        effect=finding.effect,
        evidence=finding.grade.shown,
        likely=finding.likely,
        **more,
    )


def left_of_each(on: Mapping[str, Finding], after: Mapping[str, Finding]) -> dict[str, Remains]:
    """What was left of each incentive when it stopped.

    on, after : name → the finding while it ran, and after it ended

    >>> from workbench.results.verdict import Grade
    >>> use = Finding("The bonus raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed")
    >>> less = Finding("It lowered use afterwards.", Verdict.LOWERED, Grade.ROBUST, "all checks passed")
    >>> left_of_each({"Bonus": use}, {"Bonus": less})
    {'Bonus': <Remains.HARM: 'harm: less use than without it'>}
    """
    return {
        name: remains_of(Verdict(each.verdict), Verdict(after[name].verdict))
        for name, each in on.items()
        if name in after
    }


def logins_or_more(besides: Mapping[str, Mapping[str, Finding]]) -> dict[str, str]:
    """Whether each mandate brought more than logins; that it did not is said only where its effect on use is known.

    besides : mandate → measure → finding, of measures that are not logins

    >>> from workbench.results.verdict import Grade
    >>> same = Finding("It did not change use.", Verdict.UNCLEAR, Grade.ROBUST, "all checks passed")
    >>> logins_or_more({"Mandate": dict.fromkeys(["active days", "actions", "features"], same), "Rule": {}})
    {'Mandate': 'logins only', 'Rule': 'we cannot say'}
    """
    return {name: _brought(seen) for name, seen in besides.items()}


def _brought(seen: Mapping[str, Finding]) -> str:
    verdicts = {what: Verdict(each.verdict) for what, each in seen.items()}
    if any(verdict.up for verdict in verdicts.values()):
        return MORE_THAN_LOGINS
    told = (verdicts.get(what, Verdict.UNKNOWN) not in (Verdict.UNRELIABLE, Verdict.UNKNOWN) for what in USE)
    return LOGINS_ONLY if all(told) else str(Verdict.UNKNOWN)


def next_steps(actions: pd.DataFrame, pages: int) -> Finding:
    """How many actions the findings of the site suggest, and the first of them.

    actions : as `planning.actions` returns them; pages : how many other pages handed their findings on

    >>> print(next_steps(pd.DataFrame(columns=["action", "grade"]), pages=0))
    We cannot say what to do next: this page was printed alone, and actions come from the findings of other pages.
    """
    if not pages:
        alone = say("this page was printed alone, and actions come from the findings of other pages")
        return untold(say("What to do next"), alone)
    if actions.empty:
        return untold(say("What to do next"), say("no rule fits the findings of the other pages"))
    first = str(actions["action"].iloc[0])
    return Finding(
        say_n(
            "The findings suggest {n} action. {first}",
            "The findings suggest {n} actions. First: {first}",
            len(actions),
            first=sentence(first),
        ),
        Verdict.DESCRIPTIVE,
        grade_of_several(Grade(grade) for grade in actions["grade"]),
        say("each is as certain as the finding that it links to"),
        caveat=say("The table of what worked, on the summary, says what to do with each programme."),
    )


def closest(near: Estimates, by: str) -> dict[str, Finding]:
    """The group in which most people are close to the habit, under its name; none where these are fewer than five.

    near : as `segments.movers` returns them, by `by`, without the groups that may not be shown

    >>> rows = [{"team": "North", "movement": "close to the habit", "users": 12, "estimate": 0.3, "n": 40}]
    >>> print(closest(Estimates(pd.DataFrame(rows), "share", "made up"), "team")["North"])
    In North, 12 of 40 people without the habit are close to it.
    """
    there = (near.table["movement"] == CLOSE) & (near.table[by] != NOT_KNOWN)
    rows = near.table[there].sort_values("users", ascending=False, kind="stable")
    return {
        row[by]: Finding(
            say(
                "In {group}, {count} of {people} without the habit are close to it.",
                group=row[by],
                count=number(row["users"], 0),
                people=people(row["n"]),
            ),
            Verdict.DESCRIPTIVE,
            Grade.DESCRIPTIVE,
            say("a count of people; it does not show what would help them"),
            unit="people",
            n=int(row["users"]),
        )
        for row in rows.head(1).to_dict("records")
        if row["users"] >= MINIMUM
    }


def neediest(needs: Estimates, by: str) -> Finding:
    """The group whose people lie furthest below what is usual in their roles, if it clearly lags behind everybody.

    needs : as `planning.neediest` returns them, by `by`, without the groups that may not be shown

    >>> ends = {"conf_low": 0.5, "conf_high": 1.1, "band_low": 0.4, "band_high": 1.2}
    >>> rows = pd.DataFrame([{"team": "North", "estimate": 0.8, **ends, "n": 24}])
    >>> everybody = pd.Series({"estimate": 0.3, "n": 400})
    >>> print(neediest(Estimates(rows, "active days a week", "made up", overall=everybody), "team"))
    People of North are furthest below the usual use of their roles: 0.80 days a week on average (likely 0.50–1.10), \
and all people 0.30.
    """
    if needs.table.empty or needs.overall is None:
        return untold(say("Where people lag behind their role"), say("no group is large enough, or none is known"))
    row = needs.table.to_dict("records")[0]
    if row["n"] == needs.overall["n"]:
        return untold(say("Where people lag behind their role"), say("fewer than two groups can be compared"))
    size, low, high = amounts(row, needs.unit)
    clear = phrase(
        "People of {group} are furthest below the usual use of their roles: {size} days a week on average ({likely}),"
        " and all people {everybody}."
    )
    unclear = phrase("No group clearly lags behind the usual use of its roles.")
    headline = translated(
        clear if row["band_low"] > needs.overall["estimate"] else unclear,
        group=row[by],
        size=size,
        likely=likely(low, high),
        everybody=number(needs.overall["estimate"]),
    )
    rule = say("days below the median of the same role in the last eight weeks; nobody counts as less than none")
    caveat = say("It shows who uses the CRM little, not whom help would serve best.")
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=int(row["n"]), caveat=caveat)


def rollouts(powers: pd.DataFrame, effect: float, best: str) -> Finding:
    """The smallest effect that the best design would detect, by the pages' own estimator.

    powers : design, assumption, detectable, as `planning.powers` returns them; effect : the one asked for
    best : the design to say it of; empty where none would detect any

    >>> rows = [("staggered", PAGES, 0.18), ("parallel", PAGES, 0.25), ("staggered", "constant", 0.06)]
    >>> print(rollouts(pd.DataFrame(rows, columns=["design", "assumption", "detectable"]), 0.3, "staggered"))
    A staggered roll-out would detect an effect of 0.18 active days a week (8 times in 10).
    """
    if not best:
        reason = say("every design leaves fewer than two teams waiting")
        return untold(say("What the next roll-out would detect"), reason)
    of_best = powers[powers["design"] == best].set_index("assumption")["detectable"]
    smallest = of_best[PAGES]
    if smallest > REALISTIC:
        reason = say("only an effect of {size} active days a week or more would show", size=number(smallest))
        return untold(say("What the next roll-out would detect"), reason)
    same = of_best.reindex(["constant"])
    optimistic = phrase("Assuming the same effect in all weeks would promise {size}, which is optimistic.")
    enough = phrase("that is not enough for an effect of {size}, if people vary as they did in recent weeks")
    if smallest <= effect:
        enough = phrase("that is enough for an effect of {size}, if people vary as they did in recent weeks")
    detected = phrase("{design} roll-out would detect an effect of {size} active days a week (8 times in 10).")
    digits = 3 if effect < smallest < effect + 0.005 else 2  # what is not enough is not said to be the same
    return Finding(
        translated(detected, design=capital(translated(_a(best))), size=number(smallest, digits)),
        Verdict.DESCRIPTIVE,
        Grade.DESCRIPTIVE,
        translated(enough, size=number(effect)),
        unit="active days a week",
        caveat=translated(optimistic, size=number(same.iloc[0])) if len(same.dropna()) else "",
    )


def known_after(curve: pd.DataFrame, effect: float) -> str:
    """How long it takes until an effect is known and stays so, or until too few wait to know it; a picture's title.

    curve : weeks, assumption, power, as `planning.power_by_week` returns them

    >>> chances = [0.5, 0.7, 0.8, 0.9, 0.7]
    >>> curve = pd.DataFrame({"weeks": range(1, 6), "assumption": PAGES, "power": chances})
    >>> known_after(curve.head(4), 0.3), known_after(curve, 0.3)
    ('A rise of 0.30 days a week shows after 3 weeks', 'A rise of 0.30 days shows in weeks 3 to 4')
    """
    by_week = curve[curve["assumption"] == PAGES].set_index("weeks")["power"]
    size, enough = number(effect), by_week >= SEEN
    if not enough.any():
        return say("A rise of {size} days a week does not show in time", size=size)
    seen = [int(week) for week in by_week.index[enough]]
    first, later = seen[0], [int(week) for week in by_week.index[~enough] if week > seen[0]]
    if later and not enough.iloc[-1]:
        last = max(week for week in seen if week < later[0])
        return say("A rise of {size} days shows in weeks {first} to {last}", size=size, first=first, last=last)
    return say_n(
        "A rise of {size} days a week shows after {n} week",
        "A rise of {size} days a week shows after {n} weeks",
        max(later, default=first - 1) + 1,
        size=size,
    )


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


DESIGNS = (phrase("a parallel"), phrase("a staggered"), phrase("a stepped wedge"), phrase("an on and off"))


@dataclass(frozen=True, eq=False)
class Steps:
    """Actions as a numbered list, each linked to the finding on which it rests.

    actions : as `planning.actions` returns them
    """

    actions: pd.DataFrame
    passes_boundary: ClassVar[bool] = True  # made of findings, which do

    def _repr_markdown_(self) -> str:
        rows = [{str(name): value for name, value in row.items()} for row in self.actions.to_dict("records")]
        return "\n".join(f"{place}. {_step(row)}" for place, row in enumerate(rows, 1))

    def __repr__(self) -> str:
        return "\n".join(self.actions["action"])


def steps(actions: pd.DataFrame) -> Steps | None:
    """The actions as a list for the page; None where there are none.

    actions : as `planning.actions` returns them

    >>> steps(pd.DataFrame(columns=["action"])) is None
    True
    """
    return Steps(actions) if len(actions) else None


def _step(row: Mapping[str, Any]) -> str:
    whom, evidence = _marked(translated(row["whom"])), Grade(row["grade"]).shown
    if not pd.isna(row["people"]):
        whom = f"{whom} ({people(row['people'])})"
    if Grade(row["grade"]).squares and not pd.isna(row["compared"]):
        evidence = say("{evidence}, from {people}", evidence=evidence, people=people(row["compared"]))
    finding = _marked(row["finding"])
    parts = [
        f"**{_marked(sentence(row['action']))}**",
        say("For {whom}.", whom=whom),
        _brings(row),
        "" if pd.isna(row["cost"]) else say("Each extra day of use has cost {cost}.", cost=number(row["cost"])),
        say("Evidence: {evidence}.", evidence=evidence),
        say("Based on: {finding}", finding=f"[{finding}]({row['link']})" if row["link"] else finding),
        say("How we will know: {known}.", known=translated(row["known"])),
    ]
    return " ".join(filter(None, parts))


def _brings(row: Mapping[str, Any]) -> str:
    if pd.isna(row["gain"]):
        return say("We cannot say yet what it would bring.")
    each = pd.isna(row["people"])
    digits = 2 if each else 0
    low, high = sorted((row["gain_low"], row["gain_high"]))
    parts = {
        "gain": number(row["gain"], digits),
        "unit": translated(row["unit"]),
        "likely": likely(number(low, digits), number(high, digits)),
    }
    if each:
        return say("Expected gain: about {gain} {unit} for each of them ({likely}).", **parts)
    return say(
        "Expected gain, if they gain as much as those compared: about {gain} {unit} for all of them together"
        " ({likely}).",
        **parts,
    )


def _marked(text: str) -> str:
    """Text in which Markdown and HTML find no marks of their own."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in text.replace("&", "&amp;"))


def _plain(value: float | None) -> float | None:
    """Six significant digits, so that two machines' last bits make one file."""
    return None if value is None or pd.isna(value) else float(f"{value:.6g}")
