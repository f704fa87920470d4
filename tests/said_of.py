"""What the pages of a site say of each result, read from everything that a reader sees: sentences, tables, charts.

A result is a programme, what was measured and when: ("Race", "use", "while it ran"). Each place that mentions it says one
effect; `contradictions` finds results of which two places say different ones.
"""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from workbench.reports.printing import printed, reports
from workbench.results.record import read_records
from workbench.results.verdict import EFFECTS, Verdict

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

AFTER, ON = "after it ended", "while it ran"
WHEN = {"while on": "", "afterwards": AFTER}  # how charts name the time
SENTENCES = {  # words of a sentence after the name → what it says; the longer ones first
    "probably raised": Verdict.PROBABLY_RAISED,
    "probably lowered": Verdict.PROBABLY_LOWERED,
    "raised": Verdict.RAISED,
    "lowered": Verdict.LOWERED,
    "made no clear difference to": Verdict.UNCLEAR,
}
COUNTED = {  # words of a list of names → what it says of each
    "probably raised use": Verdict.PROBABLY_RAISED,
    "first raised, then lowered use": Verdict.TURNED_DOWN,
    "first lowered, then raised use": Verdict.TURNED_UP,
    "probably lowered use": Verdict.PROBABLY_LOWERED,
    "raised use": Verdict.RAISED,
    "lowered use": Verdict.LOWERED,
    "made no clear difference to use": Verdict.UNCLEAR,
}
ALONE = "(?<! probably)(?<! then)"  # the words of a list are not the end of longer ones
ALSO = "those who took part"  # the peers page shows the programme itself beside its colleagues


class Said(NamedTuple):
    """One place, one result, and the effect that the place says."""

    place: str
    result: tuple[str, str, str]
    effect: str


PAGES = ("4_training", "5_incentives", "6_peers", "8_next_steps", "index")
JUDGED = ("training", "incentive", "colleagues")


def said_in(site: Path) -> list[Said]:
    """What all pages of a site say, and what the records of their findings say."""
    names = names_of(site)
    pages = [(page, (site / f"{page}.html").read_text(encoding="utf-8")) for page in PAGES]
    on_pages = [said for page, text in pages for said in said_on(page, names, text)]
    return [*on_pages, *(Said("record", (name, "use", ""), effect) for name, effect in names.items())]


def names_of(site: Path) -> dict[str, str]:
    """Every programme that was judged, with its effect as the records have it."""
    return {one.name: one.effect for one in read_records(site / "findings") if one.about in JUDGED}


def site_of(source: str, out: Path) -> Path:
    """The pages on programmes, printed as anybody prints them."""
    asked = reports([NOTEBOOKS / f"{page}.ipynb" for page in PAGES[:-1]], {"source": source})
    if failed := [ended.error for ended in printed(asked, out, jobs=2) if ended.error]:
        raise RuntimeError("\n".join(failed))
    return out


def said_on(page: str, names: Iterable[str], text: str) -> list[Said]:
    """Everything that one page says of these programmes."""
    known = sorted(names, key=len, reverse=True)
    plain = re.sub(r"\s+", " ", html.unescape(_without_tags(text)))
    charts = re.findall(r'<script type="application/json">(.*?)</script>', text, re.S)
    return [
        *_in_sentences(f"{page}: sentence", known, plain),
        *_in_lists(f"{page}: list", known, plain),
        *_in_tables(f"{page}: table", known, text),
        *_in_cards(f"{page}: card", known, text),
        *(said for spec in charts for said in _in_chart(f"{page}: chart", known, json.loads(spec))),
    ]


def contradictions(said: Iterable[Said]) -> dict[tuple[str, str, str], dict[str, str]]:
    """Results of which two places say different effects: result → place → effect."""
    places: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for place, result, effect in said:
        places[result][f"{place} says {effect}"] = effect
    return {result: found for result, found in places.items() if len(set(found.values())) > 1}


def _without_tags(text: str) -> str:
    seen = re.sub(r"<(script|style)\b.*?</\1>|<details class=\"code\">.*?</details>", " ", text, flags=re.S)
    titles = " . ".join(re.findall(r'aria-label="([^"]*)"', seen))
    return f"{re.sub(r'<[^>]+>', ' ', seen)} . {titles}"


