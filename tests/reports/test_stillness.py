"""A source that changes while it is read is noticed, whatever part of it changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.errors import ReportError
from workbench.reports.stillness import unchanged


def appended(folder: Path) -> None:
    with (folder / "events" / "b.csv").open("a") as file:
        file.write("more\n")


def same_size(folder: Path) -> None:
    (folder / "events" / "b.csv").write_text("xy\n")
    os.utime(folder / "events" / "b.csv", ns=(1, 1))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a row more": appended,
    "other bytes, as many": same_size,
    "a file more": lambda folder: (folder / "events" / "c.csv").write_text("x"),
    "a file less": lambda folder: (folder / "users.csv").unlink(),
    "another mapping": lambda folder: (folder / "workbench.toml").write_text("time_zone = 'UTC'"),
    "another file of the name": lambda folder: (folder / "new").write_text("z\n") and os.replace(folder / "new", folder / "users.csv"),
}  # fmt: skip


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    (tmp_path / "crm" / "events").mkdir(parents=True)
    for name in ("users.csv", "events/a.csv", "events/b.csv"):
        (tmp_path / "crm" / name).write_text("x\n")
    return tmp_path / "crm"


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_noticed(change: Callable[[Path], object], crm: Path) -> None:
    with pytest.raises(ReportError, match=r"^the source changed while it was read: 1 of its [34] files are not as"):  # noqa: SIM117
        with unchanged([str(crm)]):
            change(crm)


def test_a_source_at_rest_and_one_on_a_server_are_no_matter(crm: Path) -> None:
    with unchanged([str(crm), str(crm), "postgresql://server/crm", "nowhere"]):
        (crm / "users.csv").read_text()


def test_the_site_may_lie_in_the_source_where_a_newcomer_lets_it(crm: Path) -> None:
    with unchanged([str(crm)], crm / "site"):
        (crm / "site").mkdir()
        (crm / "site" / "index.html").write_text("made")
        (crm / ".site-x1y2").mkdir()
        (crm / ".site-x1y2" / "index.html").write_text("being made")
    with pytest.raises(ReportError), unchanged([str(crm)], crm / "site"):
        (crm / "sites.csv").write_text("x\n")
