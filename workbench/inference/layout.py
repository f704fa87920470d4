"""Where each unit's rows stand: periods as ranks, presence as bits, columns as one block of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.errors import ContractError

Floats = NDArray[np.float64]
NEVER = -(2.0**60)  # stands for a missing cohort while rows are compared with each other
AT_ONCE = 1_000  # rows that are worked on together: what is made of them on the way stays in the processor's memory
A_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


class Unsorted(Exception):
    """The units of a table do not stand in ascending order."""


def starts_of(units: pa.Array) -> NDArray[np.int64]:
    """Where each unit begins; Unsorted unless each is greater than the one before."""
    if units.null_count:
        raise ContractError(
            f"every row belongs to a unit, but {units.null_count:,} rows name none.\n  Leave these rows out."
        )
    if pa.types.is_dictionary(units.type):
        units = units.dictionary_decode()
    starts = np.concatenate([[0], np.flatnonzero(_changes(units)) + 1])
    firsts = units.take(pa.array(starts))
    if pc.all(pc.less(firsts.slice(0, len(firsts) - 1), firsts.slice(1))).as_py() is False:
        raise Unsorted
    return starts


def _changes(units: pa.Array) -> NDArray[np.bool_]:
    """Whether each unit but the first differs from the one before it."""
    if pa.types.is_integer(units.type):
        numbers = units.to_numpy()
        changes: NDArray[np.bool_] = numbers[1:] != numbers[:-1]
        return changes
    return np.asarray(pc.not_equal(units.slice(1), units.slice(0, len(units) - 1)).to_numpy(zero_copy_only=False))


@dataclass(frozen=True)
class Layout:
    """Where the rows of whole units go in a matrix, units × periods.

    place : of each row, counted along the rows of the matrix; None where every unit has every period in order, so that
        rows need only be folded
    """

    starts: NDArray[np.int64]
    periods: NDArray[np.int64]
    place: NDArray[np.int64] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Units, periods."""
        return len(self.starts), len(self.periods)

    def matrix(self, values: NDArray[Any], absent: float) -> NDArray[Any]:
        """Values, one a row, as units × periods."""
        if self.place is None:
            return values.reshape(self.shape)
        matrix = np.full(self.shape, absent, np.float64 if np.isnan(absent) else values.dtype)
        matrix.ravel()[self.place] = values
        return matrix

    def varies(self, values: NDArray[Any]) -> bool:
        """Values differ within some unit."""
        if self.place is None:
            folded = values.reshape(self.shape)
            return bool((folded != folded[:, :1]).any())
        differs = values[1:] != values[:-1]
        differs[self.starts[1:] - 1] = False  # from one unit to the next they may
        return bool(differs.any())

    def repeats(self) -> bool:
        """Some unit has two rows in a period."""
        if self.place is None or (self.place[1:] > self.place[:-1]).all():
            return False
        cells = np.zeros(self.shape, bool)
        cells.ravel()[self.place] = True
        return int(cells.sum()) < len(self.place)


def layout_of(starts: NDArray[np.int64], number: NDArray[Any]) -> Layout:
    """Where the rows of each unit stand in a block."""
    n, width = len(starts), len(number) // len(starts)
    if n * width == len(number) and (starts == np.arange(n) * width).all():
        folded = number.reshape(n, width)
        if (folded == folded[0]).all() and (np.diff(folded[0]) > 0).all():
            return Layout(starts, folded[0].astype(np.int64))
    periods, place = _ranks(number.astype(np.int64, copy=False))
    before = np.arange(n) * len(periods)  # places of the units before
    return Layout(starts, periods, place + np.repeat(before, np.diff(starts, append=len(number))))


def _ranks(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct numbers, ascending, and each number's place among them."""
    low, high = int(numbers.min()), int(numbers.max())
    if high - low > 4 * len(numbers) + 10_000:
        return np.unique(numbers, return_inverse=True)
    present, above = np.zeros(high - low + 1, bool), numbers - low
    present[above] = True
    place = np.cumsum(present) - 1
    return np.flatnonzero(present) + low, above if present.all() else place[above]


def numbered(*keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each place, the same where all keys are the same, in their order."""
    return np.unique(np.stack(keys), axis=1, return_inverse=True)[1].ravel()


def days_of(values: pa.Array) -> tuple[pa.Array, bool]:
    """Dates or midnights as days since 1970-01-01, and whether any is not a midnight."""
    if pa.types.is_date(values.type):
        return values.cast(pa.date32()).cast(pa.int32()), False
    ticks = values.cast(pa.int64())
    day = A_DAY[values.type.unit]
    days = pc.cast(pc.floor(pc.divide(ticks.cast(pa.float64()), float(day))), pa.int64())
    return days, not pc.all(pc.equal(pc.multiply(days, day), ticks), min_count=0).as_py()  # of nothing known: all


def pieces(count: int) -> Iterator[slice]:
    """Some of so many rows at a time."""
    return (slice(first, first + AT_ONCE) for first in range(0, count, AT_ONCE))


def bits_of(values: pa.Array) -> NDArray[Any]:
    """Whole numbers that are equal where the values are, and as good as always different where they are not."""
    if pa.types.is_floating(values.type):
        numbers = values.to_numpy(zero_copy_only=False)
        return np.asarray(numbers.view(f"i{numbers.itemsize}"))
    if pa.types.is_temporal(values.type):
        values = values.view(pa.int32() if values.type.bit_width == 32 else pa.int64())
    return filled_up(values, NEVER)


def filled_up(values: pa.Array, absent: float) -> NDArray[Any]:
    """As numpy, with `absent` for nulls."""
    if pa.types.is_boolean(values.type) or pa.types.is_decimal(values.type):
        values = values.cast(pa.float64() if pa.types.is_decimal(values.type) else pa.int8())
    if not values.null_count:
        return np.asarray(values.to_numpy(zero_copy_only=False))
    return np.asarray(values.cast(pa.float64()).fill_null(absent).to_numpy(zero_copy_only=False))
