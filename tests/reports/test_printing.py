"""What is printed, what is refused, and what stays when something goes wrong.

The notebooks are made up and lie in tests/notebooks; what each should come to is written in its own title.
"""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from workbench.errors import ParameterError, ReportError
from workbench.reports.pages import written_page
from workbench.reports.parameters import Parameter
from workbench.reports.printing import Printed, Report, chosen, printed, report_notebooks, reports

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
HOSTILE = "</script><script>document.title='broken'</script>"


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


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


@pytest.mark.parametrize("source", ["/home/ann/crm", "postgresql://ann@server/crm?sslmode=require"])
def test_of_the_source_only_its_name_is_told(source):
    report = Report(Path("x.ipynb"), {"source": Parameter("source", "str", False, "d", "")}, {"source": source})
    assert [shown for _, shown in report.told] == ["crm"]


# ── what comes out ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_good_notebook_becomes_a_page_and_the_others_do_not(made_up):
    out, ended = made_up
    assert sorted(p.name for p in out.iterdir()) == ["1_good.html", "index.html", "vega.js"]
    assert ended["1_good"] == Printed("1_good", warnings=1)


def test_a_failure_names_cell_and_error_and_quotes_no_data(made_up):
    _, ended = made_up
    assert ended["2_failing"].error == "cell [3] KeyError: …"


def test_a_cell_that_leaves_early_is_a_failure(made_up):
    _, ended = made_up
    assert ended["3_exits"].error == "2 of 3 cells did not run, the first is cell [2]; does a cell call exit?"


def test_a_dead_kernel_is_a_failure(made_up):
    _, ended = made_up
    assert ended["4_dies"].error.startswith("the kernel died")


def test_the_parameters_reach_the_notebook_and_the_foot_of_the_page(made_up):
    page = text(made_up[0] / "1_good.html")
    assert "1,200 rows" in page  # 100 × the 12 that was set
    assert "<td>how many weeks the page looks back</td><td>12</td>" in page


def test_warnings_do_not_reach_the_page(made_up):
    assert "a warning" not in text(made_up[0] / "1_good.html")


def test_hostile_data_stay_data(made_up):
    page = text(made_up[0] / "1_good.html")
    assert HOSTILE not in page
    assert page.count("<script") == page.count("</script>") == 5  # two charts, the summary, Vega, the page's own


def test_a_page_knows_what_it_says(made_up):
    page = written_page(text(made_up[0] / "1_good.html"))
    assert page is not None
    assert page.title == "Did the training change how people use the CRM?"
    assert page.question == "Asked by the head of sales, who decides whether the remaining teams are trained in autumn."
    assert page.data == "1,200 rows · 412 users · 26 weeks to 2025-06-30 · fingerprint 1f3a9c"
    assert [f["verdict"] for f in page.findings] == ["raised"]


def test_the_summary_page_says_what_each_page_says_and_what_is_missing(made_up):
    index = text(made_up[0] / "index.html")
    assert "Helped · ■■■□ fair comparison, all checks passed" in index
    assert "Trained people were active on 0.31 more days a week" in index
    assert "2_failing: could not be made in the last run." in index


@pytest.mark.slow
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


@pytest.mark.slow
def test_the_same_again_is_the_same_to_the_byte(made_up, tmp_path):
    [ended] = printed(reports(chosen(NOTEBOOKS, ["1_good"]), {"weeks": "12"}), tmp_path, jobs=1)
    assert not ended.error
    assert (tmp_path / "1_good.html").read_bytes() == (made_up[0] / "1_good.html").read_bytes()


@pytest.mark.slow
def test_a_single_file_needs_no_other(tmp_path):
    list(printed(reports(chosen(NOTEBOOKS, ["1_good"]), {}), tmp_path, jobs=1, single_file=True))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1_good.html", "index.html"]
    assert 'src="vega.js"' not in text(tmp_path / "1_good.html")


def _notebook(source: str) -> dict:
    def cell(number: int, text: str, **metadata: object) -> dict:
        code = {"cell_type": "code", "id": f"c{number}", "execution_count": None, "outputs": [], "source": text}
        return {**code, "metadata": metadata}

    cells = [cell(1, "weeks: int = 26  # how far back", tags=["parameters"]), cell(2, source)]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def made(folder, name, *cells):
    """A notebook of these cells, the first of them tagged `parameters`; text that begins with # is prose."""
    notebook = nbformat.v4.new_notebook()
    kinds = [nbformat.v4.new_markdown_cell if cell.startswith("#") else nbformat.v4.new_code_cell for cell in cells]
    notebook.cells = [make(cell) for make, cell in zip(kinds, cells, strict=True)]
    notebook.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, folder / f"{name}.ipynb")


