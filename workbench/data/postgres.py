"""PostgreSQL, an engine elsewhere: the server computes what is asked of its tables, and only the answer comes over.

A source is named as libpq names it, `postgresql://reader@server/database` or `postgresql:///?service=crm`. The password
is never part of that name, because a source stands on pages, in logs and in the history of a shell: libpq finds it in
PGPASSWORD, in its password file or in its service file. Every session is read-only, so that `store` cannot keep a table
there: what is computed once is kept by the engine inside (`duckdb.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyarrow as pa

from workbench.data.duckdb import duckdb_engine
from workbench.data.engine import Dialect, Table, identifier
from workbench.errors import ContractError, QueryError

SCHEMES = ("postgresql://", "postgres://")
SECRETS = ("password", "sslpassword")
SETTINGS = (
    "set session characteristics as transaction read only",
    "set timezone to 'UTC'",
    "set datestyle to 'ISO, YMD'",
)
# What is certain to be read as a type. PostgreSQL before 16 has no way of trying, so a text is looked at first.
_YEAR = r"(?!0000)\d{4}"
_LEAP_YEAR = r"(\d\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DAY = (
    rf"({_YEAR}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))"
    rf"|(?!0000){_LEAP_YEAR}-02-29)"
)
_CLOCK = r"[ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?"
_ZONE = r" ?(Z|UTC|[+-](0\d|1[0-4])(:?[0-5]\d)?|[A-Za-z_]+/[A-Za-z_/]+)"
READABLE = {
    "bigint": r"^\s*[+-]?\d{1,18}\s*$",
    "double precision": r"^\s*([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?|NaN|[+-]?Infinity)\s*$",
    "boolean": r"(?i)^\s*(t|true|f|false|y|yes|n|no|on|off|1|0)\s*$",
    "date": rf"^\s*{_DAY}({_CLOCK}({_ZONE})?)?\s*$",
    "timestamp": rf"^\s*{_DAY}({_CLOCK}({_ZONE})?)?\s*$",
    "timestamp with time zone": rf"^\s*{_DAY}({_CLOCK}({_ZONE})?)?\s*$",
}
_PATTERNS = " ".join(f"when '{kind}' then '{pattern}'" for kind, pattern in READABLE.items())
_PATTERN = f"case '{{type}}' {_PATTERNS.replace('{', '{{').replace('}', '}}')} else '' end"
# The parts of a date in order, each number of two digits at least.
_IN_ORDER = r"regexp_replace(regexp_replace({text}, {pattern}, {iso}), '(?<![0-9.])([0-9])(?![0-9])', '0\1', 'g')"
_SURE = "'" + rf"^{_DAY}({_CLOCK})?( [AaPp][Mm])?$".replace("{", "{{").replace("}", "}}") + "'"
REFUSED = "refused: "
POSTGRES = Dialect(
    local="timezone({zone}, {ts})",
    instant="timezone({zone}, {ts})",
    universal="timezone('UTC', {ts})",
    shifted="timezone('UTC', {ts}) + {minutes} * interval '1' minute",
    days="({b} - {a})",
    date_plus="({date} + {days})",
    key="hashtextextended(cast({value} as text), 0)",
    bit_count="length(replace(cast(cast({mask} as bit(64)) as text), '0', ''))",
    try_cast=f"case when cast({{value}} as text) ~ ({_PATTERN}) then cast({{value}} as {{type}}) end",
    matches="({text} ~ {pattern})",
    has_nul="false",  # a text of PostgreSQL cannot hold one
    # The engine must not find the message out before a row needs it, hence a piece of a random number, of no length.
    refusal=f"cast('{REFUSED}' || {{message}} || left(cast(random() as text), 0) as timestamp with time zone)",
    part="substring({text} from {pattern})",
    from_epoch="to_timestamp({microseconds} / 1000000.0)",
    moment=f"case when {{text}} ~ {{pattern}} and {_IN_ORDER} ~ {_SURE} then cast({_IN_ORDER} as timestamp) end",
)
AS_THEY_ARE = ("text", "character varying", "bigint", "integer", "smallint", "boolean", "real", "double precision")
ENDLESS = ("date", "timestamp with time zone", "timestamp without time zone")  # which know an infinity
TABLES = """
    select n.nspname as schema, c.relname as table, a.attname as column, format_type(a.atttypid, null) as type,
        pg_table_is_visible(c.oid) as visible
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
        and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
        and has_schema_privilege(n.oid, 'usage') and has_column_privilege(c.oid, a.attnum, 'select')
    order by n.nspname, c.relname, a.attnum"""


@dataclass
class Postgres:
    """A PostgreSQL server, asked over read-only sessions."""

    uri: str
    dialect: Dialect = POSTGRES
    inside: bool = False

    @cached_property
    def session(self) -> Any:
        """The session for whole answers."""
        return self._session()

    def sql(self, text: str) -> pa.Table:
        """The whole answer."""
        with _said_plainly(), self.session.cursor() as cursor:
            cursor.execute(text)
            return _plain(cursor.fetch_arrow_table())

    def batches(self, text: str) -> Iterator[pa.RecordBatch]:
        """The answer piece by piece, over a session of its own: another question does not wait for its end."""
        with _said_plainly(), self._session() as session, session.cursor() as cursor:
            cursor.execute(text)
            for batch in cursor.fetch_record_batch():
                yield from _plain(pa.Table.from_batches([batch])).to_batches()

    def schema(self, text: str) -> pa.Schema:
        """Names and types of the answer."""
        return self.sql(f"select * from ({text}) as nothing limit 0").schema

    def store(self, text: str) -> Table:
        """The answer brought over, since nothing can be kept there."""
        return duckdb_engine().keep(self.schema(text), self.batches(text))

    def tables(self) -> dict[str, Table]:
        """The tables and views that may be read: `schema.table` each, and by their bare name those on the path."""
        listed = self.sql(TABLES).to_pandas()
        found: dict[str, Table] = {}
        for (schema, name, visible), columns in listed.groupby(["schema", "table", "visible"], sort=False):
            spelt = ", ".join(_readable(c.column, c.type) for c in columns.itertuples())
            table = Table(self, f"select {spelt} from {identifier(schema)}.{identifier(name)} as found")
            found |= {f"{schema}.{name}": table, **({name: table} if visible else {})}
        return found

    def _session(self) -> Any:
        if find_spec("adbc_driver_postgresql") is None:
            raise ContractError(
                "PostgreSQL is read with a package that is not installed here.\n"
                "  Install it with: pip install 'adoption-workbench[postgres]'"
            )
        import adbc_driver_postgresql.dbapi as driver

        with _said_plainly(f"the database {database_name(self.uri)} cannot be reached"):
            session = driver.connect(self.uri, autocommit=True)
            with session.cursor() as cursor:
                for setting in SETTINGS:
                    cursor.execute(setting)
        return session


def is_postgres(where: object) -> bool:
    """Whether this names a PostgreSQL database.

    >>> is_postgres("postgresql://reader@server/crm"), is_postgres("data/sample")
    (True, False)
    """
    return str(where).startswith(SCHEMES)


def database_name(uri: str) -> str:
    """What a page may call a database: its name or its service, never the server, the person or the password.

    >>> database_name("postgresql://reader@server/crm?sslmode=require"), database_name("postgresql:///?service=sales")
    ('crm', 'sales')
    """
    parts = urlsplit(uri)
    words = parse_qs(parts.query)
    named = unquote(parts.path.strip("/")) or next(iter(words.get("dbname", []) + words.get("service", [])), "")
    return named or "PostgreSQL"


def refuse_password(uri: str) -> None:
    """Raise ContractError where a password is part of the source's name, without repeating it.

    >>> refuse_password("postgresql://reader@server/crm")
    """
    parts = urlsplit(uri)
    login = parts.netloc.rpartition("@")[0]
    if ":" in login or any(word in parse_qs(parts.query, keep_blank_values=True) for word in SECRETS):
        raise ContractError(
            "the source holds a password, which would be seen on pages and in logs.\n"
            "  Leave it out, and give it as PGPASSWORD, in ~/.pgpass, or in a service file: postgresql:///?service=crm"
        )


def _readable(column: str, kind: str) -> str:
    """SQL of one of their columns in a type that the package's texts know."""
    name = identifier(column)
    if kind in AS_THEY_ARE:
        return name
    if kind in ENDLESS:
        return f"case when isfinite({name}) then {name} end as {name}"
    return f"cast({name} as {'double precision' if kind in ('numeric', 'money') else 'varchar'}) as {name}"


