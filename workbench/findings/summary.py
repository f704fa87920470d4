"""What a page hands on to the summary: tiles, and sentences for its lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pandas as pd

from workbench.findings.next_steps import Recorded
from workbench.results.estimates import RECENT
from workbench.results.phrases import phrase, say, say_n, translated
from workbench.results.record import Record
from workbench.results.verdict import Grade, Side, Verdict, side_of
from workbench.results.words import MONTH_NAMES, day_in_full, number, people, percent, sentence

SATISFACTION = "satisfaction"  # the scale that is shown where several were asked
MONTH_END = "month's end"
FAR_ABOVE = 2  # times the share of all people
CHOSEN, REQUIRED = "by choice", "required"


def noted(about: str, *says: str) -> Recorded:
    """Sentences for the summary, which links each to the section where it stands.

    about : the list of the summary: trust, since (what happened in the last weeks), paid (what use brings), concern,
        unknown
    says : sentences; empty ones are left out

    >>> noted("since", "67 people moved up", "").records[0].headline
    '67 people moved up.'
    """
    return Recorded(tuple(_record(about, "", sentence(each)) for each in says if each))


def last_day(day: date) -> Recorded:
    """The day that the pages reach to, for the title of the summary.

    >>> last_day(date(2025, 1, 6)).records[0].headline
    '6 January 2025'
    """
    return Recorded((_record("until", day.isoformat(), day_in_full(day)),))


def tile(name: str, figure: str, *says: str, importance: float) -> Recorded:
    """One number of the summary, with what is known of it.

    name : what the figure counts; figure : the number as people read it
    says : its target, its change, and whether that is real; empty ones are left out
    importance : how far it is from where it should be or was, in parts of the whole; the summary shows the largest

    >>> tile("of people have the habit", "67%", "target 50%", importance=0.17).records[0].figure
    '67%'
    """
    said = " ".join(sentence(each) for each in says if each)
    return Recorded((_record("tile", name, said, figure=figure, importance=round(importance, 4)),))


def habit_tile(rate: float, target: float, *says: str) -> Recorded:
    """How many have the habit, beside the target.

    rate, target : shares from 0 to 1; says : its course and its change

    >>> habit_tile(0.67, 0.5, "it peaked in August").records[0].headline
    'Target 50%: reached. It peaked in August.'
    """
    met = phrase("target {target}: reached") if rate >= target else phrase("target {target}: not reached")
    met = translated(met, target=percent(target))
    return tile(say("have the habit"), percent(rate), met, *says, importance=1 + abs(rate - target))


def weekly_tile(weekly: pd.DataFrame) -> Recorded:
    """How many used it in the last weeks; for the summary of a log in which nobody can have the habit yet.

    weekly : week, estimate (0 to 1) in the order of weeks; a week that may not be shown has no row

    >>> weeks = {"week": pd.to_datetime(["2025-01-06", "2025-01-13"]), "estimate": [0.6, 0.7]}
    >>> weekly_tile(pd.DataFrame(weeks)).records[0].figure
    '65%'
    """
    if weekly.empty:
        return Recorded(())
    last = weekly.tail(RECENT)
    said = say_n("in {n} week", "mean of the last {n} weeks", len(last))
    return tile(say("were active"), percent(last["estimate"].mean()), said, importance=1.0)


def gap_tile(funnel: pd.DataFrame) -> Recorded:
    """How many tried it and do not have the habit: the gap is what help can close.

    funnel : step, share (of those with access, 0 to 1); steps ever and habitual

    >>> gap_tile(pd.DataFrame({"step": ["ever", "habitual"], "share": [0.95, 0.67]})).records[0].figure
    '28%'
    """
    shares = funnel.set_index("step")["share"]
    tried, habit = (float(shares.get(step, float("nan"))) for step in ("ever", "habitual"))
    if not tried > habit:
        return Recorded(())
    said = say("{tried} have tried it, {habit} have the habit", tried=percent(tried), habit=percent(habit))
    return tile(say("tried it and have no habit"), percent(tried - habit), said, importance=tried - habit)


SINCE_FIRST = {
    Side.ABOVE: phrase("it was {share} ({survey}): a clear rise"),
    Side.BELOW: phrase("it was {share} ({survey}): a clear fall"),
    Side.UNCLEAR: phrase("it was {share} ({survey}): no clear change"),
}


def satisfaction_tile(answers: pd.DataFrame) -> Recorded:
    """How many are satisfied, and whether that clearly changed since the first survey.

    answers : survey, estimate, conf_low, conf_high (shares from 0 to 1), in the order of time[, scale: the one named
        "satisfaction" is shown, else the first]
    Two surveys differ clearly where their intervals do not overlap, which is cautious.

    >>> rows = {"survey": ["spring", "autumn"], "estimate": [0.4, 0.31], "conf_low": [0.37, 0.28]}
    >>> satisfaction_tile(pd.DataFrame({**rows, "conf_high": [0.43, 0.34]})).records[0].headline
    'It was 40% (spring): a clear fall.'
    """
    one = answers.dropna(subset=["estimate"])
    if "scale" in one and len(one):
        asked = one["scale"].tolist()
        one = one[one["scale"] == (SATISFACTION if SATISFACTION in asked else asked[0])]
    if one.empty:
        return Recorded(())
    first, last = one.iloc[0], one.iloc[-1]
    side = side_of(last["conf_low"] - first["conf_high"], last["conf_high"] - first["conf_low"])
    was = {"share": percent(first["estimate"]), "survey": first["survey"]}
    said = translated(SINCE_FIRST[side], **was) if len(one) > 1 else ""
    size = abs(last["estimate"] - first["estimate"]) if side != "not clear" else 0.0
    tiles = tile(say("are satisfied"), percent(last["estimate"]), said, importance=1 - last["estimate"] + size)
    falls = side == "clearly below"
    parts = {"then": percent(first["estimate"]), "now": percent(last["estimate"])}
    worry = say("satisfaction fell from {then} to {now}", **parts)
    return Recorded((*tiles.records, *(noted("concern", worry).records if falls else ())))


def choice_tile(weeks: pd.DataFrame) -> Recorded:
    """How much people do because they choose to, beside what they must, now and in the first weeks.

    weeks : week, kind ("required", "by choice"), estimate (actions a week and person)

    >>> rows = {"week": pd.Timestamp("2025-01-06"), "kind": [CHOSEN, REQUIRED], "estimate": [1.5, 0.8]}
    >>> choice_tile(pd.DataFrame(rows)).records[0].figure
    '1.5'
    """
    if weeks.empty or set(weeks["kind"]) < {CHOSEN, REQUIRED}:
        return Recorded(())
    begun, over = weeks["week"].min() + pd.Timedelta(weeks=RECENT), weeks["week"].max() - pd.Timedelta(weeks=RECENT)
    then = weeks[weeks["week"] < begun].groupby("kind")["estimate"].mean()
    now = weeks[weeks["week"] > over].groupby("kind")["estimate"].mean()
    month = translated(MONTH_NAMES[pd.Timestamp(weeks["week"].min()).month - 1])
    begun_with = {"month": month, "chosen": number(then[CHOSEN], 1), "required": number(then[REQUIRED], 1)}
    said = (
        say("required: {n}", n=number(now[REQUIRED], 1)),
        say("in {month} {chosen} chosen and {required} required", **begun_with),
    )
    moved = abs(now[CHOSEN] / then[CHOSEN] - 1) if then[CHOSEN] else 0.0
    return tile(say("chosen actions a week per person"), number(now[CHOSEN], 1), *said, importance=moved)


def month_end(signs: pd.DataFrame, group: str) -> Recorded:
    """Which group does far more of its work at the month's end than all people, as a concern.

    signs : `group`, n (people), "month's end" (share of actions, 0 to 1); the last row is all people
        (`programmes.motions`)

    >>> rows = {"pattern": ["steady", "for show", "everybody"], "n": [80, 20, 100], "month's end": [0.2, 0.8, 0.3]}
    >>> month_end(pd.DataFrame(rows), "pattern").records[0].headline
    'Month-end bursts: 20 people of the pattern “for show” do 80% of their work then (all people: 30%).'
    """
    *groups, everybody = signs.to_dict("records")
    usual = everybody[MONTH_END]
    far = [row for row in groups if row[MONTH_END] > FAR_ABOVE * usual]
    bursts = [
        say(
            "month-end bursts: {people} of the pattern “{group}” do {share} of their work then (all people: {usual})",
            share=percent(row[MONTH_END]),
            people=people(row["n"]),
            group=translated(str(row[group])),
            usual=percent(usual),
        )
        for row in far
    ]
    return noted("concern", *bursts)


def slipping(near: pd.DataFrame) -> Recorded:
    """How many are slipping, and how many are close to the habit; nothing of a movement that is withheld.

    near : movement ("slipping", "close to the habit"), users; what is withheld has no row

    >>> rows = {"movement": ["slipping", "close to the habit"], "users": [26, 45]}
    >>> slipping(pd.DataFrame(rows)).records[0].headline
    '26 people are slipping, 45 are close to the habit.'
    """
    users = near.groupby("movement")["users"].sum() if len(near) else pd.Series(dtype=float)
    slips, close = (int(users.get(movement, 0)) for movement in ("slipping", "close to the habit"))
    slipping = say_n("{n} person is slipping", "{n} people are slipping", slips) if slips else ""
    if slips and close:
        as_many = say_n("{n} is close to the habit", "{n} are close to the habit", close)
        return noted("since", f"{slipping}, {as_many}")
    alone = say_n("{n} person is close to the habit", "{n} people are close to the habit", close) if close else ""
    return noted("since", slipping, alone)


def planned(actions: pd.DataFrame, advice: Mapping[str, str]) -> Recorded:
    """Actions, and what to do with each programme, for the summary.

    actions : as `planning.actions` returns them; advice : name of a programme → what to do (`planning.advice`)

    >>> rows = {"action": ["Stop the race"], "rule": ["stop"], "whom": ["its teams"], "people": [70]}
    >>> [each.about for each in planned(pd.DataFrame({**rows, "grade": ["randomised"]}), {"Race": "stop"}).records]
    ['action', 'advice']
    """
    rows = actions.to_dict("records")
    steps = [
        replace(_record("action", row["rule"], sentence(row["action"]), group=row["whom"]), grade=row["grade"])
        for row in rows
    ]
    return Recorded((*steps, *(_record("advice", name, rule) for name, rule in advice.items())))


def _record(about: str, name: str, headline: str, figure: str = "", importance: float = 0.0, group: str = "") -> Record:
    words = (str(Verdict.DESCRIPTIVE), str(Grade.DESCRIPTIVE))
    return Record(about, name, headline, *words, figure=figure, importance=importance, group=group)
