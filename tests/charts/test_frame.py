"""Every chart is drawn by Vega-Lite here, in the oldest and the newest version at hand; the pictures were looked at."""

from __future__ import annotations

import json

import pytest
import vl_convert
from made_up_charts import CHARTS, parts, written

from workbench import charts
from workbench.charts import theme


def test_every_function_that_draws_is_drawn_here():
    others = {"crossed", "multiples", "subtitle", "table", "use_theme"}  # tables, pictures for cards, words, the theme
    assert set(charts.__all__) - others == CHARTS.keys() - {"trend_by", "rounds"}


@pytest.mark.parametrize("version", ["5.8", "6.4"])
def test_it_is_drawn_by_the_oldest_and_the_newest_vega_lite(spec, version):
    svg = vl_convert.vegalite_to_svg({**spec, "width": 300}, vl_version=version)
    assert svg.count("<path") + svg.count("<text") > 5
    assert not any(wrong in svg for wrong in ("NaN", "undefined", ">null<"))


def test_it_asks_the_browser_for_no_statistics_and_the_network_for_nothing(spec):
    assert not any(key in part for part in parts(spec) for key in ("transform", "aggregate", "bin", "timeUnit", "url"))
    assert "http" not in json.dumps(spec)


def test_it_is_as_wide_as_its_place_and_has_a_title_that_fits_a_phone(spec):
    assert spec["width"] == 640  # a page makes it as wide as its column; JupyterLab hangs on "container"
    assert all(len(line) <= theme.TITLE_WIDTH for line in spec["title"]["text"])
    assert all(len(line) <= theme.SUBTITLE_WIDTH for line in spec["title"]["subtitle"])


def test_it_says_in_a_sentence_what_it_shows(spec):
    title = " ".join(spec["title"]["text"])
    assert spec["description"].startswith(f"{title}. ")
    assert spec["description"].endswith(".")
    assert len(spec["description"]) > len(title) + 20


def test_it_is_the_same_on_every_run(spec, request):
    again = written(CHARTS[request.node.callspec.params["spec"]]())
    assert json.dumps(again, sort_keys=True) == json.dumps(spec, sort_keys=True)
