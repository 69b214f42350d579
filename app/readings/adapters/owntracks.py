"""OwnTracks: ``{"_type": "location", "lat", "lon", "tst", …}``, where a phone is.

Its battery level is a percentage, not a voltage: it is not stored.
"""

from __future__ import annotations

from typing import Any

from .reading import Reading, Unreadable, timed


def recognises(value: Any) -> bool:
    """An object with OwnTracks' own mark."""
    return isinstance(value, dict) and "_type" in value


def readings(value: Any) -> list[Reading]:
    """One position."""
    if value["_type"] != "location":
        raise Unreadable(f"OwnTracks: only location is stored, not {value['_type']!r}")
    return [timed({"latitude": value.get("lat"), "longitude": value.get("lon")}, value.get("tst"))]
