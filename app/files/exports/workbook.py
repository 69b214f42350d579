"""Data frames as XLSX (openpyxl lives here)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from .columns import Column

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, Char
_BLOCK = 64 << 10  # bytes
_ROWS_A_SHEET = 1_000_000  # Excel takes 1,048,576
_LONGEST = 32_767  # characters of a cell in Excel


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
        yield b""  # a pause, in which others have their turn
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
    columns_of = {}
    for one in columns:
        series = table[one.heading]
        if one.kind == "time":
            series = series.dt.tz_localize(None)
            columns_of[one.heading] = [None if pd.isna(value) else value.to_pydatetime() for value in series]
        else:
            columns_of[one.heading] = series.astype("object").where(series.notna(), None).tolist()
    return zip(*columns_of.values(), strict=True)


def _cell(sheet: Any, value: Any) -> Any:
    """The value, or a cell in which a text stays a text, also one such as =1 or #N/A."""
    if not isinstance(value, str):
        return value
    text = _NO_XML.sub("\ufffd", value)
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"  # openpyxl would cut it without a word
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
