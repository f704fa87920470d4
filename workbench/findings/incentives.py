"""What incentives did, what was left of them, what they cost, and whether they were gamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from workbench.findings.evidence import PHRASES
from workbench.findings.finding import Finding
from workbench.findings.phrases import amount, amounts, between, enumerated
from workbench.findings.several import tally
from workbench.findings.unanswered import no_answer, untold
from workbench.results.estimates import Estimates
from workbench.results.verdict import (
    Gaming,
    Grade,
    Reason,
    Remains,
    Row,
    Verdict,
    gaming_of,
    remains_of,
    verdict_of,
    worsened,
)
from workbench.results.words import capital, number

SIGNS_ONLY = "Signs are rates of teams; they say nothing of any one person."
LEFT = {  # what is left → how a sentence says it of several
    Remains.PART: "part of it stayed with",
    Remains.HARM: "people did less than they would have without it after",
    Remains.NOTHING: "nothing clear was left of",
    Remains.LATE: "it came late with",
    Remains.UNCHANGED: "nothing clearly changed after",
    Remains.UNKNOWN: "what was left cannot be told of",
}
GAMED = {  # verdict on an incentive → how a title says it
    Gaming.GAMED: "was gamed",
    Gaming.WORSE_WORK: "brought worse work, and not clearly more of it",
    Gaming.NOT_GAMED: "shows no clear sign of gaming",
    Gaming.UNKNOWN: "cannot be judged",
}


def remains(on: Finding, after: Finding | None) -> Remains:
    """What is left of an incentive that has stopped.

    on, after : the findings on its effect while it ran and afterwards; None: it has not stopped

    >>> raised = Finding("It raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed")
    >>> str(remains(raised, raised)), str(remains(raised, None))
    ('part of it stays', 'cannot be told')
    """
    return remains_of(Verdict(on.verdict), Verdict.UNKNOWN if after is None else Verdict(after.verdict))


def verdicts(
    on: Mapping[str, Finding], after: Mapping[str, Finding], gaming: Mapping[str, Finding], term: str
) -> pd.DataFrame:
    """What each incentive did while on, what is left of it, whether it was gamed, and how sure that is.

    on, after, gaming : as in `incentives`; term : the column of the names
    Returns one row per incentive: term, on, left, gamed, grade, each as its words.

    >>> from workbench.findings import no_answer, verdicts
    >>> race = no_answer("Race", "active days a week", "nobody is left to compare with")
    >>> verdicts({"Race": race}, {}, {}, "programme")[["on", "left"]].to_dict("records")
    [{'on': 'cannot tell', 'left': 'cannot be told'}]
    """
    rows = [
        {
            term: name,
            "on": each.verdict,
            "left": remains(each, after.get(name)),
            "gamed": gaming[name].verdict if name in gaming else Gaming.UNKNOWN,
            "grade": each.grade,
        }
        for name, each in on.items()
    ]
    return pd.DataFrame(rows, columns=[term, "on", "left", "gamed", "grade"])


def incentives(
    on: Mapping[str, Finding], after: Mapping[str, Finding], gaming: Mapping[str, Finding], beside: Estimates
) -> Finding:
    """What several incentives did while they ran, what was left when they stopped, and which were gamed.

    on, after, gaming : what each is called → its finding; one that has not stopped has none in `after`
    beside : all these effects side by side (`workbench.side_by_side`); what is clear only by itself is named

    >>> raised = Finding("It raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed")
    >>> ends = {"incentive": ["Prize"], "conf_low": [0.2], "conf_high": [0.8], "band_low": [0.2], "band_high": [0.8]}
    >>> both = Estimates(pd.DataFrame(ends), "active days a week", "made up")
    >>> print(incentives({"Prize": raised}, {"Prize": raised}, {}, both))
    Of 1 incentives, judged by active days a week while they ran, 1 raised it (Prize). When they stopped, part of it \
