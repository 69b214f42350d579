"""Times in imported tables as instants: ISO 8601, local times, days first, and seconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from app.times import parse_instant

Order = Literal["amd", "dma", "mda"]
"""Year, month, day, as in ISO 8601; day or month first, as in 31/01/2026."""

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,6})?)?(?P<offset>[Zz]|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_UNUSUAL = re.compile(r"[Tt ]24|:60")  # of the next day, or a leap second
_OFFSET = re.compile(r"[Tt ].*(?:[Zz]|[+-]\d\d(?::?\d\d)?)\Z", re.DOTALL)
_OTHER = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ,]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,6}))?)?)?", re.ASCII
)
_EPOCH = re.compile(r"\d{9,11}(?:\.\d{1,6})?|\d{12,13}", re.ASCII)


class BadTime(ValueError):
    """Why a time cannot be taken."""


def instant(cell: Any, zone: ZoneInfo | None, order: Order = "amd") -> str:
    """ISO 8601 in UTC. What is not a time stays as it is, so that the database says so. Raises BadTime.

    ``zone``: of times without an offset; None: UTC.
    """
    text = str(cell)
    if _EPOCH.fullmatch(text):
        return _written(_since_1970(text))
    found = _OTHER.fullmatch(text) if order != "amd" else None
    try:
        if found:
            moment, has_offset = _moment(found, order), False
        elif (plain := _ISO.fullmatch(text)) and not _UNUSUAL.search(text):
            moment, has_offset = datetime.fromisoformat(text.upper().replace(",", ".")), bool(plain["offset"])
        elif zone and not _OFFSET.search(text):  # other forms of ISO 8601
            moment, has_offset = parse_instant(text).replace(tzinfo=None), False
        else:
            return text
    except ValueError:
        return text
    try:
        return _written(moment if has_offset else _located(moment, zone))
    except OverflowError:  # beyond the calendar in UTC
        return text


def _since_1970(text: str) -> datetime:
    milliseconds = int(text) if len(text.partition(".")[0]) > 11 else float(text) * 1000
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def _moment(found: re.Match[str], order: Order) -> datetime:
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    day, month = (first, second) if order == "dma" else (second, first)
    fraction = int((found[7] or "0").ljust(6, "0"))
    hour, minute, second = (int(found[n] or 0) for n in (4, 5, 6))
    return datetime(year, month, day, hour, minute, second, fraction)


def _located(moment: datetime, zone: ZoneInfo | None) -> datetime:
    if zone is None:
        return moment.replace(tzinfo=UTC)
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    gained = (second - first.astimezone(UTC)).total_seconds()
    if gained:
        happened = "occurs twice" if gained > 0 else "does not exist"
        raise BadTime(
            f"{moment.isoformat()} {happened} in {zone.key}, where clocks were changed: write its offset"
        )
    return first


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
