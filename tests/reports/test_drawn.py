"""Names that break pages are drawn by a real browser, as text, in axes, captions and what a pointer shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import workbench as wb
from workbench import charts
from workbench.charts import theme
from workbench.reports.pages import page_html, page_of
from workbench.reports.printing import print_bundle
from workbench.results.boundary import MARK

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SCRIPT = "document.title='broken'"
NAMES = [
    *("constructor", "toString", "hasOwnProperty", "__proto__", "a\u2028b", "long " * 900, "x" * 5000, "a|b", "`tick`"),
    *("<b>bold</b>", f"</script><script>{SCRIPT}</script>", f"<img src=x onerror={SCRIPT}>", "$a_b_c$", "{{7*7}}"),
    *(f'<meta http-equiv="refresh" content="0;url=data:text/html,x">{SCRIPT}', "[a](javascript:x)", "a\\\\b"),
]


def page(folder: Path) -> Path:
    """A page of two charts and a table whose teams have these names."""
    rows = {"team": NAMES, "estimate": [0.1 + 0.05 * i for i in range(len(NAMES))], "conf_low": 0.05, "conf_high": 0.95}
    teams = pd.DataFrame({**rows, "n": 40})
    weeks = pd.DataFrame({"week": pd.date_range("2025-01-06", periods=4, freq="7D").repeat(3)})
    weeks = weeks.assign(kind=NAMES[:3] * 4, estimate=[0.1, 0.2, 0.3] * 4, n=50)
    drawn: list[Any] = [
        charts.group_intervals(wb.Estimates(teams, "share of people", "made up"), title=NAMES[10], subtitle=NAMES[9]),
        charts.trend(weeks, by="kind", unit="share", title=NAMES[11]),
    ]
    shown = [theme.shown(chart.to_dict()) for chart in drawn]
    shown.append({"text/html": charts.table(teams, {"team": "Team", "estimate": "Share, %"}).data})
    outputs = [new_output("display_data", data, metadata=dict(MARK)) for data in shown]
    notebook = new_notebook(
        cells=[new_markdown_cell("# T"), new_markdown_cell("## A"), new_code_cell("1", outputs=outputs)]
    )
    (folder / "x.html").write_text(page_html(notebook, page_of(notebook, "x"), []), encoding="utf-8")
    print_bundle(folder)
    return folder / "x.html"


def test_every_name_is_drawn_as_text_and_none_is_obeyed(tmp_path: Path, browser: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("WORKBENCH_PICTURES", "none")
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(page(tmp_path).as_uri())
    opened.wait_for_function("document.querySelectorAll('figure.chart[data-drawn]').length === 2")
    assert complaints == []
    assert opened.title() == "T"
    assert opened.locator("figure.chart svg.marks").count() == 2
    assert opened.evaluate("document.documentElement.scrollWidth") <= 1280
    points = opened.locator("figure.chart").first.locator("path[aria-roledescription='point']")
    assert points.count() == len(NAMES)
    points.nth(3).hover(force=True)
    opened.wait_for_selector("#vg-tooltip-element.visible")
    assert opened.locator("#vg-tooltip-element b, #vg-tooltip-element img").count() == 0
    assert opened.locator("main b, main img, main meta").count() == 0
    opened.close()
