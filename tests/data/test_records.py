"""Files of JSON records: what each says, read by eye."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest

import workbench as wb
from workbench.data.records import records
from workbench.errors import ContractError
from workbench.importing.exports import exports

LINES = (
    '{"user_id": "a", "occurred_at": "2025-01-06T08:00:00Z", "action": "create", "by": {"who": {"id": 9007199254740993}}}',
    '{"user_id": "a", "occurred_at": "2025-01-07T08:00:00Z", "action": "update", "tags": ["x", 1], "ok": true, "n": 1.50}',
)
USERS = '[{"user_id": "a", "team": "Süd"}]'


def test_records_within_records_are_columns_and_numbers_keep_their_digits(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text("\n".join(LINES) + "\n\n")
    found = records(tmp_path / "log.jsonl").to_pylist()
    assert list(found[0]) == ["user_id", "occurred_at", "action", "by.who.id", "tags", "ok", "n"]
    assert [row["by.who.id"] for row in found] == ["9007199254740993", None]  # 2**53 + 1: no float has it
    assert [found[1][name] for name in ("tags", "ok", "n")] == ['["x", "1"]', "true", "1.50"]


@pytest.mark.parametrize("ending", ["jsonl", "ndjson", "json", "jsonl.gz", "JSON"])
def test_a_source_of_records_is_read_like_any_other(ending: str, tmp_path: Path) -> None:
    text = f"[{','.join(LINES)}]" if ending.lower() == "json" else "\n".join(LINES)
    content = text.encode("utf-8-sig")
    (tmp_path / f"events.{ending}").write_bytes(gzip.compress(content) if ending.endswith("gz") else content)
    (tmp_path / "users.json").write_text(USERS, encoding="utf-8")
    log = wb.open_source(tmp_path)
    assert log.events.to_pandas()["occurred_at"].tolist() == list(
        pd.to_datetime(["2025-01-06 08:00Z", "2025-01-07 08:00Z"])
    )
    assert log.users.to_pandas()["team"].tolist() == ["Süd"]
    assert exports(tmp_path)[0].column("action") == ["create", "update"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1}\n{"a": \n', "is no JSON.\n  first: line 2"),
        ('{"a": 1}\n[1]\n', "holds something else than records.\n  first: value 2"),
        ("3\n", "first: value 1"),
    ],
)
def test_what_is_no_record_is_refused_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "log.ndjson").write_text(text)
    with pytest.raises(ContractError) as error:
        records(tmp_path / "log.ndjson")
    assert said in str(error.value)


def test_what_is_broken_within_a_list_is_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text('[\n{"a": 1},\n{"a" 2}]')
    with pytest.raises(ContractError, match="first: line 3"):
        records(tmp_path / "log.json")


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.json").write_bytes('[{"a": "ö"}]'.encode("cp1252"))
    with pytest.raises(ContractError, match="is not UTF-8, as JSON must be"):
        records(tmp_path / "log.json")


def test_the_check_names_the_table_and_no_value(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text("\n".join(LINES) + '\n{"secret": \n')
    (tmp_path / "users.json").write_text(json.dumps([{"user_id": "a"}]))
    found = wb.data.check_source(tmp_path).to_csv()
    assert "the file of events is no JSON" in found
    assert "secret" not in found


def test_one_line_that_was_cut_off_is_left_out_counted_and_noted(tmp_path: Path) -> None:
    whole = [
        json.dumps({"user_id": "a", "occurred_at": f"2025-01-{day:02d}T08:00:00Z", "action": "edit"})
        for day in range(1, 12)
    ]
    (tmp_path / "events.ndjson").write_text("\n".join([*whole[:6], whole[6][:40], *whole[7:]]))
    log = wb.open_source(tmp_path)
    assert wb.data.rows_read(log).query("table == 'events'")[["reason", "rows"]].to_numpy().tolist() == [
        ["", 10],
        ["a line that is no JSON", 1],
    ]
    [noted] = log.check().query("table == 'events'").to_dict("records")
    assert noted["rule"] == "every row of events can be taken apart, but 1 line is no JSON"
    assert (noted["rows"], noted["first"], noted["broken"]) == (1, "row 7", False)
    assert [len(each.rows) for each in exports(tmp_path)] == [10]


def test_a_file_of_which_many_lines_are_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text(f"{LINES[0]}\nno\nno\n")
    with pytest.raises(ContractError, match="is no JSON.\n  first: line 2"):
        records(tmp_path / "log.jsonl")
