"""DuckDB, the engine inside: frames, Arrow tables and files are read where they lie, and answers come in pieces."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.engine import Dialect, Table, free, identifier, literal, literals
from workbench.data.formats import UNREADABLE
from workbench.data.instants import NO_ZONE, VAGUE_ZONE
from workbench.data.layout import Layout, Torn
from workbench.data.rules import FILE, ROW
from workbench.errors import ContractError, QueryError

DUCKDB = Dialect(
    local="timezone({zone}, {ts})",
    instant="timezone({zone}, {ts})",
    universal="make_timestamptz(epoch_us({ts}))",  # a calendar takes twenty times as long
    shifted="timezone('UTC', {ts}) + {minutes} * interval '1' minute",
    days="({b} - {a})",
    date_plus="({date} + {days})",
    key="hash({value})",
    bit_count="bit_count({mask})",
    try_cast="try_cast({value} as {type})",
    matches="regexp_matches({text}, {pattern})",
    has_nul="strpos({text}, chr(0)) > 0",
    refusal="error({message})",
    part="nullif(regexp_extract({text}, {pattern}, 1), '')",
    from_epoch="make_timestamptz({microseconds})",
    # %Y also reads a year of two digits.
    moment="case when cast(try_strptime({text}, {format}) as timestamp) >= timestamp '1000-01-01'"
    " then cast(try_strptime({text}, {format}) as timestamp) end",
)
SETTINGS = ("TimeZone='UTC'", "autoinstall_known_extensions=false", "autoload_known_extensions=false")
CLOSED = "enable_external_access=false"  # no text can read or write another file; cannot be undone
EMPTY = "(nothing)"  # the only column of a file without any
PATH, NUMBER = "path of the file", "number of the row"  # the columns by which rows are given their places
FAULTS = {  # the engine's word for what is wrong with a row → what is wrong, the way out
    "MISSING COLUMNS": (
        "some have too few values",
        "Correct these rows, delete them where they are notes and no rows, or export the file again.",
    ),
    "TOO MANY COLUMNS": (
        "some have too many values",
        "Put values that contain the delimiter into quotation marks, or export the file again.",
    ),
    "UNQUOTED VALUE": (
        "one has a quotation mark that is never closed",
        "Close it, or double it where it is part of the text; everything behind it is unread.",
    ),
    "INVALID ENCODING": (
        "some are not UTF-8",
        'Say in the mapping how the file is written: encoding = "windows-1252".',
    ),
    "": ("some are damaged", "Correct these rows, or export the file again."),
}
REFUSALS = (UNREADABLE, NO_ZONE, VAGUE_ZONE)  # what texts of the package make the engine say
AHEAD = 2  # pieces of an answer that are read before they are asked for
BATCH_ROWS = 245_760  # 120 of DuckDB's vectors: fits into the caches of a processor, and is read in one go


@dataclass
class DuckDB:
    """DuckDB in this process; frames that users pass are scanned where they are, not copied, while a table holds them.

    file : a database that is opened for reading only, in which no text can reach any other file; None: in memory
    """

    dialect: Dialect = DUCKDB
    file: Path | None = None
    frames: WeakValueDictionary[str, pa.Table] = field(default_factory=WeakValueDictionary)
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def inside(self) -> bool:
        """Whether tables of other engines can be brought here."""
        return self.file is None

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The database in memory, or the file's own."""
        con = duckdb.connect() if self.file is None else duckdb.connect(self.file, read_only=True)
        for setting in (*SETTINGS, *((CLOSED,) if self.file else ())):
            con.execute(f"set global {setting}").fetchall()
        return con

    def sql(self, text: str) -> pa.Table:
        """The whole answer."""
        with _said_plainly():
            return self._relation(text).to_arrow_table()

    def batches(self, text: str) -> Iterator[pa.RecordBatch]:
        """The answer piece by piece; the next one is read while one is looked at."""
        with _said_plainly(), self._with_a_core_to_spare(), ThreadPoolExecutor(1) as ahead:
            reader = self._relation(text).to_arrow_reader(BATCH_ROWS)
            coming = deque(ahead.submit(next, reader, None) for _ in range(AHEAD))
            while (batch := coming.popleft().result()) is not None:
                coming.append(ahead.submit(next, reader, None))
                yield batch

    @contextmanager
    def _with_a_core_to_spare(self) -> Iterator[None]:
        """For whoever looks at the pieces: two that want the same core take longer than one after the other."""
        threads = self.connection.sql("select current_setting('threads')").fetchall()[0][0]
        self.connection.execute(f"set global threads={max(threads - 1, 1)}").fetchall()
        try:
            yield
        finally:
            self.connection.execute("reset global threads").fetchall()

    def schema(self, text: str) -> pa.Schema:
        """Names and types of the answer."""
        return self.sql(f"select * from ({text}) as nothing limit 0").schema

    def store(self, text: str) -> Table:
        """The answer as a table of the database in memory."""
        if not self.inside:
            return duckdb_engine().keep(self.schema(text), self.batches(text))
        name = f"stored_{next(self.numbers)}"
        with _said_plainly():
            self._cursor(text).execute(f"create table {name} as {text}").fetchall()
        return Table(self, f"select * from {name}")

    def keep(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Table:
        """Rows from elsewhere, read once, as a table of the in-memory database."""
        name, failed = f"stored_{next(self.numbers)}", []

        def coming() -> Iterator[pa.RecordBatch]:
            try:
                yield from batches
            except Exception as error:
                failed.append(error)  # the engine would quote it in a message of its own
                raise

        cursor = self.connection.cursor()
        cursor.register("coming", pa.RecordBatchReader.from_batches(schema, coming()))
        try:
            cursor.execute(f"create table {name} as select * from coming").fetchall()
        except duckdb.Error:
            raise (failed[0] if failed else QueryError("rows from elsewhere cannot be kept here.")) from None
        return Table(self, f"select * from {name}")

    def frame(self, data: pa.Table) -> Table:
        """A table in memory, under a name of its own."""
        name = f"frame_{next(self.numbers)}"
        self.frames[name] = data
        return Table(self, f"select * from {name}", (data,))

    def parquet(self, files: Sequence[Path], places: Sequence[int] = ()) -> Table:
        """Parquet files as one table; a column that some of them lack is missing there.

        places : of the files among all those of the table; with it come the columns of each row's place
        """
        read = f"read_parquet([{literals(map(_escaped, files))}], union_by_name = true, hive_partitioning = false"
        plain = Table(self, f"select * from {read})")
        return self._placed(read, files, places, plain.columns) if places else plain

    def csv(self, files: Sequence[Path], shape: Layout, places: Sequence[int] = ()) -> Table:
        """CSV files of one shape as one table of texts, places as in `parquet`."""
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in shape.header.names)
        read = (
            f"read_csv([{literals(map(_escaped, files))}], auto_detect = false, columns = {{{columns}}}, header ="
            f" {literal(shape.header.headed)}, skip = {shape.skip}, delim = {literal(shape.delimiter)}, quote = '\"',"
            " escape = '\"', nullstr = '', hive_partitioning = false"
        )
        kept = shape.header.kept
        if not kept:  # an empty file
            return Table(self, f"select * from (select 1 as {identifier(EMPTY)}) as nothing where 1 = 0")
        if places:
            return self._placed(read, files, places, kept)
        return Table(self, f"select {', '.join(map(identifier, kept))} from {read})")

    def torn(self, files: Sequence[Path], shape: Layout, places: Sequence[int]) -> list[Torn]:
        """The rows of CSV files that cannot be taken apart, by file and reason."""
        name, cursor = next(self.numbers), self.connection.cursor()
        read = self.csv(files, shape).query.removesuffix(")")
        with suppress(
            duckdb.Error
        ):  # a quotation mark that is never closed ends the reading, and is listed all the same
            counts = ", ".join(f"count({identifier(column)})" for column in shape.header.kept)
            rejects = f"store_rejects = true, rejects_table = 'torn_{name}', rejects_scan = 'scans_{name}'"
            cursor.execute(f"select {counts} from ({read}, {rejects}))").fetchall()
        found = cursor.execute(
            f"select file_path, error_type, min(line), count(distinct line) from torn_{name} join scans_{name}"
            " using (scan_id, file_id) group by file_path, error_type order by min(line)"
        ).fetchall()
        place = dict(zip(map(str, files), places, strict=True))
        before = shape.skip + shape.header.headed
        return [Torn(place[file], line - before, n, *FAULTS.get(kind, FAULTS[""])) for file, kind, line, n in found]

    def _placed(self, read: str, files: Sequence[Path], places: Sequence[int], names: Sequence[str]) -> Table:
        """Rows with the file that each stands in, and its number there."""
        path, number = free(PATH, names), identifier(free(NUMBER, names))
        counted = f"select row_number() over () as {number}, * from {read}, filename = {literal(path)})"
        at = f"list_position([{literals(files)}], {identifier(path)})"
        file = f"list_extract([{', '.join(map(str, places))}], {at})"
        row = f"{number} - min({number}) over (partition by {identifier(path)}) + 1"
        others = [identifier(name) for name in names if name.lower() not in (FILE, ROW)]
        listed = ", ".join([f"{file} as {FILE}", f"{row} as {ROW}", *others])
        return Table(self, f"select {listed} from ({counted})")

    def tables(self, kind: str = "BASE TABLE") -> dict[str, Table]:
        """The tables of the file as `schema.name`, and those of the schema on the path by their name, too.

        kind : "VIEW" for the views, which are listed, never read: one may say that it holds another file
        """
        listed = self.sql(
            "select table_catalog, table_schema, table_name, table_schema = current_schema() as visible"
            f" from information_schema.tables where table_type = '{kind}' and table_catalog = current_database()"
        )
        found: dict[str, Table] = {}
        for file, schema, table, visible in (row.values() for row in listed.to_pylist()):
            named = ".".join(map(identifier, (file, schema, table)))  # a schema may have the name of the file
            opened = Table(self, f"select * from {named}")
            found |= {f"{schema}.{table}": opened, **({table: opened} if visible else {})}
        return found

    def _relation(self, text: str) -> duckdb.DuckDBPyRelation:
        return self._cursor(text).sql(text)

    def _cursor(self, text: str) -> duckdb.DuckDBPyConnection:
        # A cursor of its own: an answer that is still being read does not block the next question.
        cursor = self.connection.cursor()
        for name in set(re.findall(r"\bframe_\d+\b", text)):
            if name in self.frames:
                cursor.register(name, self.frames[name])
        return cursor


