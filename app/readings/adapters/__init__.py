"""Vendor formats: which module reads which payload.

An adapter is a module with two functions, named in ``ADAPTERS``; the first that recognises it reads it:

    def recognises(value: Any) -> bool: ...
    def readings(value: Any) -> list[Found]: ...   # raises Unreadable

``value`` is the decoded JSON. A reading is an element as the RPC takes it, without device and client, which
the topic says. What an adapter passes on is judged by the database like any other reading. Beside readings it
may return what it refuses while it reads the rest, events, and what is only counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from . import envelope, owntracks, parsec, senml
from .reading import Found


class Adapter(NamedTuple):
    """How payloads of one format are recognised and read."""

    name: str
    recognises: Callable[[Any], bool]
    readings: Callable[[Any], list[Found]]


ADAPTERS = tuple(
    Adapter(name, module.recognises, module.readings)
    for name, module in {
        "envelope_v1": envelope,
        "parsec_v1": parsec,
        "senml": senml,
        "owntracks": owntracks,
    }.items()
)


def of(value: Any) -> Adapter | None:
    """The adapter for a payload; None for a native reading or an unknown format."""
    return next((adapter for adapter in ADAPTERS if adapter.recognises(value)), None)
