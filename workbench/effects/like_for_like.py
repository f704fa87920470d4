"""Whether the treated are better compared with people of the same traits, such as role and length of access.

Parallel trends of everybody is the plainer claim. Where the data speak against it, and for the same claim among people
of the same traits, the second is the answer: the rule is `more_credible`. Earlier use is no trait: where it differs
lastingly, those of equal earlier use had a lucky or an unlucky spell, and drift back afterwards (Daw & Hatfield 2018,
Health Services Research 53, 4138–4156). On the simulated sample that would call a course without any effect helpful.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.data.engine import Table, identifier
from workbench.effects.balance import balance, overlap
from workbench.effects.covariates import adjusted
from workbench.effects.pretrends import pretrend
from workbench.errors import ContractError
from workbench.results.estimates import Estimates
from workbench.results.verdict import PARTED

HOW = "regression"  # odds of treatment cannot be fitted where a wave has nobody of some role


def more_credible(
    drawn: bool, plain: pd.DataFrame, alike: pd.DataFrame, unlike: pd.DataFrame, there: pd.DataFrame
) -> bool:
    """Whether people of the same traits show better than everybody what would have happened anyway.

    drawn : dates were given at random; plain, alike : `pretrend`, compared with everybody and with people of the same
    traits; unlike, there : `balance` and `overlap` of the traits
    All must hold: people, not chance, chose; before the start trends parted from those of everybody, and not from those
    of people of the same traits, in a check that looked at as many periods or more than one; some trait is unlike in
    some wave; and in every wave there is somebody like the treated.
    """
    parted, level = float(plain["p_value"].iloc[0]) < PARTED, float(alike["p_value"].iloc[0])
    known = (unlike["verdict"] == "unlike").any() and (there["verdict"] == "good").all()
    return bool(not drawn and parted and level >= PARTED and int(alike["df"].iloc[0]) > 1 and known)


def people_of_same_traits(study: Any) -> bool:
    """The rule of `more_credible` for a study that is put to the test; most are spared the work."""
    if study.drawn or not study.checked:
        return False
    plain = pretrend(study.need("att_of_everybody"), study.checked)
    if not plain["p_value"][0] < PARTED:
        return False
    alike = pretrend(study.need("att_of_same_traits"), study.checked)
    return more_credible(study.drawn, plain, alike, *study.need("traits"))


def of_same_traits(compared: Any, outcome: str, anticipation: int) -> Estimates:
    """ATT(g, t), the treated compared with people of the same traits (see `adjusted`)."""
    rows, traits = _with_traits(compared, outcome)
    roles = _roles(compared, outcome, anticipation)
    return adjusted(rows, traits, HOW, band=False, **roles)


def traits_before(compared: Any, outcome: str, anticipation: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How unlike the treated are in their traits, and whether anybody is like them: `balance` and `overlap`."""
    rows, traits = _with_traits(compared, outcome)
    roles = _roles(compared, outcome, anticipation)
    return balance(rows, traits, **roles), overlap(rows, traits, **roles)


def _roles(compared: Any, outcome: str, anticipation: int) -> dict[str, Any]:
    return {
        "unit": compared.unit,
        "period": compared.period,
        "outcome": outcome,
        "cohort": "began",
        "cluster": compared.cluster,
        "anticipation": anticipation,
        "outside": "known",
    }


def _with_traits(compared: Any, outcome: str) -> tuple[Table, list[str]]:
    """The rows of a comparison with the traits of their people, and the names of these."""
    if compared.traits is None:
        raise ContractError("what people were like before the start is not known.")
    named = [compared.unit, compared.period, outcome, "began", *([compared.cluster] if compared.cluster else [])]
    traits = [name for name in compared.traits.columns if name != compared.unit]
    unit, period = identifier(compared.unit), identifier(compared.period)
    columns = ", ".join(
        [f"this.{identifier(name)}" for name in named] + [f"traits.{identifier(name)}" for name in traits]
    )
    rows = compared.rows.sql(
        f"select {columns} from this join traits on traits.{unit} = this.{unit} order by this.{unit}, this.{period}",
        traits=compared.traits,
    )
    return rows.stored(), traits