def _escaped(file: Path) -> str:
    """A path whose own brackets, stars and question marks are no pattern."""
    return re.sub(r"[\[*?]", r"[\g<0>]", str(file))


@contextmanager
def _said_plainly() -> Iterator[None]:
    # The engine's own message quotes the offending line, which may hold a person: only its first words are passed on.
    try:
        yield
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
        raise QueryError(f"the engine does not understand: {str(error).split(chr(10))[0]}") from None
    except duckdb.OutOfMemoryException:
        raise QueryError(
            "there is not enough memory.\n  Give --memory-limit more, or look at fewer weeks or people."
        ) from None
    except duckdb.Error as error:
        first = re.sub(r"^[A-Z][A-Za-z ]+ Error: ", "", str(error).split("\n")[0])
        value = isinstance(error, duckdb.ConversionException | duckdb.OutOfRangeException)
        said = first if first in REFUSALS else "a value cannot be read" if value else "something in the data is damaged"
        raise QueryError(f"{said}.\n  `workbench check` lists every row that cannot be read.") from None


def refuse_reading(table: Table, expression: str) -> None:
    """Raise QueryError where an SQL expression over a table would read any other table, or a file.

    It is tried on a table of the same columns in a database that cannot reach anything.
    """
    if not table.engine.inside:
        return  # neither a server nor a file's own connection lets it
    with _said_plainly(), closing(duckdb.connect()) as closed:
        for setting in (*SETTINGS, CLOSED):
            closed.execute(f"set global {setting}").fetchall()
        closed.register("given", table.schema.empty_table())
        closed.execute("create table held as select * from given").fetchall()
        closed.unregister("given")
        closed.execute(f"with this as (select * from held) select (\n{expression}\n) as computed from this").fetchall()


