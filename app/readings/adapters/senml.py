"""SenML (RFC 8428): a list of records ``{"bn", "bt", "bv", "n", "t", "v" | "vs" | "vb" | "vd", …}``.

A record's name is its point, the base name without its device; records of one time become one reading.
"""

from __future__ import annotations

from typing import Any

from .reading import Reading, Unreadable, received, timed

_RELATIVE = 2**28  # RFC 8428, 4.5.3: smaller times count from receipt
_VALUES = {"vb": ("blValor", bool), "vs": ("dsValor", str), "vd": ("dsValor", str)}


def recognises(value: Any) -> bool:
    """A list of records: each has a name, a value or a base."""
    return isinstance(value, list) and bool(value) and all(
        isinstance(record, dict) and not record.keys().isdisjoint({"n", "v", "bn", "vs", "vb", "vd"})
        for record in value
    )  # fmt: skip


def readings(value: Any) -> list[Reading]:
    """A reading for each time, in the order in which times are met."""
    base: dict[str, Any] = {}
    found: dict[float | None, list[dict[str, Any]]] = {}
    now = received()
    for record in value:
        base.update({name: record[name] for name in ("bn", "bt", "bv", "bver") if name in record})
        if base.get("bver", 10) != 10:
            raise Unreadable(f"SenML version {base['bver']} is not known")
        point = _point(record, base)
        if point is not None:
            found.setdefault(_time(record, base, now), []).append(point)
    if not found:
        raise Unreadable("SenML: no record has a value")
    return [timed({"sensores": points}, moment) for moment, points in found.items()]


def _point(record: dict[str, Any], base: dict[str, Any]) -> dict[str, Any] | None:
    name = str(record.get("n") or str(base.get("bn", "")).rstrip(":/").rpartition(":")[2])
    for member, (field, kind) in _VALUES.items():
        if member in record:
            if not isinstance(record[member], kind):
                raise Unreadable(f"SenML: {member} of {name} has the wrong type")
            return {"dsPonto": name, field: record[member]}
    if "v" in record or ("bv" in base and "s" not in record and "n" in record):
        return {"dsPonto": name, "nrValor": _number(record, "v") + _number(base, "bv")}
    if "s" in record:
        raise Unreadable("SenML: sums (s) are not stored")
    return None


def _time(record: dict[str, Any], base: dict[str, Any], now: float) -> float | None:
    moment = _number(base, "bt") + _number(record, "t")
    if moment == 0:
        return None
    return now + moment if abs(moment) < _RELATIVE else moment


def _number(record: dict[str, Any], name: str) -> float:
    number = record.get(name, 0)
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise Unreadable(f"SenML: {name} must be a number")
    return number
