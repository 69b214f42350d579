"""Envelope v1: ``{"schema": "v1", "ts", "points": [{"name", "t", "v", "u"?}], "meta": {}}``.

``t`` is float or num (a number), bool, enum or text. A number in another unit than its sensor's is converted,
or refused. ``meta`` is what the device says of itself, as are ``rssi`` and ``fw`` beside it; it may be alone.
"""

from __future__ import annotations

from typing import Any

from .reading import Found, Refused, Unreadable, complete, said_of_itself, storable, timed, with_meta

_NO_POINT = "a point must have name, v and t (float, num, bool, enum or text)"
_FIELDS = {"float": "nrValor", "num": "nrValor", "bool": "blValor", "enum": "dsValor", "text": "dsValor"}


def recognises(value: Any) -> bool:
    """An object that names a schema."""
    return isinstance(value, dict) and "schema" in value


def readings(value: Any) -> list[Found]:
    """One reading with all points; what is wrong with a point is not shared by its neighbours."""
    if value["schema"] != "v1":
        raise Unreadable(f"schema {value['schema']!r} is not known")
    points, meta = value.get("points"), said_of_itself(value)
    if points in (None, []) and meta and isinstance(meta, dict):
        return with_meta([timed({}, value.get("ts"))], meta)
    if not isinstance(points, list) or not points:
        raise Unreadable("points must be a list with at least one point")
    good: list[dict[str, Any]] = []
    bad: list[dict[str, Any]] = []
    refused: list[Any] = []
    for point in points:
        try:
            read = _point(point)
        except (TypeError, KeyError):
            refused.append(point)
        else:
            (good if storable(read) else bad).append(read)
    moment = value.get("ts")
    found: list[Found] = [timed({"sensores": each}, moment) for each in (good, bad) if each]
    if refused:
        found.append(Refused({**value, "points": refused}, _NO_POINT))
    if bad and not good and meta:
        found.insert(0, timed({}, moment))  # what it says of itself is not at fault
    return with_meta(complete(found, _NO_POINT), meta)


def _point(point: Any) -> dict[str, Any]:
    if not isinstance(point, dict):
        raise TypeError
    unit = point.get("u")
    read = {"dsPonto": point["name"], _FIELDS[point["t"]]: point["v"]}
    return {**read, "dsUnidade": unit} if unit and "nrValor" in read else read
