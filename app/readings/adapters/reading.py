"""What adapters return: readings without device and client, or Unreadable."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

Reading = dict[str, Any]
_MILLISECONDS = 1e11  # seconds beyond the year 5000: so large a number means milliseconds


_received: ContextVar[float | None] = ContextVar("received", default=None)


@contextmanager
def received_at(moment: float) -> Iterator[None]:
    """What is read in this block was received then (seconds since 1970): relative times count from it."""
    token = _received.set(moment)
    try:
        yield
    finally:
        _received.reset(token)


def received() -> float:
    """When the message was received, seconds since 1970."""
    moment = _received.get()
    return time.time() if moment is None else moment


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


def timed(reading: Reading, moment: Any) -> Reading:
    """The reading with its time, where it has one; otherwise the time of receipt is taken."""
    return reading if moment is None else {"dtRegistro": instant(moment), **reading}
