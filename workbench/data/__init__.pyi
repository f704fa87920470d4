from .dates import dates
from .duckdb import as_table
from .engine import Table
from .fitness import access_caveat, daily_rows, group_coverage, grouping, looked_until, silent_days, tables_there
from .intake import rows_read
from .reading import reading
from .sources import Source, check_source, open_source
from .verbs import kinds, verb_counts

__all__ = [
    "Source",
    "Table",
    "access_caveat",
    "as_table",
    "check_source",
    "daily_rows",
    "dates",
    "group_coverage",
    "grouping",
    "kinds",
    "looked_until",
    "open_source",
    "reading",
    "rows_read",
    "silent_days",
    "tables_there",
    "verb_counts",
]
