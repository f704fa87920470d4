"""Reads a table with one row a person, for experiments that have no panel.

Somebody who lacks what is asked for (an arm, an outcome, a team …) cannot be used: they are counted, with the reason.
Everything else that breaks a rule is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, identifier
from workbench.data.rules import message
from workbench.errors import ContractError
from workbench.inference.layout import Floats, filled_up
from workbench.results.phrases import plain, say

MOST_VALUES = 30  # of a text covariate: each but the first becomes a column


@dataclass(frozen=True)
class Roles:
    """Which column plays which role; an empty string means none."""

    outcome: str
    arm: str
    cluster: str = ""
    block: str = ""
    took: str = ""
    dose: str = ""
    weight: str = ""
    unit: str = ""
    covariates: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns that must be numbers."""
        return tuple(filter(None, (self.outcome, self.took, self.dose, self.weight)))

    @property
    def labels(self) -> tuple[str, ...]:
        """Columns whose values are names."""
        return tuple(filter(None, (self.arm, self.cluster, self.block)))

    @property
    def named(self) -> tuple[str, ...]:
        """All columns, each once."""
        return tuple(dict.fromkeys((*self.labels, *self.numbers, *filter(None, (self.unit,)), *self.covariates)))


@dataclass(frozen=True, eq=False)
class Labels:
    """N numbers of names, −1 where there is none."""

    names: tuple[Any, ...]
    code: NDArray[np.int64]

    def at(self, rows: NDArray[Any]) -> Labels:
        """Some of the people; names that nobody has any more stay."""
        return Labels(self.names, self.code[rows])

    def of(self, kept: NDArray[Any]) -> Labels:
        """Some of the people; names that nobody has any more are gone."""
        used, code = np.unique(self.code[kept], return_inverse=True)
        return Labels(tuple(self.names[i] for i in used), code.astype(np.int64))


