"""What adapters return: readings without device and client, or Unreadable."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

Reading = dict[str, Any]
_MILLISECONDS = 1e11  # seconds beyond the year 5000: so large a number means milliseconds


class Unreadable(ValueError):
    """A payload that its adapter cannot read: it is quarantined whole."""


def instant(value: Any) -> Any:
    """A time as dtRegistro takes it: seconds or milliseconds since 1970 as ISO 8601; what is text stays."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        moment = datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS else value, UTC)
    except (ValueError, OverflowError, OSError):
        raise Unreadable(f"{value} is not a time") from None
    return moment.isoformat()


def timed(reading: Reading, time: Any) -> Reading:
    """The reading with its time, where it has one; otherwise the time of receipt is taken."""
    return reading if time is None else {"dtRegistro": instant(time), **reading}
