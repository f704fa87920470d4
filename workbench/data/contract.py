"""What every table must be.

The contract is data. From it come the checks and their messages, the data dictionary, the simulated
tables and the mappings. A column that is not here may have any name: it is read only where somebody asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.results.phrases import phrase


@dataclass(frozen=True)
class Column:
    """One promised column.

    type : text, boolean, integer, number, date, instant (a moment with a zone), or offset (minutes ahead of UTC,
        also written +0530 or -07:00)
    personal : identifies somebody; never shown on a page, never grouped by
    refers : the table whose `user_id` it should be found in
    one_of : the only values allowed; empty means any
    """

    name: str
    type: str
    meaning: str
    unit: str = ""
    required: bool = False
    personal: bool = False
    unique: bool = False
    refers: str = ""
    at_least: float | None = None
    one_of: tuple[str, ...] = ()

    @property
    def names_one(self) -> bool:
        """Whether it is an id by which rows of several tables are matched, and which blanks around it do not change."""
        return self.unique or bool(self.refers) or self.name == "actor_id"


LOT = "what the lot decided: dates, among those listed here (also if missing); everything: who is listed, too"
USER = Column("user_id", "text", "who; text, never a number, never lower-cased", personal=True)
USER_KNOWN = Column("user_id", "text", "who", required=True, personal=True, refers="users")
TABLES: dict[str, tuple[Column, ...]] = {
    "users": (
        Column("user_id", "text", USER.meaning, required=True, personal=True, unique=True),
        Column("access_start", "date", "first day with access; missing: the day of the first event"),
        Column("access_end", "date", "last day with access; missing: access has not ended"),
        Column("team", "text", "the smallest group that works together"),
        Column("department", "text", "the group of teams"),
        Column("role", "text", "what the person does"),
        Column("region", "text", "where the person works"),
        Column("manager_id", "text", "whom the person reports to", personal=True, refers="users"),
        Column("time_zone", "text", "zone of the person's own clock, such as Europe/Berlin"),
        Column("is_robot", "boolean", "a machine's account, left out everywhere"),
    ),
    "events": (
        Column("event_id", "text", "what makes two rows the same event; repeated rows count once"),
        USER_KNOWN,
        Column("occurred_at", "instant", "when, as an instant", required=True),
        Column("action", "text", "what was done: login, view, create, update, delete, export …", required=True),
        Column("feature", "text", "which part of the system"),
        Column("record_type", "text", "kind of record touched: lead, contact, opportunity …"),
        Column("record_id", "text", "which record"),
        Column("action_id", "text", "several rows with the same id are one action"),
        Column("succeeded", "boolean", "false: the action failed"),
        Column("duration_seconds", "number", "how long it took", "seconds", at_least=0),
        Column("actor_id", "text", "who acted for the user, when somebody else did", personal=True),
        Column("source", "text", "where the row comes from: web, mobile, import, api …"),
        Column("compulsory", "boolean", "the action was required of the person"),
        Column("fields_required", "integer", "fields the record should have had filled", "fields", at_least=0),
        Column("fields_filled", "integer", "of these, the fields that were filled", "fields", at_least=0),
        Column(
            "happened_on", "date", "the day of what the record describes; its distance to occurred_at is timeliness"
        ),
        Column("audited_correct", "boolean", "an audit found the record right; missing: not audited"),
        Column("utc_offset_minutes", "offset", "the clock of the row itself: local time minus UTC", "minutes"),
        Column("is_robot", "boolean", "a machine wrote this row, left out everywhere"),
    ),
    "trainings": (
        USER_KNOWN,
        Column("programme", "text", "which training", required=True),
        Column("started_at", "instant", "when the first session began", required=True),
        Column("format", "text", "classroom, online, coaching, manual …"),
        Column("hours", "number", "length, all sessions together", "hours", at_least=0),
        Column("sessions", "integer", "number of sessions", "sessions", at_least=1),
        Column("tailored", "boolean", "made for the person's role"),
        Column("attended", "boolean", "false: offered, not attended; missing: attended"),
        Column("assignment", "text", "how dates came about", one_of=("chosen", "scheduled", "random")),
        Column("drawn", "text", LOT, one_of=("dates", "everything")),
        Column("assigned_unit", "text", "who was given a date", one_of=("person", "team")),
        Column("seed", "integer", "of the lottery; written by workbench plan"),
        Column("balanced_by", "text", "what the lottery was balanced by; written by workbench plan"),
    ),
    "incentives": (
        Column("programme", "text", "which incentive", required=True),
        Column("starts_on", "date", "first day on", required=True),
        Column("ends_on", "date", "last day on; missing: still on"),
        Column("announced_on", "date", "the day people learned of it"),
        Column("kind", "text", "bonus, contest, recognition, mandate …"),
        Column("rewarded_action", "text", "the action that was rewarded; missing: use of any kind"),
        Column("team", "text", "the team it was offered to"),
        Column("user_id", "text", "the person it was offered to", personal=True, refers="users"),
        Column("took_part", "boolean", "false: offered, not taken up; missing: taken up"),
        Column("cost", "number", "what this row cost altogether", "currency", at_least=0),
        Column("assignment", "text", "how it was decided who got it when", one_of=("chosen", "scheduled", "random")),
        Column("drawn", "text", LOT, one_of=("dates", "everything")),
    ),
    "surveys": (
        Column("user_id", "text", "who answered; missing: anonymous", personal=True, refers="users"),
        Column("team", "text", "the team of an anonymous answer"),
        Column("survey", "text", "which wave of which survey", required=True),
        Column("answered_at", "instant", "when", required=True),
        Column("scale", "text", "the scale the item belongs to: com_b, tam, sus …"),
        Column("item", "text", "which item", required=True),
        Column("value", "number", "the answer; missing: not answered"),
        Column("lowest", "number", "lowest answer possible"),
        Column("highest", "number", "highest answer possible"),
        Column("reverse", "boolean", "a high answer means little of what the scale measures"),
    ),
    "feedback": (
        Column("user_id", "text", "who wrote; missing: anonymous", personal=True, refers="users"),
        Column("team", "text", "the team of an anonymous comment"),
        Column("written_at", "instant", "when", required=True),
        Column("channel", "text", "survey, store, interview …"),
        Column("text", "text", "the comment in its own words", required=True, personal=True),
    ),
    "tickets": (
        Column("ticket_id", "text", "which ticket", unique=True),
        USER_KNOWN,
        Column("opened_at", "instant", "when it was opened", required=True),
        Column("resolved_at", "instant", "when it was resolved; missing: still open"),
        Column("topic", "text", "what it was about"),
        Column("feature", "text", "which part of the system"),
    ),
    "milestones": (
        Column("name", "text", "what happened, in words for the page", required=True),
        Column("starts_on", "date", "the day, or the first day", required=True),
        Column("ends_on", "date", "the last day of something that lasts"),
        Column("kind", "text", "go-live, message, involvement, mandate, release, holiday …"),
        Column("team", "text", "the team it concerned; missing: more than one"),
        Column("department", "text", "the department it concerned; missing: everybody"),
    ),
    "outcomes": (
        Column("user_id", "text", "whose outcome", personal=True, refers="users"),
        Column("team", "text", "the team's outcome, where it is not one person's"),
        Column("measured_on", "date", "the day it counts for", required=True),
        Column("outcome", "text", "deals_won, cycle_days, forecast_error …", required=True),
        Column("value", "number", "how much", required=True),
    ),
    "champions": (
        USER_KNOWN,
        Column("since", "date", "first day as a champion", required=True),
        Column("until", "date", "last day; missing: still"),
    ),
}
MAPPING = "workbench.toml"  # the mapping beside the data
REQUIRED_TABLES = ("users", "events")
KINDS = ("create", "update", "delete", "view", "login")  # of actions; every other one is of the kind "other"
PRESENCE = ("login", "logout")  # kinds of actions that show somebody was there, and nothing more
IN_WORDS = (  # values that the columns format and kind name as examples; pages show them in their language
    *(phrase("classroom"), phrase("online"), phrase("coaching"), phrase("manual")),
    *(phrase("bonus"), phrase("contest"), phrase("recognition"), phrase("mandate")),
)
IMPORTED = ("import", "migration")  # values of events.source that are nobody's own work


def promised(table: str) -> dict[str, Column]:
    """The columns of a table by name."""
    return {c.name: c for c in TABLES[table]}


def dictionary() -> str:
    """The data dictionary as Markdown, one section a table."""
    sections = [_section(name, columns) for name, columns in TABLES.items()]
    return (
        "\n\n".join(["# Data dictionary", "Made from `workbench/data/contract.py` by `make dictionary`.", *sections])
        + "\n"
    )


def _section(name: str, columns: tuple[Column, ...]) -> str:
    need = "required" if name in REQUIRED_TABLES else "optional"
    rows = [f"| `{c.name}` | {_type(c)} | {c.meaning} | {_marks(c)} |" for c in columns]
    return "\n".join([f"## `{name}` ({need})", "", "| column | type | meaning | |", "|---|---|---|---|", *rows])


def _type(c: Column) -> str:
    return f"{c.type} ({c.unit})" if c.unit else c.type


def _marks(c: Column) -> str:
    marks = [word for word, on in (("required", c.required), ("personal", c.personal), ("unique", c.unique)) if on]
    if c.one_of:
        marks.append("one of " + ", ".join(c.one_of))
    return ", ".join(marks)
