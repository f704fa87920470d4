"""Several results at once: how many did what, which did most, and which brought more than another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from workbench.findings.evidence import CAVEATS, PHRASES
from workbench.findings.finding import Finding
from workbench.findings.phrases import amount, digits_of, enumerated, noun_of
from workbench.findings.unanswered import no_answer
from workbench.results.verdict import Course, Grade, Reason, Row, Verdict, grade_of_several, verdict_of

DID = {  # verdict → how a list says it of some
    Verdict.RAISED: "raised it",
    Verdict.LOWERED: "lowered it",
    Verdict.UNCLEAR: "did not clearly change it",
    Verdict.UNKNOWN: "cannot be judged",
}
TURNED = {
    Course.TURNED_DOWN: "first raised it and then lowered it",
    Course.TURNED_UP: "first lowered it and then raised it",
}


def tally(found: Mapping[str, Finding], things: str, unit: str, courses: Mapping[str, Course] | None = None) -> Finding:
    """How many of several things raised a measurement and how many lowered it; those in doubt are counted apart.

    found : what each is called → its finding; things : what they are, in the plural; unit : what was measured
    courses : what each is called → what became of its effect (`course`); one that turned is named

    >>> talks = Finding("Talks raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed", n=40)
    >>> tour = replace(talks, grade=Grade.FRAGILE)
    >>> print(tally({"Talks": talks, "Tour": tour}, "programmes", "active days a week"))
    Of 2 programmes, judged by active days a week, 1 raised it (Talks) and for 1 the comparison does not hold (Tour).
    """
    judged = {name: each for name, each in found.items() if each.holds}
    doubted = [name for name in found if name not in judged]
    counts = [
        f"{len(names)} {did} ({', '.join(names)})" for verdict, did in DID.items() if (names := _of(judged, verdict))
    ]
    counts += [f"for {len(doubted)} the comparison does not hold ({', '.join(doubted)})"] * bool(doubted)
    answered = len(judged) - len(_of(judged, Verdict.UNKNOWN))
    return Finding(
        f"Of {len(found)} {things}, judged by {unit}, {enumerated(counts)}.",
        Verdict.DESCRIPTIVE,
        grade_of_several(each.grade for each in found.values()),
        f"{answered} of {len(found)} comparisons passed every check",
        unit=unit,
        n=sum(each.n or 0 for each in found.values()) or None,
        caveat=" ".join(filter(None, [_turned(courses or {}), _could_still_be(judged), _reasons(judged)])),
    )


def _of(found: Mapping[str, Finding], verdict: Verdict) -> list[str]:
    """The names of those with this verdict."""
    return [name for name, each in found.items() if each.verdict == verdict]


def _turned(courses: Mapping[str, Course]) -> str:
    """Effects of which the mean says too little, because they turned."""
    turned = [f"{name} {TURNED[went]}" for name, went in courses.items() if went in TURNED]
    return f"The mean hides that {enumerated(turned)}." if turned else ""


def _could_still_be(found: Mapping[str, Finding]) -> str:
    """How large effects may be that are not clear."""
    unclear = [name for name in _of(found, Verdict.UNCLEAR) if found[name].conf_high is not None]
    most = [f"{_highest(found[name])} with {name}" for name in unclear]
    return f"Not clear is not nothing: a rise could still be up to {enumerated(most)}." if most else ""


def _highest(found: Finding) -> str:
    """The upper end of an interval in words."""
    high = max(found.conf_high or 0, 0)
    return amount(high, found.unit, digits_of({"conf_low": found.conf_low, "conf_high": high}, found.unit))


def _reasons(found: Mapping[str, Finding]) -> str:
    """Why there is no answer, each reason once."""
    names_by: dict[str, list[str]] = {}
    for name in _of(found, Verdict.UNKNOWN):
        names_by.setdefault(found[name].rule, []).append(name)
    reasons = [f"{enumerated(names)}: {reason}" for reason, names in names_by.items()]
    return f"Cannot be judged: {'; '.join(reasons)}." if reasons else ""


def most(found: Mapping[str, Finding], things: str) -> str:
    """Which of several things clearly raised a measurement by most, among those whose comparison holds.

    found : what each is called → its finding; things : what they are, in the plural
    Returns a chart's title.

    >>> talks = Finding("Talks raised use by 0.20.", Verdict.RAISED, Grade.ROBUST, "all checks passed", 0.2)
    >>> most({"Talks": talks}, "programmes"), most({"Tour": replace(talks, grade=Grade.FRAGILE)}, "programmes")
    ('Talks raised use by 0.20', 'None of the programmes clearly raised it')
    """
    clear = [each for each in found.values() if each.verdict == Verdict.RAISED and each.holds]
    if clear:
        best = max(clear, key=lambda each: each.estimate or 0).headline.rstrip(".")
        return best if len(clear) == 1 else f"Most of all, {best}"
    if len(_of(found, Verdict.UNKNOWN)) == len(found):
        return f"None of the {things} can be judged"
    unit = next((each.unit for each in found.values() if each.unit), "it")
    return f"None of the {things} clearly raised {noun_of(unit)}"


def beside(asked: Finding, others: Mapping[str, Finding]) -> Finding:
    """What came of something that asked for one thing: that, and what else was looked at.

    asked : the finding on what was asked for or rewarded; others : what else was looked at → its finding

    >>> logins = Finding("The rule raised logins.", Verdict.RAISED, Grade.ROBUST, "all checks passed")
    >>> print(beside(logins, {"satisfaction": replace(logins, verdict=Verdict.LOWERED)}))
    The rule raised logins; it lowered satisfaction.
    """
    moved = [verdict for verdict in DID if verdict is not Verdict.UNKNOWN]
    parts = [f"it {verdict} {enumerated(names)}" for verdict in moved if (names := _of(others, verdict))]
    headline = f"{'; '.join([asked.headline.rstrip('.'), *parts])}."
    if all(each.holds for each in (asked, *others.values())):
        return replace(asked, headline=headline)
    rule = "at least one of these comparisons failed a check"
    return replace(asked, headline=headline, grade=Grade.FRAGILE, rule=rule)


def kinds(
    pairs: pd.DataFrame, unit: str, untold: Sequence[str] = (), thing: str = "kind", drawn: bool = False
) -> Finding:
    """Which of several kinds brought more than others.

    pairs : arm_a, arm_b, estimate, band_low, band_high of a less b, in `unit` (`trainings.pairs`)
    untold : what the data do not tell apart
    thing : what they are, in the singular; drawn : it was drawn by lot who got which

    >>> pairs = pd.DataFrame({"arm_a": ["coaching"], "arm_b": ["online"], "band_low": [0.4], "band_high": [0.8]})
    >>> print(kinds(pairs, "active days a week", drawn=True))
    More active days a week came with coaching than with online.
    """
    if pairs.empty:
        return no_answer(f"another {thing}", unit, f"there are no two {thing}s to compare")
    more = [_more(row) for row in pairs.to_dict("records") if verdict_of(row, "band").clear]
    none = f"No {thing} clearly brought more {unit} than another"
    headline = f"More {unit} came with {enumerated(more)}." if more else f"{none}."
    chosen = f"who got which {thing} was not drawn by lot, so people who gain more anyway may have been in one of them"
    grade, rule = (Grade.RANDOMISED, PHRASES[Reason.AT_RANDOM]) if drawn else (Grade.FRAGILE, chosen)
    gap = f"Nothing was compared by {enumerated(untold)}: the data do not say it, or all were alike." if untold else ""
    caveat = " ".join(filter(None, [CAVEATS.get(grade, ""), gap]))
    return Finding(headline, Verdict.DESCRIPTIVE, grade, rule, unit=unit, caveat=caveat)


def _more(row: Row) -> str:
    """Which of a pair brought more than which."""
    first, second = row["arm_a"], row["arm_b"]
    if verdict_of(row, "band") is Verdict.LOWERED:
        first, second = second, first
    return f"{first} than with {second}"
