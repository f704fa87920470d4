"""What holds people back, in sentences: never worded as cause; where few answered, we cannot say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.findings.finding import Finding
from workbench.findings.phrases import amounts, enumerated, likely
from workbench.findings.unanswered import untold
from workbench.results import privacy
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, say, translated
from workbench.results.verdict import Grade, Side, Verdict
from workbench.results.words import capital, number, people, percent, sentence

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
        question = say("What holds each {by} back", by=translated(by))
        return untold(question, say("too few people answered to compare groups"))
    low = shown[shown["side"] == Side.BELOW]
    rule = say("what people say; all groups and questions are judged together (Holm)")
    n = int(shown.groupby("label")["n"].sum().max())
    if low.empty:
        headline = say("No {by} is clearly held back more than the others.", by=translated(by))
        caveat = say("Something may still hold them back: smaller differences could be chance.")
        return Finding(headline, Verdict.UNCLEAR, Grade.DESCRIPTIVE, rule, n=n, caveat=caveat)
    said = [_stands(row, by) for row in low.sort_values("estimate", kind="stable").head(MOST).to_dict("records")]
    headline = enumerated(said)
    if len(low) > MOST:
        headline = say("{list}, and {n} more", list=headline, n=len(low) - MOST)
    caveat = say("This is where people feel held back; it does not show how much use that costs.")
    return Finding(f"{headline}.", Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n, caveat=caveat)


def _stands(row: dict[Any, Any], by: str) -> str:
    parts = {"label": translated(row["label"]), "share": percent(row["estimate"]), "people": people(row["n"])}
    return say("{group} is clearly below all others on {label} ({share} favourable, {people})", group=row[by], **parts)


def weakest(table: pd.DataFrame) -> Finding:
    """What holds people back most, over all people.

    table : one row, as `surveys.weakest` returns it: label, estimate, highest, n, clear, or_else, consider

    >>> row = {"label": "lack of time", "estimate": 2.57, "highest": 5, "n": 621, "clear": True, "or_else": ""}
    >>> print(weakest(pd.DataFrame([row | {"consider": ""}])))
    People rate lack of time lowest: 2.57 of 5 on average (621 people).
    """
    if table.empty or table["n"].iloc[0] < ENOUGH:
        return untold(say("What holds people back most"), say("fewer than {n} people answered", n=ENOUGH))
    row = table.iloc[0]
    figures = {"mean": number(row["estimate"]), "highest": number(row["highest"], 0), "people": people(row["n"])}
    parts = {"label": translated(row["label"]), "mean": say("{mean} of {highest} on average ({people})", **figures)}
    rule = say("mean scores of the same people; all components are judged together (Holm)")
    worth = phrase("Worth considering (Behaviour Change Wheel): {consider}.")
    caveat = translated(worth, consider=row["consider"]) if row["consider"] else ""
    if not row["clear"]:
        unclear = phrase(
            "We cannot say what holds people back most: {label} has the lowest score, {mean},"
            " but it could be {or_else}."
        )
        headline = translated(unclear, **parts, or_else=row["or_else"])
        return Finding(headline, Verdict.UNCLEAR, Grade.DESCRIPTIVE, rule, n=int(row["n"]))
    headline = say("People rate {label} lowest: {mean}.", **parts)
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=int(row["n"]), caveat=caveat)


def reliability(table: pd.DataFrame) -> Finding:
    """Which scores should not be trusted, because their questions do not measure one thing.

    table : as `surveys.reliability` returns it: label, alpha, n, says, bad (items that do not belong)

    >>> row = {"label": "ease of use", "alpha": 0.23, "n": 608, "says": "too loosely related for one score"}
    >>> print(reliability(pd.DataFrame([row | {"bad": "easy_effort"}])))
    Ease of use: the items are too loosely related for one score (α 0.23), and easy_effort does not belong.
    """
    if table.empty:
        reason = say("no component has two questions that the same people answered")
        return untold(say("How reliable the scores are"), reason)
    ends = {"low": number(0.7, 1), "high": number(0.95), "rest": number(0.3, 1)}
    rule = say(
        "raw Cronbach's α with its interval, against {low} and {high}; item–rest correlations against {rest}", **ends
    )
    n = int(table["n"].max())
    doubtful = table[(table["says"] != "they measure one thing") | (table["bad"] != "")]
    if doubtful.empty:
        headline = say("All scores measure one thing well enough.")
        return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n)
    said = " ".join(sentence(_doubt(row)) for row in doubtful.to_dict("records"))
    return Finding(said, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n)


def _doubt(row: dict[Any, Any]) -> str:
    alpha = f" (α {number(row['alpha'])})" if pd.notna(row["alpha"]) else ""
    said = str(row["says"])
    words = translated(LOOSE if said in LOOSE else said)
    bad = ", " + say("and {items} does not belong", items=row["bad"]) if row["bad"] else ""
    return f"{capital(translated(row['label']))}: {words}{alpha}{bad}"


LOOSE = phrase("the items are too loosely related for one score")


def both_sides(table: pd.DataFrame, by: str = "department") -> Finding:
    """Where what people say and what the log shows differ.

    table : as `surveys.com_b` returns it: label, `by`, n, sign, agreement; the same agreement for each sign

    >>> rows = {"label": ["skill", "time"], "department": "Sales", "n": 90, "sign": ["failures", "slow pages"]}
    >>> print(both_sides(pd.DataFrame(rows).assign(agreement=["said, not seen", "said and seen"])))
    Sales says that skill holds it back, but the log does not clearly show it. In Sales, people and log agree on time.
    """
    if table.empty:
        reason = say("too few people answered questions on COM-B, or nobody did")
        return untold(say("Whether people and the log agree"), reason)
    each = table.drop_duplicates(["label", by])
    rule = say("what people say and what the log shows are each judged for all groups together (Holm)")
    n = int(each.groupby("label")["n"].sum().max())
    said = [
        translated(text, by=row[by], label=translated(row["label"]))
        for kind, text in SIDES.items()
        for row in each[each["agreement"] == kind].to_dict("records")
    ]
    if not said:
        headline = say("No group stands out, in what people say or in what the log shows.")
        return Finding(headline, Verdict.UNCLEAR, Grade.DESCRIPTIVE, rule, n=n)
    more = [say("and {n} more", n=len(said) - MOST)] if len(said) > MOST else []
    headline = " ".join(sentence(capital(each)) for each in [*said[:MOST], *more])
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n, caveat=translated(PART_WAYS))


SIDES = {
    "said one way, seen the other": phrase("on {label}, {by} says one thing and the log shows the opposite"),
    "said, not seen": phrase("{by} says that {label} holds it back, but the log does not clearly show it"),
    "seen, not said": phrase("the log shows a problem with {label} in {by}, but people there do not clearly say so"),
    "said and seen": phrase("in {by}, people and log agree on {label}"),
}
PART_WAYS = phrase(
    "Where the two differ, ask before acting: a log shows only a few signs, and people may answer cautiously."
)


def stalled(points: pd.DataFrame) -> Finding:
    """Where change stalls most often, in the last survey with a scale that has a barrier, such as ADKAR.

    points : as `surveys.barrier_points` returns them for everybody: scale, survey, element, people, n, share

    >>> shares = {"element": ["awareness", "desire", "none"], "people": [20, 60, 20], "share": [0.2, 0.6, 0.2]}
    >>> print(stalled(pd.DataFrame(shares).assign(scale="adkar", survey="spring", n=100)))
    Change stalls first at desire, for 60% of the 100 people who answered (adkar).
    """
    question = say("Where change stalls")
    known = points[(points["element"] != "none") & (points["n"] > 0)]
    if known.empty:
        return untold(question, say("nobody answered every question of a scale with a barrier"))
    row = known[known["survey"] == known["survey"].iloc[-1]].sort_values("people", kind="stable").iloc[-1]
    rule = say("each person's first element at the barrier or below; those with none count as not stalled")
    if row["people"] == 0:
        headline = say("Change stalls nowhere, by what people say ({scale}).", scale=row["scale"])
        return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=int(row["n"]))
    headline = say(
        "Change stalls first at {element}, for {share} of the {people} who answered ({scale}).",
        element=translated(row["element"]),
        share=percent(row["share"]),
        people=people(row["n"]),
        scale=row["scale"],
    )
    n, share = int(row["n"]), float(row["share"])
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, share, n=n, unit="share of people")


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
        return untold(say("What changed between surveys"), say("there is one survey only"))
    rule = say("all components are judged together (Holm), with errors by team")
    if (table["side"] == Side.UNCLEAR).all():
        headline = say("No clear change in what holds people back since the earlier survey.")
        return Finding(headline, Verdict.UNCLEAR, Grade.DESCRIPTIVE, rule, n=int(table["n"].max()))
    said = [_of(who, rows, changes.unit) for who, rows in table.groupby("who", sort=False)]
    headline = f"{'; '.join(said)}."
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=int(table["n"].max()))


def _of(who: Any, rows: pd.DataFrame, unit: str) -> str:
    clear = rows[rows["side"] != Side.UNCLEAR]
    if clear.empty:
        return say("among {who}, no clear change", who=translated(who))
    parts = [_changed(row, unit) for row in clear.to_dict("records")]
    return say("among {who}, {changes}", who=translated(who), changes=enumerated(parts))


def _changed(row: dict[Any, Any], unit: str) -> str:
    """Which component rose or fell, and by how much."""
    size, low, high = amounts(row, unit)
    parts = {"label": translated(row["label"]), "size": size, "likely": likely(low, high)}
    if row["estimate"] > 0:
        return say("{label} rose by {size} ({likely})", **parts)
    return say("{label} fell by {size} ({likely})", **parts)


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
        return untold(say("How many people answered"), say("the data do not say who had access at the time"))
    row = known.iloc[-1]
    parts = {"share": percent(row["estimate"]), "people": people(row["n"]), "survey": row["survey"]}
    headline = say("{share} of the {people} with access answered the last survey ({survey}).", **parts)
    rule = say("all people with access in the weeks of the survey count as asked")
    traits = list(unlike.loc[unlike["differs"].astype(bool), "trait"]) if len(unlike) else []
    like = say("They are similar to all in use and role.")
    like = say("We cannot say whether they are like the rest.") if unlike.empty else like
    differ = enumerated([translated(trait) for trait in traits])
    like = say("They differ from the rest in {traits}.", traits=differ) if traits else like
    caveat = say("Compare the shares with those weighted to all people.") if traits else ""
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
        return untold(say("What goes with later use"), next(iter(estimates.notes), say("nobody answered")))
    rule = say("an association, not a cause; {n} things are judged together (Holm), with errors by team", n=len(table))
    n = int(table["n"].max())
    clear = table[table["side"] != Side.UNCLEAR]
    if clear.empty:
        headline = say("None of {n} things clearly goes with later use.", n=len(table))
        caveat = say("People of the same role and earlier use are compared; feelings may already show in earlier use.")
        return Finding(headline, Verdict.UNCLEAR, Grade.DESCRIPTIVE, rule, n=n, caveat=caveat)
    said = [_goes_with(row, estimates.unit) for row in clear.to_dict("records")]
    headline = say("Among people of the same role and earlier use, {list}.", list="; ".join(said))
    caveat = say("Things that go together need not be cause and effect.")
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=n, caveat=caveat)


MORE = {"tickets": phrase("one more ticket"), "years of access": phrase("one more year of access")}


def _goes_with(row: dict[Any, Any], unit: str) -> str:
    size, low, high = amounts(row, unit)
    what = say("one point more on {term}", term=translated(row["term"]))
    what = translated(MORE[row["term"]]) if row["term"] in MORE else what
    parts = {"what": what, "size": size, "unit": translated(unit), "likely": likely(low, high)}
    if row["estimate"] > 0:
        return say("{what} goes with {size} more {unit} ({likely})", **parts)
    return say("{what} goes with {size} fewer {unit} ({likely})", **parts)


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
        return untold(say("What people write about"), say("nobody wrote, or too few"))
    first = table.loc[table["estimate"].idxmax()]
    parts = {"label": capital(translated(first["label"])), "share": percent(first["estimate"])}
    headline = say("{label} is the most frequent theme ({share} of those who wrote)", **parts)
    moving = growth.table[growth.table["side"] != Side.UNCLEAR] if len(growth.table) else growth.table
    said = [_grew(row) for row in moving.to_dict("records")]
    headline = ". ".join([headline, *(said or [say("No theme clearly grows or fades")])])
    rule = say("a count by a fixed list of words; growth per person with access, all themes judged together (Holm)")
    caveat = say("A theme is what a comment is about; it may be praise or complaint.")
    return Finding(f"{headline}.", Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule, n=int(first["n"]), caveat=caveat)


def _grew(row: dict[Any, Any]) -> str:
    what = say("Comments on {label}", label=translated(row["label"])) if row["theme"] else say("All comments")
    parts = {"what": what, "early": row["early"], "late": row["late"]}
    if row["side"] == Side.ABOVE:
        return say("{what} rose from {early} to {late} between the two halves of the period", **parts)
    return say("{what} fell from {early} to {late} between the two halves of the period", **parts)