@cache
def duckdb_file(path: Path) -> DuckDB:
    """The engine of a DuckDB file; `path` is absolute. Raises ContractError where it cannot be read."""
    engine = DuckDB(file=path)
    try:
        engine.tables()
    except (duckdb.Error, QueryError):
        raise ContractError(
            f"{path.name} cannot be read as DuckDB.\n  Look whether another program is writing it, it is damaged, or a "
            "newer DuckDB wrote it."
        ) from None
    return engine


@cache
def duckdb_engine() -> DuckDB:
    """The process's one DuckDB, so that everything opened can be joined."""
    return DuckDB()


def as_table(data: Any) -> Table:
    """Any table (lazy, pandas, Arrow, polars) as a lazy one; of a table in memory, NaN is missing in every column.

    >>> people = wb.as_table(pd.DataFrame({"user_id": ["a", "b"]}))
    >>> people.sql("select max(user_id) as last from this").to_pandas()["last"][0]
    'b'
    """
    if isinstance(data, Table):
        return data
    if isinstance(data, pd.DataFrame):
        _check_names(data.columns)
        return duckdb_engine().frame(_missing_for_nan(_arrow(data)))
    if isinstance(data, pa.Table) or hasattr(data, "__arrow_c_stream__"):
        table = data if isinstance(data, pa.Table) else pa.table(data)
        _check_names(table.column_names)
        return duckdb_engine().frame(_missing_for_nan(table))
    raise TypeError(f"a table is needed (Table, pandas, Arrow or polars), not {type(data).__name__}.")


