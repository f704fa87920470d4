"""What estimates print, and what they refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import ContractError
from workbench.results.estimates import Estimates

TABLE = pd.DataFrame(
    {
        "event_week": [-2, 0],
        "estimate": [0.02, 0.31],
        "std_error": [0.05, 0.06],
        "conf_low": [-0.08, 0.19],
        "conf_high": [0.12, 0.43],
        "n": [1412, 412],
    }
)


def test_a_table_is_printed_with_its_unit_interval_and_units() -> None:
    assert repr(Estimates(TABLE, "active days", "Effect of training")) == (
        "Effect of training\n"
        "in active days; 95% interval\n"
        "\n"
        " event_week estimate       interval units\n"
        "         -2    +0.02 -0.08 to +0.12 1,412\n"
        "          0    +0.31 +0.19 to +0.43   412"
    )


def test_a_simultaneous_band_is_printed_instead_of_the_pointwise_interval() -> None:
    banded = TABLE.assign(band_low=[-0.1, 0.1], band_high=[0.2, 0.5])
    printed = repr(Estimates(banded, "active days", "Effect", level=0.9))
    assert "90% simultaneous band" in printed
    assert "-0.1 to +0.2" in printed
    assert "-0.08" not in printed
    missing = repr(Estimates(TABLE.assign(band_low=np.nan, band_high=np.nan), "active days", "Effect", level=0.9))
    assert "90% interval" in missing
    assert "-0.08" in missing


def test_notes_and_the_overall_number_follow_the_rows() -> None:
    found = Estimates(TABLE, "active days", "Effect", overall=TABLE.iloc[1], notes=("3 people left.",))
    *_, overall, note = repr(found).split("\n")
    assert overall.startswith("overall ")
    assert overall.endswith(" +0.31 +0.19 to +0.43 412")
    assert note == "  3 people left."


def test_a_day_is_printed_without_its_time() -> None:
    dated = TABLE.assign(event_week=pd.to_datetime(["2025-01-06", "2025-01-13"])).rename(columns={"event_week": "week"})
    assert "2025-01-06 " in repr(Estimates(dated, "active days", "Use"))
    assert "00:00" not in repr(Estimates(dated, "active days", "Use"))


def test_the_page_has_the_same_words_in_a_caption() -> None:
    page = Estimates(TABLE, "active days", "Effect", notes=("3 people left.",))._repr_html_()
    assert "<caption>Effect, in active days; 95% interval<br>3 people left.</caption>" in page
    assert page.count("<tr") == 3  # the head and two rows


def test_estimates_without_their_weights_say_how_to_get_them() -> None:
    with pytest.raises(ContractError, match=r"pass what aggregate\(att\) returned"):
        _ = Estimates(TABLE, "active days", "Effect").contrasts


def test_a_name_is_shown_as_it_is_and_never_as_html():
    table = pd.DataFrame({"team": ["<b>a</b>"], "estimate": [0.5], "conf_low": [0.4], "conf_high": [0.6], "n": [9]})
    shown = Estimates(table, unit="<i>", about="use & <script>")._repr_html_()
    assert "use &amp; &lt;script&gt;, in &lt;i&gt;" in shown
    assert "&lt;b&gt;a&lt;/b&gt;" in shown
    assert "<script>" not in shown


def test_a_number_without_an_interval_shows_a_dash() -> None:
    row = {"week": 4, "estimate": 0.31, "conf_low": float("nan"), "conf_high": float("nan"), "n": 41}
    shown = Estimates(pd.DataFrame([row]), "active days a week", "Effect of training")
    assert "nan" not in f"{shown}{shown._repr_html_()}"
    assert "<td>–</td>" in shown._repr_html_()
