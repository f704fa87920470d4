"""What people around the trained and the champions did: counted by hand, and found in panels made for it.

The planted truths of the sample are tested in test_truth.py.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.programmes.colleagues import (
    ALL_AT_ONCE,
    CHAMPION,
    NO_CHAMPIONS,
    NOBODY,
    ONE_EACH,
    SINGLE,
    colleagues,
    taught,
    unanswered,
    unreached,
)
from workbench.programmes.comparison import Comparison
from workbench.programmes.trainings import trainings

MONDAYS = pd.date_range("2025-01-06", periods=12, freq="7D")
MEMBERS = ("a", "b", "c", "d")  # a is trained where the team was, or is the champion
STARTS = {"t1": 4, "t2": 4, "t3": 6, "t4": 6}  # team → place of its week in MONDAYS; t5 … t8: never
EVENTS = pd.DataFrame({"user_id": ["t1a"], "occurred_at": ["2025-01-06"], "action": ["view"]})


def teams(
    starts: dict[str, int], unit: str = "team", members: str = "a", more: tuple[dict[str, str], ...] = ()
) -> wb.Source:
    """Eight teams of four; in those that start, `members` attend the workshop; and more trainings."""
    users = pd.DataFrame([{"user_id": f"t{t}{m}", "team": f"t{t}"} for t in range(1, 9) for m in MEMBERS])
    rows = [{"user_id": f"{t}{m}", "started_at": str((MONDAYS[0] + pd.Timedelta(days=7 * at + 2)).date())}
            for t, at in starts.items() for m in members]  # fmt: skip
    rows = [{**row, "programme": "workshop", "assigned_unit": unit} for row in rows]
    attended = pd.DataFrame([*rows, *more])
    return wb.open_source({"users": users, "events": EVENTS, "trainings": attended})


def with_champions(source: wb.Source, who: str) -> wb.Source:
    """The same, and each of these people a champion from 5 February on."""
    named = pd.DataFrame({"user_id": who.split(), "since": "2025-02-05"})
    kept = {"users": source.users, "events": source.events, "trainings": source.trainings}
    return wb.open_source({**kept, "champions": named})


def use(starts: dict[str, int], direct: float, spillover: float, noise: float = 0.3) -> wb.Table:
    """User-weeks: a level for each person, chance, and from the team's start on what was added."""
    chance = np.random.default_rng(1)
    rows = []
    for t in range(1, 9):
        for m in MEMBERS:
            added = direct if m == "a" else spillover
            after = np.arange(len(MONDAYS)) >= starts.get(f"t{t}", 99)
            days = t / 4 + after * added + noise * chance.standard_normal(len(MONDAYS))
            rows.append(pd.DataFrame({"user_id": f"t{t}{m}", "team": f"t{t}", "week": MONDAYS, "active_days": days}))
    return wb.as_table(pd.concat(rows))


def effect(panel: wb.Table, cohort: str) -> pd.Series:
    m = wb.moments(panel, cohort=cohort, cluster="team")
    return wb.aggregate(wb.att_gt(m, small_sample=True, band=False)).overall


def spilled(panel: wb.Table, source: wb.Source) -> pd.Series:
    return effect(around(panel, source).rows, "began")


def around(panel: wb.Table, source: wb.Source, way: str = "workshop", wave: int = 4) -> Comparison:
    return colleagues(panel, source, wave=wave)[way]


def counted(compared: Comparison) -> dict[str, int]:
    return compared.parts().set_index("part")["n"].to_dict()


def test_where_only_the_trained_change_their_colleagues_do_not() -> None:
    source, panel = teams(STARTS), use(STARTS, direct=2.0, spillover=0.0)
    mates, direct = spilled(panel, source), effect(trainings(panel, source)["workshop"].rows, "began")
    assert mates["conf_low"] < 0 < mates["conf_high"] < 0.5
    assert direct["conf_low"] <= 2.0 <= direct["conf_high"]
    assert direct["conf_low"] > 1


