"""Times as callers write them: ISO 8601, or days in São Paulo."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("America/Sao_Paulo")
_DAY = re.compile(r"\d{8}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d(:?\d\d)?)?)?")
_LOST_PLUS = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$")  # a '+' not escaped in a URL arrives as a space


def parse_instant(text: str) -> datetime:
    """ISO 8601 (without offset: UTC), or YYYYMMDD: the beginning of that day in São Paulo.

    Raises ValueError for anything else.
    """
    if _DAY.fullmatch(text):
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=LOCAL)
    text = _LOST_PLUS.sub(r"\1+\2", text)
    if not _INSTANT.fullmatch(text):
        raise ValueError("must be ISO 8601, such as 2026-01-31T12:00:00Z, or a day such as 20260131")
    instant = datetime.fromisoformat(text.upper())
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def parse_end(text: str) -> datetime:
    """As parse_instant, but YYYYMMDD is the last microsecond of that day: for ranges that include their end.

    An hour that summer time repeats belongs to the day both times.
    """
    instant = parse_instant(text)
    return instant.combine(instant, time.max, LOCAL).replace(fold=1) if _DAY.fullmatch(text) else instant


def parse_before(text: str) -> datetime:
    """As parse_instant, but YYYYMMDD is the beginning of the next day: for ranges that exclude their end.

    After the last day that there is (99991231) nothing begins; it is the end of that day.
    """
    instant = parse_instant(text)
    if not _DAY.fullmatch(text):
        return instant
    return instant + timedelta(days=1) if instant.date() < date.max else parse_end(text)
