"""What incentives did, what was left of them, what they cost, and whether they were gamed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from workbench.findings.effects import BY_DRAW, tally
from workbench.findings.finding import Finding, no_answer
from workbench.findings.phrases import Estimated, Row, amount, amounts, between, enumerated
from workbench.results.words import capital, number

SIGNS_ONLY = "Signs are rates of teams; they say nothing of any one person."
LEFT = {  # what is left → how a sentence says it of several
    "part of it stays": "part of it stayed with",
    "harm: less use than without it": "people did less than they would have without it after",
    "nothing clear is left": "nothing clear was left of",
    "it came late": "it came late with",
    "no clear change": "nothing clearly changed after",
    "cannot be told": "what was left cannot be told of",
}


def remains(on: Finding, after: Finding | None) -> str:
    """What is left of an incentive that has stopped, from its effects while on and after: one of `LEFT`."""
    if after is None or after.verdict == "cannot tell":
        return "cannot be told"
    if after.verdict == "lowered":
        return "harm: less use than without it"
    if after.verdict == "raised":
        return "part of it stays" if on.verdict == "raised" else "it came late"
    return "nothing clear is left" if on.verdict == "raised" else "no clear change"


def incentives(
    on: Mapping[str, Finding], after: Mapping[str, Finding], gaming: Mapping[str, Finding], beside: Estimated
) -> Finding:
    """What several incentives did while they ran, what was left when they stopped, and which were gamed.

    on, after, gaming : what each is called → its finding; one that has not stopped has none in `after`
    beside : all these effects side by side (`workbench.side_by_side`); what is clear only by itself is named
    """
    while_on = tally(on, "incentives", f"{beside.unit} while they ran")
    left = {what: [n for n, each in on.items() if remains(each, after.get(n)) == what] for what in LEFT}
    said = enumerated([f"{LEFT[what]} {enumerated(names)}" for what, names in left.items() if names])
    played = [name for name, each in gaming.items() if each.verdict == "gamed"]
    shown = (
        f"{enumerated(played)} {'was' if len(played) == 1 else 'were'} gamed" if played else "None was clearly gamed"
    )
    headline = f"{while_on.headline} When they stopped, {said}. {shown}."
    caveat = " ".join(filter(None, [while_on.caveat, _clear_alone(beside.table)]))
    return replace(while_on, headline=headline, caveat=caveat)


def _clear_alone(table: pd.DataFrame) -> str:
    """Which of several effects are clear each by itself, but not when all are looked at together."""
    alone = (table["conf_low"] > 0) | (table["conf_high"] < 0)
    together = (table["band_low"] > 0) | (table["band_high"] < 0)
    names = table.loc[alone & ~together, table.columns[0]].tolist()
    if not names:
        return ""
    return f"Clear by itself, but not when all {len(table)} results are looked at together: {'; '.join(names)}."


GAMED = {  # verdict on an incentive → how a title says it
    "gamed": "was gamed",
    "worse work": "brought worse work, and not clearly more of it",
    "not gamed": "shows no clear sign of gaming",
    "cannot tell": "cannot be judged",
}


def gamed(signs: Estimated, volume: Finding, what: str, randomised: bool = False) -> Finding:
    """Whether an incentive brought more work, or more that only looks like it.

    signs : sign, estimate, band_low, band_high, n, suspect, quality (`workbench.gaming.changes`); volume : the finding
        on how much was done
    Verdict: gamed, where more was done and any sign of its quality clearly turned the wrong way, for all signs at once;
    "worse work" without more of it; "not gamed", with what could have been missed; "cannot tell".
    """
    table = signs.table[signs.table["quality"].astype(bool)]
    if table.empty:
        return no_answer(what, "the quality of work", "nothing of it was recorded")
    ends = zip(table["band_low"], table["band_high"], table["suspect"], strict=True)
    worse = table[[low > 0 if suspect > 0 else high < 0 for low, high, suspect in ends]]
    parts = "; ".join(_turned(row, signs.unit) for row in worse.to_dict("records"))
    verdict = "not gamed" if worse.empty else "gamed" if volume.verdict == "raised" else "worse work"
    if worse.empty:
        missed = "; ".join(_could_have(row, signs.unit) for row in table.to_dict("records"))
        headline = f"{capital(what)} shows no clear sign of gaming, though it could have been missed: {missed}."
    elif verdict == "gamed":
        headline = f"{capital(what)} was gamed: more was done, and it was worse: {parts}."
    else:
        headline = f"With {what} the work got worse, though there was not clearly more of it: {parts}."
    grade = ("randomised", BY_DRAW) if randomised else ("fragile", "nobody drew who came when")
    return Finding(headline, verdict, *grade, unit=signs.unit, n=int(table["n"].max()), caveat=SIGNS_ONLY)


def _turned(row: Row, unit: str) -> str:
    size, low, high = amounts({**row, "conf_low": row["band_low"], "conf_high": row["band_high"]}, unit)
    return f"{row['sign']} {'rose' if row['estimate'] > 0 else 'fell'} by {size} ({between(low, high)})"


def _could_have(row: Row, unit: str) -> str:
    up = row["suspect"] > 0
    most = amount(max(row["band_high"] if up else -row["band_low"], 0), unit, 0)
    return f"{row['sign']} could have {'risen' if up else 'fallen'} by up to {most}"


def prices(costs: pd.DataFrame) -> Finding:
    """What one more active day cost with each incentive, the cheapest first.

    costs : programme, estimate, conf_low, conf_high (`workbench.incentives.cost_of_a_day`); missing: it cannot be told
    """
    if costs.empty:
        headline, reason = "What one more active day cost cannot be told", "no cost is recorded"
        return Finding(f"{headline}: {reason}.", "cannot tell", "no answer", reason, unit="cost a day")
    told = costs.dropna(subset=["estimate"]).sort_values("estimate")
    parts = [
        f"{number(row['estimate'])} with {row['programme']}"
        f" ({between(number(row['conf_low']), number(row['conf_high']))})"
        for row in told.to_dict("records")
    ]
    unknown = costs[costs["estimate"].isna()]["programme"].tolist()
    rest = f"no price can be told for {enumerated(unknown)}, which brought no clear gain" if unknown else ""
    said = f"One more active day cost {enumerated(parts)}" if parts else ""
    headline = capital("; ".join(part for part in (said, rest) if part)) + "."
    rule = (
        "the cost is known, the days gained are estimated; everybody offered counts as gaining what those compared did"
    )
    return Finding(headline, "descriptive" if parts else "cannot tell", "descriptive only", rule, unit="cost a day")
