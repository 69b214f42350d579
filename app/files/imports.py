"""Uploaded tables, CSV or XLSX, as rows of texts, numbers and times.

They are read as streams, and every dimension has a bound that is checked on the way: a file of a few kB may
hold millions of rows or columns, and nothing of that is ever built up.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from . import workbooks
from .bounds import MAX_COLUMNS, MAX_TEXT, Line, NoTable, TooLarge

Cells = dict[str, Any]
Rows = list[tuple[int, Cells]]
"""Each row that has a cell, with its number as a spreadsheet shows it: the first below the headings is 2."""

_SEPARATORS = ",;\t"
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_SAID = re.compile(r'"?sep=([,;\t])"?(?:\r\n|\r|\n)', re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"?')
_FIRST = re.compile(r'(?:"[^"]*"?|[^"\r\n])*')
_HEADINGS = 64 << 10  # characters that are looked at to find the separator


def from_csv(content: bytes, most: int, separator: str | None = None) -> Rows:
    """At most ``most`` rows of a CSV by comma, semicolon or tab, as its headings are unless it is stated.

    In UTF-8, UTF-16 with a byte order mark or, as older spreadsheets write it, Windows-1252. A first line
    such as ``sep=;`` is for spreadsheets, which do not show it. Raises NoTable, TooLarge.
    """
    text = _decoded(content)
    if "\x00" in text:
        raise NoTable("The file is not CSV: it has NUL bytes.")
    separator = separator or separator_of(text)
    said = _SAID.match(text)
    text = text[said.end() :] if said else text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return _named(_lines(reader), most)
    except csv.Error as error:
        if "field limit" in str(error):
            raise TooLarge("characters in a cell", MAX_TEXT) from None
        raise NoTable(f"The file is not CSV: {error}, in row {reader.line_num}.") from None


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return content.removeprefix(mark).decode(encoding, errors="replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def separator_of(file: bytes | str) -> str:
    """The one that the first line says, or that the headings have most of; those within quotes are text."""
    text = (_decoded(file[: 4 * _HEADINGS]) if isinstance(file, bytes) else file)[:_HEADINGS]
    if said := _SAID.match(text):
        return said[1]
    headings = _QUOTED.sub("", _FIRST.match(text)[0])  # type: ignore[index]
    return max(_SEPARATORS, key=headings.count)


def _lines(reader: Iterable[list[str]]) -> Iterator[Line]:
    for number, texts in enumerate(reader, start=1):
        yield number, {place: text for place, text in enumerate(texts) if text}


def from_xlsx(content: bytes, most: int) -> Rows:
    """As from_csv, of the first sheet of a workbook."""
    return _named(workbooks.lines(content), most)


def _named(lines: Iterable[Line], most: int) -> Rows:
    names: dict[int, str] = {}
    rows: Rows = []
    for number, line in lines:
        cells = {place: value for place, raw in line.items() if (value := _cell(raw)) is not None}
        if not cells and number <= most + 1:
            continue
        _require_bounds(number, cells, most)
        if number == 1:
            names = _headings(cells)
        elif cells.keys() <= names.keys():
            rows.append((number, {names[place]: value for place, value in cells.items()}))
        else:
            raise NoTable(f"Row {number} has a cell in a column without a heading.")
    return rows


def _require_bounds(number: int, cells: Mapping[int, Any], most: int) -> None:
    if number > most + 1:
        raise TooLarge("rows", most)
    if any(place >= MAX_COLUMNS for place in cells):
        raise TooLarge("columns", MAX_COLUMNS)
    if any(isinstance(value, str) and len(value) > MAX_TEXT for value in cells.values()):
        raise TooLarge("characters in a cell", MAX_TEXT)


def _headings(cells: Mapping[int, Any]) -> dict[int, str]:
    names = {place: str(value) for place, value in cells.items()}
    if len(set(names.values())) < len(names):
        raise NoTable("The first row names the same column twice.")
    return names


def _cell(value: Any) -> Any:
    """A cell as JSON knows it; None where it is empty."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
