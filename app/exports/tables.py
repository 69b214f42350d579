"""Pages of rows as typed data frames, and these as CSV, XLSX and Parquet (pandas lives here)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from .columns import Column, Kind, Row

_BLOCK = 64 << 10  # bytes
_ROWS_A_GROUP = 10_000  # of Parquet
_ROWS_A_SHEET = 1_000_000  # Excel takes 1,048,576
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_DANGEROUS = r"^[=+\-@\t\r\n]"  # what a spreadsheet takes for a formula
_LONGEST = 32_767  # characters of a cell in Excel
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
    """Row groups of some ten thousand rows, compressed with zstd; times are UTC."""
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


def xlsx(frames: Iterable[pd.DataFrame], columns: Sequence[Column]) -> Iterator[bytes]:
    """A workbook, on disk until it is whole: its last part says where the others are."""
    book = Workbook(write_only=True)
    sheet, left = None, 0
    for table in frames:
        for values in _values(table, columns):
            if not left or sheet is None:
                sheet, left = _sheet(book, columns), _ROWS_A_SHEET
            sheet.append([_cell(sheet, value) for value in values])
            left -= 1
    if sheet is None:
        _sheet(book, columns)
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while block := file.read(_BLOCK):
            yield block


def _sheet(book: Workbook, columns: Sequence[Column]) -> Any:
    sheet: Any = book.create_sheet(f"Data {len(book.worksheets) + 1}")
    sheet.freeze_panes = "A2"
    headings = []
    for number, one in enumerate(columns):
        sheet.column_dimensions[_letters(number)].width = 20 if one.kind == "time" else 14
        headings.append(WriteOnlyCell(sheet, one.heading))
        headings[-1].font = Font(bold=True)
    sheet.append(headings)
    return sheet


def _letters(number: int) -> str:
    """Excel's name of a column, of at most 702."""
    high, low = divmod(number, 26)
    return (chr(64 + high) if high else "") + chr(65 + low)


def _values(table: pd.DataFrame, columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    """Rows of plain Python values. Excel has no time zones: the heading says that it is UTC."""
    told = {}
    for one in columns:
        series = table[one.heading]
        if one.kind == "time":
            series = series.dt.tz_localize(None)
            told[one.heading] = [None if pd.isna(value) else value.to_pydatetime() for value in series]
        else:
            told[one.heading] = series.astype("object").where(series.notna(), None).tolist()
    return zip(*told.values(), strict=True)


def _cell(sheet: Any, value: Any) -> Any:
    """The value, or a cell in which a text stays a text."""
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"  # openpyxl would cut it without a word
    if not text.startswith("="):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


WRITERS = {"csv": csv, "parquet": parquet, "xlsx": xlsx}
