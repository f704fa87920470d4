"""What became of the rows of every file: kept, or left out for a reason."""

from __future__ import annotations

import pandas as pd

from workbench.data.sources import Source


def rows_read(source: Source) -> pd.DataFrame:
    """Rows of the tables as found, by what became of them; the rows of a table add up to what is in its files.

    Returns one row per table and reason: table, files (how many it comes from; missing in a database), reason ("" where
    rows are kept), rows. The first row of a table says how many are kept.

    >>> rows_read(wb.open_source({"users": pd.DataFrame({"user_id": ["a", "b"]})})).to_dict("records")
    [{'table': 'users', 'files': None, 'reason': '', 'rows': 2}]
    """
    found = []
    for table, raw in source.raw.items():
        counts: dict[str, int] = {"": 0}
        for part in raw.parts:
            for reason, rows in part.outcomes.items():
                counts[reason] = counts.get(reason, 0) + rows
        files = sum(len(part.found.files) for part in raw.parts) or pd.NA
        found += [{"table": table, "files": files, "reason": reason, "rows": rows} for reason, rows in counts.items()]
    return pd.DataFrame(found, columns=["table", "files", "reason", "rows"]).astype({"files": "Int64"})
