"""Uploaded tables, CSV or XLSX, as rows of texts, numbers and times (read by pandas)."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

Cells = dict[str, Any]
Rows = list[tuple[int, Cells]]
"""Each row that has a cell, with its number as a spreadsheet shows it: the first below the headings is 2."""

_MAX_UNPACKED = 64 << 20  # bytes; what an XLSX of some kB may become
_BOM = b"\xef\xbb\xbf"


class NoTable(Exception):
    """The file cannot be read as a table; the text says why."""


def from_csv(content: bytes, most: int) -> Rows:
    """At most ``most`` rows of a CSV by comma, semicolon or tab, and one more, which shows that it is longer.

    In UTF-8 or, as older spreadsheets write it, Windows-1252. Raises NoTable.
    """
    import pandas as pd

    try:
        text = content.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise NoTable("The file is not CSV: it has NUL bytes.")
    first = text.partition("\n")[0]
    try:
        table = pd.read_csv(
            io.StringIO(text),
            sep=max(",;\t", key=first.count),
            header=None,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,  # rows are identified by their number
            nrows=most + 2,
        )
    except (ValueError, pd.errors.ParserError) as error:  # an EmptyDataError is a ValueError
        raise NoTable(f"The file is not CSV: {str(error).strip()}") from None
    return _rows(table)


def from_xlsx(content: bytes, most: int) -> Rows:
    """As from_csv, of the first sheet of a workbook."""
    import pandas as pd

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MAX_UNPACKED:
                raise NoTable(f"The workbook has more than {_MAX_UNPACKED >> 20} MB when unpacked.")
        table = pd.read_excel(
            io.BytesIO(content),
            header=None,
            dtype=object,
            engine="openpyxl",
            keep_default_na=False,
            nrows=most + 2,
        )
    except NoTable:
        raise
    except Exception as error:  # openpyxl raises whatever comes from a part that is missing or broken
        raise NoTable("The file is not an XLSX workbook.") from error
    return _rows(table)


def _rows(table: Any) -> Rows:
    lines = [[_cell(value) for value in values] for values in table.itertuples(index=False, name=None)]
    names = [None if name is None else str(name) for name in lines[0]] if lines else []
    named = [name for name in names if name is not None]
    if len(set(named)) < len(named):
        raise NoTable("The first row names the same column twice.")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if any(cell is not None for name, cell in zip(names, line, strict=True) if name is None):
            raise NoTable(f"Row {number} has a cell in a column without a heading.")
        pairs = zip(names, line, strict=True)
        if cells := {name: cell for name, cell in pairs if name is not None and cell is not None}:
            rows.append((number, cells))
    return rows


def _cell(value: Any) -> Any:
    """A cell as JSON knows it; None where it is empty."""
    if isinstance(value, str):
        return value.strip() or None
    if value is None or value != value:  # not a number: an empty cell
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
