"""Write months of clients to an archive, each from one snapshot; a run that was cut short is continued."""

import os
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from ..console import Problem
from . import manifest, register
from .content import Content
from .manifest import Part
from .tables import TABLES, Table
from .target import Target

_BLOCK = 16 << 20  # bytes of text from the database, and so a row group: a hundred thousand rows and more
_LOCK = 7274737474


@dataclass(frozen=True)
class Written:
    """What became of a client's month: written, or there already; `changed` says what differs now."""

    part: Part
    rows: int
    new: bool
    changed: str = ""
    expired: datetime | None = None


def write(
    connection: Any,
    target: Target,
    chosen: Sequence[datetime],
    clients: list[int] | None,
    again: bool = False,
) -> Iterator[Written]:
    """Archive these months, the oldest first. Raises Problem."""
    _prepare(connection)
    with target.workspace() as space:
        for month in sorted(chosen):
            counts = _counts(connection, month, clients)
            for client in sorted({client for one in counts.values() for client in one}):
                counted = {name: one.get(client, 0) for name, one in counts.items()}
                yield _part(connection, target, space, Part(client, month), counted, again)


def begin(connection: Any) -> datetime | None:
    """The oldest month that can have rows."""
    with _snapshot(connection) as cursor:
        cursor.execute("select private.series_start()")
        (start,) = cursor.fetchone()
    return start.replace(tzinfo=UTC) if start else None


def require_client(connection: Any, client: int) -> None:
    """Raises Problem if there is no such client."""
    with _snapshot(connection) as cursor:
        cursor.execute('select 1 from public."TbCliente" where "cdCliente" = %s', (client,))
        if not cursor.fetchone():
            raise Problem(f"There is no client {client}.")


def _prepare(connection: Any) -> None:
    """Settings under which values are written exactly, and none is left out; one archive at a time."""
    connection.set_session(readonly=True, isolation_level="repeatable read")
    with connection.cursor() as cursor:
        cursor.execute(
            """set row_security = off; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;
               set datestyle = 'ISO'; set extra_float_digits = 1; set client_encoding = 'UTF8'"""
        )
        cursor.execute("select pg_try_advisory_lock(%s)", (_LOCK,))
        if not cursor.fetchone()[0]:
            raise Problem("Another scripts/archive write reads from this database. Wait until it has ended.")
    connection.commit()


@contextmanager
def _snapshot(connection: Any) -> Iterator[Any]:
    """All that is read within is of one moment."""
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        if not connection.closed:
            connection.rollback()


def _counts(connection: Any, month: datetime, clients: list[int] | None) -> dict[str, dict[int, int]]:
    with _snapshot(connection) as cursor:
        return {table.name: table.count(cursor, month, clients) for table in TABLES}


def _part(
    connection: Any, target: Target, space: Path, part: Part, counted: dict[str, int], again: bool
) -> Written:
    stored = _stored(target, part)
    if stored:
        had = {name: one["rows"] for name, one in stored["tables"].items()}
        fewer = any(counted[name] < had[name] for name in had)
        if fewer or not again:
            register.found(connection, target, part)
            return Written(part, sum(had.values()), False, _changed(had, counted, fewer))
        target.delete(f"{part.folder}/{manifest.NAME}")
    register.announce(connection, target, part)
    entries: dict[str, Any] = {}
    devices: set[int] = set()
    with _snapshot(connection) as cursor:
        schema, expired = _state(cursor, part.client)
        for table in TABLES:
            entries[table.name] = _file(cursor, table, part, target, space, devices)
    if short := [name for name, rows in counted.items() if entries[name]["rows"] < rows]:
        raise Problem(
            f"{part}: {short[0]} had {counted[short[0]]} rows, and {entries[short[0]]['rows']} were found by "
            "the devices that the client has or had (TbDispositivoVinculo, TbSensorVinculo). Rows were "
            "deleted meanwhile, or a link is missing. Run this again."
        )
    if expired and expired <= part.month:
        expired = None
    text = space / "manifest.partial"
    text.write_bytes(manifest.dump(part, schema, expired, entries))
    target.put(text, f"{part.folder}/{manifest.NAME}")
    register.complete(connection, target, part, devices)
    return Written(part, sum(one["rows"] for one in entries.values()), True, expired=expired)


def _stored(target: Target, part: Part) -> dict[str, Any] | None:
    text = target.read(f"{part.folder}/{manifest.NAME}")
    return None if text is None else manifest.load(part, text)


def _changed(had: dict[str, int], counted: dict[str, int], fewer: bool) -> str:
    differ = [
        f"{name} has {counted[name]} rows now, {had[name]} in the archive"
        for name in had
        if counted[name] != had[name]
    ]
    kept = "; the archive is kept, as it has what the database no longer has" if fewer else ""
    return "; ".join(differ) + kept if differ else ""


def _state(cursor: Any, client: int) -> tuple[str | None, datetime | None]:
    """The latest migration, and before which time rows of the client have expired."""
    cursor.execute(
        """select (select max(m.version) from supabase_migrations.schema_migrations m),
                  (select f."dtBruto" from private."TbRetencaoPiso" f
                   where f."cdCliente" = %s and f."cdDispositivo" = 0 and isfinite(f."dtBruto"))""",
        (client,),
    )
    schema, expired = cursor.fetchone()
    return schema, expired and expired.replace(tzinfo=UTC)


def _file(
    cursor: Any, table: Table, part: Part, target: Target, space: Path, devices: set[int]
) -> dict[str, Any]:
    """Store one file; what the manifest says of it, read from the file itself. Adds its devices."""
    schema = table.schema(cursor)
    path = space / f"{table.name}.partial"
    content = Content(schema)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        query = table.query(cursor, schema, part.client, part.month)
        with closing(_batches(cursor, query, schema)) as batches:
            for batch in batches:
                content.add(batch)
                devices.update(batch["cdDispositivo"].unique().to_pylist())
                writer.write_batch(batch)
    entry = manifest.describe(part, path)
    if entry["content"] != content.hexdigest():
        raise Problem(f"{part}: {table.file} does not read as it was written. Run this again.")
    target.put(path, f"{part.folder}/{table.file}")
    return {"file": table.file} | entry


def _batches(cursor: Any, query: str, schema: pa.Schema) -> Generator[pa.RecordBatch, None, None]:
    """The rows of a query, of which few blocks are in memory at a time."""
    reading, writing = os.pipe()
    failures: list[BaseException] = []

    def copy() -> None:
        try:
            with os.fdopen(writing, "wb") as out:
                cursor.copy_expert(f"copy ({query}) to stdout (format csv)", out)
        except (psycopg2.Error, OSError) as error:
            failures.append(error)

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    try:
        with os.fdopen(reading, "rb") as rows:
            if rows.peek(1):
                yield from _parsed(rows, schema)
    finally:
        thread.join()
    if failures:
        raise failures[0]


def _parsed(rows: Any, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    plain = {
        field.name: pa.timestamp("us") if pa.types.is_timestamp(field.type) else field.type
        for field in schema
    }
    with pc.open_csv(
        rows,
        read_options=pc.ReadOptions(column_names=schema.names, block_size=_BLOCK, use_threads=False),
        parse_options=pc.ParseOptions(newlines_in_values=True),
        convert_options=pc.ConvertOptions(
            column_types=plain,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    ) as reader:
        for batch in reader:
            # times are UTC, which PostgreSQL does not say
            yield pa.RecordBatch.from_arrays(
                [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)],
                schema=schema,
            )
