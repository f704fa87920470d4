"""The analyst's desk in a real JupyterLab, driven by a real Chromium: `workbench lab` as people type it.

What must hold: the charts are drawn without a network, a drag in one changes the others, Python then has the people
picked (counted again here, from the panel alone), and the saved file names nobody, whatever was on the screen.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from laboratory import Desk, Notebook, served

import workbench as wb
from conftest import PROJECT, missing
from workbench.desk.views import VIEWS
from workbench.desk.widget import MOST_PEOPLE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SILENT = "who was not active there"


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """The address of a JupyterLab, and the copy of the desk's notebook that it shows."""
    if importlib.util.find_spec("jupyterlab") is None:
        missing("JupyterLab")
    with served(tmp_path_factory.mktemp("lab"), "explore", "2_adoption") as (address, folder):
        yield address, folder / "explore.ipynb"


@pytest.fixture(scope="module")
def desk(lab, browser) -> Desk:
    return Desk(browser, lab[0], len(VIEWS))


@pytest.fixture(scope="module")
def use(panel) -> pd.DataFrame:
    """The panel of the sample, in memory."""
    return panel.to_pandas()


def bars(desk: Desk) -> list[str | None]:
    marks = desk.figure("by department").locator("path[aria-roledescription='bar']")
    return [mark.get_attribute("aria-label") for mark in marks.all()]


def test_a_drag_in_one_chart_changes_the_others_and_comes_back_to_python(desk, use):
    everybody = bars(desk)
    assert len(everybody) == use["department"].fillna("not known").nunique()
    desk.after(lambda: desk.desk.locator("select[name=who]").select_option(SILENT))
    desk.after(lambda: desk.drag("week by week", (0.85, 0.999)))
    assert bars(desk) != everybody
    weeks = json.loads(desk.cell("import json; print(json.dumps(next(iter(desk.picks.values()))[0][0]['week']))"))
    late = use[use["week"].isin(pd.to_datetime(weeks))].groupby("user_id")["actions"].sum()
    silent = set(late.index[late == 0])
    assert 5 < len(weeks) < 10
    assert desk.said().startswith(f"{len(silent):,} of ")
    rows = int((use["user_id"].isin(silent)).sum())
    assert desk.cell("print(desk.selection.to_arrow().num_rows)") == str(rows)

    assert desk.complaints == []


def picked(desk: Desk) -> list[str]:
    """What stands above the charts as picked."""
    return [text.removesuffix("×").strip() for text in desk.desk.locator(".picks > span").all_text_contents()]


def course(desk: Desk) -> str | None:
    return desk.figure("week by week").locator("path[aria-roledescription='line mark']").last.get_attribute("d")


def emptied(desk: Desk) -> None:
    if desk.desk.locator("button[name=clear]").is_enabled():
        desk.after(lambda: desk.desk.locator("button[name=clear]").click())
    if desk.desk.locator("select[name=who]").input_value() != "everybody there":
        desk.after(lambda: desk.desk.locator("select[name=who]").select_option("everybody there"))


def test_from_cohorts_to_a_team_to_its_course(desk, use):
    emptied(desk)
    everybody = bars(desk), course(desk)
    desk.after(lambda: desk.drag("Still active", (0.2, 0.95), (0.05, 0.4)))
    young = bars(desk), course(desk)
    assert young[0] != everybody[0]
    assert young[1] != everybody[1]
    bar = desk.figure("by department").locator("path[aria-roledescription='bar']")
    desk.after(lambda: bar.nth(2).click())
    assert bars(desk) == young[0]  # a chart does not filter itself
    assert course(desk) != young[1]
    department = sorted(use["department"].fillna("not known").unique())[2]
    assert picked(desk)[0].startswith("cohort ")
    assert picked(desk)[1] == f"department {department} (everybody there)"
    assert desk.cell("print(set(desk.people().to_pandas()['department']))") == f"{{'{department}'}}"
    desk.after(lambda: desk.desk.locator("button[name=drop]").first.click())
    assert desk.said() == f"{use.query('department == @department')['user_id'].nunique():,} of 1,500 people"
    desk.after(lambda: desk.desk.locator("button[name=clear]").click())
    assert (bars(desk), course(desk)) == everybody
    assert desk.complaints == []


def test_from_the_flow_of_segments_to_people(desk, use):
    emptied(desk)
    cell = desk.figure("From segment").locator("path[aria-label*='n: ']").first
    desk.after(lambda: cell.click())
    before, after = [word.split(" (")[0].split()[-1] for word in picked(desk)[0].split(", ")]
    desk.after(lambda: desk.desk.locator("button[name=people]").click())
    rows = [row.locator("td").all_text_contents() for row in desk.desk.locator(".people tbody tr").all()]
    labels = wb.usage_segments(use).to_pandas().pivot(index="user_id", columns="week", values="segment")
    people = set(labels.index[(labels.iloc[:, -13] == before) & (labels.iloc[:, -1] == after)])
    assert {row[0] for row in rows} <= people
    assert len(rows) == min(len(people), MOST_PEOPLE)
    desk.after(lambda: desk.desk.locator("button[name=hide]").click())
    assert desk.desk.locator(".people td").count() == 0


