"""Elements that collide often: few devices, sensors, times and values; and elements with something wrong."""

import base64
import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.db._fleet import FLEET, UNKNOWN, Device, Sensor

Json = Any
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)
TIMES = (NOON, NOON + timedelta(microseconds=1), NOON - timedelta(days=35))
DEVICES = (FLEET.devices[0],) * 3 + FLEET.devices[1:3]
PLACES: tuple[dict[str, Json], ...] = (
    {},
    {"latitude": -23.55052, "longitude": -46.63331},
    {"latitude": -23.550521, "longitude": -46.633309},
    {"latitude": -23.6, "longitude": -46.6},
    {"latitude": 0, "longitude": 0},
)
REPORTS = ({"nrBat": 3.5}, *PLACES[1:-1], PLACES[1] | {"nrBat": 3.6})
HUGE = 10**400
KEPT = 16_384
SAME: dict[str, Json] = {"nrValor": 1.5}
OTHERS: tuple[dict[str, Json], ...] = (
    {"nrValor": 2},
    {"blValor": True},
    {"blValor": False},
    {"dsValor": "a"},
    {"dsValor": "é"},
)


def examples(count: int) -> settings:
    """The same few examples in every run; with TEST_EXAMPLES=n, n new ones."""
    wanted = int(os.environ.get("TEST_EXAMPLES", "0"))
    return settings(
        max_examples=wanted or count,
        derandomize=not wanted,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


def iso(time: datetime, style: int = 0) -> str:
    """One instant, written in UTC, without an offset, or as in another place."""
    styles = ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f%z")
    zone = timezone(timedelta(hours=-3)) if style == 2 else UTC
    return time.astimezone(zone).strftime(styles[style])


def readings(draw: st.DrawFn, sensors: tuple[Sensor, ...]) -> list[dict[str, Json]]:
    """Readings of some of the sensors, each at most once."""
    chosen = draw(st.lists(st.sampled_from(sensors), unique=True, max_size=3))
    return [reading(draw, sensor) for sensor in chosen]


def reading(draw: st.DrawFn, sensor: Sensor) -> dict[str, Json]:
    by_point = sensor.point is not None and draw(st.booleans())
    found: dict[str, Json] = {"dsPonto": sensor.point} if by_point else {"cdSensor": sensor.code}
    found |= draw(st.sampled_from([SAME, SAME, SAME, *OTHERS]))
    found |= draw(st.sampled_from([{}, {}, {}, {"cdProdutoItem": 1}, {"cdProdutoItem": 2}]))
    return found | draw(st.sampled_from([{}, {}, {}, {"nrQualidade": 0}, {"nrQualidade": 2}]))


def wrapper(body: bytes, code: str, text: str = "not readable") -> dict[str, Json]:
    """The substitute for an element that jsonb cannot hold."""
    return {
        "$payload": base64.b64encode(body[:KEPT]).decode(),
        "$tamanho": len(body),
        "$hash": hashlib.sha256(body).hexdigest(),
        "$error_code": code,
        "$error": text,
    }


@st.composite
def elements(draw: st.DrawFn, devices: tuple[Device, ...] = DEVICES) -> dict[str, Json]:
    """A good element; with nothing in it now and then, which is MALFORMED."""
    device = draw(st.sampled_from(devices))
    found: dict[str, Json] = {"cdDispositivo": device.code}
    found["dtRegistro"] = iso(draw(st.sampled_from(TIMES)), draw(st.integers(0, 2)))
    found |= draw(st.sampled_from(PLACES))
    found |= draw(st.sampled_from([{}, {}, {}, {"nrPrecisao": 12.5}, {"nrPrecisao": 6_000}]))
    found |= draw(st.sampled_from([{}, {}, {"nrBat": 3.5}, {"nrBat": 3.6}, {"nrBat": None}]))
    found |= draw(st.sampled_from([{}, {}, {"nrSeq": 0}, {"nrSeq": 1}, {"nrSeq": -1}]))
    found |= draw(st.sampled_from([{}, {}, {}, {"cdCliente": device.client}]))
    if draw(st.integers(0, 2)) and device.sensors:
        found["sensores"] = readings(draw, device.sensors)
    return found


@st.composite
def agreeing_elements(draw: st.DrawFn) -> list[dict[str, Json]]:
    """Elements that do not contradict each other: each tells a part of one truth, and they overlap."""
    keys = st.tuples(
        st.sampled_from(FLEET.devices[:2]), st.sampled_from(TIMES), st.sampled_from([None, 0, 1])
    )
    reports = draw(st.dictionaries(keys, st.sampled_from(REPORTS), min_size=2, max_size=6))
    truth = {sensor: _known(draw, sensor) for device in FLEET.devices[:2] for sensor in device.sensors}
    found = []
    for _ in range(draw(st.integers(4, 14))):
        device, time, seq = draw(st.sampled_from(list(reports)))
        sensors = draw(st.lists(st.sampled_from(device.sensors), unique=True, max_size=3))
        element: dict[str, Json] = {"cdDispositivo": device.code}
        element["dtRegistro"] = iso(time, draw(st.integers(0, 2)))
        if not sensors or draw(st.integers(0, 3)):
            element |= {"nrSeq": seq} | reports[device, time, seq]
        found.append(element | {"sensores": [draw(st.sampled_from(truth[sensor])) for sensor in sensors]})
    return found


def _known(draw: st.DrawFn, sensor: Sensor) -> list[dict[str, Json]]:
    """Ways to write the one value of a sensor, the same at all times."""
    value = draw(st.sampled_from([SAME, *OTHERS])) | draw(st.sampled_from([{}, {"nrQualidade": 1}]))
    names: list[dict[str, Json]] = [{"cdSensor": sensor.code}]
    names += [{"dsPonto": sensor.point}] if sensor.point else []
    items: list[dict[str, Json]] = [{}] + ([{"cdProdutoItem": sensor.item}] if sensor.item else [])
    return [name | value | item for name in names for item in items]


def _with(**fields: Json) -> Callable[[dict[str, Json]], Json]:
    return lambda element: element | fields


def _without(name: str) -> Callable[[dict[str, Json]], Json]:
    return lambda element: {key: value for key, value in element.items() if key != name}


def _reading(**fields: Json) -> Callable[[dict[str, Json]], Json]:
    """A last reading with something wrong."""
    return lambda element: element | {"sensores": [*element.get("sensores", []), fields]}


def _at(moment: datetime) -> Callable[[dict[str, Json]], Json]:
    return _with(dtRegistro=iso(moment))


FAULTS: tuple[Callable[[dict[str, Json]], Json], ...] = (
    # shape
    lambda element: [element],
    lambda element: str(element["cdDispositivo"]),
    lambda element: element["cdDispositivo"],
    lambda _element: None,
    lambda _element: {},
    lambda element: {key: element[key] for key in ("cdDispositivo", "dtRegistro")},
    _with(velocidade=3),
    _with(cdDispositivo=None),
    _with(cdDispositivo="1"),
    _with(cdDispositivo=True),
    _with(cdDispositivo=1.5),
    _without("cdDispositivo"),
    _with(nrBat="3.5"),
    _with(nrBat=[]),
    _with(nrPrecisao="12"),
    lambda element: {key: element[key] for key in ("cdDispositivo", "dtRegistro")} | {"nrPrecisao": 5},
    lambda element: {key: element[key] for key in ("cdDispositivo", "dtRegistro")} | PLACES[-1],
    _with(nrSeq="1"),
    _with(latitude="-23.5", longitude="-46.6"),
    _with(sensores={}),
    _with(sensores=[1]),
    _with(sensores=[None]),
    _reading(),
    _reading(cdSensor=11),
    _reading(nrValor=1),
    _reading(cdSensor="11", nrValor=1),
    _reading(cdSensor=11, dsPonto="weight", nrValor=1),
    _reading(cdSensor=11, nrValor=1, dsValor="a"),
    _reading(cdSensor=11, nrValor=1, blValor=False),
    _reading(cdSensor=11, nrValor=True),
    _reading(cdSensor=11, nrValor="x"),
    _reading(cdSensor=11, blValor=1),
    _reading(cdSensor=11, blValor="true"),
    _reading(cdSensor=11, dsValor=1),
    _reading(cdSensor=11, nrValor=1, unit="g"),
    lambda element: element | {"sensores": [{"cdSensor": 11, "nrValor": 1}, {"cdSensor": 11, "nrValor": 1}]},
    # device
    _with(cdDispositivo=UNKNOWN),
    _with(cdDispositivo=0),
    _with(cdDispositivo=-1),
    _with(cdDispositivo=2**40),
    _with(cdDispositivo=9),
    _with(cdCliente=3),
    # time
    _with(dtRegistro=""),
    _with(dtRegistro="yesterday"),
    _with(dtRegistro="now"),
    _with(dtRegistro="infinity"),
    _with(dtRegistro="2025-02-30T00:00:00Z"),
    _with(dtRegistro="2025-13-01T00:00:00Z"),
    _with(dtRegistro="2025-01-01T25:00:00Z"),
    _with(dtRegistro="1999-01-01T00:00:00Z"),
    _with(dtRegistro="0001-01-01T00:00:00Z"),
    _with(dtRegistro="9999-12-31T23:59:59Z"),
    _at(datetime.now(UTC) + timedelta(hours=1)),
    # coordinates
    _with(latitude=90.5, longitude=0),
    _with(latitude=0, longitude=-180.5),
    _with(latitude=1, longitude=None),
    _with(latitude=None, longitude=1),
    _with(latitude="NaN", longitude=1),
    _with(latitude=1, longitude="-Infinity"),
    _with(latitude=HUGE, longitude=1),
    # values
    _with(nrBat="NaN"),
    _with(nrBat=-1),
    _with(nrBat=87),
    _with(nrBat=3700),
    _with(nrPrecisao=-1),
    _with(nrPrecisao=1e9),
    _with(nrPrecisao="Infinity"),
    _with(nrBat="Infinity"),
    _with(nrBat=-HUGE),
    _with(nrSeq=2**53 + 1),
    _reading(cdSensor=11, nrValor="NaN"),
    _reading(cdSensor=11, nrValor="-Infinity"),
    _reading(cdSensor=11, nrValor=HUGE),
    _reading(cdSensor=11, nrValor=-15 * 10**153),
    _reading(cdSensor=11, nrValor=2**53 + 1),
    _reading(cdSensor=11, nrValor=1, nrQualidade=3),
    # readings
    _reading(cdSensor=UNKNOWN, nrValor=1),
    _reading(cdSensor=91, nrValor=1),
    _reading(cdSensor=2**40, nrValor=1),
    _reading(cdSensor=-1, nrValor=1),
    _reading(dsPonto="nowhere", nrValor=1),
    _reading(dsPonto="secret", nrValor=1),
    _reading(dsPonto="", nrValor=1),
    _reading(cdSensor=11, nrValor=1, cdProdutoItem=UNKNOWN),
    _reading(cdSensor=11, nrValor=1, cdProdutoItem=3),
)


@st.composite
def bad_elements(draw: st.DrawFn) -> Json:
    """An element with one fault, or two that come in a known order."""
    return draw(st.sampled_from(FAULTS))(draw(elements()))


def batches_of(items: list[Json], cuts: list[int]) -> list[list[Json]]:
    """The list cut at these places."""
    places = [0, *sorted({cut % (len(items) + 1) for cut in cuts}), len(items)]
    return [items[start:end] for start, end in pairwise(places) if start < end]
