"""Any size, the same bytes; the committed sample is what the code writes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import workbench as wb
from workbench.simulation import crm
from workbench.simulation.calendar import ZONE


def test_the_size_is_what_was_asked_for(sample, source):
    assert sum(path.stat().st_size for path in sample.iterdir()) < 5_000_000
    people = source.users.sql("select * from this where not is_robot").to_pandas()
    assert len(people) == 1500
    assert (people["team"].nunique(), people["department"].nunique()) == (60, 8)
    assert pq.read_metadata(sample / "events.parquet").num_rows == pytest.approx(250_000, rel=0.1)


def digests(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.iterdir()):
        yield path.name, hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_arguments_give_the_same_bytes(small, tmp_path):
    crm.write(tmp_path, users=300, weeks=26, seed=5)
    assert list(digests(tmp_path)) == list(digests(small))


def test_another_seed_gives_another_crm(small, tmp_path):
    crm.write(tmp_path, users=300, weeks=26, seed=6)
    assert dict(digests(tmp_path))["events.parquet"] != dict(digests(small))["events.parquet"]


def test_a_small_and_short_one_is_fit_too(small):
    assert not wb.open_source(small).check()["broken"].any()


def test_people_in_many_chunks_share_no_event_and_no_record(tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.simulation.days.CHUNK", 100)
    done: list[tuple[int, int]] = []
    counts = crm.write(tmp_path, users=300, weeks=26, progress=lambda *step: done.append(step))
    events = wb.open_source(tmp_path).events
    ids = events.sql("select count(distinct event_id) as n from this").to_arrow()["n"][0].as_py()
    repeated = wb.left_out(wb.open_source(tmp_path), time_zone=ZONE).set_index("reason")["rows"]["repeated"]
    assert ids == counts["events"] - repeated
    made = wb.actions(wb.open_source(tmp_path), time_zone=ZONE).sql(
        "select record_id, count(*) as n from this where action = 'create' and succeeded group by record_id"
    )
    assert (made.to_pandas()["n"] == 1).all()
    assert pq.read_metadata(tmp_path / "events.parquet").num_row_groups == 5
    assert done[2] == (300, 300)


def test_too_few_people_or_weeks_are_refused(tmp_path):
    with pytest.raises(ValueError, match="needs at least 200 users and 26 weeks, not 50 and 52"):
        crm.write(tmp_path, users=50)


def test_the_committed_sample_is_what_the_code_writes(sample, tmp_path):
    """Parquet row by row, for its bytes depend on the library's version; the other files byte by byte."""
    crm.write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in sample.iterdir())
    for path in tmp_path.iterdir():
        if path.suffix == ".parquet":
            assert pq.read_table(path).equals(pq.read_table(sample / path.name)), path.name
        else:
            assert path.read_bytes() == (sample / path.name).read_bytes(), path.name