def test_what_pages_find_is_handed_to_the_page_that_rests_on_it_and_forgotten_by_the_next_run(tmp_path):
    """The page that reads is first by name and is executed last all the same."""
    one = "from workbench.findings import Recorded\nfrom workbench.results import Record, read_records"
    record = "Record('training', 'Talks', 'Talks helped.', 'raised', 'robust')"
    made(tmp_path, "1_reads", "found: str = ''  # where", f"{one}, Text\nText([r.link for r in read_records(found)])")
    made(tmp_path, "2_finds", "weeks: int = 1  # how many", "## Did it help?", f"{one}\nRecorded(({record},))")
    site = tmp_path / "site"
    both = list(printed(reports(chosen(tmp_path), {}), site, jobs=2))
    assert [(ended.name, ended.error) for ended in both] == [("2_finds", ""), ("1_reads", "")]
    assert "2_finds.html#did-it-help" in (site / "1_reads.html").read_text(encoding="utf-8")
    assert str(tmp_path) not in (site / "1_reads.html").read_text(encoding="utf-8")
    assert "findings for the page" not in (site / "2_finds.html").read_text(encoding="utf-8")
    alone = list(printed(reports(chosen(tmp_path, ["1_reads"]), {}), site, jobs=1))
    assert [ended.error for ended in alone] == [""]
    assert "did-it-help" not in (site / "1_reads.html").read_text(encoding="utf-8")


def test_the_summary_says_what_is_new_since_the_report_that_stood_there(tmp_path):
    """Settings but the period have to be the same; `weeks` is one."""
    noted = "from datetime import date\nfrom workbench import findings\nfindings.last_day(date.fromisoformat(until))"
    tile = "findings.tile('have the habit', until[5:7] + '%', importance=1)"
    cells = ("until: str = '2025-01-06'  # last day", "## Use", noted, tile)
    made(tmp_path, "1_use", cells[0] + "\nweeks: int = 1  # how many", *cells[1:])
    site = tmp_path / "site"
    said = []
    for settings in ({}, {"until": "2025-02-03"}, {"until": "2025-03-03", "weeks": "2"}):
        assert [ended.error for ended in printed(reports(chosen(tmp_path), settings), site, jobs=1)] == [""]
        said.append(text(site / "index.html"))
    assert "Since the last report" not in said[0]
    assert "Since the last report (to 6 January 2025)" in said[1]
    assert "02% have the habit; it was 01%" in said[1]
    assert "We do not compare the two" in said[2]


def test_prose_and_summary_call_the_system_as_the_source_does(tmp_path):
    named = "from workbench.results import Text\nfrom workbench.results.phrases import call, say\ncall(system='Acme')"
    made(
        tmp_path, "1_use", "weeks: int = 1  # how many", "# Who uses the CRM?", f"{named}\nText(say('Use of the CRM'))"
    )
    site = tmp_path / "site"
    assert [ended.error for ended in printed(reports(chosen(tmp_path), {}), site, jobs=1)] == [""]
    assert "Who uses Acme?" in text(site / "1_use.html")
    assert "Use of Acme" in text(site / "1_use.html")
    assert "Who uses Acme?" in text(site / "index.html")


CROWD = """import pandas as pd
from workbench.results import Text, registry, shown
sizes = {("A", "x"): (10, 4), ("A", "y"): (2, 1), ("B", "z"): (8, 3), ("B", "w"): (20, 9)}
people = pd.DataFrame([(*who, None, None, i < k) for who, (n, k) in sizes.items() for i in range(n)],
                      columns=[*registry.FACTS, "yes"])
registry.open_register(people)
tables = people.groupby(by)["yes"].agg(n="count", share="mean").reset_index()
Text(" ".join(["shown:", *shown(tables)[by]]))"""


def test_a_page_that_gives_a_team_of_two_away_beside_another_is_printed_again_without_it(tmp_path):
    """Department A is x and y; y has two people. Each page alone may show x, and both together may not."""
    made(tmp_path, "1_departments", "by: str = 'department'  # whose", CROWD)
    made(tmp_path, "2_teams", "by: str = 'team'  # whose", CROWD)
    alone = list(printed(reports(chosen(tmp_path, ["2_teams"]), {}), tmp_path / "alone", jobs=1))
    both = list(printed(reports(chosen(tmp_path), {}), tmp_path / "both", jobs=2))
    assert [ended.error for ended in [*alone, *both]] == ["", "", ""]
    assert "shown: w x" in text(tmp_path / "alone" / "2_teams.html")
    assert "shown: A B" in text(tmp_path / "both" / "1_departments.html")
    assert "x" not in text(tmp_path / "both" / "2_teams.html").split("shown:")[1].split("<")[0]


