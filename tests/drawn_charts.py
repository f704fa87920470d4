"""Charts as a browser draws them on a page, and where their texts stand."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbench.charts import theme
from workbench.reports.pages import page_html, page_of
from workbench.reports.printing import print_bundle
from workbench.results.boundary import MARK

Box = dict[str, Any]  # said, left, top, right, bottom
BOXES = """[...document.querySelectorAll('figure.chart svg text')].map(text => {
  const {left, top, right, bottom} = text.getBoundingClientRect();
  return {said: text.textContent, left, top, right, bottom};
}).filter(box => box.said.trim())"""


def drawn(chart: Any, folder: Path, browser: Any, width: int) -> list[Box]:
    """The texts of one chart on a page of this width, in pixels."""
    output = new_output("display_data", theme.shown(chart.to_dict()), metadata=dict(MARK))
    cells = [new_markdown_cell("# T"), new_markdown_cell("## A"), new_code_cell("1", outputs=[output])]
    notebook = new_notebook(cells=cells)
    (folder / "x.html").write_text(page_html(notebook, page_of(notebook, "x"), []), encoding="utf-8")
    print_bundle(folder)
    opened = browser.new_page(viewport={"width": width, "height": 900})
    opened.goto((folder / "x.html").as_uri())
    opened.wait_for_selector("figure.chart[data-drawn=true]")
    boxes: list[Box] = opened.evaluate(BOXES)
    opened.close()
    return boxes


def collisions(boxes: list[Box], least: float = 2) -> list[tuple[str, str]]:
    """Texts that lie on one another by more than `least` pixels in both directions."""
    return [(a["said"], b["said"]) for a, b in combinations(boxes, 2) if min(_shared(a, b)) > least]


def _shared(a: Box, b: Box) -> tuple[float, float]:
    """How much two boxes have in common, across and down."""
    across = min(a["right"], b["right"]) - max(a["left"], b["left"])
    return across, min(a["bottom"], b["bottom"]) - max(a["top"], b["top"])
