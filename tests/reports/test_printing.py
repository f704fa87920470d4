"""What is printed, what is refused, and what stays when something goes wrong.

The notebooks are made up and lie in tests/notebooks; what each should come to is written in its own title.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from workbench.errors import ParameterError, ReportError
from workbench.reports.pages import page_html, page_of, site_html, written_page
from workbench.reports.parameters import Parameter, parameters, value
from workbench.reports.printing import Printed, Report, chosen, printed, report_notebooks, reports

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
HOSTILE = "</script><script>document.title='broken'</script>"


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> tuple[Path, dict[str, Printed]]:
    """Everything in tests/notebooks printed once, two at a time."""
    out = tmp_path_factory.mktemp("site")
    asked = reports(chosen(NOTEBOOKS), {"weeks": "12"})
    return out, {ended.name: ended for ended in printed(asked, out, jobs=2)}


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# ── parameters ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_parameters_cell_is_read_without_being_run():
    cell = (
        'since: str | None = None  # first day\nweeks: int = 26  # how far back\nteams: list[str] = ["a", "b"]  # which'
    )
    read = parameters(cell, "a notebook")
    assert list(read) == ["since", "weeks", "teams"]
    assert read["since"] == Parameter("since", "str", True, None, "first day")
    assert read["teams"].default == ["a", "b"]


@pytest.mark.parametrize(
    "line",
    ["weeks = 26", "weeks: int = 2 * 13", "weeks: Weeks = 26", "print('x')", "weeks: int | str = 1", "a.b: int = 1"],
)
def test_a_line_of_another_form_is_refused(line):
    with pytest.raises(ParameterError, match="line 1 of the parameters cell is not of the form `name: type = literal"):
        parameters(line, "a notebook")


@pytest.mark.parametrize(
    ("kind", "typed", "meant"),
    [
        ("int", "12", 12),
        ("float", "0.5", 0.5),
        ("bool", "NO", False),
        ("bool", "true", True),
        ("str", "NO", "NO"),  # YAML, and so papermill alone, would make it False
        ("str", "010", "010"),  # … and this one 8
        ("list[str]", "North, South", ["North", "South"]),
    ],
)
def test_a_value_is_what_its_parameter_says_it_is(kind, typed, meant):
    assert value(typed, Parameter("p", kind, False, None, "")) == meant


@pytest.mark.parametrize(("kind", "typed"), [("int", "1.5"), ("int", "x"), ("float", "nan"), ("bool", "maybe")])
def test_a_value_of_the_wrong_type_says_what_was_expected(kind, typed):
    with pytest.raises(ParameterError, match=r"p is (a whole number|a number|true or false), not '"):
        value(typed, Parameter("p", kind, False, None, ""))


def test_none_is_a_value_only_where_the_parameter_allows_it():
    assert value("none", Parameter("p", "str", True, "x", "")) is None
    assert value("none", Parameter("p", "str", False, "x", "")) == "none"


# ── what is asked for ───────────────────────────────────────────────────────────────────────────────────────────


def test_all_reports_are_the_numbered_notebooks_in_order():
    assert list(report_notebooks(NOTEBOOKS)) == ["1_good", "2_failing", "3_exits", "4_dies"]


def test_a_misspelt_notebook_is_refused_with_the_nearest():
    with pytest.raises(ReportError, match="there is no notebook '1_god'; did you mean '1_good'"):
        chosen(NOTEBOOKS, ["1_god"])


def test_a_misspelt_parameter_is_refused_not_ignored():
    with pytest.raises(
        ParameterError, match="the notebooks asked for: there is no parameter 'week'; did you mean 'weeks'"
    ):
        reports(chosen(NOTEBOOKS, ["1_good"]), {"week": "3"})


def test_a_desk_is_no_report():
    with pytest.raises(ReportError, match="desk is a desk to work at, not a report"):
        reports(chosen(NOTEBOOKS, ["desk"]), {})


def test_of_the_source_only_its_name_is_told():
    report = Report(
        Path("x.ipynb"), {"source": Parameter("source", "str", False, "d", "")}, {"source": "/home/ann/crm"}
    )
    assert [shown for _, shown in report.told] == ["crm"]


# ── what comes out ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_good_notebook_becomes_a_page_and_the_others_do_not(run):
    out, ended = run
    assert sorted(p.name for p in out.iterdir()) == ["1_good.html", "index.html", "vega.js"]
    assert ended["1_good"] == Printed("1_good", warnings=1)


def test_a_failure_names_cell_and_error_and_quotes_no_data(run):
    _, ended = run
    assert ended["2_failing"].error == "cell [3] KeyError: …"


def test_a_cell_that_leaves_early_is_a_failure(run):
    _, ended = run
    assert ended["3_exits"].error == "2 of 3 cells did not run, the first is cell [2]; does a cell call exit?"


def test_a_dead_kernel_is_a_failure(run):
    _, ended = run
    assert ended["4_dies"].error.startswith("the kernel died")


def test_the_parameters_reach_the_notebook_and_the_foot_of_the_page(run):
    page = text(run[0] / "1_good.html")
    assert "1,200 rows" in page  # 100 × the 12 that was set
    assert "<td>how many weeks the page looks back</td><td>12</td>" in page


def test_warnings_do_not_reach_the_page(run):
    assert "a warning" not in text(run[0] / "1_good.html")


def test_hostile_data_stay_data(run):
    page = text(run[0] / "1_good.html")
    assert HOSTILE not in page
    assert page.count("<script") == page.count("</script>") == 5  # two charts, the summary, Vega, the page's own


def test_a_page_knows_what_it_says(run):
    page = written_page(text(run[0] / "1_good.html"))
    assert page is not None
    assert page.title == "Did the training change how people use the CRM?"
    assert page.question == "Asked by the head of sales, who decides whether the remaining teams are trained in autumn."
    assert page.data == "1,200 rows · 412 users · 26 weeks to 2025-06-30 · fingerprint 1f3a9c"
    assert [f["verdict"] for f in page.findings] == ["raised"]


def test_the_summary_page_says_what_each_page_says_and_what_is_missing(run):
    index = text(run[0] / "index.html")
    assert "Raised · robust" in index
    assert "Trained people were active on 0.31 more days a week" in index
    assert "2_failing: could not be made in the last run." in index


def test_a_failure_leaves_the_last_good_page_and_marks_it(tmp_path):
    notebook = tmp_path / "1_moody.ipynb"
    for source, good in (("1 + 1", True), ("1 / 0", False)):
        notebook.write_text(json.dumps(_notebook(source)), encoding="utf-8")
        [ended] = printed(reports([notebook], {}), tmp_path / "site", jobs=1)
        assert bool(ended.error) is not good
        if good:
            first = text(tmp_path / "site" / "1_moody.html")
    assert text(tmp_path / "site" / "1_moody.html") == first
    assert "From an earlier run." in text(tmp_path / "site" / "index.html")


def test_the_same_again_is_the_same_to_the_byte(run, tmp_path):
    [ended] = printed(reports(chosen(NOTEBOOKS, ["1_good"]), {"weeks": "12"}), tmp_path, jobs=1)
    assert not ended.error
    assert (tmp_path / "1_good.html").read_bytes() == (run[0] / "1_good.html").read_bytes()


def test_a_kernel_started_the_plain_way_gives_the_same_page(run, tmp_path):
    script = f"""
