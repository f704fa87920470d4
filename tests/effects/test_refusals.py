"""Every estimator, asked for what a table cannot give: the same sentence, word for word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from twelve_users import twelve_users

from workbench.effects.balance import balance, overlap
from workbench.effects.covariates import adjusted
from workbench.effects.did import att_gt
from workbench.effects.efficient import efficient
from workbench.effects.half_life import retained
from workbench.effects.imputation import imputed
from workbench.effects.offers import offered
from workbench.effects.paths import path_effects
from workbench.effects.pretrends import pretrend
from workbench.effects.randomisation import redrawn
from workbench.effects.randomisation_check import randomisation_check
from workbench.effects.sensitivity import leave_one_out, placebo, sensitivity
from workbench.effects.summaries import aggregate, relative
from workbench.effects.two_way import bacon, twfe
from workbench.errors import ContractError
from workbench.inference.moments import moments
from workbench.results.shares import wilson

ESTIMATORS: dict[str, Any] = {
    "att_gt": att_gt,
    "efficient": lambda m: efficient(m, drawn="everything"),
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

ONE_UNIT = f"{UNTOLD}1 unit first treated in 3 is left out: one unit alone has no spread to judge it by."

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
    table = twelve_users()
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
                "  1 unit first treated in 3 is left out: one unit alone has no spread to judge it by.",
            ),
        ),
        "switched off again": (table.assign(on=on), {"treatment": "on"}, said_of(OFF_AGAIN, bacon=NO_PARTS)),
    }


def test_wrong_choices_name_the_right_ones():
    m = moments(twelve_users(), cohort="trained")
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
        (lambda: placebo(m, 0), "earlier is a whole number from 1 on, not 0."),
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


@pytest.mark.parametrize("panel_of", hopeless())
def test_what_cannot_be_told_is_said_by_every_estimator(panel_of: str):
    table, options, expected = hopeless()[panel_of]
    cluster = None if "treatment" in options else "user_id"
    for name, said in expected.items():
        m = moments(table, cluster=cluster if name == "redrawn" else None, **({"cohort": "trained"} | options))
        with pytest.raises(ContractError) as refused:
            ESTIMATORS[name](m)
        assert str(refused.value) == said, name


@pytest.mark.parametrize("anticipation", [-1, 0.5, True])
def test_anticipation_is_a_whole_number_everywhere(anticipation: Any):
    """One period ahead of the truth, or half a period, is another question and once was answered in wrong numbers."""
    panel = twelve_users()
    panel["x"] = panel["user_id"].astype("category").cat.codes.astype(float) % 5
    m, lots = moments(panel), moments(panel, cluster="user_id")
    for ask in (
        lambda a: att_gt(m, anticipation=a),
        lambda a: imputed(m, anticipation=a),
        lambda a: path_effects(m, anticipation=a),
        lambda a: retained(m, anticipation=a),
        lambda a: redrawn(lots, "everything", a),
        lambda a: randomisation_check(lots, "everything", a),
        lambda a: adjusted(panel, ["x"], anticipation=a),
        lambda a: balance(panel, ["x"], anticipation=a),
        lambda a: overlap(panel, ["x"], anticipation=a),
        lambda a: offered(panel, "trained", cohort="trained", anticipation=a),
    ):
        with pytest.raises(ContractError) as refused:
            ask(anticipation)
        assert str(refused.value) == f"anticipation is a whole number from 0 on, not {anticipation!r}."


def test_numbers_of_periods_are_from_one_on():
    att = att_gt(moments(twelve_users()))
    for ask, said in (
        (lambda: att_gt(att.contrasts.moments, base=0), "base is a whole number from 1 on, not 0."),
        (lambda: pretrend(att, before=0), "before is a whole number from 1 on, not 0."),
        (lambda: sensitivity(att, before=0), "before is a whole number from 1 on, not 0."),
        (lambda: sensitivity(att, after=-2), "after is a whole number from 1 on, not -2."),
        (lambda: sensitivity(att, m=[-1]), "m is how far trends may part, numbers from 0 on, not [-1]."),
        (lambda: retained(att.contrasts.moments, weeks=(0,)), "weeks is a whole number from 1 on, not 0."),
    ):
        with pytest.raises(ContractError) as refused:
            ask()
        assert str(refused.value) == said


@pytest.mark.parametrize(("level", "instead"), [(95, "; write 0.95"), (0, ""), (1, ""), (-0.5, "")])
def test_a_level_is_a_share(level: float, instead: str):
    panel = twelve_users()
    panel["x"] = panel["user_id"].astype("category").cat.codes.astype(float) % 5
    m = moments(panel)
    for ask in (
        lambda: att_gt(m, level=level),
        lambda: imputed(m, level=level),
        lambda: efficient(m, drawn="everything", level=level),
        lambda: twfe(m, level=level),
        lambda: path_effects(m, level=level),
        lambda: sensitivity(att_gt(m), level=level),
        lambda: adjusted(panel, ["x"], how="regression", level=level),
        lambda: offered(panel, "trained", cohort="trained", level=level),
        lambda: wilson(np.array([1]), np.array([2]), level),
    ):
        with pytest.raises(ContractError) as refused:
            ask()
        assert str(refused.value) == f"level is a share between 0 and 1, not {level!r}{instead}."
