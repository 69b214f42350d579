"""scripts/doctor --live: an installation, asked from outside as its devices and its readers do.

One marked reading by HTTP and one by MQTT: acknowledged, sent again, read back, and how long each took. They
carry quality 2, which no rollup and no summary counts.
"""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from prometheus_client.parser import text_string_to_metric_families

from ..console import Problem, say
from ..fleet.mqtt_traffic import MqttSender
from ..fleet.traffic import ONE, Request, Tally

WELL, ILL = 0, 1
FAULT = 2
"""The quality of a marked reading."""
_PATIENCE_S = 30.0
_ANSWER_S = 10.0
_CONNECTED, _TAKEN, _ERRORS = "ingest_broker_connected", "ingest_messages_total", "ingest_errors_total"


class Answer(NamedTuple):
    status: int
    body: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.status} {json.dumps(self.body, ensure_ascii=False)[:300]}"


@dataclass(frozen=True)
class Sensor:
    """Of the test device, which takes numbers."""

    client: int
    device: int
    code: int


@dataclass
class Installation:
    """Where it is, and with which key; ``broker`` and ``gateways`` if they are to be looked at."""

    url: str
    key: str
    device: int
    broker: str | None = None
    gateways: list[str] = field(default_factory=list)
    patience: float = _PATIENCE_S

    def get(self, path: str) -> Answer:
        """Raises Problem when nobody answers."""
        return self._ask(urllib.request.Request(f"{self.url}{path}"))

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        """Raises Problem when nobody answers."""
        data = json.dumps(body).encode()
        return self._ask(
            urllib.request.Request(f"{self.url}{path}", data, {"Content-Type": "application/json"})
        )

    def _ask(self, request: urllib.request.Request) -> Answer:
        request.add_header("X-API-Key", self.key)
        try:
            with urllib.request.urlopen(request, timeout=_ANSWER_S) as answer:
                return Answer(answer.status, _read(answer.read()))
        except urllib.error.HTTPError as error:
            return Answer(error.code, _read(error.read()))
        except OSError as error:
            raise Problem(f"{request.full_url} does not answer: {error}") from error


def examine(where: Installation) -> int:
    """Do all of it, and say what was found. Returns the exit code."""
    code = WELL
    for name, check in _checks(where):
        try:
            say(f"{name:24} ok    {check()}")
        except Problem as problem:
            code = ILL
            say(f"{name:24} FAIL  {problem}")
    return code


def _checks(where: Installation) -> Iterator[tuple[str, Callable[[], str]]]:
    for path in ("/health/live", "/health/ready", "/health/timeseries"):
        yield path, lambda path=path: _healthy(where, path)  # type: ignore[misc]
    yield "/metrics", lambda: f"{len(_metrics(where.url))} metrics"
    yield "reading by HTTP", lambda: _by_http(where)
    if where.broker:
        yield "reading by MQTT", lambda: _by_mqtt(where, where.broker or "")
    for gateway in where.gateways:
        yield f"gateway {gateway}", lambda gateway=gateway: _gateway(gateway)  # type: ignore[misc]


def _healthy(where: Installation, path: str) -> str:
    began = time.monotonic()
    answer = where.get(path)
    if answer.status != 200 or "status" not in answer.body:
        raise Problem(f"answers {answer}")
    return _ms(began)


def _metrics(url: str) -> dict[str, float]:
    """Sums by name. Raises Problem when they cannot be read."""
    found: dict[str, float] = {}
    try:
        with urllib.request.urlopen(f"{url}/metrics", timeout=_ANSWER_S) as answer:
            for family in text_string_to_metric_families(answer.read().decode()):
                for sample in family.samples:
                    found[sample.name] = found.get(sample.name, 0) + sample.value
    except (OSError, ValueError) as error:
        raise Problem(f"{url}/metrics cannot be read: {error}") from error
    if not found:
        raise Problem(f"{url}/metrics is empty")
    return found


def _by_http(where: Installation) -> str:
    reading = _marked(_sensor(where))
    began = time.monotonic()
    answer = where.post(ONE, reading)
    if answer.status != 201 or answer.body.get("verdict") != "stored":
        raise Problem(f"a new reading is answered {answer}; 201 and stored are expected")
    acknowledged = _ms(began)
    visible = _seen(where, reading, began)
    again = where.post(ONE, reading)
    if again.body.get("verdict") != "duplicate":
        raise Problem(f"the same reading again is answered {again}; duplicate is expected")
    return f"stored after {acknowledged}, visible after {visible}, sent again: duplicate"


