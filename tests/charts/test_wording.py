"""What a chart says in words."""

from __future__ import annotations

import pandas as pd
from made_up_charts import parts

from workbench.charts import wording
from workbench.charts.data import worded
from workbench.charts.wording import heading
from workbench.results.phrases import speaking


def test_a_pointer_reads_words_and_rounded_figures(spec):
    tips = [tip for part in parts(spec) for tip in part.get("tooltip", []) if isinstance(part.get("tooltip"), list)]
    assert tips
    assert all(tip["type"] == "nominal" or tip.get("format") == "," for tip in tips)
    assert all(tip.get("title") for tip in tips)


def test_a_band_that_no_row_has_is_not_in_the_key() -> None:
    rows = pd.DataFrame({"band_low": [0.1, float("nan")], "band_high": [0.5, float("nan")]})
    assert wording.interval_key(rows, "thin: all at once") == "thin: all at once"
    assert wording.interval_key(rows.iloc[1:], "thin: all at once") == ""


def test_what_the_contract_names_is_shown_in_the_language_of_the_page():
    """A kind of incentive, a format and who got a date are the workbench's words; a programme's name is not."""
    given = pd.DataFrame(
        {"kind": ["bonus"], "format": ["classroom"], "assigned_unit": ["team"], "programme": ["bonus"]}
    )
    with speaking("de"):
        assert worded(given).iloc[0].tolist() == ["Prämie", "Präsenzkurs", "Team", "bonus"]
        assert [heading(each) for each in ("sign", "question", "label", "group")] == [
            *("Zeichen", "Frage", "Thema", "Gruppe")
        ]
