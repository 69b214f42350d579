"""What adapters return: readings without device and client, what they refuse, or Unreadable."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, repeat
from typing import Any

import msgspec

Reading = dict[str, Any]
_LARGEST_META = 4_000  # bytes of JSON
_LARGEST = 1.3407807929942596e154  # the square of a larger number is infinite
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


def otherwise_dated() -> Iterator[str | None]:
    """Times for what has none, a microsecond apart: from ``received_at``; None when the database dates it."""
    moment = _received.get()
    if moment is None:
        yield from repeat(None)
    else:
        start = datetime.fromtimestamp(moment, UTC)
        yield from ((start + timedelta(microseconds=n)).isoformat() for n in count())


class Unreadable(ValueError):
    """A payload that its adapter cannot read: it is quarantined whole."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A part of a payload that cannot be read, while the rest can: it is quarantined alone."""

    payload: Any  # as the adapter reads it, so that a replay does
    error: str
    error_code: str = "MALFORMED"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, which is stored as events are."""

    kind: str
    moment: Any  # as for ``timed``; None: when the message was received
    data: Any

    def members(self) -> dict[str, Any]:
        """The members of the event."""
        moment = received() if self.moment is None else self.moment
        return {"event_type": self.kind, "ts": instant(moment), "data": self.data}


@dataclass(frozen=True, slots=True)
class Counted:
    """A message that holds no measurement: it is acknowledged and counted by this kind."""

    kind: str


Found = Reading | Refused | Event | Counted


def complete(found: list[Found], otherwise: str) -> list[Found]:
    """What was found. Raises Unreadable if that is no reading: the payload is then quarantined as it came."""
    if any(not isinstance(one, Refused) for one in found):
        return found
    raise Unreadable(next((one.error for one in found if isinstance(one, Refused)), otherwise))


def said_of_itself(value: dict[str, Any]) -> Any:
    """``meta`` of a payload, with ``rssi`` and ``fw`` beside it; None when there is nothing."""
    meta = value.get("meta")
    beside = {name: value[name] for name in ("rssi", "fw") if value.get(name) is not None}
    if not beside or not isinstance(meta, dict | None):
        return meta
    return {**(meta or {}), **beside}


def with_meta(found: list[Found], meta: Any) -> list[Found]:
    """What was found, with what the device says of itself in the first reading, or refused."""
    if meta is None or meta == {}:
        return found
    if not isinstance(meta, dict) or len(msgspec.json.encode(meta)) > _LARGEST_META:
        text = f"meta must be an object of at most {_LARGEST_META} bytes"
        rest = [one for one in found if not isinstance(one, dict) or one.keys() - {"dtRegistro"}]
        return [*rest, Refused({"schema": "v1", "points": [], "meta": meta}, text)]
    for at, one in enumerate(found):
        if isinstance(one, dict):
            found[at] = {**one, "meta": meta}
            break
    return found


def storable(point: dict[str, Any]) -> bool:
    """Whether a value can be stored as far as its field says: otherwise it goes apart from its neighbours."""
    if "nrValor" in point:
        number = point["nrValor"]
        return isinstance(number, int | float) and not isinstance(number, bool) and abs(number) <= _LARGEST
    if "blValor" in point:
        return isinstance(point["blValor"], bool)
    return isinstance(point["dsValor"], str)


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
