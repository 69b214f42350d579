"""Envelope v1: ``{"schema": "v1", "ts", "points": [{"name", "t", "v", "u"?}], "meta": {}}``.

``t`` is float or num (a number), bool, enum or text. Units and ``meta`` are for people: they are not stored.
"""

from __future__ import annotations

from typing import Any

from .reading import Reading, Unreadable, timed

_FIELDS = {"float": "nrValor", "num": "nrValor", "bool": "blValor", "enum": "dsValor", "text": "dsValor"}


def recognises(value: Any) -> bool:
    """An object that names a schema."""
    return isinstance(value, dict) and "schema" in value


def readings(value: Any) -> list[Reading]:
    """One reading with all points."""
    if value["schema"] != "v1":
        raise Unreadable(f"schema {value['schema']!r} is not known")
    points = value.get("points")
    if not isinstance(points, list) or not points:
        raise Unreadable("points must be a list with at least one point")
    return [timed({"sensores": [_point(point) for point in points]}, value.get("ts"))]


def _point(point: Any) -> dict[str, Any]:
    try:
        return {"dsPonto": point["name"], _FIELDS[point["t"]]: point["v"]}
    except (TypeError, KeyError):
        raise Unreadable("a point must have name, v and t (float, num, bool, enum or text)") from None
