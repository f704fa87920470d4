"""Signs of work that is only for show, counted by hand; what an incentive did to them, against scipy and att_gt."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench.programmes import gaming, signs
from workbench.programmes.comparison import Comparison, Comparisons
from workbench.programmes.signs import Sign

MONDAYS = [f"{day:%Y-%m-%d}" for day in pd.date_range("2025-01-06", periods=12, freq="7D")]


def rows(user: str, *done: tuple) -> list[dict]:
    """Rows of one person: (time, action, record, fields required, filled, audited_correct)."""
    names = ("occurred_at", "action", "record_id", "fields_required", "fields_filled", "audited_correct")
    return [{"user_id": user, **dict(zip(names, row, strict=False))} for row in done]


EVENTS = pd.DataFrame(
    [
        *rows(
            "a",
            ("2025-01-06 10:00:00", "create", "r1", 4, 2, True),
            ("2025-01-06 10:00:50", "create", "r2", 4, 2, False),  # 50 seconds on, two of four fields again
            ("2025-01-06 10:02:00", "update", "r1", 4, 4),  # 70 seconds on
            ("2025-01-27 09:00:00", "login"),  # and nothing else in this week
            ("2025-01-31 09:00:00", "login"),
        ),
        *rows(
            "b",
            ("2025-02-03 09:00:00", "login"),
            ("2025-02-03 09:01:00", "view", "r2"),  # 28 days less an hour after it was made: touched
            ("2025-02-27 12:00:00", "create", "r3", 4, 4),  # the log ends less than 28 days later: not followed
            ("2025-03-24 09:00:00", "view", "r1"),
        ),
        {
            "user_id": "b",
            "occurred_at": "2025-02-05 09:00:00",
            "action": "create",
            "record_id": "r9",
            "succeeded": False,
        },
    ]
).fillna({"succeeded": True})
USERS = pd.DataFrame({"user_id": ["a", "b", "c"], "team": ["x", "x", "y"], "access_start": ["2025-01-06"] * 3})


def of_log(events: pd.DataFrame) -> pd.DataFrame:
    """The facts of these people's log."""
    source = wb.open_source({"users": USERS, "events": events}, time_zone="UTC")
    panel = wb.user_weeks(source, qualifying=("create", "update", "view"))
    return signs.sign_counts(panel, wb.actions(source)).to_pandas()


@pytest.fixture(scope="module")
def counted() -> pd.DataFrame:
    return of_log(EVENTS)


def week(counted: pd.DataFrame, user: str, monday: str) -> pd.Series:
    return counted[(counted["user_id"] == user) & (counted["week"] == monday)].iloc[0]


def test_every_user_week_has_its_counts(counted) -> None:
    first = week(counted, "a", "2025-01-06")
    assert first[["weeks", "login_only", "done", "month_end"]].tolist() == [1, 0, 3, 0]
    assert first[["entries", "quick", "asked", "minimal", "compared", "same"]].tolist() == [3, 1, 3, 2, 2, 1]
    assert first[["made", "required", "filled", "audited", "correct"]].tolist() == [2, 8, 4, 2, 1]
    assert counted["weeks"].sum() == len(counted)


def test_logins_without_work_are_weeks(counted) -> None:
    assert week(counted, "a", "2025-01-27")["login_only"] == 1
    assert week(counted, "b", "2025-02-03")["login_only"] == 0  # there was a look at a record too
    assert week(counted, "c", "2025-01-06")["login_only"] == 0


def test_a_record_is_alone_when_nobody_touches_it_in_time(counted) -> None:
    """r1 is updated at once, r2 viewed by a colleague on the 28th day; r3 cannot be followed, r9 was never made."""
    assert counted[["followed", "untouched"]].sum().tolist() == [2, 0]
    late = EVENTS.assign(occurred_at=EVENTS["occurred_at"].replace("2025-02-03 09:01:00", "2025-02-03 10:01:00"))
    again = of_log(late)
    assert again[["followed", "untouched"]].sum().tolist() == [2, 1]


def test_an_edit_counts_for_whoever_made_the_record_when_it_comes_in_time() -> None:
    """a makes r1, edits it at once, and b edits it on the 28th day: two edits, both of a's first week. r2, which b only
    looks at, has none; nor has r1 from an edit on the 29th day."""
    edits = [
        *rows("b", ("2025-02-03 09:59:00", "update", "r1", 4, 4), ("2025-02-03 10:01:00", "update", "r1", 4, 4)),
        *rows("b", ("2025-02-04 09:00:00", "update", "r7", 4, 4)),  # made before the log began: nobody's new record
    ]
    again = of_log(pd.concat([EVENTS, pd.DataFrame(edits).assign(succeeded=True)], ignore_index=True))
    assert week(again, "a", "2025-01-06")[["followed", "edits", "entries_on"]].tolist() == [2, 2, 4]
    assert again[["edits", "entries_on"]].sum().tolist() == [2, 4]


