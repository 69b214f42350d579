"""Times as callers write them: ISO 8601, or days in a time zone, by default that of São Paulo."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("America/Sao_Paulo")
_DAY = re.compile(r"\d{4}(-?)\d\d\1\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d(:?\d\d)?)?)?")
_UNUSUAL = re.compile(r"[Tt ]24|:60")
_OTHER = re.compile(  # forms of ISO 8601 that RFC 3339 leaves out
    r"(?P<year>\d{4})(?:-?(?P<month>\d\d)-?(?P<day>\d\d)|-?(?P<number>\d{3})"
    r"|-?[Ww](?P<week>\d\d)-?(?P<weekday>[1-7]))"
    r"[Tt ](?P<hour>\d\d)(?::?(?P<minute>\d\d)(?::?(?P<second>\d\d))?)?(?:[.,](?P<fraction>\d{1,30}))?"
    r"(?P<offset>[Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_LOST_PLUS = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$")  # a '+' not escaped in a URL arrives as a space
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}")
_NO_ZONES = re.compile(r"(?i)(posix|right)/.*|localtime|posixrules|factory")  # files beside those of zones


def parse_instant(text: str, *, iso_days: bool = True) -> datetime:
    """ISO 8601 (without offset: UTC), or a day, YYYYMMDD or YYYY-MM-DD: its beginning in São Paulo.

    ``iso_days``: False where YYYY-MM-DD is an instant of UTC, as in v1. Raises ValueError for anything else.
    """
    if _is_day(text, iso_days):
        return datetime.strptime(text.replace("-", ""), "%Y%m%d").replace(tzinfo=LOCAL)
    text = _LOST_PLUS.sub(r"\1+\2", text)
    if _INSTANT.fullmatch(text) and not _UNUSUAL.search(text):
        instant = datetime.fromisoformat(text.upper())
    elif found := _OTHER.fullmatch(text):
        instant = _other(found)
    else:
        raise ValueError("must be ISO 8601, such as 2026-01-31T12:00:00Z, or a day such as 20260131")
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _other(part: re.Match[str]) -> datetime:
    """An instant of these parts. 24:00 is the next day, and second 60, a leap second, the next second."""
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    unit = 1 if part["second"] else 60 if part["minute"] else 3600
    seconds = hour * 3600 + minute * 60 + second + Fraction(f"0.{part['fraction'] or 0}") * unit
    if minute > 59 or second > 60 or seconds >= 86_401 or (hour > 23 and seconds != 86_400):
        raise ValueError("the time of day does not exist")
    midnight = datetime.fromisoformat(f"{_date(part)}T00:00{(part['offset'] or 'Z').upper()}")
    try:
        return midnight + timedelta(microseconds=round(seconds * 1_000_000))
    except OverflowError:
        raise ValueError("the instant is beyond the year 9999") from None


def _date(part: re.Match[str]) -> date:
    year = int(part["year"])
    if part["month"]:
        return date(year, int(part["month"]), int(part["day"]))
    if part["week"]:
        return date.fromisocalendar(year, int(part["week"]), int(part["weekday"]))
    day = date(year, 1, 1) + timedelta(days=int(part["number"]) - 1)
    if day.year != year:
        raise ValueError("the day does not exist")
    return day


def parse_end(text: str, *, iso_days: bool = True) -> datetime:
    """As parse_instant, but a day is its last microsecond: for ranges that include their end.

    An hour that summer time repeats belongs to the day both times.
    """
    instant = parse_instant(text, iso_days=iso_days)
    if not _is_day(text, iso_days):
        return instant
    return instant.combine(instant, time.max, LOCAL).replace(fold=1)


def parse_before(text: str) -> datetime:
    """As parse_instant, but a day is the beginning of the next one: for ranges that exclude their end.

    After the last day that there is (99991231) nothing begins; it is the end of that day.
    """
    instant = parse_instant(text)
    if not _is_day(text):
        return instant
    return instant + timedelta(days=1) if instant.date() < date.max else parse_end(text)


def in_zone(instant: datetime, zone: ZoneInfo) -> datetime:
    """The same day in another time zone. What was written as an instant stays what it is."""
    return instant.replace(tzinfo=zone) if instant.tzinfo is LOCAL else instant


def parse_zone(text: str) -> ZoneInfo:
    """The time zone of an IANA name. Raises ValueError for offsets, POSIX texts and whatever else."""
    if _ZONE.fullmatch(text) and not _NO_ZONES.fullmatch(text):
        try:
            return ZoneInfo(text)
        except (ValueError, OSError, KeyError):  # unknown names, folders, and files that are not zones
            pass
    raise ValueError("must be the IANA name of a time zone, such as America/Sao_Paulo")


def _is_day(text: str, iso_days: bool = True) -> bool:
    return bool(_DAY.fullmatch(text)) and (iso_days or "-" not in text)
