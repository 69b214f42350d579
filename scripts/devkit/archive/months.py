"""Months as operators write them, 2025-01; all in UTC."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from ..console import Problem

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def parse(text: str) -> datetime:
    """The first moment of a month. Raises Problem."""
    found = _MONTH.fullmatch(text)
    if not found or found[1] < "0001":
        raise Problem(f"{text!r} is not a month: write it as 2025-01.")
    return datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC)


def name(month: datetime) -> str:
    return f"{month.year:04}-{month.month:02}"


def following(month: datetime) -> datetime:
    """The first moment after it."""
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def between(first: datetime, last: datetime) -> Iterator[datetime]:
    """The months from the one of `first` to that of `last`."""
    month = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month <= last:
        yield month
        month = following(month)


def require_ended(month: datetime, now: datetime) -> None:
    """Raises Problem for a month in which devices still measure."""
    if following(month) > now:
        raise Problem(f"{name(month)} has not ended yet (UTC): archive months that are over.")
