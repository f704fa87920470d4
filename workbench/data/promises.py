"""What the contract promises of every row, as rules: the promise, the condition of rows that break it, the way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.data.contract import MAPPING, Column
from workbench.data.offsets import HIGHEST, LOWEST, STEP
from workbench.data.rules import Rule

EARLIEST, LATEST = "1990-01-01", "2100-01-01"  # a time outside of these is a wrong unit, not a time
UNBOUNDED = ("access_start", "access_end")  # may be long ago, or never end
IS_IN_USERS = "user_id is in users"  # the end of what the rule on unknown people promises
LARGEST = "1.7976931348623157e308"  # of all finite numbers; every engine sorts NaN and infinity above it
ORDERED = {
    "users": ("access_start", "access_end"),
    "incentives": ("starts_on", "ends_on"),
    "milestones": ("starts_on", "ends_on"),
    "champions": ("since", "until"),
    "tickets": ("opened_at", "resolved_at"),
}


Applies = Callable[[Column], Any]
COLUMN_RULES: tuple[tuple[Applies, Rule], ...] = (
    # For which columns, and the rule. {what} is the column's full name, {found} and {read} its value as text found and
    # as typed, {naive} the condition for a time without a zone, {vague} for one whose zone is ambiguous, {skipped} for
    # one that no clock shows, {nul} for a text with a NUL character, {again} and {unknown} marks made by `_rows`.
    (
        lambda c: True,
        Rule(
            "{what} reads as {c.type}",
            "{found} is not null and not ({naive}) and not ({vague}) and {read} is null",
            "Correct the value, or translate it in the mapping.",
        ),
    ),
    (
        lambda c: c.type == "instant",
        Rule("{what} names its time zone", "{found} is not null and ({naive})", "{zone}"),
    ),
    (
        lambda c: c.type == "instant",
        Rule(
            "{what} names a zone that means one thing",
            "{vague}",
            "Write UTC, an offset such as -05:00, or America/New_York; EST, CST and IST have several meanings.",
        ),
    ),
    (
        lambda c: c.type == "instant",
        Rule(
            "{what} names an hour that there is",
            "{skipped}",
            "Clocks skip it in spring, so that it is read an hour later; many such rows mean that the zone is another, "
            "often UTC.",
            fatal=False,
        ),
    ),
    (
        lambda c: c.type == "offset",
        Rule(
            f"{{what}} is minutes from {LOWEST} to {HIGHEST} in steps of {STEP}",
            f"{{read}} < {LOWEST} or {{read}} > {HIGHEST} or {{read}} % {STEP} <> 0",
            "Write minutes ahead of UTC, as in -300, or hours and minutes, as in -05:00.",
        ),
    ),
    (
        lambda c: c.required,
        Rule("{what} is there", "{found} is null", "Fill it, or leave the row out of the export."),
    ),
    (
        lambda c: c.type == "text",
        Rule("{what} is plain text", "{nul}", "Remove the NUL characters."),
    ),
    (
        lambda c: c.type == "number",
        Rule("{what} is finite", f"not (abs({{read}}) <= {LARGEST})", "Leave the value empty where it is not known."),
    ),
    (
        lambda c: c.type in ("instant", "date") and c.name not in UNBOUNDED,
        Rule(
            "{what} lies between 1990 and 2100",
            f"cast({{read}} as date) < date '{EARLIEST}' or cast({{read}} as date) > date '{LATEST}'",
            "Look at the unit: seconds, milliseconds and microseconds differ a thousandfold.",
        ),
    ),
    (
        lambda c: c.name in UNBOUNDED,
        Rule(
            "{what} is not before 1900",
            "{read} < date '1900-01-01'",
            "Write the year with four digits, as in 2024-01-02: 2/1/24 is read as a day of the year 2.",
        ),
    ),
    (
        lambda c: c.type in ("instant", "date") and c.name != "access_end",
        Rule(
            "{what} lies between {since} and {until}, like nearly all rows",
            "cast({read} as date) < date '{since}' or cast({read} as date) > date '{until}'",
            "Correct the date; rows so far from all others do not set the period of a report.",
            fatal=False,
        ),
    ),
    (
        lambda c: c.at_least is not None,
        Rule("{what} is at least {c.at_least:g}", "{read} < {c.at_least!r}", "Correct the value, or leave it empty."),
    ),
    (
        lambda c: c.one_of,
        Rule(
            "{what} is one of {listed}",
            "{read} not in ({allowed})",
            f"Translate it in {MAPPING}: [{{table}}.values.{{c.name}}].",
        ),
    ),
    (
        lambda c: c.name == "time_zone",
        Rule(
            "{what} is a zone that is known",
            "{read} not in ({zones})",
            "Name it as in Europe/Berlin, or leave it empty: the zone of the source is then taken.",
        ),
    ),
    (
        lambda c: c.unique,
        Rule("{what} occurs once", "{again}", "Keep one row for each, such as that of the latest list: {later}."),
    ),
    (
        lambda c: c.refers,
        Rule(
            "{what} is in {c.refers}",
            "{unknown}",
            "Add the person to {c.refers}, or accept that the rows are left out.",
            fatal=False,
        ),
    ),
)
ORDER = Rule(
    "{what} is not before {first}", "{last_read} < {first_read}", "Correct the dates, or leave the last one empty."
)


IN_RANGE = Rule(
    "surveys.value lies from lowest to highest",
    '"read_value" < "read_lowest" or "read_value" > "read_highest"',
    'Translate answers such as 99 for "no answer" into nothing; until then they are left out.',
    column="value",
    fatal=False,
)
