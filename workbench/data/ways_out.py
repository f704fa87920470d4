"""Says what to write into the mapping where rows cannot be mended: which of them are left out."""

from __future__ import annotations

from workbench.data.contract import Column
from workbench.data.engine import identifier, literal
from workbench.data.raw import Raw


def leave_out(c: Column, raw: Raw, missing: bool = False) -> str:
    """The line that leaves rows out whose value of a column is missing, or one that cannot be read."""
    condition = "is null" if missing else f"= {literal('…')}"
    return _line(raw, f"no {c.name}", f"{_theirs(c, raw)} {condition}")


def keep_latest(c: Column, raw: Raw) -> str:
    """The line that leaves out all rows with an id but the latest; their owner knows which column says that."""
    earlier = f'row_number() over (partition by {_theirs(c, raw)} order by "…" desc) > 1'
    return f"{_line(raw, 'an earlier row', earlier)}, with the column that says which is later"


def read(c: Column, raw: Raw, rows: int, of: int) -> str:
    """What to do with the few dates that are written otherwise than all others."""
    like = "2025-01-31" if c.type == "date" else "2025-01-31T08:00:00Z"
    return f"{of - rows:,} of {of:,} are read. Write the others as {like}, or leave them out: {leave_out(c, raw)}."


def _line(raw: Raw, reason: str, condition: str) -> str:
    table = f"[[{raw.name}]] … [{raw.name}.leave_out]" if len(raw.parts) > 1 else f"[{raw.name}.leave_out]"
    return f"""{table} "{reason}" = '''{condition}'''"""


def _theirs(c: Column, raw: Raw) -> str:
    named = [part.columns[c.name] for part in raw.parts if c.name in part.columns and not part.computed]
    return identifier(next((name for name in named), "…"))
