"""What a JSON element means, or why it is rejected. Written from the contract, not from the SQL."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from tests.db._fleet import Device, Fleet, Sensor

SEQ_MAX = 2**53
AHEAD = timedelta(minutes=10)
COVERAGE = timedelta(days=365)
NOT_FINITE = ("NaN", "Infinity", "-Infinity")
VALUES = ("nrValor", "blValor", "dsValor")
POSITION_KEYS = {"nrBat", "nrSeq", "latitude", "longitude"}
ELEMENT_KEYS = {"cdCliente", "cdDispositivo", "dtRegistro", "sensores", "nrPrecisao", *POSITION_KEYS}
VOLTS = {"V": 1.0, "mV": 0.001, "%": 0.037}
READING_KEYS = {"cdSensor", "dsPonto", "cdProdutoItem", "nrQualidade", *VALUES}


class PositionKey(NamedTuple):
    device: int
    time: datetime
    seq: int | None


class Sent(NamedTuple):
    """One reading of an element: what was explicitly sent, None where it was not."""

    sensor: Sensor
    values: tuple[float | None, bool | None, str | None]
    item: int | None
    quality: int | None


@dataclass(frozen=True)
class Element:
    """An element that was understood."""

    device: Device
    key: PositionKey | None
    time: datetime
    coordinates: tuple[float, float] | None
    precision: float | None
    battery: float | None
    readings: tuple[Sent, ...]


class Rejected(Exception):
    """The element cannot be stored; the argument is the error code as the service is told it."""


def understand(element: Any, fleet: Fleet, clients: set[int]) -> Element:
    """The element, or Rejected: shape, device, time, coordinates, values, readings, in this order."""
    fields = _shape(element)
    device = _device(fields, fleet, clients)
    time = _time(fields.get("dtRegistro"))
    coordinates = _coordinates(fields.get("latitude"), fields.get("longitude"))
    precision = _limited(fields.get("nrPrecisao"), 1e8)
    battery = _limited(fields.get("nrBat"), 60 / VOLTS[device.battery_unit])
    battery = None if battery is None else battery * VOLTS[device.battery_unit]
    seq = _bounded(fields.get("nrSeq"))
    readings = tuple(_sent(reading, device, fleet) for reading in fields.get("sensores", []))
    _require(len({reading.sensor for reading in readings}) == len(readings))
    has_position = any(part is not None for part in (coordinates, battery, seq))
    key = PositionKey(device.code, time, seq) if has_position else None
    return Element(device, key, time, coordinates, precision if coordinates else None, battery, readings)


def _shape(element: Any) -> dict[str, Any]:
    """The element's fields without nulls. Raises Rejected MALFORMED."""
    fields = _fields(element, ELEMENT_KEYS)
    if _is_zero(fields.get("latitude")) and _is_zero(fields.get("longitude")):
        del fields["latitude"], fields["longitude"]  # no fix
    _require(_is_integer(fields.get("cdDispositivo")) and isinstance(fields.get("dtRegistro", ""), str))
    _require(all(_is_integer(fields.get(name, 0)) for name in ("cdCliente", "nrSeq")))
    _require(_is_number(fields.get("nrBat", 0)) and _is_number(fields.get("nrPrecisao", 0)))
    _require(isinstance(fields.get("sensores", []), list))
    _require(bool(fields.get("sensores")) or bool(fields.keys() & POSITION_KEYS))
    return fields


def _is_zero(value: Any) -> bool:
    return _is_number(value) and value == 0


def _fields(value: Any, known: set[str]) -> dict[str, Any]:
    _require(isinstance(value, dict) and value.keys() <= known)
    return {name: content for name, content in value.items() if content is not None}


def _require(condition: bool) -> None:
    if not condition:
        raise Rejected("MALFORMED")


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, float) or _is_integer(value) or value in NOT_FINITE


