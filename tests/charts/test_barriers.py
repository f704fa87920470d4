import pandas as pd
import pytest

from workbench import charts
from workbench.results.verdict import Side


def cells(**columns):
    rows = {
        "label": ["time", "skill"] * 2,
        "department": ["North"] * 2 + ["South"] * 2,
        "estimate": [0.1, 0.6, 0.4, 0.7],
    }
    return pd.DataFrame(rows).assign(n=90, side=[Side.BELOW, Side.UNCLEAR, Side.UNCLEAR, Side.ABOVE], **columns)


def shown(chart):
    return pd.concat([pd.DataFrame(data) for data in chart.to_dict()["datasets"].values()]).drop_duplicates(
        ["label", "department"]
    )


def test_a_cell_says_its_share_and_whether_it_is_clear():
    table = shown(charts.barrier_map(cells(), title="x")).set_index(["department", "label"])["mark"]
    assert table.to_dict() == {
        ("North", "time"): "10▼",
        ("North", "skill"): "60",
        ("South", "time"): "40",
        ("South", "skill"): "70▲",
    }


def test_the_alt_text_names_what_is_clearly_low_or_says_that_nothing_is():
    assert charts.barrier_map(cells(), title="x").description.endswith("clearly below all others: North, time 10%.")
    calm = charts.barrier_map(cells().assign(side=Side.UNCLEAR), title="x").description
    assert calm.endswith("no group clearly below all others.")


def test_small_groups_are_not_in_the_charts_data():
    table = cells().assign(n=[3, 3, 90, 90])
    chart = charts.barrier_map(pd.concat([table, table.assign(department="East", n=60)]), title="x")
    assert "North" not in set(shown(chart)["department"])
    assert "hidden to protect people" in chart.to_dict()["usermeta"]["notes"]


def test_a_chart_needs_to_know_where_a_group_stands():
    with pytest.raises(ValueError, match="'side' is not in"):
        charts.barrier_map(cells().drop(columns="side"), title="x")


def test_a_cell_has_room_for_its_figure_and_mark_on_a_phone():
    """By hand: no more than three signs in a cell, per cent said once below; names of columns upright where narrow."""
    spec = charts.barrier_map(cells(), title="x").to_dict()
    assert spec["usermeta"]["notes"].startswith("Figures: per cent; ▲ ▼: clearly above or below")
    assert spec["layer"][0]["encoding"]["x"]["axis"]["labelAngle"] == {"expr": "narrow ? -90 : 0"}
    assert max(map(len, shown(charts.barrier_map(cells(), title="x"))["mark"])) == 3
