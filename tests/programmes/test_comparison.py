"""Who is compared with whom, counted by hand on four people; a new kind of programme in twenty lines."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import workbench as wb
from workbench import effects, findings
from workbench.programmes.comparison import Comparison, Comparisons, first_reason

MONDAYS = pd.date_range("2025-01-06", periods=4, freq="7D")


def weeks(began: dict[str, str | None]) -> wb.Table:
    """Four weeks of people in teams by their first letter, active as many days as the week's place."""
    rows = [
        {"user_id": who, "team": who[0], "week": week, "active_days": place + 1, "began": began.get(who)}
        for who in began
        for place, week in enumerate(MONDAYS)
    ]
    return wb.as_table(pd.DataFrame(rows).assign(began=lambda t: pd.to_datetime(t["began"])))


def talks(began: dict[str, str | None], **more) -> Comparison:
    rows = weeks(began)
    people = rows.sql(
        "select user_id, case when user_id = 'z9' then 'away' when min(began) is null then 'no' else 'yes' end as part,"
        " user_id <> 'z9' as compared, min(began) as began from this group by user_id"
    )
    return Comparison("Talks", rows, people, rows, **more)


FOUR = {"x1": "2025-01-20", "y1": "2025-01-27", "z1": None, "z9": None}


def test_everybody_in_the_panel_has_one_part() -> None:
    """Before 20 January lie two weeks of one and two days: 1.5 a week for everybody; nobody left."""
    parts = talks(FOUR).parts()
    assert parts[["part", "compared", "n"]].to_numpy().tolist() == [
        ["yes", True, 2],
        ["no", True, 1],
        ["away", False, 1],
    ]
    assert parts["earlier"].tolist() == [1.5, 1.5, 1.5]
    assert parts["left"].tolist() == [0.0, 0.0, 0.0]


def test_parts_stand_in_the_order_of_the_programme_and_an_empty_one_counts_nobody() -> None:
    parts = talks(FOUR, order=("no", "yes", "elsewhere")).parts().set_index("part")["n"]
    assert parts.to_dict() == {"no": 1, "yes": 2, "elsewhere": 0}


def test_waves_are_in_order_with_the_never_given_last() -> None:
    waves = talks(FOUR).waves()
    assert waves["n"].tolist() == [1, 1, 2]
    assert waves["earlier"].tolist() == [1.5, 1.5, 1.5]
    assert pd.isna(waves["cohort"].iloc[-1])
    assert talks(FOUR, did="reached").rollout(waves) == "Talks: 2 people reached in 2 waves, 2 never"


def test_the_naive_gap_is_a_difference_of_means() -> None:
    """x1 since 20 January: 3, 4; y1 since 27 January: 4; the others: 1, 2, 3, 4 twice. 11/3 − 5/2."""
    assert talks(FOUR).naive_gap() == pytest.approx(11 / 3 - 5 / 2)
    assert pd.isna(talks({"x1": "2025-01-20"}).naive_gap())  # nobody to compare with


def test_names_are_put_right_and_reasons_said_once() -> None:
    few = Comparisons("talk", [talks(FOUR), talks(FOUR, reason="nobody came")])
    assert list(few) == ["Talks"]
    both = Comparisons("talk", {"a": talks(FOUR), "b": talks(FOUR, reason="nobody came")})
    assert (list(both.possible), both.reason) == (["a"], "nobody came")
    assert both.listed[["programme", "reason"]].to_numpy().tolist() == [["a", ""], ["b", "nobody came"]]
    with pytest.raises(wb.ContractError, match="there is no talk 'Talk'; did you mean 'Talks'?"):
        few.known("Talk")
    assert first_reason({"first": False, "second": True, "third": True}) == "second"


def test_a_new_kind_of_programme_needs_only_who_was_given_it_when() -> None:
    """Mentoring, ten of twenty people from the third of six weeks on, adds exactly one day: found without an interval
    of its own that excludes it."""
    mondays = pd.date_range("2025-01-06", periods=6, freq="7D")
    users = [f"u{number:02}" for number in range(20)]
    rows = wb.as_table(
        pd.DataFrame(
            [
                {
                    "user_id": who,
                    "team": f"t{place // 5}",
                    "week": week,
                    "active_days": 1.0 + place % 3 + 0.1 * ((place * 7 + at * 3) % 5) + (place % 2 and at >= 2),
                    "began": mondays[2] if place % 2 else pd.NaT,
                }
                for place, who in enumerate(users)
                for at, week in enumerate(mondays)
            ]
        )
    )
    people = rows.sql(
        "select user_id, case when min(began) is null then 'no mentor' else 'mentored' end as part, true as compared,"
        " min(began) as began from this group by user_id"
    )
    mentoring = effects.study(Comparison("Mentoring", rows, people, rows, did="mentored"), checked=2)
    row = mentoring.effect.overall
    assert row["conf_low"] <= 1.0 <= row["conf_high"]
    assert findings.of(mentoring).headline.startswith("Mentoring raised use by ")


@pytest.mark.parametrize(
    ("ends", "over"), [(None, False), (pd.NaT, False), (date(2025, 2, 2), True), (date(2025, 2, 3), False)]
)
def test_what_ends_after_the_last_day_is_not_over(ends, over) -> None:
    """The panel's last week begins on 27 January and ends on 2 February."""
    last = weeks({"a": None}).sql("select max(week) as week from this").to_pandas()["week"][0]
    assert str(last.date()) == "2025-01-27"
    assert talks({"a": "2025-01-13", "b": None}, design={"ends": ends}).over is over


def test_all_were_given_at_random_only_where_each_was() -> None:
    each = [talks({"a": None}, drawn=drawn) for drawn in (True, False)]
    assert [Comparisons("talk", {"a": each[0], "b": other}).drawn for other in each] == [True, False]
