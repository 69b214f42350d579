"""Rows of an imported table -> the readings that they make up, and the verdicts on readings -> those on rows.

The database judges; here is refused only what it cannot be asked about: local times that clocks skip or
repeat, characters that it cannot hold, and rows that contradict each other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from app.files.exports.tables import restored
from app.files.imports import Cells, Rows
from app.files.numbers import Ambiguous, with_comma

from .columns import ABOUT, KEY, READING, SENSOR, TEXTS, VALUE, Meaning, meanings
from .times import BadTime, Order, instant

_NUMBER = re.compile(r"[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,4})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_MAX_WHOLE = 2**62  # what is larger than 2^53 is refused, but JSON has to hold it
_STATES = {"true": True, "false": False, "verdadeiro": True, "falso": False, "1": True, "0": False}
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_PLACE = re.compile(r"sensores\[(\d+)\]")


class Options(msgspec.Struct, frozen=True):
    """How to read a table: members that rows lack, the zone of local times, the order of dates, commas."""

    lacking: dict[str, Any] = {}
    zone: ZoneInfo | None = None
    order: Order = "amd"
    commas: bool = False
    is_csv: bool = True


class Refused(ValueError):
    """A row that the database is not asked about: an error_code and a text."""

    def __init__(self, error_code: str, error: str) -> None:
        super().__init__(error)
        self.error_code = error_code


class Verdict(msgspec.Struct, omit_defaults=True):
    """The verdict on a row."""

    linha: int
    verdict: str
    error_code: str | None = None
    error: str | None = None


class _Reading:
    """A reading of one or more rows."""

    def __init__(self) -> None:
        self.members: dict[str, Any] = {}
        self.values: dict[tuple[str, Any], dict[str, Any]] = {}
        self.rows: list[int] = []
        self.places: list[int] = []  # the row of each value
        self.fault: tuple[int, Refused] | None = None

    def add(self, row: int, members: Mapping[str, Any], values: Iterable[dict[str, Any]]) -> None:
        """Add what a row says. Raises Refused where another row says something else."""
        self.rows.append(row)
        for name, value in members.items():
            if self.members.setdefault(name, value) != value:
                raise Refused("CONFLICT", f"another row of this device and time has another {name}")
        for value in values:
            of = next(
                ((name, value[name]) for name in ("cdTipoSensor", *SENSOR) if name in value), ("", None)
            )
            known = self.values.setdefault(of, value)
            if known is value:
                self.places.append(row)
            elif known != value:
                raise Refused("CONFLICT", f"another row of this device and time has another value of {of[1]}")

    def element(self) -> dict[str, Any]:
        """As the database takes it."""
        return {**self.members, "sensores": list(self.values.values())}


class Table:
    """A table of history: its readings, and what is said of each row. Raises NoTable for its headings."""

    def __init__(self, rows: Rows, options: Options) -> None:
        self._meanings, self.left_out = meanings(dict.fromkeys(name for _, cells in rows for name in cells))
        self._options = options
        self._readings: dict[Any, _Reading] = {}
        self._refused: dict[int, Refused] = {}
        self._rows = [number for number, _ in rows]
        for number, cells in rows:
            self._take(number, cells)
        self._asked = [one for one in self._readings.values() if one.fault is None]

    @property
    def count(self) -> int:
        """How many readings the rows make up."""
        return len(self._readings)

    def elements(self) -> list[dict[str, Any]]:
        """The readings that the database is asked about."""
        return [one.element() for one in self._asked]

    def verdicts(self, results: Sequence[Mapping[str, Any]]) -> list[Verdict]:
        """The verdict on each row, from those on the elements."""
        of_row = {
            row: Verdict(row, "rejected", one.error_code, str(one)) for row, one in self._refused.items()
        }
        for reading in self._readings.values():
            if reading.fault:
                at, refused = reading.fault
                verdict = "conflict" if refused.error_code == "CONFLICT" else "rejected"
                for row in reading.rows:
                    of_row[row] = Verdict(row, verdict, refused.error_code, f"row {at}: {refused}")
        for reading, result in zip(self._asked, results, strict=True):
            error = result.get("error")
            for row in reading.rows:
                of_row[row] = Verdict(
                    row,
                    result["verdict"],
                    result.get("error_code"),
                    error and _by_rows(error, reading.places),
                )
        return [of_row[row] for row in self._rows]

    def _take(self, number: int, cells: Cells) -> None:
        try:
            key = self._members(cells, KEY)
        except Refused as refused:
            self._refused[number] = refused
            return
        reading = self._readings.setdefault(tuple(str(key.get(name)) for name in sorted(KEY)), _Reading())
        try:
            reading.add(number, key | self._members(cells, READING), self._values(cells))
        except Refused as refused:
            if number not in reading.rows[-1:]:
                reading.rows.append(number)
            reading.fault = reading.fault or (number, refused)

    def _members(self, cells: Cells, wanted: frozenset[str]) -> dict[str, Any]:
        found = {name: value for name, value in self._options.lacking.items() if name in wanted}
        for heading, cell in cells.items():
            one = self._meanings.get(heading)
            if one and one.member in wanted:
                found[one.member] = self._read(cell, one)
        return found

    def _values(self, cells: Cells) -> list[dict[str, Any]]:
        """The value that a row names, and those in columns of sensors."""
        about = self._members(cells, ABOUT)
        named = [
            {one.sensor[0]: one.sensor[1], **_state_or_number(self._number(cell)), **about}
            for heading, cell in cells.items()
            if (one := self._meanings.get(heading)) and one.sensor
        ]
        value = self._members(cells, VALUE)
        return named + [{**self._members(cells, SENSOR), **value, **about}] * bool(value)

    def _read(self, cell: Any, one: Meaning) -> Any:
        if one.member == "dtRegistro":
            try:
                return instant(
                    _storable(cell), None if one.is_utc else self._options.zone, self._options.order
                )
            except BadTime as bad:
                raise Refused("INVALID_TIMESTAMP", f"dtRegistro {bad}") from None
        if one.member in TEXTS:
            is_defused = one.is_defused and self._options.is_csv and isinstance(cell, str)
            return _storable(restored(cell) if is_defused else cell)
        if one.member == "blValor":
            return _STATES.get(str(cell).lower(), _storable(cell))
        return self._number(cell)

    def _number(self, cell: Any) -> Any:
        """The number that a cell is; any other text as it is, which the database refuses."""
        if not isinstance(cell, str):
            return float(cell) if isinstance(cell, int) and abs(cell) > _MAX_WHOLE else cell
        try:
            text = with_comma(cell) if self._options.commas else cell
        except Ambiguous as wrong:
            raise Refused("INVALID_VALUE", f"{cell[:40]} {wrong}") from None
        if _WHOLE.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            return value if math.isfinite(value := float(text)) else "Infinity"
        return _storable(cell)


def _storable(cell: Any) -> str:
    text = str(cell)
    if _UNSTORABLE.search(text):
        raise Refused("MALFORMED", "a text has NUL characters, or halves of others")
    return text


def _state_or_number(value: Any) -> dict[str, Any]:
    """A value in the column of a sensor: a number, or a state."""
    if isinstance(value, str) and value.lower() in ("true", "false", "verdadeiro", "falso"):
        value = _STATES[value.lower()]
    return {"blValor" if isinstance(value, bool) else "nrValor": value}


def _by_rows(error: str, places: Sequence[int]) -> str:
    """The text of an error with the rows of values instead of their places in the reading."""

    def row(found: re.Match[str]) -> str:
        place = int(found[1])
        return f"row {places[place]}" if place < len(places) else found[0]

    return _PLACE.sub(row, error)
