"""The picture of effects shows the verdict that the table and the headline show."""

from __future__ import annotations

import pytest
from made_up_charts import judged

from workbench import charts
from workbench.charts.verdicts import BLOCK, MARKS
from workbench.results.verdict import Verdict


def drawn() -> dict:
    return charts.verdicts(judged(), title="One helped").to_dict()


def rows_of(spec: dict) -> list[dict]:
    """The rows behind the marks."""
    name = next(layer["data"]["name"] for layer in spec["layer"][0]["layer"] if "shape" in layer.get("encoding", {}))
    return spec["datasets"][name]


def test_each_row_has_the_effect_and_evidence_of_its_verdict():
    """The four verdicts of `judged`, largest first, and what failed a check after all others."""
    said = [(row["name"], row["value"], row["effect"], row["evidence"]) for row in rows_of(drawn())]
    assert [each[1:] for each in said] == [
        ("+0.50", "helped", "■■■□ fair comparison, all checks passed"),
        ("+0.30", "probably helped", "■■□□ fair comparison, sensitive to drift"),
        ("0.00", "no clear effect", "■■■□ fair comparison, all checks passed"),
        ("+0.90", "unreliable", "■□□□ a check failed"),
    ]
    assert "+0.90 unreliable" in drawn()["description"]


def test_what_failed_a_check_is_hollow_grey_in_a_block_of_its_own():
    domain = drawn()["layer"][-1]["encoding"]["y"]["scale"]["domain"]
    assert domain[-2] == BLOCK
    shape, colour, filled, _ = MARKS[Verdict.UNRELIABLE]
    assert (shape, filled) == ("circle", False)
    assert colour not in {MARKS[Verdict.RAISED][1], MARKS[Verdict.LOWERED][1]}


def test_every_verdict_on_an_effect_has_a_mark_of_its_own():
    without = {Verdict.UNKNOWN, Verdict.DESCRIPTIVE}  # nothing to draw
    assert set(MARKS) == set(Verdict) - without
    assert len(set(MARKS.values())) == len(MARKS)


def test_a_missing_verdict_is_a_mistake():
    with pytest.raises(ValueError, match="'verdict' is not in"):
        charts.verdicts(judged().drop(columns="verdict"), title="One helped")
