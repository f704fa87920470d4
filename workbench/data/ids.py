"""Says why the people of one table are not found in another: letter case, ids of 15 and of 18 characters."""

from __future__ import annotations

from workbench.data.engine import Table, literal
from workbench.data.instants import HARD_BLANK

MARK = "\ufeff"  # with which some files begin, so that it stands in the middle of several that were joined

ALIKE = {  # what may differ → SQL that makes the difference vanish
    "in letter case": "lower({id})",
    "in zeros before them": "trim(leading '0' from {id})",
    "in .0 after them, as a spreadsheet writes numbers": "replace({id} || '|', '.0|', '|')",
    "in their length: some have 15 characters, some 18": "substr({id}, 1, 15)",
}


def likely_difference(ids: Table, known: Table) -> str:
    """In what the ids of two tables probably differ: the first difference without which some are found; else nothing.

    ids, known : tables with a column `id` of texts

    >>> from workbench.data import as_table
    >>> likely_difference(as_table(pd.DataFrame({"id": ["A1"]})), as_table(pd.DataFrame({"id": ["a1"]})))
    'in letter case'
    """
    for difference, same in ALIKE.items():
        left, right = same.format(id="this.id"), same.format(id="known.id")
        text = (
            f"select cast(count(*) as bigint) as n from this join known on {left} = {right} where this.id <> known.id"
        )
        if ids.sql(text, known=known).row()["n"]:
            return difference
    return ""


def made_alike(difference: str) -> str:
    """The words of a mapping that make ids alike which differ so, as a sentence.

    >>> print(made_alike("in letter case"))
    In both tables, user_id = { sql = '''lower("…")''' } makes them alike.
    """
    sql = ALIKE[difference].format(id='"…"')
    return f"In both tables, user_id = {{ sql = '''{sql}''' }} makes them alike."


def bare(identity: str) -> str:
    """SQL: an id without blanks and tabs around it and without the mark of a file; nearly every id has none of them.

    identity : SQL of the id as a text
    """
    around = f" \t{HARD_BLANK}{MARK}"
    odd = " or ".join(f"{identity} like {literal(f'%{each}%')}" for each in around)
    return f"case when {odd} then trim(both {literal(around)} from {identity}) else {identity} end"
