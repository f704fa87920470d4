"""What incentives did, what was left of them, what they cost, and whether they were gamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from workbench.findings.evidence import PHRASES
from workbench.findings.finding import Finding
from workbench.findings.phrases import amount, amounts, enumerated, likely
from workbench.findings.several import tally
from workbench.findings.unanswered import no_answer, untold
from workbench.results.course import Remains, remains_of
from workbench.results.estimates import Estimates
from workbench.results.gaming import MISSED, Gaming, gaming_of, missed, worsened
from workbench.results.phrases import phrase, say, say_n, translated
from workbench.results.verdict import Grade, Reason, Row, Verdict
from workbench.results.words import capital, number, sentence

LEFT = {  # what is left → how a sentence says it of several
    Remains.PART: phrase("part of the gain remained with {names}"),
    Remains.PROBABLY_PART: phrase("part of the gain probably remained with {names}"),
    Remains.HARM: phrase("use fell below its expected level with {names}"),
    Remains.PROBABLY_HARM: phrase("use probably fell below its expected level with {names}"),
    Remains.NOTHING: phrase("no clear gain remained with {names}"),
    Remains.LATE: phrase("a gain came late with {names}"),
    Remains.UNCHANGED: phrase("nothing clearly changed with {names}"),
    Remains.UNKNOWN: phrase("we cannot say what remained with {names}"),
}
GAMED = {  # verdict on an incentive → how a title says it
    Gaming.GAMED: phrase("was gamed"),
    Gaming.WORSE_WORK: phrase("brought worse work, and not clearly more of it"),
    Gaming.NOT_GAMED: phrase("was not gamed"),
    Gaming.WEAK: phrase("shows no sign of gaming, but the check is weak"),
    Gaming.UNKNOWN: phrase("cannot be judged"),
}


def remains(on: Finding, after: Finding | None) -> Remains:
    """What is left of an incentive that has stopped.

    on, after : the findings on its effect while it ran and afterwards; None: it has not stopped

    >>> raised = Finding("It raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed")
    >>> str(remains(raised, raised)), str(remains(raised, None))
    ('part of it stays', 'we cannot say')
    """
    return remains_of(Verdict(on.verdict), Verdict.UNKNOWN if after is None else Verdict(after.verdict))


def verdicts(
    on: Mapping[str, Finding], after: Mapping[str, Finding], gaming: Mapping[str, Finding], term: str
) -> pd.DataFrame:
    """What each incentive did while on, what is left of it, whether it was gamed, and the evidence for its effect.

    on, after, gaming : as in `incentives`; term : the column of the names
    Returns one row per incentive: term, effect, likely, left, gamed, evidence, each as its words.

    >>> from workbench.findings import no_answer, verdicts
    >>> race = no_answer("Race", "active days a week", "nobody is left to compare with")
    >>> verdicts({"Race": race}, {}, {}, "programme")[["effect", "left"]].to_dict("records")
    [{'effect': 'we cannot say', 'left': 'we cannot say'}]
    """
    rows = [
        {
            term: name,
            "effect": each.effect,
            "likely": each.likely or None,
            "left": remains(each, after.get(name)),
            "gamed": gaming[name].verdict if name in gaming else Gaming.UNKNOWN,
            "evidence": each.grade.shown,
        }
        for name, each in on.items()
    ]
    return pd.DataFrame(rows, columns=[term, "effect", "likely", "left", "gamed", "evidence"])


def incentives(on: Mapping[str, Finding], after: Mapping[str, Finding], gaming: Mapping[str, Finding]) -> Finding:
    """What several incentives did while they ran, what was left when they stopped, and which were gamed.

    on, after, gaming : what each is called → its finding; one that has not stopped has none in `after`

    >>> raised = Finding("It raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed", unit="active days a week")
    >>> print(incentives({"Prize": raised}, {"Prize": raised}, {}))
    One raised use: Prize. After they ended, part of the gain remained with Prize. None was clearly \
