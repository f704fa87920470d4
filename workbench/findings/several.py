"""Several results at once: how many did what, which did most, and which brought more than another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from workbench.findings.evidence import CAVEATS, PHRASES
from workbench.findings.finding import Finding
from workbench.findings.phrases import amount, amounts, changed, digits_of, enumerated, likely
from workbench.findings.unanswered import no_answer
from workbench.results.verdict import Grade, Reason, Row, Verdict, grade_of_several, verdict_of
from workbench.results.words import capital

DID = {  # verdict → how a list says it of several, and of one
    Verdict.RAISED: ("raised", "raised"),
    Verdict.PROBABLY_RAISED: ("probably raised", "probably raised"),
    Verdict.TURNED_DOWN: ("first raised, then lowered", "first raised, then lowered"),
    Verdict.TURNED_UP: ("first lowered, then raised", "first lowered, then raised"),
    Verdict.UNCLEAR: ("made no clear difference to", "made no clear difference to"),
    Verdict.PROBABLY_LOWERED: ("probably lowered", "probably lowered"),
    Verdict.LOWERED: ("lowered", "lowered"),
    Verdict.UNRELIABLE: ("are unreliable", "is unreliable"),
    Verdict.UNKNOWN: ("cannot be judged", "cannot be judged"),
}
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
WITHOUT = (Verdict.UNRELIABLE, Verdict.UNKNOWN)  # these say nothing of the measurement


def tally(found: Mapping[str, Finding], things: str, unit: str) -> Finding:
    """How many of several things raised a measurement and how many lowered it, by their verdicts.

    found : what each is called → its finding; things : what they are, in the plural; unit : what was measured

    >>> talks = Finding("Talks raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed", n=40)
    >>> tour = replace(talks, verdict=Verdict.UNRELIABLE, grade=Grade.FAILED, rule="the groups were drifting apart")
    >>> print(tally({"Talks": talks, "Tour": tour}, "programmes", "active days a week"))
    One of 2 programmes raised use: Talks. One is unreliable: Tour (the groups were drifting apart).
    """
    groups = [(verdict, names) for verdict in DID if (names := _of(found, verdict))]
    said = [_did(verdict, names, found, unit) for verdict, names in groups]
    first = [f" of {len(found)} {things}", *[""] * len(said)]
    answered = [each for each in found.values() if each.verdict not in WITHOUT]
    return Finding(
        " ".join(f"{count}{of} {did}." for (count, did), of in zip(said, first, strict=False)),
        Verdict.DESCRIPTIVE,
        grade_of_several(each.grade for each in found.values()),
        f"{len(answered)} of {len(found)} comparisons can be judged",
        unit=unit,
        n=sum(each.n or 0 for each in found.values()) or None,
        caveat=" ".join(filter(None, [_could_still_be(found), _reasons(found)])),
    )


def _did(verdict: Verdict, names: Sequence[str], found: Mapping[str, Finding], unit: str) -> tuple[str, str]:
    """How many, and what they did with their names."""
    many = len(names)
    count = NUMBERS[many] if many < len(NUMBERS) else str(many)
    if verdict is Verdict.UNRELIABLE:
        names = [f"{name} ({found[name].rule})" for name in names]
    about = "" if verdict in WITHOUT else f" {changed(unit)[0]}"
    return count, f"{DID[verdict][many == 1]}{about}: {enumerated(names)}"


def _of(found: Mapping[str, Finding], verdict: Verdict) -> list[str]:
    """The names of those with this verdict."""
    return [name for name, each in found.items() if each.verdict == verdict]


def _could_still_be(found: Mapping[str, Finding]) -> str:
    """How large effects may be that are not clear."""
    unclear = [name for name in _of(found, Verdict.UNCLEAR) if found[name].conf_high is not None]
    most = [f"{_highest(found[name])} with {name}" for name in unclear]
    return f"No clear difference does not mean none: a rise may still be up to {enumerated(most)}." if most else ""


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
    """Which of several things clearly raised a measurement by most.

    found : what each is called → its finding; things : what they are, in the plural
    Returns a chart's title.

    >>> talks = Finding("Talks raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed", 0.2, 0.1, 0.3, "days")
    >>> most({"Talks": talks}, "programmes")
    'Talks raised days: +0.20 (likely 0.10–0.30)'
    >>> most({"Tour": replace(talks, verdict=Verdict.UNRELIABLE)}, "programmes")
    'None of the programmes clearly raised days'
    """
    clear = {name: each for name, each in found.items() if each.verdict == Verdict.RAISED}
    if clear:
        name = max(clear, key=lambda one: clear[one].estimate or 0)
        best = clear[name]
        row = {"estimate": best.estimate, "conf_low": best.conf_low, "conf_high": best.conf_high}
        size, low, high = amounts(row, best.unit)
        noun, unit = changed(best.unit)
        return f"{name} raised {noun}{' most' * (len(clear) > 1)}: +{size}{unit} ({likely(low, high)})"
    if len(_of(found, Verdict.UNKNOWN)) == len(found):
        return f"We cannot judge any of the {things}"
    known = next((each.unit for each in found.values() if each.unit), "use")
    probably = f"; {enumerated(names)} probably did" if (names := _of(found, Verdict.PROBABLY_RAISED)) else ""
    return f"None of the {things} clearly raised {changed(known)[0]}{probably}"


def beside(asked: Finding, others: Mapping[str, Finding]) -> Finding:
    """What came of something that asked for one thing: that, and what else was looked at.

    asked : the finding on what was asked for or rewarded; others : what else was looked at → its finding

    >>> logins = Finding("The rule raised logins.", Verdict.RAISED, Grade.ROBUST, "all checks passed")
    >>> print(beside(logins, {"satisfaction": replace(logins, verdict=Verdict.LOWERED)}))
    The rule raised logins; it lowered satisfaction.
    """
    parts = [f"it {did} {enumerated(names)}" for verdict, did in BESIDE.items() if (names := _of(others, verdict))]
    headline = f"{'; '.join([asked.headline.rstrip('.'), *parts])}."
    doubted = _of(others, Verdict.UNRELIABLE)
    caveat = f"Unreliable: {enumerated([f'{name} ({others[name].rule})' for name in doubted])}." if doubted else ""
    return replace(asked, headline=headline, caveat=" ".join(filter(None, [asked.caveat, caveat])))


BESIDE = {verdict: did for verdict, (_, did) in DID.items() if verdict not in WITHOUT}


def kinds(
    pairs: pd.DataFrame, unit: str, untold: Sequence[str] = (), thing: str = "kind", drawn: bool = False
) -> Finding:
    """Which of several kinds brought more than others.

    pairs : arm_a, arm_b, estimate, band_low, band_high of a less b, in `unit` (`trainings.pairs`)
    untold : what the data do not tell apart
    thing : what they are, in the singular; drawn : it was random who got which

    >>> pairs = pd.DataFrame({"arm_a": ["coaching"], "arm_b": ["online"], "band_low": [0.4], "band_high": [0.8]})
    >>> print(kinds(pairs, "active days a week", drawn=True))
    Coaching raised use more than online.
    """
    if pairs.empty:
        return no_answer(f"another {thing}", unit, f"there are no two {thing}s to compare")
    noun = changed(unit)[0]
    more = [_more(row, noun) for row in pairs.to_dict("records") if verdict_of(row, "band").clear]
    none = f"No {thing} clearly raised {noun} more than another"
    headline = f"{capital('; '.join(more))}." if more else f"{none}."
    chosen = f"it was not random who got which {thing}, so people who gain more anyway may have been in one of them"
    grade, rule = (Grade.RANDOMISED, PHRASES[Reason.AT_RANDOM]) if drawn else (Grade.SENSITIVE, chosen)
    gap = f"Not compared: {enumerated(untold)}, which is not recorded or the same for all." if untold else ""
    caveat = " ".join(filter(None, [CAVEATS.get(grade, ""), gap]))
    return Finding(headline, Verdict.DESCRIPTIVE, grade, rule, unit=unit, caveat=caveat)


def _more(row: Row, noun: str) -> str:
    """Which of a pair brought more than which."""
    first, second = row["arm_a"], row["arm_b"]
    if verdict_of(row, "band") is Verdict.LOWERED:
        first, second = second, first
    return f"{first} raised {noun} more than {second}"
