"""Pages of rows as typed data frames, and these as CSV and Parquet (pandas lives here)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .columns import Column, Kind, Row

_ROWS_A_GROUP = 5_000  # of Parquet
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_DANGEROUS = r"^[=+\-@\t\r\n]"  # what a spreadsheet takes for a formula
_DTYPES = {"number": "Float64", "whole": "Int64", "flag": "boolean", "text": "string"}
_ARROW = {
    "time": pa.timestamp("us", tz="UTC"),
    "number": pa.float64(),
    "whole": pa.int64(),
    "flag": pa.bool_(),
    "text": pa.string(),
}


def frame(rows: Sequence[Row], columns: Sequence[Column]) -> pd.DataFrame:
    """Rows of the API as a typed table."""
    return pd.DataFrame({one.heading: _series([one.of(row) for row in rows], one.kind) for one in columns})


def _series(values: list[Any], kind: Kind) -> pd.Series[Any]:
    if kind == "time":
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="object"), utc=True, format="ISO8601"))
    return pd.Series(values, dtype=_DTYPES[kind])


def csv(frames: Iterable[pd.DataFrame], columns: Sequence[Column]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, by which Excel knows it; formulas in texts get an apostrophe."""
    texts = [one.heading for one in columns if one.kind == "text"]
    yield "\ufeff".encode()
    for number, table in enumerate(frames):
        for heading in texts:
            table[heading] = table[heading].str.replace(f"({_DANGEROUS})", r"'\1", regex=True)
        yield table.to_csv(index=False, header=number == 0, date_format=_TIME, lineterminator="\r\n").encode()


def parquet(frames: Iterable[pd.DataFrame], columns: Sequence[Column]) -> Iterator[bytes]:
    """Row groups of some thousand rows, compressed with zstd; times are UTC."""
    schema = pa.schema([(one.heading, _ARROW[one.kind]) for one in columns])
    sink = _Sink()
    waiting: list[pa.Table] = []
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for table in frames:
            waiting.append(pa.Table.from_pandas(table, schema=schema, preserve_index=False))
            if sum(one.num_rows for one in waiting) >= _ROWS_A_GROUP:
                writer.write_table(pa.concat_tables(waiting))
                waiting.clear()
                yield sink.drain()
        if waiting:
            writer.write_table(pa.concat_tables(waiting))
    yield sink.drain()


class _Sink(io.RawIOBase):
    """A file that is written once, from its beginning to its end, and handed on in between."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """It is for that."""
        return True

    def write(self, content: Any) -> int:
        """Keep it until it is drained."""
        self._parts.append(bytes(content))
        return len(self._parts[-1])

    def drain(self) -> bytes:
        """What was written since the last time."""
        drained = b"".join(self._parts)
        self._parts.clear()
        return drained


WRITERS = {"csv": csv, "parquet": parquet}