from pathlib import Path
from workbench import kernels
from workbench.reports import chosen, print_report, reports
kernels.WARM = False  # as on macOS and Windows
[report] = reports(chosen(Path({str(NOTEBOOKS)!r}), ["1_good"]), {{"weeks": "12"}})
print(print_report(report, Path({str(tmp_path)!r})).error)
"""
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == ""
    assert (tmp_path / "1_good.html").read_bytes() == (run[0] / "1_good.html").read_bytes()


def test_a_single_file_needs_no_other(tmp_path):
    list(printed(reports(chosen(NOTEBOOKS, ["1_good"]), {}), tmp_path, jobs=1, single_file=True))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1_good.html", "index.html"]
    assert 'src="vega.js"' not in text(tmp_path / "1_good.html")


def test_what_a_page_may_run_is_known_by_its_hash():
    notebook = _executed("# A title", "text/html", "<script>alert(1)</script>")
    policy = (
        page_html(notebook, page_of(notebook, "x"), []).split('Content-Security-Policy" content="')[1].split('"')[0]
    )
    assert "default-src 'none'" in policy
    assert "'sha256-" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_a_title_is_words_even_if_it_looks_like_markup():
    index = site_html("Pages", [(page_of(_executed("# <img src=x> & more", "text/plain", "1"), "x"), False)])
    assert "&lt;img src=x&gt; &amp; more" in index


def _notebook(source: str) -> dict:
    def cell(number: int, text: str, **metadata: object) -> dict:
        code = {"cell_type": "code", "id": f"c{number}", "execution_count": None, "outputs": [], "source": text}
        return {**code, "metadata": metadata}

    cells = [cell(1, "weeks: int = 26  # how far back", tags=["parameters"]), cell(2, source)]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _executed(title: str, kind: str, shown: str):
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    code = new_code_cell("1", outputs=[new_output("display_data", {kind: shown})])
    return new_notebook(cells=[new_markdown_cell(title), code])


def test_a_section_that_shows_nothing_is_left_out_and_named_below():
    words = [nbformat.v4.new_markdown_cell(text) for text in ("# Title", "## Full", "## Hollow\n\nWhy.", "## Words")]
    shown = nbformat.v4.new_output("display_data", {"text/html": "<p>something</p>"})
    code = [nbformat.v4.new_code_cell("x", outputs=outputs) for outputs in ([shown], [])]
    hidden = nbformat.v4.new_code_cell("y", metadata={"tags": ["appendix"]})  # a fold with nothing in it is none
    cells = [words[0], words[1], code[0], hidden, words[2], code[1], words[3]]
    notebook = nbformat.v4.new_notebook(cells=cells)
    page = page_html(notebook, page_of(notebook, "made_up"), [])
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page) == ["Full", "Words", "How this page was made"]
    assert "Left out, because the data tell nothing of it: Hollow" in page
    assert "Why." not in page
    assert "Show the tables behind it" not in page
