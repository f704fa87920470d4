"""Each promise of the contract has a rule; that each rule finds its offender is tested in `test_checks.py`."""

from __future__ import annotations

from workbench.data.contract import TABLES
from workbench.data.promises import COLUMN_RULES, ORDERED


def test_every_column_has_a_rule_on_its_type_and_a_required_one_that_it_is_there() -> None:
    for c in (c for columns in TABLES.values() for c in columns):
        promises = [rule.promise for applies, rule in COLUMN_RULES if applies(c)]
        assert "{what} reads as {c.type}" in promises
        assert ("{what} is there" in promises) == c.required


def test_columns_in_order_are_columns_of_the_contract() -> None:
    for table, pair in ORDERED.items():
        assert set(pair) <= {c.name for c in TABLES[table]}