def test_what_colleagues_gain_is_found_apart_from_what_the_trained_gain() -> None:
    found = spilled(use(STARTS, direct=2.0, spillover=0.8), teams(STARTS))
    assert found["conf_low"] <= 0.8 <= found["conf_high"]
    assert found["conf_low"] > 0.3
    assert found["n"] == 12


def test_the_effect_on_colleagues_by_hand() -> None:
    """Without chance: two teams gain 1.5, everybody gains the week's number; 1.5 is left."""
    one = {"t1": 4, "t2": 4}
    panel = use(one, direct=9.0, spillover=1.5, noise=0.0)
    drifting = panel.sql("select user_id, team, week, active_days + extract(doy from week) as active_days from this")
    assert spilled(drifting, teams(one))["estimate"] == pytest.approx(1.5)


def test_everybody_has_one_part() -> None:
    """Of 32: 4 trained, 12 colleagues, of whom one came after the start; 16 in four teams that had none."""
    source = teams(STARTS)
    late = use(STARTS, 0, 0).sql("select * from this where user_id <> 't1b' or week >= date '2025-02-03'")
    parts = around(late, source).parts()
    assert parts.set_index("part")["n"].to_dict() == {
        "untrained, no colleague was trained": 16,
        "untrained, a colleague was trained": 11,
        "trained": 4,
        "not there both before and after": 1,
    }
    assert parts["compared"].tolist() == [True, True, False, False]
    compared = around(late, source).rows.to_pandas()
    assert compared["user_id"].nunique() == 27
    assert set(compared.loc[compared["team"] == "t3", "began"]) == {MONDAYS[6]}


def test_people_reached_by_another_programme_of_whole_teams_are_left_out() -> None:
    other = {"user_id": "t8a", "programme": "tour", "started_at": "2025-02-05", "assigned_unit": "team"}
    both = teams(STARTS, more=(other,))
    parts = counted(around(use(STARTS, 0, 0), both))
    assert parts["colleague trained in another programme"] == 3
    assert sum(parts.values()) == 32


def test_champions_are_not_among_the_colleagues() -> None:
    """t1b sits beside a trained colleague, t8b does not; t2a is trained and a champion, and counted once."""
    assert counted(around(use(STARTS, 0, 0), with_champions(teams(STARTS), "t1b t8b t2a"))) == {
        "untrained, no colleague was trained": 15,
        "untrained, a colleague was trained": 11,
        "champion": 3,
        "trained": 3,
    }


def test_who_was_trained_is_held_against_people_whom_no_colleagues_training_reached() -> None:
    """By hand: of 32, the three untrained of each of four workshop teams are left out; t8a's course reaches nobody."""
    course = {"user_id": "t8a", "programme": "course", "started_at": "2025-02-05", "assigned_unit": "person"}
    panel = use(STARTS, 0, 0)
    kept = unreached(panel, teams(STARTS, more=(course,))).to_pandas()
    alone = {f"t{t}{m}" for t in range(5, 9) for m in MEMBERS}
    assert set(kept["user_id"]) == alone | {"t1a", "t2a", "t3a", "t4a"}
    assert len(kept) == 20 * len(MONDAYS)


def test_a_team_is_taught_from_the_first_week_of_any_programme_of_whole_teams() -> None:
    """t3's workshop is in week 6; somebody of it, and of t8, came to a tour of whole teams on 5 February, in week 4."""
    more = tuple(
        {"user_id": u, "programme": "tour", "started_at": "2025-02-05", "assigned_unit": "team"} for u in ("t3b", "t8a")
    )
    began = taught(teams(STARTS, more=more)).to_pandas().set_index("team")["began"]
    assert {team: MONDAYS.get_loc(week) for team, week in began.items()} == {
        "t1": 4,
        "t2": 4,
        "t3": 4,
        "t4": 6,
        "t8": 4,
    }


def test_where_single_people_were_given_dates_there_is_no_answer() -> None:
    assert around(use(STARTS, 0, 0), teams(STARTS, unit="person")).reason == SINGLE


