"""Bring months of an archive back into the database: every row once, or nothing of the month."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
from psycopg2 import errorcodes

from ..console import Problem
from ..local.paths import SQL
from . import tables, verify
from .manifest import Part
from .tables import POSITIONS, TABLES, VALUES
from .target import PARTIAL, Target

_ROWS = 65_536  # of a part of a file
_INTO = {POSITIONS.name: "archived_positions", VALUES.name: "archived_values"}
# Every text in quotation marks, so that only what has none is null.
_CSV = pc.WriteOptions(include_header=False, quoting_style="all_valid")


@dataclass(frozen=True)
class Restored:
    """A client's month: how many of its rows were stored, and how many were there already."""

    part: Part
    rows: int
    kept: int


def restore(connection: Any, target: Target, chosen: list[Part]) -> Iterator[Restored]:
    """Restore these parts, each all or nothing. Raises Problem."""
    with tempfile.TemporaryDirectory(prefix=PARTIAL) as space:
        for part in chosen:
            entries = verify.read(target, part)["tables"]
            files = verify.fetch(target, part, entries, Path(space))
            rows = _restored(connection, part, files)
            yield Restored(part, rows, sum(entry["rows"] for entry in entries.values()) - rows)


def _restored(connection: Any, part: Part, files: dict[str, Path]) -> int:
    values = {"client": part.client} | tables.span(part.month)
    with _transaction(connection, part) as cursor:
        cursor.execute("set statement_timeout = 0; set lock_timeout = '10s'; set datestyle = 'ISO'")
        cursor.execute(_text("10_tables"))
        for table in TABLES:
            _copy(cursor, part, _INTO[table.name], files[table.name])
        cursor.execute(f"analyze {', '.join(_INTO.values())}")
        cursor.execute(_text("20_refusals"), values)
        if reasons := [reason for (reason,) in cursor.fetchall()]:
            raise Problem(f"{part} cannot be restored here: {'; '.join(reasons)}. Nothing of it was stored.")
        cursor.execute(_text("30_months"), values)
    with _transaction(connection, part) as cursor:
        cursor.execute(_text("40_conflicts"), values)
        if differences := cursor.fetchall():
            raise Problem(_conflict(part, differences))
        cursor.execute(_text("50_store"))
        cursor.execute("select * from pg_temp.restore_month(%(client)s, %(since)s, %(until)s)", values)
        stored = sum(cursor.fetchone())
        cursor.execute(f"drop table {', '.join(_INTO.values())}; drop function pg_temp.restore_month")
    return int(stored)


@contextmanager
def _transaction(connection: Any, part: Part) -> Iterator[Any]:
    """All or nothing; what others did meanwhile is a Problem."""
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    except psycopg2.Error as error:
        if error.pgcode in (errorcodes.UNIQUE_VIOLATION, errorcodes.CHECK_VIOLATION):
            raise Problem(
                f"{part}: others stored rows of this month, or its partitions were dropped, meanwhile "
                f"({error.diag.message_primary}). Nothing of it was stored: run this again."
            ) from error
        raise


def _copy(cursor: Any, part: Part, into: str, path: Path) -> None:
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        cursor.execute("select * from pg_temp." + into + " limit 0")
        if unknown := sorted(set(schema.names) - {column.name for column in cursor.description}):
            raise Problem(f"{part}: the database has no columns {', '.join(unknown)}: it needs migrations.")
        rows = _Text(file.iter_batches(_ROWS))
        try:
            cursor.copy_expert(f"copy {into} ({tables.columns(schema)}) from stdin (format csv)", rows)
        except psycopg2.Error:
            if rows.failure:  # psycopg2 says only that there was one
                raise rows.failure from None
            raise


class _Text:
    """Batches as a file that COPY reads."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches, self._rest = batches, io.BytesIO()
        self.failure: BaseException | None = None

    def read(self, size: int) -> bytes:
        try:
            return self._read(size)
        except BaseException as error:
            self.failure = error
            raise

    def _read(self, size: int) -> bytes:
        while not (part := self._rest.read(size)):
            batch = next(self._batches, None)
            if batch is None:
                return b""
            self._rest = io.BytesIO(_csv(batch))
        return part


def _csv(batch: pa.RecordBatch) -> bytes:
    plain = [
        column.cast(pa.timestamp("us")) if pa.types.is_timestamp(column.type) else column
        for column in batch.columns
    ]
    out = io.BytesIO()
    pc.write_csv(pa.RecordBatch.from_arrays(plain, names=batch.schema.names), out, _CSV)
    return out.getvalue()


def _text(name: str) -> str:
    return (SQL / "archive" / f"{name}.sql").read_text()


def _conflict(part: Part, differences: list[tuple[str, int]]) -> str:
    total = differences[0][1]
    named = "\n".join(f"  {difference}" for difference, _total in differences)
    more = f"\n  and {total - len(differences)} more" if total > len(differences) else ""
    return f"{part}: {total} rows are stored with other values. Nothing of it was stored.\n{named}{more}"
