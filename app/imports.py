"""Tables that people send, CSV or XLSX, as rows of texts, numbers and times (pandas reads them)."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

Cells = dict[str, Any]

_MAX_UNPACKED = 64 << 20  # bytes; what an XLSX of some kB may become
_BOM = b"\xef\xbb\xbf"


class NoTable(Exception):
    """What was sent cannot be read as a table; says why, for a person."""


def from_csv(content: bytes) -> list[Cells]:
    """Rows of a CSV in UTF-8 or, as older spreadsheets write it, Windows-1252; by comma, semicolon or tab."""
    import pandas as pd

    try:
        text = content.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        table = pd.read_csv(
            io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, index_col=False
        )
    except (ValueError, pd.errors.ParserError) as error:  # an EmptyDataError is a ValueError
        raise NoTable(f"This is no CSV: {error}") from None
    return _rows(table)


def from_xlsx(content: bytes) -> list[Cells]:
    """Rows of the first sheet of a workbook."""
    import pandas as pd

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MAX_UNPACKED:
                raise NoTable(f"The workbook has more than {_MAX_UNPACKED >> 20} MB when unpacked.")
        table = pd.read_excel(io.BytesIO(content), dtype=object, engine="openpyxl", keep_default_na=False)
    except NoTable:
        raise
    except Exception as error:  # openpyxl raises whatever comes from a part that is missing or broken
        raise NoTable("This is no XLSX workbook.") from error
    return _rows(table)


def _rows(table: Any) -> list[Cells]:
    """Rows without the cells that are empty; rows at the end without any cell are none."""
    names = [str(name).strip() for name in table.columns]
    if len(set(names)) < len(names) or any("." in name for name in names):
        raise NoTable("The first row must name each column once.")
    rows = [
        {name: cell for name, value in zip(names, values, strict=True) if (cell := _cell(value)) is not None}
        for values in table.itertuples(index=False, name=None)
    ]
    while rows and not rows[-1]:
        rows.pop()
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
