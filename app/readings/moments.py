"""Times beside a payload: user properties of a message. Pure."""

from __future__ import annotations

from contextlib import suppress
from math import isfinite

from app.times import parse_instant


def seconds(value: str) -> float | None:
    """Seconds since 1970, also of ISO 8601; None if it is not a time. Without an offset it is UTC."""
    with suppress(ValueError):
        return number if isfinite(number := float(value)) else None
    with suppress(ValueError, OverflowError):
        return parse_instant(value).timestamp()
    return None