def _check_names(names: Iterable[object]) -> None:
    """ContractError where two columns have one name: in SQL, letter case makes none different."""
    known: dict[str, str] = {}
    for name in map(str, names):
        if name.lower() in known:
            raise ContractError(
                f"every column has a name of its own, but there are {known[name.lower()]!r} and {name!r}.\n"
                "  Rename one of them; upper and lower case count as the same."
            )
        known[name.lower()] = name


def _missing_for_nan(table: pa.Table) -> pa.Table:
    """Arrow and polars know NaN beside missing, pandas does not; here it is missing whoever hands it over."""
    for place, name in enumerate(table.column_names):
        column = table.column(place)
        if pa.types.is_floating(column.type) and pc.any(pc.is_nan(column)).as_py():
            known = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
            table = table.set_column(place, name, known)
    return table


def _arrow(frame: pd.DataFrame) -> pa.Table:
    """A frame as Arrow; ContractError where a column holds values of several types."""
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        for name in (column for column in frame if frame[column].dtype == object):
            kinds = frame[name].reset_index(drop=True).dropna().map(lambda value: type(value).__name__)
            if kinds.nunique() > 1:
                odd = kinds[kinds != kinds.mode()[0]]
                raise ContractError(
                    f"{name} holds values of one type, but {len(odd):,} of {len(kinds):,} are {odd.iloc[0]} and not"
                    f" {kinds.mode()[0]}.\n  first: row {odd.index[0] + 1:,}\n"
                    f"  Make them one: table[{name!r}].astype(str)."
                ) from error
        raise
