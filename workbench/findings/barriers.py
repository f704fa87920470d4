"""What holds people back, in sentences: never worded as cause; where few answered, we cannot say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.findings.finding import Finding
from workbench.findings.phrases import amounts, enumerated, likely
from workbench.findings.unanswered import untold
from workbench.results import privacy
from workbench.results.estimates import Estimates
from workbench.results.verdict import Grade, Side, Verdict
from workbench.results.words import capital, number, people, percent

ENOUGH = 10  # people, below which nothing is said of a mean
MOST = 4  # groups that a sentence names


def barriers(table: pd.DataFrame, by: str = "department") -> Finding:
    """Which groups say that they are held back more than all others.

    table : a row for each component and group: label, `by`, estimate (favourable share), n (people), side; groups that
        may not be shown are not counted

    >>> cells = {"label": ["time", "time"], "department": ["Sales", "Service"], "estimate": [0.1, 0.6], "n": 90}
    >>> print(barriers(pd.DataFrame(cells).assign(side=["clearly below", "not clear"])))
    Sales is clearly below all others on time (10% favourable, 90 people).
    """
    shown = privacy.shown(table, within="label") if len(table) else table
    if shown.empty:
        return untold(f"What holds each {by} back", "too few people answered to compare groups")
    low = shown[shown["side"] == Side.BELOW]
    rule = "what people say; all groups and questions are judged together (Holm)"
    n = int(shown.groupby("label")["n"].sum().max())
    if low.empty:
        headline = f"No {by} is clearly held back more than the others."
        caveat = "Something may still hold them back: smaller differences could be chance."
        return Finding(headline, Verdict.UNCLEAR, Grade.DESCRIPTIVE, rule, n=n, caveat=caveat)
    said = [_stands(row, by) for row in low.sort_values("estimate", kind="stable").head(MOST).to_dict("records")]
    more = f", and {len(low) - MOST} more" if len(low) > MOST else ""
    return Finding(f"{enumerated(said)}{more}.", Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n, caveat=NOT_WHY)


NOT_WHY = "This is where people feel held back; it does not show how much use that costs."


def _stands(row: dict[Any, Any], by: str) -> str:
    share, n = percent(row["estimate"]), people(row["n"])
    return f"{row[by]} is clearly below all others on {row['label']} ({share} favourable, {n})"


def weakest(table: pd.DataFrame) -> Finding:
    """What holds people back most, over all people.

    table : one row, as `surveys.weakest` returns it: label, estimate, highest, n, clear, or_else, consider

    >>> row = {"label": "lack of time", "estimate": 2.57, "highest": 5, "n": 621, "clear": True, "or_else": ""}
    >>> print(weakest(pd.DataFrame([row | {"consider": ""}])))
    People rate lack of time lowest: 2.57 of 5 on average (621 people).
    """
    question = "What holds people back most"
    if table.empty or table["n"].iloc[0] < ENOUGH:
        return untold(question, f"fewer than {ENOUGH} people answered")
    row = table.iloc[0]
    mean = f"{number(row['estimate'])} of {number(row['highest'], 0)} on average ({people(row['n'])})"
    rule = "mean scores of the same people; all components are judged together (Holm)"
    caveat = f"Worth considering (Behaviour Change Wheel): {row['consider']}." if row["consider"] else ""
    if not row["clear"]:
        lowest = f"{row['label']} has the lowest score, {mean}, but it could be {row['or_else']}"
        headline = f"We cannot say what holds people back most: {lowest}."
        return Finding(headline, Verdict.UNCLEAR, Grade.DESCRIPTIVE, rule, n=int(row["n"]))
    headline = f"People rate {row['label']} lowest: {mean}."
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=int(row["n"]), caveat=caveat)


def reliability(table: pd.DataFrame) -> Finding:
    """Which scores should not be trusted, because their questions do not measure one thing.

    table : as `surveys.reliability` returns it: label, alpha, n, says, bad (items that do not belong)

    >>> row = {"label": "ease of use", "alpha": 0.23, "n": 608, "says": "too loosely related for one score"}
    >>> print(reliability(pd.DataFrame([row | {"bad": "easy_effort"}])))
    Ease of use: the items are too loosely related for one score (α 0.23); easy_effort does not belong.
    """
    if table.empty:
        return untold("How reliable the scores are", "no component has two questions that the same people answered")
    rule = "raw Cronbach's α with its interval, against 0.7 and 0.95; item–rest correlations against 0.3"
    n = int(table["n"].max())
    doubtful = table[(table["says"] != "they measure one thing") | (table["bad"] != "")]
    if doubtful.empty:
        return Finding("All scores measure one thing well enough.", Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n)
    said = "; ".join(_doubt(row) for row in doubtful.to_dict("records"))
    return Finding(f"{said}.", Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n)


def _doubt(row: dict[Any, Any]) -> str:
    alpha = f" (α {number(row['alpha'])})" if pd.notna(row["alpha"]) else ""
    said = str(row["says"])
    words = f"the items are {said}" if said.startswith("too") else said
    bad = f"; {row['bad']} does not belong" if row["bad"] else ""
    return f"{capital(row['label'])}: {words}{alpha}{bad}"


def both_sides(table: pd.DataFrame, by: str = "department") -> Finding:
    """Where what people say and what the log shows differ.

    table : as `surveys.com_b` returns it: label, `by`, n, sign, agreement; the same agreement for each sign

    >>> rows = {"label": ["skill", "time"], "department": "Sales", "n": 90, "sign": ["failures", "slow pages"]}
    >>> print(both_sides(pd.DataFrame(rows).assign(agreement=["said, not seen", "said and seen"])))
    Sales says that skill holds it back, but the log does not clearly show it; in Sales, people and log agree on time.
    """
    if table.empty:
        return untold("Whether people and the log agree", "too few people answered questions on COM-B, or nobody did")
    each = table.drop_duplicates(["label", by])
    rule = "what people say and what the log shows are each judged for all groups together (Holm)"
    n = int(each.groupby("label")["n"].sum().max())
    said = [
        text.format(by=row[by], label=row["label"])
        for kind, text in SIDES.items()
        for row in each[each["agreement"] == kind].to_dict("records")
    ]
    if not said:
        headline = "No group stands out, in what people say or in what the log shows."
        return Finding(headline, Verdict.UNCLEAR, Grade.DESCRIPTIVE, rule, n=n)
    more = f"; and {len(said) - MOST} more" if len(said) > MOST else ""
    headline = f"{capital('; '.join(said[:MOST]))}{more}."
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n, caveat=PART_WAYS)


SIDES = {
    "said one way, seen the other": "on {label}, {by} says one thing and the log shows the opposite",
    "said, not seen": "{by} says that {label} holds it back, but the log does not clearly show it",
    "seen, not said": "the log shows a problem with {label} in {by}, but people there do not clearly say so",
    "said and seen": "in {by}, people and log agree on {label}",
}
PART_WAYS = "Where the two differ, ask before acting: a log shows only a few signs, and people may answer cautiously."


def moved(changes: Estimates) -> Finding:
    """What changed between two surveys, of the same people and of all who answered.

    changes : as `surveys.changes` returns them: label, who, estimate, conf_low, conf_high, n, side

    >>> row = {"label": "time", "estimate": 0.5, "conf_low": 0.2, "conf_high": 0.8, "n": 90, "side": "clearly above"}
    >>> rows = pd.DataFrame([row | {"who": "the same people"}, row | {"who": "all who answered", "side": "not clear"}])
    >>> print(moved(Estimates(rows, "points", "made up")))
    Among the same people, time rose by 0.50 (likely 0.20–0.80); among all who answered, no clear change.
    """
    table = changes.table
    if table.empty:
        return untold("What changed between surveys", "there is one survey only")
    rule = "all components are judged together (Holm), with errors by team"
    if (table["side"] == Side.UNCLEAR).all():
        headline = "No clear change since the earlier survey."
        return Finding(headline, Verdict.UNCLEAR, Grade.DESCRIPTIVE, rule, n=int(table["n"].max()))
    said = [_of(who, rows, changes.unit) for who, rows in table.groupby("who", sort=False)]
    headline = capital(f"{'; '.join(said)}.")
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=int(table["n"].max()))


def _of(who: Any, rows: pd.DataFrame, unit: str) -> str:
    clear = rows[rows["side"] != Side.UNCLEAR]
    if clear.empty:
        return f"among {who}, no clear change"
    parts = []
    for row in clear.to_dict("records"):
        size, low, high = amounts(row, unit)
        parts.append(f"{row['label']} {'rose' if row['estimate'] > 0 else 'fell'} by {size} ({likely(low, high)})")
    return f"among {who}, {enumerated(parts)}"


def who_answered(response: Estimates, unlike: pd.DataFrame) -> Finding:
    """How many answered the last survey, and whether they are like the rest.

    response : a share for each survey, the last one last; unlike : trait, differs, as `surveys.unlike` returns it

    >>> shares = pd.DataFrame([{"survey": "autumn", "estimate": 0.45, "conf_low": 0.4, "conf_high": 0.5, "n": 1400}])
    >>> same = pd.DataFrame({"trait": ["active days a week"], "differs": [False]})
    >>> print(who_answered(Estimates(shares, "share of people with access", "made up"), same))
    45% of the 1,400 people with access answered the last survey (autumn). They are similar to all in use and role.
    """
    known = response.table.dropna(subset=["estimate"])
    if known.empty:
        return untold("How many people answered", "the data do not say who had access at the time")
    row = known.iloc[-1]
    headline = f"{capital(percent(row['estimate']))} of the {people(row['n'])} with access answered the last survey"
    headline += f" ({row['survey']})."
    rule = "all people with access in the weeks of the survey count as asked"
    traits = list(unlike.loc[unlike["differs"].astype(bool), "trait"]) if len(unlike) else []
    like = "They are similar to all in use and role."
    like = "We cannot say whether they are like the rest." if unlike.empty else like
    like = f"They differ from the rest in {enumerated(traits)}." if traits else like
    caveat = "Compare the shares with those weighted to all people." if traits else ""
    n = int(row["n"])
    return Finding(f"{headline} {like}", Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n, caveat=caveat)


def later_use(estimates: Estimates) -> Finding:
    """What goes with use in the weeks after a survey, worded as going together.

    estimates : as `surveys.later_use` returns them: term, estimate, conf_low, conf_high, n, side

    >>> row = {"term": "time", "estimate": 0.2, "conf_low": 0.1, "conf_high": 0.3, "n": 560, "side": "clearly above"}
    >>> print(later_use(Estimates(pd.DataFrame([row]), "active days a week", "made up")))
    Among people of the same role and earlier use, one point more on time goes with 0.20 more active days a week \
