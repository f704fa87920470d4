"""What a chart says in words."""

from __future__ import annotations

from made_up_charts import parts


def test_a_pointer_reads_words_and_rounded_figures(spec):
    tips = [tip for part in parts(spec) for tip in part.get("tooltip", []) if isinstance(part.get("tooltip"), list)]
    assert tips
    assert all(tip["type"] == "nominal" or tip.get("format") == "," for tip in tips)
    assert all(tip.get("title") for tip in tips)