def _by_mqtt(where: Installation, broker: str) -> str:
    sensor = _sensor(where)
    reading = _marked(sensor)
    before = [_of_gateway(gateway).get(_TAKEN, 0) for gateway in where.gateways]
    tally = Tally()
    began = time.monotonic()
    sender = MqttSender(broker, where.patience, {sensor.device: sensor.client}, tally, threading.Event())
    connected, published = _ms(began), time.monotonic()
    try:
        sender.deliver(Request(ONE, json.dumps(reading).encode(), 1))
    finally:
        sender.close()
    if not tally.verdicts["published"]:
        raise Problem(f"the broker has not acknowledged a reading within {where.patience:g} s")
    acknowledged = _ms(published)
    visible = _seen(where, reading, published)
    again = where.post(ONE, reading)
    if again.body.get("verdict") != "duplicate":
        raise Problem(f"the same reading by HTTP is answered {again}; duplicate is expected")
    if before and sum(before) >= sum(_of_gateway(gateway).get(_TAKEN, 0) for gateway in where.gateways):
        raise Problem(f"the reading is stored, but {_TAKEN} of these gateways has not grown: another took it")
    return (
        f"connected after {connected}, acknowledged by the broker after {acknowledged}, visible after "
        f"{visible}, sent again by HTTP: duplicate"
    )


def _gateway(url: str) -> str:
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=_ANSWER_S) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        raise Problem(f"is not ready: {error.read().decode(errors='replace')}") from error
    except OSError as error:
        raise Problem(f"does not answer: {error}") from error
    found = _of_gateway(url)
    return f"ready; {found.get(_TAKEN, 0):,.0f} messages, {found.get(_ERRORS, 0):,.0f} errors"


def _of_gateway(url: str) -> dict[str, float]:
    """Its metrics; a counter is there once it has counted. Raises Problem when they are another's."""
    found = _metrics(url)
    if _CONNECTED not in found:
        raise Problem(f"{url}/metrics has no {_CONNECTED}: it is not a gateway of Rastro")
    return found


def _sensor(where: Installation) -> Sensor:
    """One of the device that takes numbers. Raises Problem when there is none."""
    device = where.get(f"/v2/dispositivos/{where.device}")
    if device.status != 200 or "cdCliente" not in device.body:
        raise Problem(f"device {where.device} with this key: {device}")
    sensors = where.get(f"/v2/sensores?cdDispositivo={where.device}&pageSize=100")
    if sensors.status != 200 or "data" not in sensors.body:
        raise Problem(f"the sensors of device {where.device} with this key: {sensors}")
    for one in sensors.body["data"]:
        return Sensor(device.body["cdCliente"], where.device, one["cdSensor"])
    raise Problem(f"device {where.device} has no sensor: add one, or name another with --device")


def _marked(sensor: Sensor) -> dict[str, Any]:
    """A reading of now, of quality 2."""
    now = datetime.now(UTC)
    value = {"cdSensor": sensor.code, "nrValor": 0, "nrQualidade": FAULT}
    return {"cdDispositivo": sensor.device, "dtRegistro": now.isoformat(), "sensores": [value]}


def _seen(where: Installation, reading: dict[str, Any], since: float) -> str:
    """How long after ``since`` it was read back. Raises Problem when it is not there in time."""
    moment = datetime.fromisoformat(reading["dtRegistro"])
    window = f"dtInicio={_z(moment)}&dtFim={_z(moment + timedelta(seconds=1))}"
    path = f"/v2/data/points?cdSensor={reading['sensores'][0]['cdSensor']}&agg=raw&{window}"
    while time.monotonic() - since < where.patience:
        answer = where.get(path)
        if answer.status != 200 or "data" not in answer.body:
            raise Problem(f"what was sent cannot be read: {answer}")
        if any(datetime.fromisoformat(one["ts"]) == moment for one in answer.body["data"]):
            return _ms(since)
        time.sleep(0.01)
    raise Problem(f"it was acknowledged, and is not to be read after {where.patience:g} s")


def _z(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat() + "Z"


def _ms(since: float) -> str:
    return f"{(time.monotonic() - since) * 1_000:,.0f} ms"


def _read(body: bytes) -> dict[str, Any]:
    """A JSON object; of anything else, such as the page of a proxy, the text."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"text": body.decode(errors="replace")}