def test_the_end_of_a_month_is_its_last_five_days(counted) -> None:
    assert week(counted, "b", "2025-02-24")["month_end"] == 1  # 27 February; the login on 31 January is no work
    assert counted["month_end"].sum() == 1


# ── how common a sign is ────────────────────────────────────────────────────────────────────────────────────────


SHARE = Sign("part", "part", "whole", "share of the whole")


def test_a_rate_is_the_sum_of_parts_over_the_sum_of_wholes() -> None:
    """Three people, 1 of 2, 3 of 4 and 0 of 4: 4 of 10. By hand, the residuals y − r·x are 0.2, 1.4 and −1.6, their
    squares sum to 4.56, so the error is √(3/2 · 4.56) / 10."""
    table = wb.as_table(pd.DataFrame({"user_id": list("abc"), "team": "x", "part": [1, 3, 0], "whole": [2, 4, 4]}))
    row = signs.sign_rates(table, SHARE, "team").table.iloc[0]
    assert (row["team"], row["estimate"], row["n"]) == ("x", 0.4, 3)
    assert row["std_error"] == pytest.approx(np.sqrt(1.5 * 4.56) / 10)
    assert (row["conf_low"], row["conf_high"]) == (0, 1)  # three people say next to nothing


def test_the_base_rate_stands_below_the_groups() -> None:
    people = {"team": list("xy") * 6, "part": [1, 0] * 6, "whole": [2, 3] * 6}
    table = signs.motions(wb.as_table(pd.DataFrame(people).assign(user_id=list("abcdefghijkl"))), "team", [SHARE])
    assert table.to_numpy().tolist() == [["x", 6, 0.5], ["y", 6, 0.0], ["everybody", 12, 0.2]]


def test_small_groups_are_not_shown_nor_worked_out_from_everybody() -> None:
    people = {"team": list("xxxxxxyyyyyyyzzz"), "part": 1, "whole": 2}
    table = signs.motions(wb.as_table(pd.DataFrame(people).assign(user_id=list("abcdefghijklmnop"))), "team", [SHARE])
    assert table["team"].tolist() == ["y", "everybody"]  # z is too small, and x goes with it


def test_an_unknown_group_is_refused() -> None:
    table = wb.as_table(pd.DataFrame({"user_id": ["a"], "part": [1], "whole": [2]}))
    with pytest.raises(wb.ContractError, match="the table has no column 'team'; it has user_id, part, whole"):
        signs.sign_rates(table, SHARE, "team")


# ── what an incentive did to a sign ─────────────────────────────────────────────────────────────────────────────


def teams(told: int = 4, others: int = 6, seed: int = 3) -> pd.DataFrame:
    """Twelve weeks; the told teams have an incentive in weeks 4–7, in which half of every part is gone."""
    rng = np.random.default_rng(seed)
    grid = pd.MultiIndex.from_product([range(told + others), range(12)], names=["place", "number"]).to_frame(
        index=False
    )
    has = grid["place"] < told
    on = has & grid["number"].between(4, 7)
    whole = rng.integers(5, 15, len(grid))
    return pd.DataFrame(
        {
            "user_id": [f"u{place}" for place in grid["place"]],
            "team": [f"t{place}" for place in grid["place"]],
            "week": pd.to_datetime([MONDAYS[number] for number in grid["number"]]),
            "began": pd.to_datetime(np.where(has, MONDAYS[4], None)),
            "ended": pd.to_datetime(np.where(has, MONDAYS[8], None)),
            "whole": whole,
            "part": rng.binomial(whole, np.where(on, 0.4, 0.8)),
            "made": whole,
        }
    )


def before_and_during(table: pd.DataFrame) -> pd.DataFrame:
    """Slow and obvious, for one person a team: each team's share in weeks 0–3 and 4–7."""
    phases = {0: MONDAYS[:4], 1: MONDAYS[4:8]}
    sums = {i: table[table["week"].isin(pd.to_datetime(weeks))].groupby("team").sum(numeric_only=True) for i, weeks in phases.items()}  # fmt: skip
    return pd.DataFrame({i: each["part"] / each["whole"] for i, each in sums.items()})


