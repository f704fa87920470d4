"""The log has the rhythm of the source's, and the contest and the motions leave their traces in it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
import pytest

import workbench as wb
from workbench.data.duckdb import as_table
from workbench.simulation import crm, programmes
from workbench.simulation.calendar import ZONE

FIFTH = 0.2  # the tolerance that the field's description asks for


def test_the_day_peaks_at_three_and_dips_at_noon(actions):
    hours = actions.sql("select hour, count(*) as n from this group by hour").to_pandas().set_index("hour")["n"]
    assert hours.idxmax() == 15
    assert hours[15] / hours.sum() == pytest.approx(0.091, rel=FIFTH)
    assert hours[12] < min(hours[11], hours[13])


def test_a_few_do_much(actions):
    """Inside one firm less than the source's 79 % (assumption: a third to a half)."""
    did = actions.sql("select count(*) as n from this group by user_id").to_pandas()["n"].sort_values()
    assert 0.33 < did.iloc[-len(did) // 10 :].sum() / did.sum() < 0.5


def test_the_contest_was_gamed(source):
    """In the contest's teams while it is on: more new records, emptier ones, less often right, left alone."""
    made = (
        as_table(wb.actions(source, time_zone=ZONE).to_arrow())
        .sql(
            """
        select offers.team is not null and this.date between offers.starts_on and offers.ends_on as contest,
            sum(this.fields_filled) * 1.0 / sum(this.fields_required) as filled,
            avg(case when audited_correct then 1.0 when not audited_correct then 0.0 end) as correct,
            avg(case when later.record_id is not null then 1.0 else 0.0 end) as touched
        from this left join people on people.user_id = this.user_id
            left join offers on offers.team = people.team and offers.programme = 'Data race'
            left join (select distinct record_id from this where action = 'update') as later
                on later.record_id = this.record_id
        where this.action = 'create' and this.succeeded group by 1 order by 1""",
            people=source.users,
            offers=source.incentives,
        )
        .to_pandas()
    )
    usual, contest = made.iloc[0], made.iloc[1]
    assert contest["filled"] < usual["filled"] - 0.25
    assert contest["correct"] < usual["correct"] - 0.2
    assert contest["touched"] < usual["touched"] - 0.3


def test_going_through_the_motions_is_presence_without_process(source, sample):
    labels = as_table(pd.read_csv(sample / "truth_patterns.csv"))
    panel = wb.user_weeks(source, time_zone=ZONE, qualifying=wb.qualifying_actions(source))
    means = (
        panel.sql(
            "select pattern, avg(logins) as logins, avg(active_days) as active from this join labels"
            " on labels.user_id = this.user_id group by pattern",
            labels=labels,
        )
        .to_pandas()
        .set_index("pattern")
    )
    motions, steady = means.loc["going through the motions"], means.loc["steady"]
    assert motions["logins"] > 2 * steady["logins"]
    assert motions["active"] < steady["active"] / 2


def test_later_actions_leave_junk_alone(source):
    """A record that nobody ever touches again is made more often in a contest; nobody touches a record not made yet."""
    log = as_table(wb.actions(source, time_zone=ZONE).to_arrow())
    made = log.sql(
        "select record_id, min(case when action = 'create' and succeeded and source <> 'import' then occurred_at end) as made,"
        " min(case when action = 'update' then occurred_at end) as changed from this where record_id is not null"
        " group by record_id"
    ).to_pandas()
    both = made.dropna()
    assert len(both) > 1000
    assert (both["changed"] >= both["made"]).all()


def test_what_came_later_into_the_simulation_moves_nothing_else(tmp_path, monkeypatch):
    """The same CRM with and without what later programmes add: the log without it is part of the log with it."""
    with_it, without = tmp_path / "with", tmp_path / "without"
    crm.write(with_it, users=300, weeks=26, seed=5)
    monkeypatch.setattr("workbench.simulation.use.ACADEMY", replace(programmes.ACADEMY, effect=((0, 0.0),)))
    monkeypatch.setattr("workbench.simulation.use.COACHING_HELP", 0.0)
    crm.write(without, users=300, weeks=26, seed=5)
    columns = ["user_id", "occurred_at", "action", "feature", "succeeded", "actor_id"]
    more, less = (
        pq.read_table(folder / "events.parquet", columns=columns).to_pandas() for folder in (with_it, without)
    )
    assert len(more) > len(less)
    assert len(less.merge(more.drop_duplicates(), on=columns)) == len(less)
    for name in ("tickets.csv", "surveys.parquet", "feedback.csv", "trainings.csv", "users.csv"):
        assert (with_it / name).read_bytes() == (without / name).read_bytes(), name
