"""Names of rows have room, beside their marks or above them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from drawn_charts import collisions, drawn

from workbench import charts
from workbench.charts.rows import Rows
from workbench.charts.wording import in_lines

ASKED = [
    *("wie oben", "alle, denen es angeboten wurde, ob sie kamen oder nicht", "nur mit nie Geschulten verglichen"),
    *("mit Personen gleicher Gewohnheit davor verglichen", "nur Personen, die in jeder Woche da waren"),
]


def asked_otherwise() -> Any:
    """The effect in five ways, in the words of the German page."""
    ends = {"estimate": [0.5, 0.45, 0.4, 0.5, -0.1], "conf_low": -0.2, "conf_high": 0.9, "n": 158}
    return charts.comparison(pd.DataFrame({"question": ASKED, **ends}), title="Agree", unit="days", judged=False)


def test_a_row_is_as_high_as_its_name_has_lines():
    """By hand: 17 pixels for each line, and 13 around them or 20 below them."""
    one, three = Rows(["North"]), Rows(["North", "a\nb\nc"])
    assert (one.height.step, three.height.step) == (30, 64)
    assert three.narrow["height"] == {"step": 71}


def test_names_are_broken_where_a_phone_has_no_more_room():
    assert in_lines("nur Personen, die in jeder Woche da waren (151)") == (
        "nur Personen, die in jeder Woche\nda waren (151)"
    )


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_name_runs_into_another_or_is_cut(width: int, tmp_path: Path, browser: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("WORKBENCH_PICTURES", "none")
    boxes = drawn(asked_otherwise(), tmp_path, browser, width)
    assert collisions(boxes) == []
    assert [box["said"] for box in boxes if "…" in box["said"]] == []
    assert all(box["left"] >= 0 and box["right"] <= width for box in boxes)


@pytest.mark.slow
@pytest.mark.browser
def test_on_a_phone_names_stand_above_their_marks(tmp_path: Path, browser: Any, monkeypatch: Any) -> None:
    """So that marks have the whole width: the axis begins where the names do, and not where they end."""
    monkeypatch.setenv("WORKBENCH_PICTURES", "none")
    for width, above in ((360, True), (1280, False)):
        boxes = drawn(asked_otherwise(), tmp_path, browser, width)
        ends = max(box["right"] for box in boxes if "(158)" in box["said"])
        assert (min(box["left"] for box in boxes if box["said"] == "0.0") < ends) == above