def _plain(answer: pa.Table) -> pa.Table:
    """The answer without PostgreSQL's own types: exact decimals, which come as texts, become numbers."""
    for place, field in enumerate(answer.schema):
        if isinstance(field.type, pa.OpaqueType):
            numbers = answer.column(place).cast(pa.string()).cast(pa.float64())
            answer = answer.set_column(place, field.name, numbers)
    return answer.replace_schema_metadata(None).cast(pa.schema([f.remove_metadata() for f in answer.schema]))


@contextmanager
def _said_plainly(claim: str = "PostgreSQL cannot answer") -> Iterator[None]:
    # The server's own message quotes values, texts and addresses, which may hold a person or a password.
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "adbc_driver_manager":
            raise
        raise QueryError(f"{claim}: {_reason(str(error), getattr(error, 'sqlstate', None))}") from None


def _reason(message: str, state: str | None) -> str:
    if refused := re.search(rf'"{REFUSED}([^"]*)"', message):
        return f"{refused[1]}.\n  `workbench check` lists every row that cannot be read."
    known = next((reason for sign, reason in REASONS.items() if sign in message), "")
    if known:
        return known
    said = message.split("ERROR:")[-1].strip().split("\n")[0]
    kind = re.split(r"[\"':(]", said)[0].strip() if "ERROR:" in message else "the reason is not known"
    return f"{kind}{f' ({state})' if state else ''}.\n  `workbench check` lists every row that cannot be read."


REASONS = {
    "password authentication failed": "it refuses the password.\n  Look at PGPASSWORD, ~/.pgpass or the service file.",
    "no password supplied": "it asks for a password.\n  Give it as PGPASSWORD, in ~/.pgpass or in a service file.",
    "definition of service": "there is no such service.\n  Look at the service file, ~/.pg_service.conf.",
    "invalid URI": "its name cannot be read.\n  Write it like postgresql://reader@server/database.",
    "invalid percent": "its name cannot be read.\n  Write special characters as themselves, or in a service file.",
    "does not exist": "there is no such database, person or table.\n  Look at its name.",
    "permission denied": "it does not permit that.\n  Ask for the right to read the tables.",
    "Connection refused": "nothing answers there.\n  Look at the server's name and port, and at the network.",
    "translate host name": "there is no such server.\n  Look at the server's name.",
    "timeout": "it took too long.\n  Ask for fewer weeks, or for a longer time limit.",
}
