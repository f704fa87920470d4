"""Patterns of use on real customers: CDNOW's purchases of 1997 and 1998, beside what others have published of them.

Fader & Hardie's classic cohort data: 23,570 people who first bought in the first quarter of 1997. A purchase is read as
an action, and access runs from the first one on. Counts: the data's README; cohorts: expected_monthly_cohort_counts.csv.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

import workbench as wb
from conftest import missing

WHOLE = "1998-07-05"  # the end of the week of the last day, 30 June 1998


def bought(file: Path, columns: list[str]) -> pd.DataFrame:
    rows = pd.read_csv(file, sep=r"\s+", header=None, names=columns, dtype=str, skiprows=int(columns[1] == "date"))
    return rows.assign(date=pd.to_datetime(rows["date"]))


def source_of(purchases: pd.DataFrame) -> wb.Source:
    at = purchases["date"].dt.tz_localize("UTC") + pd.Timedelta(hours=12)
    events = pd.DataFrame({"user_id": purchases["user_id"], "occurred_at": at, "action": "create"})
    users = purchases.groupby("user_id")["date"].min().rename("access_start").reset_index()
    return wb.open_source({"users": users, "events": events})


@pytest.fixture(scope="module")
def source(shared) -> wb.Source:
    columns = ["user_id", "date", "cds", "dollars"]
    return source_of(bought(shared / "cdnow" / "CDNOW_master.txt", columns))


@pytest.fixture(scope="module")
def panel(source) -> wb.Table:
    return wb.user_weeks(source, until=WHOLE).stored()


@pytest.fixture(scope="module")
def frame(panel) -> pd.DataFrame:
    return panel.to_pandas().sort_values(["user_id", "week"], ignore_index=True)


def test_the_log_has_the_published_counts(source, frame):
    assert not source.check()["broken"].any()  # customers who bought twice on a day are noted
    days = frame.groupby("user_id")["active_days"].sum()
    assert (len(days), days.sum(), (days == 1).sum()) == (23_570, 67_591, 12_054)
    assert frame["actions"].sum() == 69_659


def test_cohorts_have_the_published_counts(source, shared):
    """Distinct customers by month of first purchase and months since."""
    table = wb.retention(wb.actions(source, until=WHOLE), period="month")
    expected = pd.read_csv(shared / "cdnow" / "expected_monthly_cohort_counts.csv", index_col=0)
    found = table.pivot(index="cohort", columns="age", values="active")
    assert (found.fillna(0).to_numpy() == expected.to_numpy()).all()
    # February's cohort cannot have a month 17 yet, March's neither a 16: blank here, 0 in the file.
    assert found.isna().sum(axis=1).tolist() == [0, 1, 2]


def test_the_published_model_is_found_in_what_is_read(shared):
    """BG/NBD on the sample of 2,357 (Fader, Hardie & Lee 2005): r .243, α 4.414, a .793, b 2.426; log L −9582.43."""
    sample = bought(shared / "cdnow" / "CDNOW_sample.txt", ["all", "user_id", "date", "cds", "dollars"])
    days = wb.actions(source_of(sample), until=WHOLE).sql(
        "select distinct user_id, date from this where date <= date '1997-09-30'"
    ).to_pandas()  # fmt: skip
    seen = days.groupby("user_id")["date"].agg(["min", "max", "count"])
    x, recency = seen["count"] - 1, (seen["max"] - seen["min"]).dt.days / 7
    observed = (pd.Timestamp("1997-09-30") - seen["min"]).dt.days / 7
    published = pd.read_csv(shared / "cdnow" / "cdnow_customers_summary.csv")
    read = np.column_stack([x, recency, observed])
    assert read == pytest.approx(published[["frequency", "recency", "T"]].to_numpy(), abs=0.0051)

    def lacking(logs: np.ndarray) -> float:
        r, alpha, a, b = np.exp(logs)
        start = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
        stays = -(r + x) * np.log(alpha + observed)
        with np.errstate(divide="ignore"):
            left = np.where(x > 0, np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + recency), -np.inf)
        return -float((start + np.logaddexp(stays, left)).sum())

    fit = minimize(lacking, np.log([1.0, 5.0, 1.0, 2.0]), method="BFGS")
    assert np.exp(fit.x) == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=0.002)
    assert -fit.fun == pytest.approx(-9582.43, abs=0.01)


def test_lifecycle_knows_the_new_from_the_come_back(panel, frame):
    table = wb.lifecycle(panel).pivot(index="week", columns="state", values="users")
    active = frame[frame["actions"] > 0].groupby("week")["user_id"].nunique()
    assert table["new"].sum() == 23_570
    assert table.index[table["new"] > 0].max() == pd.Timestamp("1997-03-24")  # nobody's first purchase is later
    assert (table[["new", "retained", "resurrected"]].sum(axis=1) == active).all()
    assert (table["never started"] == 0).all()
    assert table.iloc[-1].sum() == 23_570


def of_some(frame: pd.DataFrame, people: int) -> pd.DataFrame:
    """Those who bought most often, for most of the others are alike."""
    often = frame.groupby("user_id")["active_days"].sum().nlargest(people).index
    return frame[frame["user_id"].isin(often)]


@pytest.mark.peers
@pytest.mark.parametrize("version", ["12w", "4w"])
def test_segments_are_microsofts(frame, version):
    try:
        import vivainsights
    except ImportError:
        missing("the package vivainsights")
    some = of_some(frame, 300)
    query = some.rename(columns={"user_id": "PersonId", "week": "MetricDate"})[["PersonId", "MetricDate", "actions"]]
    theirs = vivainsights.identify_usage_segments(query, metric="actions", version=version)
    words = {"power": "Power User", "habitual": "Habitual User", "novice": "Novice User", "low": "Low User"}
    ours = wb.usage_segments(some, version).to_pandas()
    both = ours.merge(theirs, left_on=["user_id", "week"], right_on=["PersonId", "MetricDate"])
    known = both[both["segment"] != "new"]
    assert len(known) > 18_000
    assert known["segment"].map(words).fillna("Non-user").tolist() == known[f"UsageSegments_{version}"].tolist()
    assert {"low", "none", "novice", "habitual"} <= set(known["segment"])


def test_movement_has_everybody_once(panel):
    labels = wb.usage_segments(panel).stored()
    table = wb.transitions(labels).table
    assert table["users"].sum() == 23_570
    assert "no access" not in {*table["before"], *table["after"]}  # access does not end here
    last = labels.sql("select segment from this where week = (select max(week) from this)").to_pandas()["segment"]
    assert table.groupby("after")["users"].sum().to_dict() == last.value_counts().to_dict()


def test_time_to_the_habit_is_a_share_while_everybody_is_seen(panel, frame):
    """Everybody is seen for 66 weeks or more: until then Kaplan and Meier's curve is the share who have the habit."""
    used = frame.assign(used=frame["actions"] > 0, age=frame.groupby("user_id").cumcount() + 1)
    habit = used.groupby("user_id")["used"].rolling(12, min_periods=1).sum().to_numpy() >= 9
    first = used[habit].groupby("user_id")["age"].min()
    curve = wb.time_to_adopt(panel).curve.table
    early = curve[curve["week"] <= 66]
    assert early["estimate"].tolist() == pytest.approx([(first <= week).sum() / 23_570 for week in early["week"]])
    assert len(early) > 20
