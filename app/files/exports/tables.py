"""Pages of rows as typed data frames, and these as CSV and Parquet (pandas lives here)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .columns import Column, Kind, Row

_ROWS_A_GROUP = 5_000  # of Parquet
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"  # also as wide and small forms
_SKIPPED = r"\x00-\x08\x0b\x0c\x0e-\x20\x22\x7f-\xa0\xad\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_PERHAPS = re.compile(rf"\A[\t\r\n]|[{_SIGNS}]")  # looked for first: it is rarely found
_FORMULA = re.compile(rf"(\A(?=[\t\r\n])|(?:\A|[;,\t\r\n])(?=[{_SKIPPED}]*[{_SIGNS}]))")
_DEFUSED = re.compile(rf"(\A|[;,\t\r\n])'(?=[{_SKIPPED}]*[{_SIGNS}])|\A'(?=[\t\r\n])")
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


def csv(frames: Iterable[pd.DataFrame], columns: Sequence[Column], separator: str = ",") -> Iterator[bytes]:
    """UTF-8 with a byte order mark, by which Excel knows it; formulas in texts get an apostrophe.

    By semicolon, numbers have a decimal comma, as spreadsheets in Brazil and most of Europe expect.
    """
    decimal = "," if separator == ";" else "."
    texts = [one.heading for one in columns if one.kind == "text"]
    yield "\ufeff".encode()
    for number, table in enumerate(frames):
        for heading in texts:
            table[heading] = table[heading].map(_defused, na_action="ignore")
        yield table.to_csv(
            index=False,
            header=number == 0,
            date_format=_TIME,
            lineterminator="\r\n",
            sep=separator,
            decimal=decimal,
        ).encode()


def _defused(text: str) -> str:
    """The text with an apostrophe wherever a cell could begin with a formula.

    Spreadsheets of another region split at another separator, and some take wide signs for signs and skip
    what is blank or invisible before them.
    """
    return _FORMULA.sub(r"\1'", text) if _PERHAPS.search(text) else text


def restored(text: str) -> str:
    """A text from a cell of our CSV without the apostrophes that keep it from being a formula."""
    return _DEFUSED.sub(r"\1", text)


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