(likely 0.10–0.30).
    """
    table = estimates.table
    if table.empty:
        return untold("What goes with later use", next(iter(estimates.notes), "nobody answered"))
    rule = f"an association, not a cause; {len(table)} things are judged together (Holm), with errors by team"
    n = int(table["n"].max())
    clear = table[table["side"] != Side.UNCLEAR]
    if clear.empty:
        headline = f"None of {len(table)} things clearly goes with later use."
        caveat = "People of the same role and earlier use are compared; feelings may already show in earlier use."
        return Finding(headline, Verdict.UNCLEAR, Grade.DESCRIPTIVE, rule, n=n, caveat=caveat)
    said = [_goes_with(row, estimates.unit) for row in clear.to_dict("records")]
    headline = f"Among people of the same role and earlier use, {'; '.join(said)}."
    caveat = "Things that go together need not be cause and effect."
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n, caveat=caveat)


MORE = {"tickets": "one more ticket", "years of access": "one more year of access"}


def _goes_with(row: dict[Any, Any], unit: str) -> str:
    size, low, high = amounts(row, unit)
    more = "more" if row["estimate"] > 0 else "fewer"
    what = MORE.get(row["term"], f"one point more on {row['term']}")
    return f"{what} goes with {size} {more} {unit} ({likely(low, high)})"


def themes(shares: Estimates, growth: Estimates) -> Finding:
    """What people write about most, and which themes grow.

    shares : as `surveys.theme_shares` returns them: label, estimate, n (people who wrote)
    growth : as `surveys.growth` returns it: theme, label, early, late, side

    >>> most = {"label": "finding things", "estimate": 0.26, "conf_low": 0.2, "conf_high": 0.3, "n": 369}
    >>> grows = {"theme": "search", "label": "finding things", "early": 34, "late": 65, "side": "clearly above"}
    >>> table = pd.DataFrame([grows | {"estimate": 5.8, "conf_low": 3.0, "conf_high": 8.6, "n": 95}])
    >>> print(themes(Estimates(pd.DataFrame([most]), "share of people", ""), Estimates(table, "weeks", "")))
    Finding things is the most frequent theme (26% of those who wrote). Comments on finding things rose from 34 to \
65 between the two halves of the period.
    """
    table = privacy.shown(shares).table
    if table.empty:
        return untold("What people write about", "nobody wrote, or too few")
    first = table.loc[table["estimate"].idxmax()]
    headline = f"{capital(first['label'])} is the most frequent theme ({percent(first['estimate'])} of those who wrote)"
    moving = growth.table[growth.table["side"] != Side.UNCLEAR] if len(growth.table) else growth.table
    said = [_grew(row) for row in moving.to_dict("records")]
    headline = ". ".join([headline, *(said or ["No theme clearly grows or fades"])])
    rule = "a count by a fixed list of words; growth per person with access, all themes judged together (Holm)"
    caveat = "A theme is what a comment is about; it may be praise or complaint."
    return Finding(f"{headline}.", Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=int(first["n"]), caveat=caveat)


def _grew(row: dict[Any, Any]) -> str:
    way = "rose" if row["side"] == Side.ABOVE else "fell"
    what = f"Comments on {row['label']}" if row["theme"] else "All comments"
    return f"{what} {way} from {row['early']} to {row['late']} between the two halves of the period"
