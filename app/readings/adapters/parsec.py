"""parsec_v1: ``{"di1", "di2", "rssi", "fw", "ts"}``, two inputs of a machine.

di1 is whether it runs (1 run, 0 stop: point ``status``), di2 whether it has a fault (point ``fault``).
"""

from __future__ import annotations

from typing import Any

from .reading import Reading, Unreadable, timed

_STATUS = {0: "stop", 1: "run"}


def recognises(value: Any) -> bool:
    """An object with an input."""
    return isinstance(value, dict) and ("di1" in value or "di2" in value)


def readings(value: Any) -> list[Reading]:
    """One reading with the inputs that are there."""
    points: list[dict[str, Any]] = []
    if value.get("di1") is not None:
        points.append({"dsPonto": "status", "dsValor": _STATUS[_bit(value, "di1")]})
    if value.get("di2") is not None:
        points.append({"dsPonto": "fault", "blValor": _bit(value, "di2") == 1})
    return [timed({"sensores": points}, value.get("ts"))]


def _bit(value: Any, name: str) -> int:
    bit = value[name]
    if isinstance(bit, bool) or bit not in (0, 1):
        raise Unreadable(f"{name} must be 0 or 1")
    return int(bit)
