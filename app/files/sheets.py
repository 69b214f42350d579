"""The XML parts of an XLSX workbook, element by element (ECMA-376, part 1, chapter 18)."""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from .bounds import MAX_TEXT, Line, NoTable, TooLarge

Attributes = dict[str, str]

_PLACE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_NUMBER = re.compile(r"[0-9]{1,7}")
_ESCAPED = re.compile(r"_x(?!0000|[Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")  # but no NUL, and no half of a pair
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|[_*].')  # no part of a date format
_MAX_CODE = 255  # characters, as in spreadsheets; looking for quotes takes the square of it
_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # formats that need no definition
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_RELATION_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships id"


class _Part:
    """What most parts do with most of their elements: nothing."""

    def begin(self, name: str, attributes: Attributes) -> None:
        """See Reader."""

    def text(self, text: str) -> None:
        """See Reader."""

    def end(self, name: str) -> None:
        """See Reader."""


class Book(_Part):
    """workbook.xml: the sheets in their order, by the ids of their relations, and where dates begin."""

    def __init__(self) -> None:
        self.sheets: list[str] = []
        self.epoch = _EPOCH

    def begin(self, name: str, attributes: Attributes) -> None:
        """See Reader."""
        if name == "sheet":
            self.sheets.append(attributes.get(_RELATION) or attributes.get(_RELATION_STRICT, ""))
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = _EPOCH_1904


class Relations(_Part):
    """workbook.xml.rels and the like: kind of each relation, and the name of the part that it leads to."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._by_id: dict[str, tuple[str, str]] = {}

    def begin(self, name: str, attributes: Attributes) -> None:
        """See Reader."""
        if name == "Relationship":
            kind = attributes["Type"].rpartition("/")[2]
            path = posixpath.join("/", self._folder, attributes["Target"])
            self._by_id[attributes["Id"]] = (kind, posixpath.normpath(path).lstrip("/"))

    def of_kind(self, wanted: str) -> list[str]:
        """Names of the parts of this kind."""
        return [name for kind, name in self._by_id.values() if kind == wanted]

    def first_sheet(self, sheets: Sequence[str]) -> str:
        """Name of the first one with cells; a chart may be a sheet too. Raises NoTable."""
        for one in sheets:
            kind, name = self._by_id.get(one, ("", ""))
            if kind == "worksheet":
                return name
        raise NoTable("The workbook has no sheet.")


class Formats(_Part):
    """styles.xml: which formats of cells are dates or times."""

    def __init__(self) -> None:
        self._dates = set(_DATES)
        self._of_cells: list[int] = []
        self._within_cells = False

    def begin(self, name: str, attributes: Attributes) -> None:
        """See Reader."""
        if name == "numFmt":
            self._define(int(attributes["numFmtId"]), attributes.get("formatCode", ""))
        elif name == "cellXfs":
            self._within_cells = True
        elif name == "xf" and self._within_cells:
            self._of_cells.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        """See Reader."""
        if name == "cellXfs":
            self._within_cells = False

    def is_date(self, style: str) -> bool:
        """Whether a number in a cell of this style is a date or time."""
        number = int(style) if _NUMBER.fullmatch(style) else 0
        return number < len(self._of_cells) and self._of_cells[number] in self._dates

    def _define(self, number: int, code: str) -> None:
        if len(code) > _MAX_CODE:
            raise TooLarge("characters in a format", _MAX_CODE)
        if re.search("[dmhysDMHYS]", _QUOTED.sub("", code)):
            self._dates.add(number)
        else:
            self._dates.discard(number)


class _Texts(_Part):
    """Texts of shared strings or cells, each limited in length; phonetic hints are left out."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = self._phonetic = 0
        self._taking = False

    def begin(self, name: str, attributes: Attributes) -> None:
        """See Reader."""
        if name == "rPh":
            self._phonetic += 1
        self._taking = name in ("t", "v") and not self._phonetic

    def text(self, text: str) -> None:
        """See Reader."""
        if self._taking:
            self._length += len(text)
            if self._length > MAX_TEXT:
                raise TooLarge("characters in a cell", MAX_TEXT)
            self._parts.append(text)

    def end(self, name: str) -> None:
        """See Reader."""
        self._taking = False
        if name == "rPh":
            self._phonetic -= 1

    def taken(self) -> str:
        """The text since the last call, as it is written."""
        text = "".join(self._parts)
        self._parts, self._length = [], 0
        return text


class Strings(_Texts):
    """sharedStrings.xml."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def end(self, name: str) -> None:
        """See Reader."""
        super().end(name)
        if name == "si":
            self.texts.append(_read(self.taken()))


class Sheet(_Texts):
    """A worksheet: ``rows`` has those with cells that were read since it was emptied."""

    def __init__(self, strings: Sequence[str], formats: Formats, epoch: datetime) -> None:
        super().__init__()
        self.rows: list[Line] = []
        self._strings, self._formats, self._epoch = strings, formats, epoch
        self._row, self._place = 0, -1
        self._cells: dict[int, Any] = {}
        self._kind = self._style = ""

    def begin(self, name: str, attributes: Attributes) -> None:
        """See Reader."""
        super().begin(name, attributes)
        if name == "c":
            self._place = _place(attributes["r"]) if "r" in attributes else self._place + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        elif name == "row":
            self._begin_row(attributes.get("r"))

    def end(self, name: str) -> None:
        """See Reader."""
        super().end(name)
        if name == "c":
            self._end_cell()
        elif name == "row" and self._cells:
            self.rows.append((self._row, self._cells))
            self._cells = {}

    def _begin_row(self, number: str | None) -> None:
        before = self._row
        self._row = int(number) if number and _NUMBER.fullmatch(number) else before + 1
        self._place = -1
        if self._row <= before:
            raise NoTable("The rows of the sheet are not in order.")

    def _end_cell(self) -> None:
        text = self.taken()
        if not text:
            return
        self._cells[self._place] = self._value(text)

    def _value(self, text: str) -> Any:
        match self._kind:
            case "s":
                return self._strings[int(text) if _NUMBER.fullmatch(text) else len(self._strings)]
            case "b":
                return text.strip() in ("1", "true")
            case "e":
                return None
            case "n":
                return self._number(float(text))
        return _read(text)

    def _number(self, value: float) -> Any:
        if not math.isfinite(value):
            raise NoTable(f"Row {self._row} has a number that is not finite.")
        return _moment(value, self._epoch) if self._formats.is_date(self._style) else value


def _read(text: str) -> str:
    """A text in which characters that XML does not allow are written as _x000D_ (ST_Xstring)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _place(reference: str) -> int:
    """The number of a cell's column, from 0. Raises NoTable."""
    found = _PLACE.fullmatch(reference)
    if not found:
        raise NoTable(f"{reference[:20]!r} is not the name of a cell.")
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _moment(value: float, epoch: datetime) -> Any:
    """A spreadsheet's days since its epoch as ISO 8601; less than a day is a time of day.

    What is beyond the calendar stays a number, so that the cell is refused and not the whole file.
    """
    if not -600_000 < value < 2_958_466:
        return value
    if epoch == _EPOCH and 1 <= value < 60:
        value += 1  # spreadsheets believe that 1900 was a leap year
    moment = epoch + timedelta(milliseconds=round(value * 86_400_000))
    return (moment.time() if 0 <= value < 1 else moment).isoformat()
