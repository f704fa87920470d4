"""Every SQL text that the package emits is one that DuckDB, PostgreSQL and Spark can read.

The public functions run once, on DuckDB, over the simulated CRM; each text they emit is written out for each engine and
parsed by sqlglot in that engine's dialect. Parsers are lenient about functions and types, so these come from a list of
what all three engines share.
"""

from __future__ import annotations

import importlib
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from dialects import MARKED, SPARK, Recorder, spelt_for_spark, written_for

import workbench as wb
from workbench import adoption, data, programmes, segments
from workbench.data.duckdb import DUCKDB
from workbench.data.postgres import POSTGRES
from workbench.desk.desk import Desk
from workbench.segments.traits import traits

pytestmark = pytest.mark.slow

# What all three engines have under one name and with one meaning; their manuals, and engine.md on what they do not share.
FUNCTIONS = {
    *("count", "sum", "min", "max", "avg", "bit_or", "var_samp", "stddev_samp", "percentile_cont"),
    *("abs", "floor", "sqrt", "coalesce", "nullif", "least", "greatest", "cast", "extract", "substr", "replace"),
    *("row_number", "rank", "lag", "lead", "lower", "upper", "trim", "length", "ceil", "mode"),
}
TYPES = {"bigint", "integer", "double precision", "boolean", "varchar", "date", "timestamp", "timestamp with time zone"}
KEYWORDS = {"as", "in", "not", "and", "or", "over", "values", "join", "from", "on", "when", "then", "else", "exists", "where", "select", "by", "group", "union", "filter", "all", "having", "distinct", "intersect", "case"}  # fmt: skip
QUOTED = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""


def ask_everything(sample: Path) -> None:
    """Every public function that emits SQL, on data that have what it asks about."""
    log = wb.open_source(sample).verified()
    period = wb.period(log, time_zone="Europe/Berlin")
    panel, actions = wb.user_weeks(log, period).stored(), wb.actions(log, period).stored()
    labels = segments.usage_segments(panel).stored()
    ask_about_data(log, period, panel, actions)
    ask_about_adoption(log, panel, actions, labels)
    ask_about_trainings(log, panel, labels)
    ask_about_incentives(log, panel, actions)
    ask_about_colleagues(log, panel)
    desk = Desk(panel, actions)
    for view in desk.views:
        desk.table(view)
    desk.pick("groups", [{"group": [desk.table("groups")["group"].iloc[0]]}])
    desk.count()
    desk.people().to_arrow()


def ask_about_data(log: Any, period: Any, panel: Any, actions: Any) -> None:
    wb.rests_on(log, panel)
    wb.left_out(log, period)
    wb.qualifying_actions(log, "create")
    data.tables_there(log)
    data.daily_rows(actions)
    data.group_coverage(panel, "team")
    data.looked_until(log)
    wb.moments(panel.sql("select user_id, week, active_days, cast(null as date) as trained from this"))


def ask_about_adoption(log: Any, panel: Any, actions: Any, labels: Any) -> None:
    adoption.rhythm(actions)
    adoption.habit_rate(panel, labels, "department")
    adoption.habit_by_week(labels)
    adoption.funnel(panel, labels)
    adoption.weekly_use(panel)
    adoption.stickiness(actions)
    wb.lifecycle(panel)
    wb.retention(panel, wb.readable_period(panel))
    adoption.come_back(panel, "week")
    adoption.group_use(panel, "department")
    adoption.habit_counts(panel, labels, ["team", "department"])
    adoption.feature_reach(actions, panel, "role")
    adoption.first_steps(actions, panel, "role")
    adoption.data_entry_rate(panel)
    adoption.data_quality(actions, "week")
    adoption.struggle(actions, log.tickets)
    adoption.satisfaction(log.surveys, "satisfaction")
    wb.time_to_adopt(panel, by="department", teams="team")
    adoption.adopters(panel)
    segments.segment_shares(labels)
    segments.movers(panel, by="department")
    wb.transitions(labels)
    traits(panel, actions, log.incentives).to_arrow()
    segments.usage_segments(panel.sql("select * from this where actions > 0")).to_arrow()  # weeks with gaps
    segments.enough(panel)
    adoption.by_choice(panel)
    marks = adoption.habit_marks(panel, labels)
    then, now = wb.weeks_apart(panel, 12)
    adoption.changed(marks, then, now, who="people")
    adoption.what_moved(marks, then, now, by="department")


def ask_about_comparisons(found: Any, described: bool = True) -> None:
    for each in found.values():
        if not each.reason:
            each.rows.to_arrow()
            if described:
                each.parts()
                each.waves()


def ask_about_trainings(log: Any, panel: Any, labels: Any) -> None:
    courses = programmes.trainings(panel, log, "Europe/Berlin")
    ask_about_comparisons(courses)
    first = next(each for each in courses.values() if not each.reason)
    programmes.overlap(programmes.known_before(first, log, labels), "earlier")
    for more in (programmes.hours(courses, log), programmes.refreshers(courses, log), programmes.kinds(courses, log, labels)):  # fmt: skip
        ask_about_comparisons(more, described=False)
    programmes.leaving(first.rows)