@dataclass(frozen=True, eq=False)
class Drawn:
    """All D people who drew an arm, whether or not they have the rest.

    arm, cluster, block, dose : as of `People`, but −1 or NaN where missing
    lacks : D, for which of the `reasons` each is left out; −1 for those who are used
    """

    arm: Labels
    cluster: Labels | None
    block: Labels | None
    dose: Floats | None
    reasons: tuple[str, ...]
    lacks: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Arms × reasons: how many are left out, those who are used last."""
        found = np.zeros((len(self.arm.names), len(self.reasons) + 1), np.int64)
        np.add.at(found, (self.arm.code, self.lacks), 1)
        return found


@dataclass(frozen=True, eq=False)
class People:
    """N people, each with all that was asked for.

    outcome, took, dose, weight : N numbers (weight 1 where none are given; took and dose None)
    arm, cluster, block : names; cluster and block None where there are none
    covariates : N × P numbers, called `covariate_names`
    row : N, where each stands in the table
    left_out : reason → how many
    drawn : those who are used, and those who drew an arm and are left out
    """

    roles: Roles
    outcome: Floats
    arm: Labels
    weight: Floats
    covariates: Floats
    covariate_names: tuple[str, ...]
    row: NDArray[np.int64]
    left_out: dict[str, int]
    drawn: Drawn
    cluster: Labels | None = None
    block: Labels | None = None
    took: Floats | None = None
    dose: Floats | None = None

    def __len__(self) -> int:
        return len(self.outcome)

    def only(self, kept: NDArray[np.bool_]) -> People:
        """Some of the people."""
        rows = np.flatnonzero(kept)
        labels = {name: each.of(rows) for name in ("arm", "cluster", "block") if (each := getattr(self, name))}
        numbers = {name: each[rows] for name in ("took", "dose") if (each := getattr(self, name)) is not None}
        same = {name: getattr(self, name)[rows] for name in ("outcome", "weight", "covariates", "row")}
        return replace(self, **labels, **numbers, **same)


def several(names: str | Iterable[str]) -> tuple[str, ...]:
    """Names of columns; a text is one of them."""
    return (names,) if isinstance(names, str) else tuple(names)


def read_people(data: Any, roles: Roles) -> People:
    """The people of a table who have all that is asked for; ContractError where it breaks a rule."""
    table = as_table(data)
    _check_columns(table, roles)
    rows = table.sql(f"select {', '.join(map(identifier, roles.named))} from this").to_arrow()
    if not len(rows):
        raise ContractError("the table has no rows, so there is nothing to estimate.")
    _check_repeats(rows, roles)
    numbers = {name: _numbers(rows, name) for name in roles.numbers}
    labels = {name: _labels(rows, name) for name in roles.labels}
    covariates, names = covariate_columns(rows, roles.covariates)
    lacking = _lacking(numbers, labels, covariates, roles)
    lacks = _first_lacking(lacking)
    left_out = {reason: int((lacks == i).sum()) for i, reason in enumerate(lacking) if (lacks == i).any()}
    kept = lacks < 0
    if not kept.any():
        said = "; ".join(f"{reason}: {count:,}" for reason, count in left_out.items())
        raise ContractError(f"nobody is left to learn from ({said}).")
    arm, cluster, block, dose = labels[roles.arm], labels.get(roles.cluster), labels.get(roles.block), roles.dose
    drew = np.flatnonzero(arm.code >= 0)
    everybody = People(
        roles=roles,
        outcome=numbers[roles.outcome],
        arm=arm,
        weight=numbers.get(roles.weight, np.ones(len(rows))),
        covariates=covariates,
        covariate_names=names,
        row=np.arange(1, len(rows) + 1),
        left_out=left_out,
        drawn=Drawn(
            arm=arm.at(drew),
            cluster=cluster and cluster.at(drew),
            block=block and block.at(drew),
            dose=numbers[dose][drew] if dose else None,
            reasons=tuple(lacking),
            lacks=lacks[drew],
        ),
        cluster=cluster,
        block=block,
        took=numbers.get(roles.took),
        dose=numbers.get(dose),
    )
    found = everybody.only(kept)
    _check_values(found)
    return found


def _lacking(
    numbers: dict[str, Floats], labels: dict[str, Labels], covariates: Floats, roles: Roles
) -> dict[str, NDArray[np.bool_]]:
    """Reason → who lacks it, in the order in which reasons are given."""
    lacking: dict[str, NDArray[np.bool_]] = {say("without an arm"): labels[roles.arm].code < 0}
    lacking[say("without an outcome")] = np.isnan(numbers[roles.outcome])
    named = filter(None, (roles.cluster, roles.block))
    lacking |= {say("without a {name}", name=plain(name)): labels[name].code < 0 for name in named}
    others = filter(None, roles.numbers[1:])
    lacking |= {say("without a value of {name}", name=plain(name)): np.isnan(numbers[name]) for name in others}
    if roles.covariates:
        lacking[say("without a covariate")] = np.asarray(np.isnan(covariates).any(axis=1))
    return lacking


def _first_lacking(lacking: dict[str, NDArray[np.bool_]]) -> NDArray[np.int64]:
    """The number of the first thing that each person lacks; −1 for who lacks nothing."""
    each = np.column_stack(list(lacking.values()))
    return np.where(each.any(axis=1), each.argmax(axis=1), -1)


def _numbers(rows: pa.Table, name: str) -> Floats:
    return filled_up(rows[name].combine_chunks(), np.nan).astype(np.float64)


def _labels(rows: pa.Table, name: str) -> Labels:
    column = rows[name].combine_chunks()
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    code = filled_up(coded.indices, -1).astype(np.int64)
    names = [value.item() if isinstance(value, np.generic) else value for value in coded.dictionary.to_pylist()]
    order = sorted(range(len(names)), key=lambda i: (isinstance(names[i], str), names[i]))
    place = np.append(np.argsort(order), -1)
    return Labels(tuple(names[i] for i in order), place[code].astype(np.int64))


def covariate_columns(rows: pa.Table, chosen: tuple[str, ...]) -> tuple[Floats, tuple[str, ...]]:
    """Numbers as they are; of text, a column for each value but the first."""
    columns: list[Floats] = []
    names: list[str] = []
    for name in chosen:
        if is_number(rows.schema.field(name).type):
            columns.append(_numbers(rows, name))
            names.append(name)
            continue
        labels = _labels(rows, name)
        if len(labels.names) > MOST_VALUES:
            raise ContractError(
                f"a covariate of text has at most {MOST_VALUES} values, but {name} has {len(labels.names):,}.\n"
                "  Put rare values together."
            )
        for i, value in list(enumerate(labels.names))[1:]:
            columns.append(np.where(labels.code < 0, np.nan, labels.code == i))
            names.append(f"{name}: {value}")
    return np.column_stack([np.zeros((len(rows), 0)), *columns]), tuple(names)


# ── what is wrong ───────────────────────────────────────────────────────────────────────────────────────────────────


def _check_columns(table: Table, roles: Roles) -> None:
    for name in roles.named:
        if name not in table.columns:
            raise ContractError(f"there is no column {name!r}.\n  The table has {', '.join(table.columns)}.")
    for name in roles.numbers:
        kind = table.schema.field(name).type
        if not is_number(kind):
            raise ContractError(f"{name} is a number, but here it is {kind}.\n  Convert the column.")
    if roles.outcome == roles.arm:
        raise ContractError(f"an outcome is what an arm may change, but {roles.arm} is both.\n  Name another outcome.")
    check_types(table, roles.covariates)
    later = [name for name in roles.covariates if name in (roles.outcome, roles.took, roles.arm)]
    if later:
        raise ContractError(
            f"covariates are what was true before the draw, but {later[0]} is not.\n  Leave it out of covariates."
        )


def check_types(table: Table, covariates: tuple[str, ...]) -> None:
    """ContractError unless covariates are numbers or text."""
    for name in covariates:
        kind = table.schema.field(name).type
        if not (is_number(kind) or _is_text(kind)):
            raise ContractError(f"a covariate is a number or text, but {name} is {kind}.\n  Convert the column.")


def _check_repeats(rows: pa.Table, roles: Roles) -> None:
    if not roles.unit:
        return
    again = pd.Series(rows[roles.unit].to_pandas()).duplicated().to_numpy()
    if again.any():
        claim = f"a {roles.unit} has one row, but {again.sum():,} rows repeat one"
        raise ContractError(message(claim, f"row {again.argmax() + 1:,}", "Add them up, or take their mean."))


def _check_values(people: People) -> None:
    roles = people.roles
    _refuse(people, ~np.isfinite(people.outcome), f"{roles.outcome} is infinite", "Make it missing, or correct it.")
    if np.ptp(people.outcome) == 0:
        raise ContractError(
            f"{roles.outcome} is {people.outcome[0]:g} in every row: nothing varies, so nothing can be learned."
        )
    wrong = ~np.isfinite(people.weight) | (people.weight <= 0)
    _refuse(people, wrong, f"{roles.weight} is not above 0", "Leave out who counts for nothing.")
    if people.took is not None:
        wrong = (people.took < 0) | (people.took > 1)
        _refuse(people, wrong, f"{roles.took} is not between 0 and 1", "Write 1 for who came, 0 for who did not.")
    unreal = np.asarray(~np.isfinite(people.covariates).all(axis=1))
    _refuse(people, unreal, "a covariate is infinite", "Make it missing, or correct it.")
    if people.dose is not None:
        _refuse(people, np.isinf(people.dose), f"{roles.dose} is infinite", "Make it missing, or correct it.")


def _refuse(people: People, wrong: NDArray[Any], what: str, way_out: str) -> None:
    if wrong.any():
        raise ContractError(message(f"{what} in {wrong.sum():,} rows", f"row {people.row[wrong][0]:,}", way_out))


def is_number(kind: pa.DataType) -> bool:
    """Numbers, and true or false."""
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_decimal)
    return any(test(kind) for test in tests)


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
