"""Colours, inks and what a notebook keeps of a chart."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import altair as alt
import numpy as np
import pytest
from made_up_charts import CHARTS, LIFE, SEGMENTS, parts, rows

from workbench import charts
from workbench.charts import theme


def test_its_data_are_numbered_and_its_floats_short(spec):
    assert list(spec["datasets"]) == [f"data-{i}" for i in range(1, len(spec["datasets"]) + 1)]
    named = {part["data"]["name"] for part in parts(spec) if "name" in part.get("data", {})}
    assert named == set(spec["datasets"])
    assert all(
        value == float(f"{value:.6g}") for row in rows(spec) for value in row.values() if isinstance(value, float)
    )
    assert "$schema" not in spec


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("states", [LIFE, SEGMENTS])
def test_states_of_one_chart_have_colours_of_their_own_and_neighbours_differ_in_grey(states):
    stacked = [theme.STATES[s] for s in theme.STATES if s in states]
    assert len(set(stacked)) == len(states)
    assert all(contrast(a, b) > 1.3 for a, b in pairwise(stacked))


@pytest.mark.parametrize("ink", [theme.INK, theme.MUTED])
def test_text_can_be_read(ink):
    assert contrast(ink, "#ffffff") >= 4.5


@pytest.mark.parametrize("mark", [theme.MAIN, theme.BELOW, theme.UNCLEAR])
def test_marks_can_be_seen(mark):
    assert contrast(mark, "#ffffff") >= 3


def test_importing_switches_nothing_on():
    asked = "import altair, workbench.charts; print(altair.renderers.active, altair.theme.active)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert told == ["default", "default"]


def test_the_theme_is_switched_on_by_asking():
    before = alt.renderers.active, alt.theme.active
    charts.use_theme()
    try:
        bundle = CHARTS["funnel"]()._repr_mimebundle_()
        assert set(bundle) == {theme.MIME, "text/plain"}
        assert bundle["text/plain"].startswith("Most tried it. Bars from step to step.")
        assert bundle[theme.MIME]["config"]["background"] == "white"
    finally:
        alt.renderers.enable(before[0])
        alt.theme.enable(before[1])