def _in_sentences(place: str, names: list[str], text: str) -> list[Said]:
    """ "Race raised use while it ran by …"."""
    told = "|".join(map(re.escape, SENTENCES))
    found = []
    for name in names:
        pattern = rf"(?<![\w,] ){re.escape(name)} ({told}) ([a-z ]+?)(?: ({ON}|{AFTER}))?(?: most)?(?: by |: )"
        for did, noun, when in re.findall(pattern, text, re.I):
            found.append(Said(place, (name, noun.strip(), _time(when)), SENTENCES[did.lower()].effect))
        unreliable = rf"The result for {re.escape(name)}(?: ({ON}|{AFTER}))? is unreliable"
        found += [Said(place, (name, "use", _time(when)), "unreliable") for when in re.findall(unreliable, text)]
        for each in (Verdict.TURNED_DOWN, Verdict.TURNED_UP):
            if f"{name} {each.effect}: use changed" in text:
                found.append(Said(place, (name, "use", ""), each.effect))
    return found


def _in_lists(place: str, names: list[str], text: str) -> list[Said]:
    """ "Two of three incentives raised use: Prize and Race."."""
    found = []
    for words, verdict in COUNTED.items():
        pattern = rf"(?:All|Both|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|\d+)(?: [a-z0-9 -]+?)?{ALONE} {words}: ([^.]*)\."
        for listed in re.findall(pattern, text):
            found += [Said(place, (name, "use", ""), verdict.effect) for name in _named(names, listed)]
    for listed in re.findall(r"(?:is|are) unreliable: ([^.]*)\.", text):
        found += [Said(place, (name, "use", ""), "unreliable") for name in _named(names, listed)]
    return found


def _named(names: list[str], listed: str) -> list[str]:
    """The names in a list; one that is part of a longer one only by itself."""
    there = []
    for name in names:
        if name in listed:
            there.append(name)
            listed = listed.replace(name, "")
    return there


def _in_tables(place: str, names: list[str], text: str) -> list[Said]:
    """Rows of tables with a column "Effect…"."""
    found = []
    for table in re.findall(r"<table\b.*?</table>", text, re.S):
        rows = [
            [
                html.unescape(re.sub(r"<[^>]+>", "", cell)).strip()
                for cell in re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row, re.S)
            ]
            for row in re.findall(r"<tr\b[^>]*>(.*?)</tr>", table, re.S)
        ]
        heads = [i for i, head in enumerate(rows[0]) if head.startswith("Effect")] if rows else []
        for i in heads[:1]:
            found += [
                Said(place, (*_result(row[0]),), row[i])
                for row in rows[1:]
                if _result(row[0])[0] in names and row[i] in EFFECTS.values()
            ]
    return found


def _in_cards(place: str, names: list[str], text: str) -> list[Said]:
    """Cards of programmes, by their labels."""
    cards = re.findall(r'<article aria-label="([^"]*)" class="card[^"]*"><p class="label">([^·<]*) ·', text)
    known = {effect.capitalize(): effect for effect in EFFECTS.values()}
    return [Said(place, (html.unescape(name), "use", ""), known[label]) for name, label in cards if name in names]


def _in_chart(place: str, names: list[str], spec: Mapping[str, Any]) -> list[Said]:
    """The pointer's words on each mark, and whether the mark is that of its words."""
    found = []
    for rows in spec.get("datasets", {}).values():
        for row in rows:
            if "effect" in row and "verdict" in row and _result(row["name"])[0] in names:
                result = _result(row["name"])
                found.append(Said(f"{place}, pointer", result, row["effect"]))
                found.append(Said(f"{place}, mark", result, Verdict(row["verdict"]).effect))
    return found


def _result(name: str) -> tuple[str, str, str]:
    """The result that a row is about."""
    first, _, rest = name.rpartition(", ")
    if rest == ALSO:
        return first, "use", ""
    return (first, "use", WHEN[rest]) if rest in WHEN else (name, "use", "")


def _time(when: str) -> str:
    return AFTER if when == AFTER else ""
