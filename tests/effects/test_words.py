"""What the estimators say of tables that they cannot take, word for word (methods.md's list of bad inputs)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from workbench.effects.did import att_gt
from workbench.effects.efficient import efficient
from workbench.effects.half_life import retained
from workbench.effects.paths import path_effects
from workbench.effects.pretrends import pretrend
from workbench.effects.randomisation import redrawn
from workbench.effects.sensitivity import leave_one_out, placebo, sensitivity
from workbench.effects.summaries import aggregate, relative
from workbench.effects.two_way import bacon, twfe
from workbench.errors import ContractError
from workbench.inference.moments import moments


def panel() -> pd.DataFrame:
    """Twelve users, six weeks; three trained in week 3, three in 4, two in 5, four never."""
    unit, week = np.repeat(np.arange(12), 6), np.tile(np.arange(1, 7), 12)
    trained = np.array([3, 3, 3, 4, 4, 4, 5, 5, *[np.nan] * 4])[unit]
    return pd.DataFrame(
        {
            "user_id": [f"u{i:02d}" for i in unit],
            "week": week,
            "active_days": np.random.default_rng(0).poisson(2, 72),
            "trained": trained,
            "team": [f"t{i // 2}" for i in unit],
            "role": [f"r{i % 2}" for i in unit],
        }
    )


def dated(table: pd.DataFrame) -> pd.DataFrame:
    """The same weeks by their Mondays."""
    first = pd.Timestamp("2025-01-06")
    return table.assign(
        week=first + pd.to_timedelta(7 * (table["week"] - 1), "D"),
        trained=first + pd.to_timedelta(7 * (table["trained"] - 1), "D"),
    )


def refusal(table: Any, **options: Any) -> str:
    with pytest.raises(ContractError) as said:
        att_gt(moments(table, **({"cohort": "trained"} | options)))
    return str(said.value)


def changed(column: str, row: int, value: Any) -> pd.DataFrame:
    table = panel().astype({column: object})
    table.loc[row, column] = value
    return table.infer_objects()


@pytest.mark.parametrize(("code", "said"), [(0, "0"), (-1, "-1"), (7, "7"), (9999, "9999"), (np.inf, "inf")])
def test_never_treated_is_missing_and_nothing_else(code: float, said: str):
    assert refusal(panel().fillna({"trained": code})) == (
        "trained is a week of the panel or missing (never treated), but for 4 units it is neither.\n"
        f"  first: {said}; the panel runs from 1 to 6\n"
        "  If it stands for never, make it missing; if these are real weeks, say outside='known'."
    )


def test_two_rows_of_a_user_in_a_week():
    assert refusal(pd.concat([panel(), panel().iloc[[5]]])) == (
        "a user_id has one row per week, but 1 rows repeat one.\n  first: row 73\n  Add them up, or keep one of each."
    )


@pytest.mark.parametrize("other", [4, np.nan])
def test_a_first_week_that_varies(other: float):
    assert refusal(changed("trained", 8, other)) == (
        "trained does not change within a user_id, but for 1 of them it does.\n"
        "  It is the first period of treatment, the same in all of a unit's rows; for a treatment that switches on and"
        " off use treatment=, not cohort=."
    )


def test_a_first_week_between_weeks():
    assert refusal(panel().replace({"trained": {5: 5.5}})) == (
        "trained lies between periods in 12 rows.\n  first: row 37\n"
        "  Periods are whole numbers; round it down to the period it falls in."
    )


def test_a_first_day_that_is_no_week_of_the_panel():
    table = dated(panel())
    assert refusal(table.assign(trained=table["trained"] + pd.Timedelta(days=2))) == (
        "trained is one of the weeks, but for 8 units it lies between two.\n  first: 2025-01-22\n"
        "  Use the week it falls in."
    )


def test_a_week_without_any_row():
    table = panel()
    assert refusal(table[table["week"] != 4]) == (
        "every week has rows, but 1 between the first and the last have none.\n  first: 4\n"
        "  Where nobody did anything, write rows of 0; where nobody was observed, number the periods 1, 2, 3 …"
    )


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_outcome_that_is_no_number(value: float):
    assert refusal(changed("active_days", 7, value)) == (
        "active_days is missing or infinite in 1 rows.\n  first: row 8\n"
        "  Where nothing was done it is 0; where somebody was not observed there is no row."
    )


def test_an_outcome_that_never_changes():
    assert refusal(panel().assign(active_days=3)) == (
        "active_days is 3 in every row: nothing varies, so nothing can be learned."
    )


def test_text_where_a_number_belongs():
    assert refusal(panel().astype({"active_days": str})) == (
        "active_days is a number, but here it is string.\n  Convert the column."
    )
    assert refusal(panel().astype({"week": str})) == (
        "week is a date or a whole number, but here it is string.\n  Convert the column."
    )


def test_weeks_with_a_zone_or_a_time_of_day():
    table = dated(panel())
    assert refusal(table.assign(week=table["week"].dt.tz_localize("UTC"))) == (
        "week is a date or a whole number, but here it is an instant with the zone UTC.\n"
        "  Take the local date: panel[column].dt.tz_localize(None).dt.normalize()."
    )
    assert refusal(table.assign(week=table["week"] + pd.Timedelta(hours=3))) == (
        "week has a time of day in 72 rows.\n  first: row 1\n  Make it a date: panel[column].dt.normalize()."
    )


def test_weeks_as_dates_and_first_weeks_as_numbers():
    assert refusal(dated(panel()).assign(trained=panel()["trained"])) == (
        "trained names a week, but one of them is a date and the other a number.\n"
        "  week is timestamp[us], trained is double."
    )


def test_rows_of_nobody():
    assert refusal(changed("user_id", 3, None)) == (
        "every row belongs to a unit, but 1 rows name none.\n  Leave these rows out."
    )


def test_a_column_that_is_not_there():
    assert refusal(panel(), outcome="actions") == (
        "there is no column 'actions'.\n  The table has user_id, week, active_days, trained, team, role."
    )


def test_panels_that_cannot_teach_anything():
    table = panel()
    assert refusal(table[table["week"] == 1]) == "a change needs two periods, but week has one value only."
    assert refusal(table.iloc[:0]) == "the table has no rows, so there is nothing to estimate."
    assert refusal(table.assign(trained=np.nan)) == (
        "nobody is treated after being seen untreated, so there is no effect to see.\n"
        "  Look at the cohort column: a missing value means never treated."
    )
    assert refusal(table.assign(trained=3)) == (
        "no effect can be told apart from what would have happened anyway.\n"
        "  5 of 5 periods of the 12 units first treated in 3 are left out, from 2: nobody is left to compare with."
    )
    assert refusal(table.assign(trained=1)) == (
        "no unit is left to learn from (treated from the first period on: 12 units)."
    )


def test_a_team_that_varies_within_a_user():
    assert refusal(changed("team", 8, "t9"), cluster="team") == (
        "team does not change within a user_id, but for 1 of them it does.\n"
        "  Give each unit the one it belonged to when treatment was assigned."
    )


def test_treatment_that_is_switched_off_again():
    table = panel()
    on = (table["week"] >= table["trained"]) & (table["week"] < table["trained"] + 2)
    assert refusal(table.assign(on=on.astype(int)), treatment="on") == (
        "treatment stays on once it is on, but for 6 units it is switched off again.\n"
        "  Use path_effects(m), which follows treatment on and off."
    )


def test_a_table_that_does_not_say_when_units_were_treated():
    assert "trained" in refusal(panel().drop(columns="trained"))


def test_wrong_choices_name_the_right_ones():
    m = moments(panel(), cohort="trained")
    for ask, said in (
        (lambda: att_gt(m, "never"), "comparison is one of 'not_yet_treated', 'never_treated', not 'never'."),
        (lambda: aggregate(att_gt(m), "week"), "by is one of None, 'event_week', 'cohort', 'period', not 'week'."),
        (
            lambda: sensitivity(att_gt(m), "smooth"),
            "method is one of 'relative_magnitudes', 'smoothness', not 'smooth'.",
        ),
        (
            lambda: aggregate(aggregate(att_gt(m))),
            "this needs the effects of every cohort and period: pass what att_gt(m) returned.",
        ),
        (lambda: placebo(m, 0), "earlier is a number of periods from 1 on, not 0."),
        (
            lambda: leave_one_out(m, lambda rest: aggregate(att_gt(rest)), "cluster"),
            "by is 'cohort', or 'cluster' where moments were taken with cluster=, not 'cluster'.",
        ),
        (
            lambda: path_effects(m, "weeks_after"),
            "no path has effects by weeks_after: nobody is switched off again while seen.",
        ),
    ):
        with pytest.raises(ContractError) as refused:
            ask()
        assert str(refused.value) == said


# ── counted, not refused ────────────────────────────────────────────────────────────────────────────────────────


def counted(table: pd.DataFrame, **options: Any) -> list[list[Any]]:
    return moments(table, **({"cohort": "trained"} | options)).excluded.to_numpy().tolist()


def test_units_treated_when_first_seen_are_counted():
    assert counted(panel().replace({"trained": {3: 1}})) == [["treated from the first period on", 3, 18]]
    table = panel()
    late = (table["user_id"] == "u00") & (table["week"] < 3)
    assert counted(table[~late]) == [["treated when first seen", 1, 4]]


def test_real_dates_outside_the_panel_are_known():
    assert counted(panel().replace({"trained": {3: 0}}), outside="known") == [
        ["treated from the first period on", 3, 18]
    ]
    assert counted(panel().fillna({"trained": 9}), outside="known") == []


def test_units_without_a_team_and_rows_that_do_not_count():
    table = panel()
    assert counted(table.assign(team=table["team"].where(table["user_id"] != "u03")), cluster="team") == [
        ["without a team", 1, 6]
    ]
    assert counted(table.assign(eligible=table.index != 7)) == [["rows that are not eligible", 0, 1]]


def test_what_a_result_leaves_out_is_said():
    table = panel()
    nobody_left = att_gt(moments(table[table["trained"].notna()], cohort="trained")).notes
    assert nobody_left[2] == (
        "3 of 5 periods of the 2 units first treated in 5 are left out, from 4: nobody is left to compare with."
    )
    alone = att_gt(moments(table[~table["user_id"].isin(["u00", "u01"])], cohort="trained")).notes
    assert alone == ("1 units first treated in 3 are left out: one unit alone has no spread to judge it by.",)
    apart = att_gt(
        moments(table.assign(role=table["role"].where(table["user_id"] != "u00", "x")), cohort="trained", strata="role")
    )
    assert (
        "5 of 5 periods of the 3 units first treated in 3 are left out, from 2: nobody in stratum x is left to compare with."
        in apart.notes
    )


def test_teams_that_straddle_or_are_few_are_said():
    table = panel().assign(team=[f"t{int(user[1:]) % 3}" for user in panel()["user_id"]])
    assert att_gt(moments(table, cohort="trained", cluster="team")).notes == (
        "3 of 3 teams have units in more than one cohort.",
        "3 teams are few: these intervals are too narrow; use small_sample=True.",
    )


def test_no_week_before_leaves_the_check_empty():
    table = panel()
    short = att_gt(
        moments(table[(table["week"] >= 2) & (table["trained"] != 4) & (table["trained"] != 5)], cohort="trained")
    )
    assert pretrend(short)["df"][0] == 0
    assert np.isnan(pretrend(short)["p_value"][0])
    for method in ("relative_magnitudes", "smoothness"):
        with pytest.raises(ContractError) as refused:
            sensitivity(short, method)
        assert str(refused.value) == (
            "how far trends may part is measured by how far they parted before, so two periods (or blocks of 1) before"
            " treatment are needed; there are fewer.\n  Look at pretrend(att)."
        )


def test_who_leaves_and_who_comes_late_is_compared_in_the_weeks_seen():
    table = panel()
    gone = (table["user_id"] == "u11") & (table["week"] > 4)
    late = (table["user_id"] == "u10") & (table["week"] < 3)
    m = moments(table[~gone & ~late])
    assert m.units == 12
    assert counted(table[~gone & ~late]) == []
    assert len(m.n[~m.seen.all(axis=1)]) == 2
    assert m.balanced().excluded.to_numpy().tolist() == [["not seen in every period", 2, 8]]


def test_a_panel_that_ends_as_treatment_begins_has_one_week_of_it():
    table = panel()
    short = table[table["week"] <= 3].assign(trained=lambda t: t["trained"].where(t["trained"] == 3))
    assert aggregate(att_gt(moments(short)), "event_week").table["event_week"].tolist() == [-1, 0]


def test_a_week_missing_in_the_middle_is_compared_in_the_weeks_seen():
    table = panel()
    hole = table[~((table["user_id"] == "u00") & (table["week"] == 4))]
    found = att_gt(moments(hole), band=False).table.set_index(["cohort", "period"])["n"]
    assert counted(hole) == []
    assert [found[3, 3], found[3, 4], found[3, 5]] == [3, 2, 3]


# ── every estimator, on panels that cannot teach it anything ────────────────────────────────────────────────────

ESTIMATORS: dict[str, Any] = {
    "att_gt": att_gt,
    "efficient": efficient,
    "relative": lambda m: relative(att_gt(m)),
    "pretrend": lambda m: pretrend(att_gt(m)),
    "sensitivity": lambda m: sensitivity(att_gt(m)),
    "leave_one_out": lambda m: leave_one_out(m, lambda rest: aggregate(att_gt(rest))),
    "placebo": lambda m: att_gt(placebo(m, 1)),
    "path_effects": path_effects,
    "retained": retained,
    "twfe": twfe,
    "bacon": bacon,
    "redrawn": redrawn,
}
NOBODY = "nobody is treated after being seen untreated, so there is no effect to see.\n  "
NEVER = f"{NOBODY}Look at the cohort column: a missing value means never treated."
FIRST = f"{NOBODY}3 units were left out: treated from the first period on."
UNTOLD = "no effect can be told apart from what would have happened anyway.\n  "
ALONE = (
    f"{UNTOLD}5 of 5 periods of the 12 units first treated in 3 are left out, from 2: nobody is left to compare with."
)
ONE_UNIT = f"{UNTOLD}1 units first treated in 3 are left out: one unit alone has no spread to judge it by."
NOTHING_VARIES = "treatment does not vary within units and periods, so the regression has no coefficient."
UNCHANGED = (
    "no path is switched after it was seen before, so there is no effect to see.\n"
    "  Look at the treatment column: it changes for nobody while seen."
)
NO_PARTS = (
    "the decomposition needs treatment that stays on, and two cohorts (or one and units never treated) seen in every"
    " period.\n  Look at the moments: print(m)."
)
OFF_AGAIN = (
    "treatment stays on once it is on, but for 6 units it is switched off again.\n"
    "  Use path_effects(m), which follows treatment on and off."
)
ONE_DATE = (
    "dates are redrawn where there are several, but all {} user_ids that had one had the same.\n"
    "  Where chance also decided who was treated at all, say drawn='everything'."
)
BY_EFFECT = ("att_gt", "efficient", "relative", "pretrend", "sensitivity", "leave_one_out")


def said_of(effect: str, **others: str) -> dict[str, str]:
    """The same sentence wherever effects by cohort and period are asked for, and what others say."""
    return dict.fromkeys(BY_EFFECT, effect) | others


def hopeless() -> dict[str, tuple[pd.DataFrame, dict[str, Any], dict[str, str]]]:
    """Panels, how they are read, and what each estimator says of them."""
    table = panel()
    on = ((table["week"] >= table["trained"]) & (table["week"] < table["trained"] + 2)).astype(int)
    one = table[table["user_id"].isin(["u00", "u08", "u09", "u10"])]
    first = table[table["week"] >= 3].assign(trained=table["trained"].where(table["trained"] == 3))
    unchanged = {"path_effects": UNCHANGED, "retained": UNCHANGED, "twfe": NOTHING_VARIES, "bacon": NO_PARTS}
    return {
        "nobody treated": (
            table.assign(trained=np.nan),
            {},
            said_of(NEVER, placebo=NEVER, redrawn=ONE_DATE.format(0), **unchanged),
        ),
        "no week after": (table[table["week"] <= 2], {"outside": "known"}, said_of(NEVER, **unchanged)),
        "no week before": (first, {"outside": "known"}, said_of(FIRST, placebo=FIRST, **unchanged)),
        "one cohort, nobody else": (
            table.assign(trained=3),
            {},
            said_of(
                ALONE,
                path_effects=ALONE,
                retained=ALONE,
                twfe=NOTHING_VARIES,
                bacon=NO_PARTS,
                redrawn=ONE_DATE.format(12),
            ),
        ),
        "one unit treated": (
            one,
            {},
            said_of(
                ONE_UNIT,
                path_effects="no path is switched after it was seen before, so there is no effect to see.\n"
                "  1 units first treated in 3 are left out: one unit alone has no spread to judge it by.",
            ),
        ),
        "switched off again": (table.assign(on=on), {"treatment": "on"}, said_of(OFF_AGAIN, bacon=NO_PARTS)),
    }


@pytest.mark.parametrize("panel_of", hopeless())
def test_what_cannot_be_told_is_said_by_every_estimator(panel_of: str):
    table, options, expected = hopeless()[panel_of]
    cluster = None if "treatment" in options else "user_id"
    for name, said in expected.items():
        m = moments(table, cluster=cluster if name == "redrawn" else None, **({"cohort": "trained"} | options))
        with pytest.raises(ContractError) as refused:
            ESTIMATORS[name](m)
        assert str(refused.value) == said, name


def test_what_was_never_switched_off_leaves_nothing():
    with pytest.raises(ContractError) as refused:
        retained(moments(panel()))
    assert str(refused.value) == "nobody is seen 4 weeks after switching off, so what is left cannot be told."


def test_the_only_cohort_cannot_be_left_out():
    table = panel()
    alone = moments(table.assign(trained=table["trained"].where(table["trained"] == 3)))
    left = leave_one_out(alone, lambda rest: aggregate(att_gt(rest)))
    assert left["left_out"].tolist() == [3]
    assert left.drop(columns="left_out").isna().all(axis=None)