gamed.
    """
    unit = next((each.unit for each in on.values() if each.unit), "active days a week")
    while_on = tally(on, "incentives", unit)
    ended = say("After they ended, {left}.", left=_left(on, after))
    headline = f"{while_on.headline} {ended} {_played(gaming)}"
    return replace(while_on, headline=headline)


def _left(on: Mapping[str, Finding], after: Mapping[str, Finding]) -> str:
    """What was left of which."""
    left = {name: remains(each, after.get(name)) for name, each in on.items()}
    names = {what: [name for name, kept in left.items() if kept is what] for what in LEFT}
    return "; ".join(translated(said, names=enumerated(names[what])) for what, said in LEFT.items() if names[what])


def _played(gaming: Mapping[str, Finding]) -> str:
    """Which were gamed."""
    names = [name for name, each in gaming.items() if each.verdict == Gaming.GAMED]
    if not names:
        return say("None was clearly gamed.")
    return say_n("{names} was gamed.", "{names} were gamed.", len(names), names=enumerated(names))


def gamed(signs: Estimates, volume: Finding, what: str, randomised: bool = False) -> Finding:
    """Whether an incentive brought more work, or more that only looks like it.

    signs : sign, estimate, band_low, band_high, n, suspect, quality (`gaming.changes`), in the unit of `signs`
    volume : the finding on how much was done
    randomised : who came when was drawn at random
    Returns the finding; its verdict is that of `results.gaming_of` on the signs of quality, its caveat names those that
    turned, or what could have been missed.

    >>> sign = {"sign": "fields filled", "estimate": -0.3, "band_low": -0.4, "band_high": -0.2, "n": 82}
    >>> signs = Estimates(pd.DataFrame([{**sign, "suspect": -1, "quality": True}]), "share of records", "made up")
    >>> more = Finding("The race raised records.", Verdict.RAISED, Grade.RANDOMISED, "dates were drawn")
    >>> print(gamed(signs, more, "the race"))
    The race was gamed: people did more, but worse work.
    """
    quality = signs.table[signs.table["quality"].astype(bool)]
    if quality.empty:
        return no_answer(what, "the quality of work", say("nothing of it was recorded"))
    rows = quality.to_dict("records")
    verdict = gaming_of(rows, Verdict(volume.verdict))
    headline = translated(JUDGED[verdict], what=what)
    grade, rule = Grade.SENSITIVE, say("dates were not random, and earlier trends of these signs were not compared")
    if randomised:
        grade, rule = Grade.RANDOMISED, translated(PHRASES[Reason.AT_RANDOM])
    caveat = sentence(capital(_in_numbers(verdict, rows, signs.unit)))
    return Finding(headline, verdict, grade, rule, unit=signs.unit, n=int(quality["n"].max()), caveat=caveat)


JUDGED = {
    Gaming.GAMED: phrase("{what} was gamed: people did more, but worse work."),
    Gaming.WORSE_WORK: phrase("With {what} the work got worse, and there was not clearly more of it."),
    Gaming.NOT_GAMED: phrase("{what} was not gamed."),
    Gaming.WEAK: phrase("{what} shows no sign of gaming, but the check is weak."),
    Gaming.UNKNOWN: phrase("We cannot say whether {what} was gamed."),
}


def _in_numbers(verdict: Gaming, rows: Sequence[Row], unit: str) -> str:
    """The signs that turned, or what could have been missed."""
    if verdict is Gaming.WEAK:
        weak = enumerated([_could_have(row, unit) for row in rows if missed(row) > MISSED])
        return say("the check would not have seen {changes}", changes=weak)
    if verdict is Gaming.NOT_GAMED:
        parts = {"size": amount(MISSED, unit, 0), "signs": enumerated([translated(row["sign"]) for row in rows])}
        return say("a change for the worse of {size} would have been seen in {signs}", **parts)
    return enumerated([_turned(row, unit) for row in rows if worsened(row)])


def _turned(row: Row, unit: str) -> str:
    size, low, high = amounts({**row, "conf_low": row["band_low"], "conf_high": row["band_high"]}, unit)
    parts = {"label": translated(row["sign"]), "size": size, "likely": likely(low, high)}
    if row["estimate"] > 0:
        return say("{label} rose by {size} ({likely})", **parts)
    return say("{label} fell by {size} ({likely})", **parts)


def _could_have(row: Row, unit: str) -> str:
    parts = {"label": translated(row["sign"]), "size": amount(missed(row), unit, 0)}
    if row["suspect"] > 0:
        return say("a rise of {size} in {label}", **parts)
    return say("a fall of {size} in {label}", **parts)


def prices(costs: pd.DataFrame) -> Finding:
    """What each extra day of use cost with each incentive, the cheapest first.

    costs : programme, estimate, conf_low, conf_high, in the currency of the data (`costs.cost_of_a_day`); a missing
        estimate is a price that nobody can say

    >>> print(prices(pd.DataFrame({"programme": ["Prize"], "estimate": [2.82], "conf_low": [2.2], "conf_high": [3.9]})))
    Each extra day of use cost 2.82 with Prize (likely 2.20–3.90).
    """
    if costs.empty:
        question = say("what each extra day of use cost")
        return replace(untold(question, say("no cost is recorded")), unit="cost a day")
    known = costs.dropna(subset=["estimate"]).sort_values("estimate")
    unknown = costs[costs["estimate"].isna()]["programme"].tolist()
    prices = enumerated([_price(row) for row in known.to_dict("records")])
    cost = say("Each extra day of use cost {prices}", prices=prices)
    rest = say("there is no price for {names}, without a clear gain", names=enumerated(unknown))
    headline = "; ".join([cost] * bool(len(known)) + [rest] * bool(unknown)) + "."
    rule = say(
        "costs are in the currency of the data and known, the days gained are estimated;"
        " all offered it count as gaining as those compared did"
    )
    verdict = Verdict.DESCRIPTIVE if len(known) else Verdict.UNKNOWN
    return Finding(headline, verdict, Grade.DESCRIPTIVE, rule, unit="cost a day")


def _price(row: Row) -> str:
    ends = likely(number(row["conf_low"]), number(row["conf_high"]))
    parts = {"cost": number(row["estimate"]), "name": row["programme"], "likely": ends}
    return say("{cost} with {name} ({likely})", **parts)
