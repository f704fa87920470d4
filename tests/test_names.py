"""A user's columns, tables, outcomes and programmes may have any name: no number moves.

The names come from the package itself: every alias in the SQL that its functions emit, as sqlglot reads it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import sqlglot
from sqlglot import exp

import workbench as wb
from workbench import adoption, programmes
from workbench.data.contract import TABLES, promised
from workbench.data.duckdb import DuckDB
from workbench.simulation.tiny import tiny_crm

pytestmark = pytest.mark.slow
SEEN = {"day", "date", "week", "hour", "reason", "number", "local_time", "kind_of_action"}
RARE = {  # names that appear only where a source repeats ids, names zones, or is checked row by row
    *("occurrence", "own_zone", "row_in_table", "file_in_table", "occurred_at_day", "found_action", "read_action"),
    *("left out because", "copy of the row", "path of the file", "number of the row", "action (computed)", "EVENTS"),
}


def answers(log: wb.Source) -> dict[str, pd.DataFrame]:
    """What pages rest on, as tables."""
    period = wb.period(log, time_zone="Europe/Berlin")
    panel, actions = wb.user_weeks(log, period).stored(), wb.actions(log, period).stored()
    return {
        "panel": panel.to_pandas(),
        "actions": actions.sql(
            "select user_id, local_time, date, week, hour, kind_of_action from this order by 1, 2"
        ).to_pandas(),
        "left out": wb.left_out(log, period),
        "use": adoption.weekly_use(panel).table,
        "trainings": programmes.trainings(panel, log)["Basics"].parts(),
        "incentives": programmes.incentives(panel, log)["Race"].parts(),
        "rows": programmes.incentives(panel, log)["Race"].rows.to_pandas(),
        "signs": programmes.with_signs(programmes.incentives(panel, log), actions)["Race"].rows.to_pandas(),
        "outcomes": log.outcomes.to_pandas(),
        "problems": log.check(),
    }


def folder_of(tables: dict[str, pd.DataFrame], folder: Path) -> Path:
    folder.mkdir()
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def inner_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every name that some text of the package gives to a column or a table of its own."""
    texts: list[str] = []
    cursor = DuckDB._cursor
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DuckDB, "_cursor", lambda self, text: (texts.append(text), cursor(self, text))[1])
        answers(wb.open_source(folder_of(tiny_crm(), tmp_path_factory.mktemp("plain") / "crm")))
    trees = [sqlglot.parse_one(text, dialect="duckdb") for text in set(texts) if not text.startswith("create")]
    found = {
        alias.alias for tree in trees for alias in tree.find_all(exp.Alias, exp.TableAlias, exp.CTE) if alias.alias
    }
    assert found > SEEN
    return found | RARE


def test_a_column_of_any_inner_name_in_every_table_moves_no_number(inner_names: set[str], tmp_path: Path) -> None:
    plain = tiny_crm()
    named = {}
    for table, rows in plain.items():
        taken = {name.lower() for name in (*promised(table), *rows.columns)}
        added = {name: f"x{place % 7}" for place, name in enumerate(sorted(inner_names)) if name.lower() not in taken}
        named[table] = rows.assign(**added)
        assert len(added) > 40
    before = answers(wb.open_source(folder_of(plain, tmp_path / "plain")))
    after = answers(wb.open_source(folder_of(named, tmp_path / "named")))
    for name, table in before.items():
        pd.testing.assert_frame_equal(after[name], table, obj=name)


def test_whoever_asks_for_their_columns_has_them(tmp_path: Path) -> None:
    tables = tiny_crm()
    tables["users"] = tables["users"].assign(office="Bonn", day="x")
    log = wb.open_source(folder_of(tables, tmp_path / "crm"))
    assert log.users.columns == [
        c.name for c in sorted(TABLES["users"], key=lambda c: c.name not in log.given("users"))
    ]
    assert log.table("users", theirs=True).columns[-2:] == ["office", "day"]
    with pytest.raises(wb.ContractError, match="there is no group of people called 'office'; there are department"):
        wb.data.grouping(log, "office")


@pytest.mark.parametrize("name", ["created", "Actions", "active_days", "user_id", "began", "week", "of_teams", "deals_of_teams", "outcome", "unit", "value", "n"])  # fmt: skip
def test_an_outcome_of_any_name_is_itself(name: str) -> None:
    """Twelve people, of whom five were trained; each has 3 in the one week in which the outcome was measured."""
    weeks = pd.date_range("2025-01-06", periods=3, freq="7D")
    users = pd.DataFrame({"user_id": list("abcdefghijkl"), "team": "t1"})
    rows = [
        {"user_id": u, "week": w, "trained": weeks[1] if u in "abcde" else pd.NaT}
        for u in "abcdefghijkl"
        for w in weeks
    ]
    panel = pd.DataFrame(rows).assign(team="t1", active_days=1, created=1, actions=1)
    measured = pd.DataFrame({"user_id": users["user_id"], "measured_on": "2025-01-06", "outcome": name, "value": 3})
    events = pd.DataFrame({"user_id": ["a"], "occurred_at": "2025-01-06T09:00Z", "action": "x"})
    log = wb.open_source({"users": users, "events": events, "outcomes": measured})
    (ours, theirs) = programmes.outcomes(wb.as_table(panel), log).items()
    assert ours[0] == "active_days"
    assert theirs[1].rows.to_pandas()[theirs[1].outcome].sum() == 36
    moments = wb.moments(theirs[1].rows, cohort="began", outcome=theirs[1].outcome)
    assert (moments.units, moments.outcome) == (12, theirs[0])
    assert name.replace("_", " ") not in programmes.without_answer(log, [theirs[0]])["what"].tolist()


def test_programmes_are_called_what_their_owners_like(inner_names: set[str]) -> None:
    """Every training, incentive, team and action has an inner name; the numbers are those of the plain names."""
    plain = tiny_crm()
    words = sorted(inner_names)
    given = dict(zip(plain["users"]["team"].unique(), words, strict=False))
    renamed = {name: table.replace({"team": given}) for name, table in plain.items()}
    for table, column, word in (
        ("trainings", "programme", "this"),
        ("incentives", "programme", "on"),
        ("surveys", "item", "user_id"),
    ):
        renamed[table] = renamed[table].assign(**{column: word})
    before, after = (wb.open_source(tables) for tables in (plain, renamed))
    was, now = (wb.user_weeks(each).to_pandas() for each in (before, after))
    pd.testing.assert_frame_equal(was.drop(columns="team"), now.drop(columns="team"))
    panel = wb.user_weeks(after).stored()
    assert list(programmes.trainings(panel, after)) == ["this"]
    assert list(programmes.incentives(panel, after)) == ["on"]