def test_the_change_is_welchs_difference_of_the_teams_changes() -> None:
    table = teams()
    row = gaming.changes(wb.as_table(table), signs=[SHARE]).table.iloc[0]
    change = before_and_during(table).diff(axis=1)[1]
    told = [f"t{place}" for place in range(4)]
    expected = stats.ttest_ind(change[told], change.drop(told), equal_var=False)
    ends = expected.confidence_interval()
    assert row["estimate"] == pytest.approx(change[told].mean() - change.drop(told).mean())
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((ends.low, ends.high))
    assert (row["band_low"], row["band_high"]) == pytest.approx((ends.low, ends.high))  # one sign is all signs
    assert row["conf_high"] < -0.2
    assert row["n"] == 4


def test_it_is_the_difference_in_differences_of_att_gt() -> None:
    """The same estimate and standard error as the house's own estimator with its correction for few clusters."""
    table = teams()
    shares = before_and_during(table).reset_index().melt("team", var_name="phase").astype({"phase": "int64"})
    told = shares["team"].isin([f"t{place}" for place in range(4)])
    m = wb.moments(shares.assign(start=np.where(told, 1.0, np.nan)), "team", "phase", "value", cohort="start")
    expected = wb.aggregate(wb.att_gt(m, small_sample=True)).table.iloc[0]
    row = gaming.changes(wb.as_table(table), signs=[SHARE]).table.iloc[0]
    assert row[["estimate", "std_error"]].tolist() == pytest.approx(expected[["estimate", "std_error"]].tolist())


def test_more_work_by_the_careless_is_no_worse_work() -> None:
    """A second person in every team, careless all the time, works ten times as much while the incentive is on."""
    steady = teams().assign(part=lambda t: t["whole"] * 0.8)
    careless = steady.assign(user_id=lambda t: t["user_id"] + "c", part=lambda t: t["whole"] * 0.2)
    busy = careless["week"].ge(MONDAYS[4]) & careless["week"].le(MONDAYS[7]) & careless["began"].notna()
    for name in ("part", "whole", "made"):
        careless[name] = careless[name] * np.where(busy, 10, 1)
    both = pd.concat([steady, careless], ignore_index=True)
    row = gaming.changes(wb.as_table(both), signs=[SHARE]).table.iloc[0]
    assert abs(row["estimate"]) < 1e-9


def test_a_burst_before_the_deadline_is_held_against_other_teams() -> None:
    """Four weeks of 10 each, a quarter in the last; the told make 30 in theirs: half of 60."""
    last = pd.to_datetime(MONDAYS[7])
    table = teams().assign(made=lambda t: np.where(t["began"].notna() & (t["week"] == last), 30, 10))
    rng = np.random.default_rng(2)
    table["made"] += rng.integers(0, 2, len(table))
    row = gaming.changes(wb.as_table(table), signs=[Sign("late", "made", "made", "", deadline=True)]).table.iloc[0]
    assert row["during"] == pytest.approx(0.5, abs=0.03)
    assert row["others"] == pytest.approx(0.25, abs=0.03)
    assert np.isnan(row["before"])
    assert row["estimate"] == pytest.approx(0.25, abs=0.03)


def test_one_sign_stands_alone_in_its_own_unit() -> None:
    table = teams().rename(columns={"part": "filled", "whole": "required"})
    filled = next(sign for sign in signs.SIGNS if sign.name == "fields filled")
    rows = wb.as_table(table)
    race = Comparisons("incentive", [Comparison("race", rows, rows, rows)])
    found = gaming.sign_studies({"race": gaming.changes(rows, signs=[filled])}, race, "fields filled")["race"].effect
    assert (found.unit, len(found.table)) == ("share of required fields filled in new records", 1)


def test_the_weeks_after_have_no_deadline() -> None:
    found = gaming.changes(wb.as_table(teams()), "after", [SHARE, Sign("late", "made", "made", "", deadline=True)])
    assert found.table["sign"].tolist() == ["part"]
    assert abs(found.table["estimate"][0]) < 0.1


def test_teams_without_any_of_it_are_left_out_and_said() -> None:
    table = teams()
    nothing = table["team"] == "t9"
    table.loc[nothing, ["whole", "part"]] = 0
    found = gaming.changes(wb.as_table(table), signs=[SHARE])
    assert found.notes == ("part: 1 of 10 teams have none to judge by.",)


def test_one_team_alone_is_no_answer() -> None:
    with pytest.raises(wb.ContractError, match="two without, but there are 1 and 6"):
        gaming.changes(wb.as_table(teams(told=1)), signs=[SHARE])


def test_an_incentive_on_from_the_first_week_has_no_before() -> None:
    table = teams().assign(began=lambda t: t["began"].where(t["began"].isna(), pd.Timestamp(MONDAYS[0])))
    with pytest.raises(wb.ContractError, match="no week is seen both before an incentive and while it was on"):
        gaming.changes(wb.as_table(table), signs=[SHARE])
