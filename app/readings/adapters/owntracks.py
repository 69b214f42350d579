"""OwnTracks: ``{"_type": "location", "lat", "lon", "tst", …}``, where a phone is.

Its battery level is a phone's percentage, not a voltage: with speed, altitude and the rest it is what the
device says of itself. Other types hold no measurement: the will (``lwt``) and transitions of regions become
events, the rest is acknowledged and counted.
"""

from __future__ import annotations

import re
from typing import Any

from .reading import Counted, Event, Found, Unreadable, timed, with_meta

_READ = frozenset(("_type", "lat", "lon", "acc", "tst"))
_NO_ACCURACY = -1  # of an iPhone that knows none
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?(?=m?$)", re.ASCII)
_COUNTED = frozenset(
    ("beacon", "card", "cmd", "configuration", "dump", "lwt", "request", "status", "steps", "transition")
) | {"waypoint", "waypoints"}


def _number(value: Any) -> Any:
    """A number that older apps write as a text, with or without ``m`` for metres."""
    found = _NUMBER.match(value) if isinstance(value, str) else None
    return float(found[0]) if found else value


def recognises(value: Any) -> bool:
    """An object with OwnTracks' own mark."""
    return isinstance(value, dict) and "_type" in value


def readings(value: Any) -> list[Found]:
    """One position, or what else an app says."""
    kind = value["_type"]
    if kind == "location":
        place = {"latitude": _number(value.get("lat")), "longitude": _number(value.get("lon"))}
        accuracy = _number(value.get("acc"))
        if accuracy is not None and accuracy != _NO_ACCURACY:
            place["nrPrecisao"] = accuracy
        meta = {name: value[name] for name in value if name not in _READ}
        return with_meta([timed(place, _number(value.get("tst")))], meta)
    if kind == "encrypted":
        raise Unreadable("OwnTracks: the payload is encrypted. Remove the encryption key in the app")
    if not isinstance(kind, str) or kind not in _COUNTED:
        raise Unreadable(f"OwnTracks: the type {str(kind)[:40]!r} is not known")
    events: list[Found] = []
    if kind == "lwt":  # its tst is when the phone connected, and it is sent when the connection is lost
        events.append(Event("lwt", None, value))
    elif kind == "transition" and value.get("tst") is not None:
        events.append(Event("transition", value["tst"], value))
    return [*events, Counted(f"owntracks_{kind}")]