def ask_about_incentives(log: Any, panel: Any, actions: Any) -> None:
    offers = programmes.incentives(panel, log)
    rewards = programmes.of_kind(offers, mandate=False)
    ask_about_comparisons(offers)
    ask_about_comparisons(programmes.with_rewarded(rewards, actions))
    name, first = next((name, each) for name, each in rewards.items() if not each.reason)
    programmes.team_answers(first, log.surveys, "satisfaction").rows.to_arrow()
    ask_about_comparisons({"alone": programmes.without_mandates(first, log)})
    programmes.spent(panel, log)
    programmes.motions(programmes.sign_counts(panel, actions), "department")
    programmes.sign_changes(programmes.with_signs(rewards.among([name]), actions))


def ask_about_colleagues(log: Any, panel: Any) -> None:
    ask_about_comparisons(programmes.colleagues(panel, log))
    ask_about_comparisons(programmes.outcomes(panel, log))
    programmes.goes_with(programmes.led_groups(panel, log))
    programmes.positions(panel, log).to_arrow()


@pytest.fixture(scope="module")
def texts(sample: Path) -> list[str]:
    """Each text once, with the engines' own fragments still open."""
    recorder = Recorder()
    with pytest.MonkeyPatch.context() as patch:
        for module in ("workbench.data.duckdb", "workbench.data.files", "workbench.data.sources"):
            patch.setattr(importlib.import_module(module), "duckdb_engine", lambda: recorder)
        ask_everything(sample)
    return list(dict.fromkeys(re.sub(r"\b(frame|stored)_\d+\b", r"\1_1", text) for text in recorder.texts))


@pytest.mark.parametrize(("engine", "dialect"), [("duckdb", DUCKDB), ("postgres", POSTGRES), ("spark", SPARK)])
def test_every_text_is_read_by_every_engine(texts: list[str], engine: str, dialect: Any) -> None:
    assert len(texts) > 100
    for text in texts:
        written = written_for(dialect, text)
        spelt = spelt_for_spark(written) if engine == "spark" else written
        tree = sqlglot.parse_one(spelt, dialect=engine, error_level=sqlglot.ErrorLevel.RAISE)
        assert isinstance(tree, sqlglot.exp.Query), f"no SELECT to {engine}: {spelt[:200]}"


def bare(text: str) -> str:
    """A text without what is quoted and without the engines' own fragments."""
    return re.sub(r"⟦\w+¦|¦|⟧", " ", re.sub(QUOTED, "''", text))


def test_functions_are_those_that_all_engines_share(texts: list[str]) -> None:
    used = Counter(name.lower() for text in texts for name in re.findall(r"\b([a-z_]\w*)\s*\(", bare(text), re.I))
    # A list of columns may follow the name of a table: (values …) as weeks(number, week), with cells(number) as (…).
    named = r"\) as (\w+)\s*\(|(\w+)\s*\([\w, ]+\) as \("
    tables = {name for text in texts for found in re.findall(named, bare(text)) for name in found}
    assert sorted(used.keys() - FUNCTIONS - KEYWORDS - tables) == []


def test_types_are_spelt_as_the_standard_does(texts: list[str]) -> None:
    written = [written_for(DUCKDB, text) for text in texts]
    used = {kind for text in written for kind in re.findall(r" as ([a-z]+(?: [a-z]+)*)\)", re.sub(QUOTED, "''", text))}
    casts = {kind for kind in used if any(re.search(rf"cast\([^()]*(?:\([^()]*\)[^()]*)* as {kind}\)", t) for t in written)}  # fmt: skip
    assert casts - TYPES == set()


@pytest.mark.parametrize(
    "text", ["::", " qualify ", " ilike ", " exclude ", " pivot ", "[", " using sample ", " group by all", " asof "]
)
def test_what_only_duckdb_understands_is_not_used(texts: list[str], text: str) -> None:
    assert [each[:200] for each in texts if text in bare(each).lower()] == []


def test_a_text_that_only_duckdb_reads_is_caught() -> None:
    with pytest.raises(sqlglot.errors.ParseError):
        sqlglot.parse_one("select * exclude (a) from t qualify", dialect="postgres", error_level=sqlglot.ErrorLevel.RAISE)  # fmt: skip


def test_fragments_nest_and_are_written_for_each_engine() -> None:
    days = MARKED.days.format(a="date '2025-01-06'", b=MARKED.date_plus.format(date="week", days="7"))
    assert written_for(DUCKDB, days) == "((week + 7) - date '2025-01-06')"
    assert written_for(SPARK, days) == "datediff(date_add(week, cast(7 as int)), date '2025-01-06')"


def test_spark_spells_names_texts_and_types_its_own_way() -> None:
    # Spark's manual: identifiers in backticks; \ escapes within literals; STRING, DOUBLE, TIMESTAMP and TIMESTAMP_NTZ.
    text = 'select "the ""on"" week", \'O\'\'Brien \\d\' from t where cast(x as timestamp with time zone) is null'
    assert spelt_for_spark(text) == (
        "select `the \"on\" week`, 'O\\'Brien \\\\d' from t where cast(x as timestamp) is null"
    )
    assert spelt_for_spark("cast(x as double precision)") == "cast(x as double)"
