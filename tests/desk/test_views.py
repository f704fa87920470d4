"""A view's picture has no data of its own, and its pick is named as the screen expects."""

from __future__ import annotations

import pytest

from workbench.desk.views import VIEWS, View, bars, cells, course

PICTURES = {
    "bars": bars("team"),
    "course": course("week"),
    "click": cells("a", "b"),
    "drag": cells("a", "b", pick="drag"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_draws_named_rows_and_picks_by_the_name_picked(name):
    spec = PICTURES[name].to_dict()
    assert spec["data"] == {"name": "rows"}
    assert "datasets" not in spec
    assert [param["name"] for param in spec["params"]] == ["picked"]


@pytest.mark.parametrize(
    ("name", "kind"), [("bars", "point"), ("course", "interval"), ("click", "point"), ("drag", "interval")]
)
def test_a_click_picks_marks_and_a_drag_a_range(name, kind):
    assert PICTURES[name].to_dict()["params"][0]["select"]["type"] == kind


@pytest.mark.parametrize("name", VIEWS)
def test_the_keys_of_a_view_are_what_its_marks_pick(name):
    select = VIEWS[name].chart.to_dict()["params"][0]["select"]
    encoded = [part["encoding"] for part in VIEWS[name].chart.to_dict()["layer"]]
    fields = {part[axis]["field"] for part in encoded for axis in select.get("encodings", ())} | set(
        select.get("fields", ())
    )
    assert fields <= set(VIEWS[name].keys)


def test_a_view_is_a_line():
    view = View("{metric}, by region", ("region",), bars("region"))
    assert (view.facts, view.measure, view.most) == ("weeks", "", 2_000)
