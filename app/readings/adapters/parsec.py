"""parsec_v1: ``{"di1", "di2", "rssi", "fw", "ts"}``, two inputs of a machine.

di1 is whether it runs (1 run, 0 stop: point ``status``), di2 whether it has a fault (point ``fault``). What
it says of itself may come without either.
"""

from __future__ import annotations

from typing import Any

from .reading import Found, Refused, complete, timed, with_meta


def recognises(value: Any) -> bool:
    """An object with an input, or with nothing but a time and what else parsec_v1 has."""
    if not isinstance(value, dict):
        return False
    return "di1" in value or "di2" in value or ("ts" in value and value.keys() <= _OTHERS)


def readings(value: Any) -> list[Found]:
    """One reading with the inputs that can be read; another one is refused alone."""
    points: list[dict[str, Any]] = []
    refused: list[Found] = []
    for name, point in _POINTS.items():
        if (bit := value.get(name)) is None:
            continue
        if isinstance(bit, bool) or bit not in (0, 1):
            rest = {other: value[other] for other in value if other not in _POINTS or other == name}
            refused.append(Refused(rest, f"{name} must be 0 or 1"))
        else:
            points.append(point(bit))
    read: list[Found] = [timed({"sensores": points}, value.get("ts"))] if points else []
    meta = {name: value[name] for name in value if name not in _POINTS and name != "ts"}
    if not read and not refused and meta:
        read.append(timed({}, value.get("ts")))
    return with_meta(complete(read + refused, "parsec_v1: there is no input"), meta)


def _status(bit: int) -> dict[str, Any]:
    return {"dsPonto": "status", "dsValor": "run" if bit else "stop"}


def _fault(bit: int) -> dict[str, Any]:
    return {"dsPonto": "fault", "blValor": bool(bit)}


_POINTS = {"di1": _status, "di2": _fault}
_OTHERS = {"rssi", "fw", "ts"}