@pytest.mark.parametrize(
    ("starts", "members", "reason"),
    [
        (STARTS, "abcd", NOBODY),
        ({"t1": -9, "t2": -9}, "a", NOBODY),  # before the panel begins
        (dict.fromkeys([f"t{t}" for t in range(1, 9)], 4), "a", ALL_AT_ONCE),
        ({"t1": 4, "t2": 5}, "a", ONE_EACH),
        (STARTS, "a", ""),
    ],
)
def test_every_programme_has_an_answer_or_a_reason(starts: dict[str, int], members: str, reason: str) -> None:
    ways = colleagues(use(STARTS, 0, 0), teams(starts, members=members))
    assert {way: each.reason for way, each in ways.items()} == {"workshop": reason, CHAMPION: NO_CHAMPIONS}
    assert list(ways.possible) == ["workshop"] * (reason == "")
    assert len(unanswered(ways)) == 1 + (reason != "")


def test_programmes_without_an_answer_stand_together_by_their_reason() -> None:
    more = tuple({"user_id": u, "programme": p, "started_at": "2025-02-05"} for u, p in (("t8a", "b"), ("t7a", "a")))
    without = unanswered(colleagues(use(STARTS, 0, 0), teams(STARTS, more=more)))
    assert without.to_dict("list") == {
        "reason": [SINGLE, NO_CHAMPIONS],
        "ways": ["a, b", CHAMPION],
        "count": [2, 1],
    }


def test_an_unknown_way_is_answered_with_the_nearest() -> None:
    with pytest.raises(
        wb.ContractError, match="there is no way to reach colleagues called 'workshops'; did you mean 'workshop'?"
    ):
        colleagues(use(STARTS, 0, 0), teams(STARTS)).known("workshops")


# ── champions ───────────────────────────────────────────────────────────────────────────────────────────────────


def champions(since: dict[str, str], attended: str = "t8d") -> wb.Source:
    """Champions by person; one person attended a course of single people."""
    who = pd.DataFrame({"user_id": list(since), "since": list(since.values())})
    course = pd.DataFrame([{"user_id": attended, "programme": "course", "started_at": "2025-01-08"}])
    users = teams(STARTS).users
    return wb.open_source({"users": users, "events": EVENTS, "trainings": course, "champions": who})


FOUR = {"t1a": "2025-02-05", "t2a": "2025-02-26", "t3a": "2025-03-03", "t4a": "2025-03-12", "t4b": "2025-02-03"}


def test_champions_who_began_within_four_weeks_are_one_wave() -> None:
    """By hand: waves begin on 6 January, 3 February, 3 March; t4 had its first champion on 3 February."""
    panel = use(STARTS, 0, 0)
    mates = around(panel, champions(FOUR), CHAMPION)
    began = mates.rows.to_pandas().groupby("team")["began"].first().dropna()
    february, march = pd.Timestamp("2025-02-03"), pd.Timestamp("2025-03-03")
    assert began.to_dict() == {"t1": february, "t2": february, "t3": march, "t4": february}
    assert counted(mates) == {
        "in a team without a champion": 15,
        "team-mate of a champion": 11,
        "champion": 5,
        "trained": 1,
    }


def former(*roles: tuple[str, str, str | None]) -> wb.Source:
    """Champions by person, first day and last day."""
    named = pd.DataFrame(roles, columns=["user_id", "since", "until"])
    base = champions(FOUR)
    kept = {"users": base.users, "events": base.events, "trainings": base.trainings}
    return wb.open_source({**kept, "champions": named})


def weeks_reached(source: wb.Source) -> dict[str, list[int]]:
    """Team → the places in MONDAYS of the weeks in which its people are followed, where it had a champion."""
    panel = use(STARTS, 0, 0)
    rows = around(panel, source, CHAMPION, wave=1).rows.to_pandas()
    places = rows[rows["began"].notna()].assign(place=lambda t: t["week"].map(MONDAYS.get_loc))
    return {str(team): sorted(set(each["place"])) for team, each in places.groupby("team")}


