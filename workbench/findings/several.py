"""Several results at once: how many did what, which did most, and which brought more than another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from workbench.findings.evidence import CAVEATS, PHRASES
from workbench.findings.finding import Finding
from workbench.findings.phrases import amount, amounts, changed, digits_of, enumerated, likely
from workbench.findings.unanswered import no_answer
from workbench.results.phrases import phrase, phrase_n, say, say_n, translated
from workbench.results.verdict import Grade, Reason, Row, Verdict, grade_of_several, verdict_of
from workbench.results.words import capital, sentence

DID = {  # verdict → what is said of several with it; of the first, out of how many
    Verdict.RAISED: phrase_n("{count} raised {noun}: {names}.", "{count} raised {noun}: {names}."),
    Verdict.PROBABLY_RAISED: phrase_n(
        "{count} probably raised {noun}: {names}.", "{count} probably raised {noun}: {names}."
    ),
    Verdict.TURNED_DOWN: phrase_n(
        "{count} first raised, then lowered {noun}: {names}.", "{count} first raised, then lowered {noun}: {names}."
    ),
    Verdict.TURNED_UP: phrase_n(
        "{count} first lowered, then raised {noun}: {names}.", "{count} first lowered, then raised {noun}: {names}."
    ),
    Verdict.UNCLEAR: phrase_n(
        "{count} made no clear difference to {noun}: {names}.", "{count} made no clear difference to {noun}: {names}."
    ),
    Verdict.PROBABLY_LOWERED: phrase_n(
        "{count} probably lowered {noun}: {names}.", "{count} probably lowered {noun}: {names}."
    ),
    Verdict.LOWERED: phrase_n("{count} lowered {noun}: {names}.", "{count} lowered {noun}: {names}."),
    Verdict.UNRELIABLE: phrase_n("{count} is unreliable: {names}.", "{count} are unreliable: {names}."),
    Verdict.UNKNOWN: phrase_n("{count} cannot be judged: {names}.", "{count} cannot be judged: {names}."),
}
NUMBERS = (
    *(phrase("No"), phrase("One"), phrase("Two"), phrase("Three"), phrase("Four")),
    *(phrase("Five"), phrase("Six"), phrase("Seven"), phrase("Eight"), phrase("Nine")),
)
WITHOUT = (Verdict.UNRELIABLE, Verdict.UNKNOWN)  # these say nothing of the measurement


def tally(found: Mapping[str, Finding], things: str, unit: str) -> Finding:
    """How many of several things raised a measurement and how many lowered it, by their verdicts.

    found : what each is called → its finding; things : what they are, in the plural; unit : what was measured

    >>> talks = Finding("Talks raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed", n=40)
    >>> tour = replace(talks, verdict=Verdict.UNRELIABLE, grade=Grade.FAILED, rule="the groups were drifting apart")
    >>> print(tally({"Talks": talks, "Tour": tour}, "programmes", "active days a week"))
    One of two programmes raised use: Talks. One is unreliable: Tour (the groups were drifting apart).
    """
    groups = [(verdict, names) for verdict in DID if (names := _of(found, verdict))]
    said = [
        _did(verdict, names, found, unit, "" if place else translated(things))
        for place, (verdict, names) in enumerate(groups)
    ]
    answered = [each for each in found.values() if each.verdict not in WITHOUT]
    return Finding(
        " ".join(said),
        Verdict.DESCRIPTIVE,
        grade_of_several(each.grade for each in found.values()),
        say("{n} of {all} comparisons can be judged", n=len(answered), all=len(found)),
        unit=unit,
        n=sum(each.n or 0 for each in found.values()) or None,
        caveat=" ".join(filter(None, [_could_still_be(found), _reasons(found)])),
    )


def _did(verdict: Verdict, names: Sequence[str], found: Mapping[str, Finding], unit: str, things: str) -> str:
    """How many, of all the things where that is to be said, and what they did with their names."""
    many = len(names)
    count = _out_of(many, len(found), things) if things else _number(many)
    if verdict is Verdict.UNRELIABLE:
        names = [f"{name} ({found[name].rule})" for name in names]
    return say_n(*DID[verdict], many, count=count, noun=changed(unit)[0], names=enumerated(names))


def _out_of(many: int, all_of_them: int, things: str) -> str:
    """How many of all the things: "Two of three incentives", "Both incentives", "All three incentives"."""
    if all_of_them == 1:
        return _number(1)
    if many == all_of_them:
        both, all_ = phrase("Both {things}"), phrase("All {count} {things}")
        return translated(both if many == 2 else all_, count=_number(many).lower(), things=things)
    return say("{count} of {all} {things}", count=_number(many), all=_number(all_of_them).lower(), things=things)


def _number(count: int) -> str:
    """A small number as a word, as a sentence begins with it."""
    return translated(NUMBERS[count]) if count < len(NUMBERS) else str(count)


def _of(found: Mapping[str, Finding], verdict: Verdict) -> list[str]:
    """The names of those with this verdict."""
    return [name for name, each in found.items() if each.verdict == verdict]


def _could_still_be(found: Mapping[str, Finding]) -> str:
    """How large effects may be that are not clear."""
    unclear = [name for name in _of(found, Verdict.UNCLEAR) if found[name].conf_high is not None]
    most = [say("{size} with {name}", size=_highest(found[name]), name=name) for name in unclear]
    none = phrase("No clear difference does not mean none: a rise may still be up to {most}.")
    return translated(none, most=enumerated(most)) if most else ""


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
    return say("Cannot be judged: {reasons}.", reasons="; ".join(reasons)) if reasons else ""


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
        parts = {"name": name, "noun": noun, "size": f"+{size}{unit}", "likely": likely(low, high)}
        if len(clear) > 1:
            return say("{name} raised {noun} most: {size} ({likely})", **parts)
        return say("{name} raised {noun}: {size} ({likely})", **parts)
    if len(_of(found, Verdict.UNKNOWN)) == len(found):
        return say("We cannot judge any of the {things}", things=translated(things))
    known = next((each.unit for each in found.values() if each.unit), "use")
    none = say("None of the {things} clearly raised {noun}", things=translated(things), noun=changed(known)[0])
    probably = _of(found, Verdict.PROBABLY_RAISED)
    return "; ".join([none, *([say("{names} probably did", names=enumerated(probably))] if probably else [])])


def beside(asked: Finding, others: Mapping[str, Finding]) -> Finding:
    """What came of something that asked for one thing: that, and what else was looked at.

    asked : the finding on what was asked for or rewarded; others : what else was looked at → its finding

    >>> logins = Finding("The rule raised logins.", Verdict.RAISED, Grade.ROBUST, "all checks passed")
    >>> print(beside(logins, {"satisfaction": replace(logins, verdict=Verdict.LOWERED)}))
    The rule raised logins. It lowered satisfaction.
    """
    parts = [
        translated(did, names=enumerated([translated(name) for name in names]))
        for verdict, did in BESIDE.items()
        if (names := _of(others, verdict))
    ]
    doubted = _of(others, Verdict.UNRELIABLE)
    unknown = [translated(name) for verdict in WITHOUT for name in _of(others, verdict)]
    parts += [say("we cannot say what it did to {names}", names=enumerated(unknown))] if unknown else []
    headline = " ".join([sentence(asked.headline), *(sentence(capital(part)) for part in parts)])
    why = enumerated([f"{translated(name)} ({others[name].rule})" for name in doubted])
    caveat = say("Unreliable: {names}.", names=why) if doubted else ""
    return replace(asked, headline=headline, caveat=" ".join(filter(None, [asked.caveat, caveat])))


BESIDE = {
    Verdict.RAISED: phrase("it raised {names}"),
    Verdict.PROBABLY_RAISED: phrase("it probably raised {names}"),
    Verdict.TURNED_DOWN: phrase("it first raised, then lowered {names}"),
    Verdict.TURNED_UP: phrase("it first lowered, then raised {names}"),
    Verdict.UNCLEAR: phrase("it made no clear difference to {names}"),
    Verdict.PROBABLY_LOWERED: phrase("it probably lowered {names}"),
    Verdict.LOWERED: phrase("it lowered {names}"),
}


def kinds(
    pairs: pd.DataFrame, unit: str, untold: Sequence[str] = (), thing: str = phrase("kind"), drawn: bool = False
) -> Finding:
    """Which of several kinds brought more than others.

    pairs : arm_a, arm_b, estimate, band_low, band_high of a less b, in `unit` (`trainings.pairs`)
    untold : what the data do not tell apart
    thing : what they are, in the singular; drawn : it was random who got which

    >>> pairs = pd.DataFrame({"arm_a": ["coaching"], "arm_b": ["online"], "band_low": [0.4], "band_high": [0.8]})
    >>> print(kinds(pairs, "active days a week", drawn=True))
    Coaching raised use more than online.
    """
    thing = translated(thing)
    if pairs.empty:
        two = say("there are no two {thing}s to compare", thing=thing)
        return no_answer(say("another {thing}", thing=thing), unit, two)
    noun = changed(unit)[0]
    of_pair = DREW_MORE if drawn else WENT_WITH_MORE
    more = [_more(row, noun, of_pair) for row in pairs.to_dict("records") if verdict_of(row, "band").clear]
    none = say("No {thing} clearly raised {noun} more than another", thing=thing, noun=noun)
    headline = " ".join(sentence(capital(each)) for each in more or [none])
    chosen = phrase(
        "it was not random who got which {thing}, so people who gain more anyway may have been in one of them"
    )
    grade, rule = (Grade.RANDOMISED, PHRASES[Reason.AT_RANDOM]) if drawn else (Grade.SENSITIVE, chosen)
    missing = enumerated([translated(name) for name in untold])
    gap = say("Not compared: {missing}, which is not recorded or the same for all.", missing=missing) if untold else ""
    caveat = " ".join(filter(None, [translated(CAVEATS.get(grade, "")), gap]))
    rule = translated(rule, thing=thing)
    return Finding(headline, Verdict.DESCRIPTIVE, grade, rule, unit=unit, caveat=caveat)


APART = (phrase("format"), phrase("sessions"), phrase("tailored"), phrase("hours"))  # by what kinds are told apart


DREW_MORE = phrase("{first} raised {noun} more than {second}")
WENT_WITH_MORE = phrase("{noun} rose more with {first} than with {second}")  # who got which was not random


def _more(row: Row, noun: str, of_pair: str) -> str:
    """Which of a pair brought more than which, or went with more."""
    first, second = row["arm_a"], row["arm_b"]
    if verdict_of(row, "band") is Verdict.LOWERED:
        first, second = second, first
    parts = {"first": translated(str(first)), "second": translated(str(second))}
    return translated(of_pair, noun=noun, **parts)