stayed with Prize. None was clearly gamed.
    """
    while_on = tally(on, "incentives", f"{beside.unit} while they ran")
    headline = f"{while_on.headline} When they stopped, {_left(on, after)}. {_played(gaming)}."
    caveat = " ".join(filter(None, [while_on.caveat, _clear_alone(beside.table)]))
    return replace(while_on, headline=headline, caveat=caveat)


def _left(on: Mapping[str, Finding], after: Mapping[str, Finding]) -> str:
    """What was left of which."""
    left = {name: remains(each, after.get(name)) for name, each in on.items()}
    names = {what: [name for name, kept in left.items() if kept is what] for what in LEFT}
    return enumerated([f"{words} {enumerated(names[what])}" for what, words in LEFT.items() if names[what]])


def _played(gaming: Mapping[str, Finding]) -> str:
    """Which were gamed."""
    names = [name for name, each in gaming.items() if each.verdict == Gaming.GAMED]
    if not names:
        return "None was clearly gamed"
    return f"{enumerated(names)} {'was' if len(names) == 1 else 'were'} gamed"


def _clear_alone(table: pd.DataFrame) -> str:
    """Which of several effects are clear each by itself, but not when all are looked at together."""
    alone = [verdict_of(row).clear and not verdict_of(row, "band").clear for row in table.to_dict("records")]
    names = table.loc[alone, table.columns[0]].tolist()
    if not names:
        return ""
    return f"Clear by itself, but not when all {len(table)} results are looked at together: {'; '.join(names)}."


def gamed(signs: Estimates, volume: Finding, what: str, randomised: bool = False) -> Finding:
    """Whether an incentive brought more work, or more that only looks like it.

    signs : sign, estimate, band_low, band_high, n, suspect, quality (`gaming.changes`), in the unit of `signs`
    volume : the finding on how much was done
    randomised : who came when was drawn at random
    Returns the finding; its verdict is that of `results.gaming_of` on the signs of quality.

    >>> sign = {"sign": "fields filled", "estimate": -0.3, "band_low": -0.4, "band_high": -0.2, "n": 82}
    >>> signs = Estimates(pd.DataFrame([{**sign, "suspect": -1, "quality": True}]), "share of records", "made up")
    >>> more = Finding("The race raised records.", Verdict.RAISED, Grade.RANDOMISED, "dates were drawn")
    >>> print(gamed(signs, more, "the race"))
    The race was gamed: more was done, and it was worse: fields filled fell by 30 percentage points (between 20 and 40).
    """
    quality = signs.table[signs.table["quality"].astype(bool)]
    if quality.empty:
        return no_answer(what, "the quality of work", "nothing of it was recorded")
    rows = quality.to_dict("records")
    verdict = gaming_of(rows, Verdict(volume.verdict))
    headline = f"{_judged(verdict, rows, what, signs.unit)}."
    grade, rule = Grade.FRAGILE, "nobody drew who came when"
    if randomised:
        grade, rule = Grade.RANDOMISED, PHRASES[Reason.AT_RANDOM]
    return Finding(headline, verdict, grade, rule, unit=signs.unit, n=int(quality["n"].max()), caveat=SIGNS_ONLY)


def _judged(verdict: Gaming, rows: Sequence[Row], what: str, unit: str) -> str:
    """The verdict on gaming, with the signs that turned, or with what could have been missed."""
    if verdict is Gaming.NOT_GAMED:
        missed = "; ".join(_could_have(row, unit) for row in rows)
        return f"{capital(what)} shows no clear sign of gaming, though it could have been missed: {missed}"
    turned = "; ".join(_turned(row, unit) for row in rows if worsened(row))
    if verdict is Gaming.GAMED:
        return f"{capital(what)} was gamed: more was done, and it was worse: {turned}"
    return f"With {what} the work got worse, though there was not clearly more of it: {turned}"


def _turned(row: Row, unit: str) -> str:
    size, low, high = amounts({**row, "conf_low": row["band_low"], "conf_high": row["band_high"]}, unit)
    return f"{row['sign']} {'rose' if row['estimate'] > 0 else 'fell'} by {size} ({between(low, high)})"


def _could_have(row: Row, unit: str) -> str:
    up = row["suspect"] > 0
    most = amount(max(row["band_high"] if up else -row["band_low"], 0), unit, 0)
    return f"{row['sign']} could have {'risen' if up else 'fallen'} by up to {most}"


def prices(costs: pd.DataFrame) -> Finding:
    """What one more active day cost with each incentive, the cheapest first.

    costs : programme, estimate, conf_low, conf_high, in the currency of the data (`costs.cost_of_a_day`); a missing
        estimate is a price that cannot be told

    >>> print(prices(pd.DataFrame({"programme": ["Prize"], "estimate": [2.82], "conf_low": [2.2], "conf_high": [3.9]})))
    One more active day cost 2.82 with Prize (between 2.20 and 3.90).
    """
    if costs.empty:
        return replace(untold("What one more active day cost", "no cost is recorded"), unit="cost a day")
    known = costs.dropna(subset=["estimate"]).sort_values("estimate")
    unknown = costs[costs["estimate"].isna()]["programme"].tolist()
    cost = f"One more active day cost {enumerated([_price(row) for row in known.to_dict('records')])}"
    rest = f"no price can be told for {enumerated(unknown)}, which brought no clear gain"
    headline = capital("; ".join([cost] * bool(len(known)) + [rest] * bool(unknown))) + "."
    rule = (
        "the cost is known, the days gained are estimated; everybody offered counts as gaining what those compared did"
    )
    verdict = Verdict.DESCRIPTIVE if len(known) else Verdict.UNKNOWN
    return Finding(headline, verdict, Grade.DESCRIPTIVE, rule, unit="cost a day")


def _price(row: Row) -> str:
    ends = between(number(row["conf_low"]), number(row["conf_high"]))
    return f"{number(row['estimate'])} with {row['programme']} ({ends})"
