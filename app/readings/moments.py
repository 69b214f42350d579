"""Times beside a payload: user properties of a message. Pure."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from math import isfinite


def seconds(value: str) -> float | None:
    """Seconds since 1970; None if it is not a time. Without an offset it is UTC."""
    with suppress(ValueError):
        return number if isfinite(number := float(value)) else None
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None