def test_a_champion_counts_while_in_the_role() -> None:
    """By hand: t1's stops on a Tuesday, which still counts as a week with one (place 7, 24 February); the weeks after
    are left out. t2's stopped before the panel begins and t4's begins when it is over: teams without one."""
    source = former(
        ("t1a", "2025-02-05", "2025-02-25"),
        ("t2a", "2024-03-01", "2024-12-31"),
        ("t3a", "2025-02-05", None),
        ("t4a", "2025-06-02", None),
    )
    assert weeks_reached(source) == {"t1": list(range(8)), "t3": list(range(12))}
    panel = use(STARTS, 0, 0)
    assert counted(around(panel, source, CHAMPION)) == {
        "in a team without a champion": 23,
        "team-mate of a champion": 6,
        "champion": 2,
        "trained": 1,
    }


def test_who_takes_over_at_once_carries_it_on_and_who_comes_after_a_gap_does_not() -> None:
    """t1's second begins the day after the first stopped; t2's second a week later, when the weeks are not followed."""
    source = former(
        ("t1a", "2025-02-05", "2025-02-18"),
        ("t1b", "2025-02-19", "2025-03-04"),
        ("t2a", "2025-02-05", "2025-02-18"),
        ("t2b", "2025-02-26", None),
    )
    assert weeks_reached(source) == {"t1": list(range(9)), "t2": list(range(7))}


def test_what_comes_after_the_champion_stopped_is_not_what_a_champion_brings() -> None:
    """Team-mates gain 0.8 while there is one and lose 3 when it is over: 0.8 is found, not their mean."""
    until = {"t1": 7, "t2": 7, "t3": 10, "t4": 10}
    starts = {"t1": 4, "t2": 4, "t3": 8, "t4": 8}
    ends = pd.DataFrame({"team": list(until), "ended": [MONDAYS[place] for place in until.values()]})
    panel = use(starts, direct=0.0, spillover=0.8, noise=0.1).sql(
        "select this.* exclude (active_days), active_days - case when this.week >= ended then 3.8 else 0 end as"
        " active_days from this left join ends on ends.team = this.team",
        ends=wb.as_table(ends),
    )
    last_days = {team: str((MONDAYS[place] - pd.Timedelta(days=1)).date()) for team, place in until.items()}
    source = former(*((f"{team}a", str(MONDAYS[at].date()), last_days[team]) for team, at in starts.items()))
    found = effect(around(panel, source, CHAMPION).rows, "began")
    assert found["conf_low"] <= 0.8 <= found["conf_high"]
    assert found["conf_low"] > 0.4


def test_a_wave_of_one_week_begins_on_the_monday() -> None:
    panel = use(STARTS, 0, 0)
    began = around(panel, champions(FOUR), CHAMPION, wave=1).rows.to_pandas()
    assert set(began.loc[began["team"] == "t2", "began"]) == {pd.Timestamp("2025-02-24")}
    with pytest.raises(wb.ContractError, match="a wave lasts at least one week, not 0."):
        colleagues(panel, champions(FOUR), wave=0)


def test_the_champions_own_use_is_no_effect_on_team_mates() -> None:
    """Champions begin to use it two days more; nobody else does."""
    starts = {"t1": 4, "t2": 4, "t3": 8, "t4": 8}
    source = champions({f"{t}a": str(MONDAYS[at].date()) for t, at in starts.items()})
    panel = use(starts, direct=2.0, spillover=0.0)
    found = effect(around(panel, source, CHAMPION).rows, "began")
    assert found["conf_low"] < 0 < found["conf_high"] < 0.5


def test_what_team_mates_of_champions_gain_is_found() -> None:
    starts = {"t1": 4, "t2": 4, "t3": 8, "t4": 8}
    source = champions({f"{t}a": str(MONDAYS[at].date()) for t, at in starts.items()})
    panel = use(starts, direct=0.0, spillover=0.8)
    found = effect(around(panel, source, CHAMPION).rows, "began")
    assert 0.3 < found["conf_low"] <= 0.8 <= found["conf_high"]
