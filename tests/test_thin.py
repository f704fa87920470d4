"""No page is lost on data that are right and little: it says what can be said, or ends with one sentence.

Here are those that once failed; benchmarks/hostile.py asks for every page about every source of thin.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import thin
from thin import THIN, written

from workbench.reports.kernels import workers
from workbench.reports.printing import print_report, reports

pytestmark = pytest.mark.slow
ONCE_LOST = {
    "one person": "14",
    "no variation": "48",
    "no verbs": "8",
    "teams of one": "24",
    "six weeks": "34",
    "all robots": "2",
    "no groups": "28",
}


@pytest.mark.parametrize(("name", "pages"), ONCE_LOST.items())
def test_a_page_about_little_is_made(name: str, pages: str) -> None:
    command = [sys.executable, thin.__file__, name, pages]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=thin.NOTEBOOKS.parent)
    assert json.loads(done.stdout.splitlines()[-1]) == {}


@pytest.mark.parametrize("name", ["all robots", "one person"])
def test_of_data_that_show_nothing_the_page_says_so(name: str, tmp_path: Path) -> None:
    source = written(name, tmp_path / "crm")
    (asked,) = reports([thin.NOTEBOOKS / "2_adoption.ipynb"], {"source": str(source)})
    with workers(1) as pool:
        ended = pool.submit(print_report, asked, tmp_path).result()
    assert ended.error == ""
    page = (tmp_path / "2_adoption.html").read_text()
    assert "We cannot say anything from these data" in page
    # The first page of the site repeats a finding, and the line on what a page rests on.
    assert 'aria-label="Finding"' in page or '<p class="data">We cannot say' in page
    assert page.count("Traceback") == 0
    assert "p0000" not in page


def test_the_matrix_has_what_was_asked_for() -> None:
    asked = {"one team", "teams of one", "one week", "required columns only", "all robots", "nobody known"}
    assert asked | {"no variation", "one person", "no verbs", "3000 teams"} <= set(THIN)


def test_of_a_log_of_nobody_known_every_page_is_refused_with_one_sentence() -> None:
    # cases.md, 13: the check calls it broken where the table of users knows nobody of the log; no page is made of it.
    command = [sys.executable, thin.__file__, "nobody known"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=thin.NOTEBOOKS.parent)
    found = json.loads(done.stdout.splitlines()[-1])
    rows = len(thin.nobody_known()["events"])
    said = f"ContractError: events.user_id is in users, but not in {rows:,} of {rows:,} rows."
    assert [page[0] for page in sorted(found)] == list("12345678")
    assert all(why.endswith(said) for why in found.values())
    assert "Traceback" not in done.stderr