def test_a_page_printed_later_gives_nothing_away_beside_those_that_stand_there(tmp_path):
    """The same two pages in two runs: of the first one, the site keeps whose numbers it shows, and no number."""
    made(tmp_path, "1_departments", "by: str = 'department'  # whose", CROWD)
    made(tmp_path, "2_teams", "by: str = 'team'  # whose", CROWD)
    site = tmp_path / "site"
    for name in ("1_departments", "2_teams"):
        assert [ended.error for ended in printed(reports(chosen(tmp_path, [name]), {}), site, jobs=1)] == [""]
    assert "shown: A B" in text(site / "1_departments.html")
    assert "x" not in text(site / "2_teams.html").split("shown:")[1].split("<")[0]
    kept = [json.loads(line) for line in text(site / "findings" / "1_departments.numbers").splitlines()]
    assert {(each["n"], each["k"]) for each in kept} == {(None, None)}


SHARES = "kept: str = ''  # the tables that pages share"
SAYS = "from workbench.results import Text\n"
SEES = (
    "from pathlib import Path\n"
    f"{SAYS}Text(' '.join(['saw', *sorted(p.name for p in Path(kept).iterdir())]) if kept else 'on its own')"
)


def test_what_pages_share_is_made_once_private_and_gone_afterwards(tmp_path):
    """The notebook that makes it writes where it was; each page reads what lies there."""
    where = tmp_path / "where"
    folder = (
        f"import os\nos.mkdir(kept, 0o700)\nopen(kept + '/panel', 'w')\nopen({str(where)!r}, 'a').write(kept + chr(10))"
    )
    made(tmp_path, "shared", f"weeks: int = 1  # how many\n{SHARES}", f"{folder}\nassert weeks == 7")
    made(tmp_path, "1_one", f"weeks: int = 1  # how many\n{SHARES}", SEES)
    made(tmp_path, "2_other", SHARES, SEES)
    made(tmp_path, "3_alone", "weeks: int = 1  # how many", f"{SAYS}Text('on its own')")
    site = tmp_path / "site"
    assert [ended.error for ended in printed(reports(chosen(tmp_path), {"weeks": "7"}), site)] == ["", "", ""]
    pages = {name: text(site / f"{name}.html") for name in ("1_one", "2_other", "3_alone")}
    assert ["saw panel" in page for page in pages.values()] == [True, True, False]
    assert [kept in page for page in pages.values() for kept in where.read_text().split()] == [False] * 3
    assert [Path(kept).parent.exists() for kept in where.read_text().split()] == [False]
    assert not (site / "shared.html").exists()


def test_where_what_pages_share_cannot_be_made_each_page_does_without(tmp_path):
    made(tmp_path, "shared", SHARES, "1 / 0")
    made(tmp_path, "1_one", SHARES, f"{SAYS}Text('made' if kept else 'alone')")
    made(tmp_path, "2_other", SHARES, "assert not kept")
    assert [ended.error for ended in printed(reports(chosen(tmp_path), {}), tmp_path / "site")] == ["", ""]


def test_a_page_alone_shares_nothing(tmp_path):
    made(tmp_path, "shared", SHARES, "raise SystemExit('never run')")
    made(tmp_path, "1_one", SHARES, SEES)
    assert [ended.error for ended in printed(reports(chosen(tmp_path), {}), tmp_path / "site")] == [""]
    assert "on its own" in text(tmp_path / "site" / "1_one.html")


def test_what_has_not_passed_is_on_no_page_whichever_way_it_was_written(tmp_path):
    ways = [
        "print('Ada Love' + 'lace')",
        "'Ada Love' + 'lace'",
        "import sys\nprint('Ada Love' + 'lace', file=sys.stderr)",
        "from IPython.display import HTML, display\ndisplay(HTML('<b>Ada Love' + 'lace</b>'))",
        "from IPython.display import publish_display_data\npublish_display_data({'text/html': 'Ada Love' + 'lace'})",
        "import os\nos.system('echo Love$(echo lace)')",
    ]
    made(tmp_path, "1_says", "weeks: int = 1  # how many", *ways, f"{SAYS}Text('and this is shown')")
    assert [ended.error for ended in printed(reports(chosen(tmp_path), {}), tmp_path / "site")] == [""]
    page = text(tmp_path / "site" / "1_says.html")
    assert "Lovelace" not in page
    assert "and this is shown" in page
    assert page.count("Not shown: only what") >= 4
