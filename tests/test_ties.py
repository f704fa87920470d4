"""Rows in another order, and the same instants in more digits, give the same bytes, however many rows share a minute."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from thin import NOTEBOOKS, Tables, plain

from workbench.reports.kernels import workers
from workbench.reports.printing import print_report, reports

pytestmark = pytest.mark.slow
PAGES = ("1_data", "2_adoption")


def tied() -> Tables:
    """People whose actions of a day all stand at one minute, in several features; two tickets at one minute, too."""
    tables = plain()
    events = tables["events"]
    events["occurred_at"] = events["occurred_at"].str[:10] + "T08:00+00:00"
    more = [events.assign(feature=name, action=action) for name, action in (("deals", "update"), ("notes", "view"))]
    tables["events"] = pd.concat([events.assign(feature="leads"), *more], ignore_index=True)
    tables["tickets"] = pd.DataFrame(
        {"user_id": ["p0001", "p0002"] * 6, "opened_at": "2025-02-10T09:00Z", "topic": ["login", "search"] * 6}
    )
    return tables


def bytes_of(tables: Tables, folder: Path) -> dict[str, bytes]:
    """The pages about these tables."""
    source = folder / "crm"
    source.mkdir(parents=True)
    for name, table in tables.items():
        table.to_csv(source / f"{name}.csv", index=False)
    asked = reports([NOTEBOOKS / f"{page}.ipynb" for page in PAGES], {"source": str(source)})
    with workers(1) as pool:
        ended = [pool.submit(print_report, report, folder).result() for report in asked]
    assert [each.error for each in ended] == ["", ""]
    return {page: (folder / f"{page}.html").read_bytes() for page in PAGES}


def test_neither_the_order_of_rows_nor_the_digits_of_times_move_a_byte(tmp_path: Path) -> None:
    first = bytes_of(tied(), tmp_path / "first")
    shuffled = {name: table.sample(frac=1, random_state=7) for name, table in tied().items()}
    assert bytes_of(shuffled, tmp_path / "shuffled") == first
    finer = tied()
    finer["events"]["occurred_at"] = finer["events"]["occurred_at"].str.replace("08:00", "08:00:00.000000")
    assert bytes_of(finer, tmp_path / "finer") == first
