"""Who started when, as bars."""

from __future__ import annotations

import pandas as pd
from made_up_charts import WEEKS, rows, written

from workbench import charts
from workbench.results.phrases import speaking


def test_a_round_waits_runs_and_is_over():
    """By hand: on from week 4 to week 12 of 30; and one that never came."""
    waves = pd.DataFrame({"cohort": [WEEKS[4], None], "ended": [WEEKS[12], None], "n": [30, 50]})
    spec = written(charts.treatment_plot(waves, since=WEEKS[0], until=WEEKS[-1], title="One round", did="on"))
    told = {(row["label"].split()[0], row["state"]): (row["week"][:10], row["until"][:10]) for row in rows(spec)}
    first, on, off, end = (
        f"{day:%Y-%m-%d}" for day in (WEEKS[0], WEEKS[4], WEEKS[12], WEEKS[29] + pd.Timedelta(weeks=1))
    )
    assert told == {
        ("2", "not on"): (first, on),
        ("2", "on"): (on, off),
        ("2", "over"): (off, end),
        ("never", "not on"): (first, end),
    }


def test_who_began_before_the_first_week_has_no_time_of_waiting():
    waves = pd.DataFrame({"cohort": [WEEKS[0]], "n": [30]})
    spec = written(charts.treatment_plot(waves, since=WEEKS[4], until=WEEKS[-1], title="All had begun"))
    assert {row["state"] for row in rows(spec)} == {"trained"}


def test_the_name_of_a_round_is_whole_however_long_its_dates_are():
    """By hand: 34 letters fit a line, and the people of a longer one stand in the next."""
    days = {"cohort": [pd.Timestamp("2025-08-28")], "ended": [pd.Timestamp("2025-09-29")], "n": [1123]}
    with speaking("de"):
        chart = charts.treatment_plot(pd.DataFrame(days), since=WEEKS[0], until="2025-12-29", title="Eine", did="on")
    assert {row["label"].replace("\xa0", " ") for row in rows(written(chart))} == {
        "28. Aug. 2025 bis 29. Sept. 2025\n(1.123)"
    }
    assert "28. Aug. 2025 bis 29. Sept. 2025 (1.123)" in chart.description.replace("\xa0", " ")