def test_charts_follow_while_a_brush_is_drawn_and_the_last_pick_wins(desk):
    emptied(desk)
    everybody = bars(desk)
    desk.figure("week by week").scroll_into_view_if_needed()
    desk.page.mouse.move(*desk.place("week by week", 0.3))
    desk.page.mouse.down()
    desk.after(lambda: desk.page.mouse.move(*desk.place("week by week", 0.5), steps=10))
    assert bars(desk) != everybody  # the button is still down
    desk.page.mouse.move(*desk.place("week by week", 0.95), steps=120)  # faster than anybody answers
    desk.after(lambda: desk.page.mouse.move(*desk.place("week by week", 0.7), steps=60))
    desk.page.mouse.up()
    desk.page.wait_for_timeout(600)
    weeks = json.loads(desk.cell("print(json.dumps(list(desk.picks.values())[0][0][0]['week']))"))
    ends = [f"{pd.Timestamp(week).day} {pd.Timestamp(week):%b %Y}" for week in (weeks[0], weeks[-1])]
    assert picked(desk) == [f"week {ends[0]} to {ends[1]} (everybody there)"]
    assert pd.Timestamp("2025-08-25") < pd.Timestamp(weeks[-1]) < pd.Timestamp("2025-09-29")  # 0.7 of the year
    assert desk.complaints == []


def test_what_is_looked_at_can_be_chosen(desk):
    emptied(desk)
    choose = {"metric": "actions a week", "group": "role", "preset": "4w", "since": "2025-03-31", "until": "2025-09-29"}
    for name, value in choose.items():
        desk.after(lambda name=name, value=value: desk.desk.locator(f"select[name={name}]").select_option(value))
    headings = desk.desk.locator("h3").all_text_contents()
    assert headings == [
        "Still active, by when access began", "Actions a week, by role", "Actions a week, week by week",
        "From segment on 7 Jul 2025 (rows) to 29 Sep 2025 (columns)", "Have used it, by role", "The people picked",
    ]  # fmt: skip
    assert desk.cell("print(desk.look.preset, len(desk.table('weeks')))") == "4w 27"
    back = {
        "metric": "active days a week",
        "group": "department",
        "preset": "12w",
        "since": "2025-01-06",
        "until": "2025-12-29",
    }
    for name, value in back.items():
        desk.after(lambda name=name, value=value: desk.desk.locator(f"select[name={name}]").select_option(value))
    assert desk.complaints == []


def test_people_picked_are_kept_as_a_cohort(desk, use):
    emptied(desk)
    desk.after(lambda: desk.figure("by department").locator("path[aria-roledescription='bar']").nth(2).click())
    desk.desk.locator("input[name=selection]").fill(f"test-{os.getpid()}")
    path = PROJECT / "selections" / f"test-{os.getpid()}.csv"  # where the kernel works, as a report does
    try:
        desk.after(lambda: desk.desk.locator("button[name=keep]").click())
        assert desk.desk.locator(".kept").text_content() == (
            f"Kept. For a report about them: --set selection=selections/{path.name}"
        )
        department = sorted(use["department"].fillna("not known").unique())[2]
        assert set(wb.only(use, path).to_pandas()["department"]) == {department}
    finally:
        path.unlink(missing_ok=True)


def test_people_are_on_the_screen_and_never_in_the_file(lab, desk, sample):
    everybody = set(pd.read_csv(sample / "users.csv", dtype=str)["user_id"])
    emptied(desk)
    desk.after(lambda: desk.desk.locator("button[name=people]").click())
    assert everybody & set(desk.desk.locator(".people td").all_text_contents())
    assert everybody & set(re.findall(r"[\w.@-]+", desk.cell("print(desk.people().to_pandas().to_string())")))
    kept = desk.saved(lab[1])
    assert "desk.people().to_pandas().to_string()" in kept
    assert everybody & set(re.findall(r"[\w.@-]+", kept)) == set()
    assert [c for c in json.loads(kept)["cells"] if c.get("outputs")] == []


def test_nothing_is_asked_of_a_network(desk):
    assert desk.outside == []


def test_a_report_runs_and_draws_its_charts_in_jupyterlab(lab, browser):
    """The page with most charts; what it shows is compared output by output in test_notebooks.py."""
    report = Notebook(browser, lab[0], "2_adoption")
    report.run_all()
    widths = report.drawn()
    assert len(widths) > 5
    assert min(widths) > 300
    assert (report.complaints, report.outside) == ([], [])