def _device(fields: dict[str, Any], fleet: Fleet, clients: set[int]) -> Device:
    device = fleet.device(fields["cdDispositivo"])
    if device is None:
        raise Rejected("UNKNOWN_DEVICE")
    owners = {device.client, fleet.parents[device.client]}
    if device.client not in clients or fields.get("cdCliente", device.client) not in owners:
        raise Rejected("FORBIDDEN_DEVICE")
    return device


def _time(text: str | None) -> datetime:
    """UTC without zone, as the database keeps it."""
    assert text is not None, "untimed elements are outside the model"
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise Rejected("INVALID_TIMESTAMP") from None
    time = time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)
    if not -COVERAGE <= time - datetime.now(UTC) <= AHEAD:
        raise Rejected("TIMESTAMP_OUT_OF_RANGE")
    return time.replace(tzinfo=None)


def _coordinates(latitude: Any, longitude: Any) -> tuple[float, float] | None:
    if latitude is None and longitude is None:
        return None
    if not (_is_number(latitude) and _is_number(longitude)):
        raise Rejected("INVALID_COORDINATES")
    pair = tuple(_rounded(_number(value, "INVALID_COORDINATES")) for value in (latitude, longitude))
    if abs(pair[0]) > 90 or abs(pair[1]) > 180:
        raise Rejected("INVALID_COORDINATES")
    return pair[0], pair[1]


def _rounded(degrees: float | None) -> float:
    return float(Decimal(str(degrees)).quantize(Decimal("0.00001"), ROUND_HALF_UP)) if degrees else 0.0


def _number(value: Any, code: str) -> float | None:
    """A finite float8."""
    if value in NOT_FINITE:
        raise Rejected(code)
    try:
        return None if value is None else float(value)
    except OverflowError:
        raise Rejected(code) from None


def _measure(value: Any) -> float | None:
    """A value that readers can square, and a whole number that a double holds."""
    number = _number(value, "INVALID_VALUE")
    if number is not None and (2**53 < abs(value) < 1e21 or math.isinf(number * number)):
        raise Rejected("INVALID_VALUE")
    return number


def _limited(value: Any, most: float) -> float | None:
    number = _number(value, "INVALID_VALUE")
    if number is not None and not 0 <= number <= most:
        raise Rejected("INVALID_VALUE")
    return number


def _bounded(value: int | None) -> int | None:
    if value is not None and abs(value) > SEQ_MAX:
        raise Rejected("INVALID_VALUE")
    return value


def _sent(reading: Any, device: Device, fleet: Fleet) -> Sent:
    """One reading: shape, sensor, value, quality, item, in this order."""
    fields = _fields(reading, READING_KEYS)
    _require(len(fields.keys() & {"cdSensor", "dsPonto"}) == 1 and len(fields.keys() & set(VALUES)) == 1)
    sensor = _sensor(fields, device)
    _require(_is_number(fields.get("nrValor", 0)) and isinstance(fields.get("blValor", True), bool))
    _require(isinstance(fields.get("dsValor", ""), str))
    number, item = _measure(fields.get("nrValor")), fields.get("cdProdutoItem")
    if fields.get("nrQualidade", 0) not in (0, 1, 2):
        raise Rejected("INVALID_VALUE")
    if item not in (None, sensor.item, *fleet.items.get(device.client, ())):
        raise Rejected("INVALID_VALUE")
    values = (number, fields.get("blValor"), fields.get("dsValor"))
    return Sent(sensor, values, item, fields.get("nrQualidade"))


def _sensor(fields: dict[str, Any], device: Device) -> Sensor:
    """The sensor or point of the device that a reading names."""
    code, point = fields.get("cdSensor"), fields.get("dsPonto")
    _require(_is_integer(code) or isinstance(point, str))
    found = [s for s in device.sensors if (s.code == code if point is None else s.point == point)]
    if not found:
        raise Rejected("UNKNOWN_SENSOR" if point is None else "UNKNOWN_POINT")
    return found[0]
