"""What a chart says in words."""

from __future__ import annotations

import pandas as pd
from made_up_charts import parts

from workbench.charts import wording


def test_a_pointer_reads_words_and_rounded_figures(spec):
    tips = [tip for part in parts(spec) for tip in part.get("tooltip", []) if isinstance(part.get("tooltip"), list)]
    assert tips
    assert all(tip["type"] == "nominal" or tip.get("format") == "," for tip in tips)
    assert all(tip.get("title") for tip in tips)


def test_a_band_that_no_row_has_is_not_in_the_key() -> None:
    rows = pd.DataFrame({"band_low": [0.1, float("nan")], "band_high": [0.5, float("nan")]})
    assert wording.interval_key(rows, "thin: all at once") == "thin: all at once"
    assert wording.interval_key(rows.iloc[1:], "thin: all at once") == ""
