"""A wide table, one row a person and one column an item, as one row an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from workbench.data.engine import Table, identifier, literal
from workbench.errors import ContractError, no_such_column, not_one_of


@dataclass(frozen=True)
class Long:
    """The columns that hold answers.

    items : their names, which become the values of the column `item`
    answer : the column that receives the values
    """

    items: tuple[str, ...]
    item: str
    answer: str

    def rows(self, wide: Table) -> Table:
        """One row for each row and item; the other columns stand beside each."""
        others = [f"this.{identifier(name)}" for name in wide.columns if name not in self.items]
        listed = ", ".join(f"({literal(name)})" for name in self.items)
        answers = " ".join(f"when {literal(name)} then cast(this.{identifier(name)} as varchar)" for name in self.items)
        new = [f"items.item as {identifier(self.item)}", f"case items.item {answers} end as {identifier(self.answer)}"]
        return wide.sql(f"select {', '.join([*others, *new])} from this cross join (values {listed}) as items(item)")


def items(table: str, said: str | Sequence[str], there: Sequence[str]) -> tuple[str, ...]:
    """The columns that names and globs stand for, in the order of the file. Raises ContractError where one has none."""
    patterns = [said] if isinstance(said, str) else list(said)
    for pattern in patterns:
        if not any(_matched(pattern, there)):
            raise ContractError(f"the mapping's [{table}.long] items: {no_such_column(pattern, there)}")
    wanted = {name for pattern in patterns for name in _matched(pattern, there)}
    return tuple(name for name in there if name in wanted)


def _matched(pattern: str, there: Sequence[str]) -> Iterator[str]:
    """The column of this name; where there is none, those that the glob fits."""
    yield from [pattern] if pattern in there else (name for name in there if fnmatchcase(name, pattern))


def refuse_unclear(table: str, said: dict[str, Any], promised: Sequence[str]) -> None:
    """Raise ContractError where the words of [table.long] do not say which columns become what."""
    known = ("items", "item", "answer")
    for word in said:
        if word not in known:
            raise ContractError(f"the mapping's [{table}.long]: {not_one_of(word, known, 'word')}")
    for word in known:
        if word not in said:
            example = 'items = "Q*", item = "item", answer = "value"'
            raise ContractError(f"the mapping's [{table}.long] lacks {word}. Write, for example, {example}.")
    for word in ("item", "answer"):
        if said[word] not in promised:
            raise ContractError(f"the mapping's [{table}.long] {word}: {not_one_of(said[word], promised, 'column')}")
