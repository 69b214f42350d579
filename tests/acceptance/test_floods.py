"""A device or client floods the gateway, and a caller the API; others are served as if it were not there.

Real processes, a real broker. What is asserted is who waits behind whom, and the second that is promised for
the 99th percentile of publish -> visible. A quiet machine needs a tenth of it; a busy one is compared with
what the same took just before, without the flood. ``-s`` prints what was offered, and how long others waited.
"""

import http.client
import json
import multiprocessing
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from scripts.devkit.benches.mqtt_load import Elsewhere, Login, chunks, flood, publish, spaced
from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import state_dir
from tests.acceptance.gateway import PUBLISHERS, TRUSTED_KEY, Gateway, Publisher, Stage, staged
from tests.acceptance.senders import until
from tests.acceptance.stage import Stage as Api
from tests.acceptance.stage import served
from tests.http import callers

pytestmark = [pytest.mark.acceptance, pytest.mark.alone, pytest.mark.timeout(240)]

FLOOD, SIBLING, OTHER = 1, 7, 1_001  # devices: two of one client, and one of another
READ = range(1_002, 1_004)  # of that other client; each may have a connection of a process
PROMISED_S = 1.0
_EACH = {"single": 1, "batch": 5_000}
_CURRENT = "/v2/TbPosicaoAtual?cdProduto=4&cdDispositivos=%s"
_HISTORY = f"/v2/HistoricoPaginaDispositivo/{FLOOD}?pageSize=1000"
_POINTS = f"/v2/data/points?cdSensor={FLOOD * 100 + 4}&dtInicio=2026-01-01&dtFim=2030-01-01"
_days = count(30, -1)  # ago: what comes later is a current position
_hours = count(30, 2)
_PROPERTIES = [  # of messages of up to 256 KiB
    [("", "")] * 50_000,
    [("a", "b")] * 25_000,
    [("name" * 16_000, "value" * 13_000)] * 2,
    [(f"{number}" * 200, "\u20ac" * 170) for number in range(100)],
]
RATE = 10_000  # messages in a second
SECONDS = 12.0  # of a flood
PACE = """
create or replace function public.devagar() returns trigger language plpgsql
  as 'begin perform pg_sleep(%s); return null; end'
"""
TRIGGERS = """
create trigger devagar before insert on series."TbSensorRegistro"
  for each statement execute function public.devagar();
create trigger devagar before insert on public."TbComandoAck"
  for each statement execute function public.devagar();
"""
_STORED = {
    "telem": 'select count(*) from "TbSensorRegistro" where "cdSensor" = any (%s) and "dtRegistro"',
    "ack": """select count(*) from "TbComandoAck" where "cdDispositivo" = any (%s)
              and "dtExecucao" at time zone 'UTC'""",
    "event": 'select count(*) from "TbEventoDispositivo" where "cdDispositivo" = any (%s) and "dtRegistro"',
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    folder = state_dir() / "floods"
    with only_one("floods"):
        shutil.rmtree(folder, ignore_errors=True)
        with staged(folder) as found:
            found.trust(TRUSTED_KEY)
            with found.cursor() as cursor:
                cursor.execute(f"{PACE % 0}; {TRIGGERS}")
            assert found.clients[FLOOD] == found.clients[SIBLING] != found.clients[OTHER]
            yield found
        shutil.rmtree(folder)


@dataclass(frozen=True)
class Flow:
    """What devices publish in a flood: messages of these kinds in turn, a millisecond apart."""

    devices: Sequence[int]
    since: datetime
    kinds: Sequence[str] = ("telem",)

    def messages(self, stage: Stage, many: int) -> Iterator[tuple[str, bytes]]:
        for number in range(many):
            device = self.devices[number % len(self.devices)]
            kind = self.kinds[number % len(self.kinds)]
            payload = self._payload(kind, device, number)
            yield f"rastro/{stage.clients[device]}/field/{device}/{kind}", json.dumps(payload).encode()

    def rows(self, stage: Stage, many: int) -> int:
        """How many of so many are stored."""
        found, end = 0, self.since + timedelta(milliseconds=many)
        with stage.cursor() as cursor:
            for kind in self.kinds:
                codes = [device * 100 + 4 if kind == "telem" else device for device in self.devices]
                cursor.execute(
                    f"{_STORED[kind]} >= %s and {_STORED[kind].rpartition(' and ')[2]} < %s",
                    (codes, self.since, end),
                )
                found += int(cursor.fetchall()[0][0])
        return found

    def _payload(self, kind: str, device: int, number: int) -> dict[str, Any]:
        moment = (self.since + timedelta(milliseconds=number)).isoformat()
        match kind:
            case "ack":
                return {"schema": "v1", "cmd_id": f"{moment} {device}", "ok": True, "ts_exec": moment}
            case "event":
                return {"schema": "v1", "event_type": "flood", "ts": moment, "data": {"number": number}}
            case _:
                values = [{"cdSensor": device * 100 + 4, "nrValor": number / 8}]
                return {"dtRegistro": moment, "sensores": values}


@dataclass
class Flooding:
    """A process that publishes at the rate, or as the broker takes it; ``messages`` when it has ended."""

    publisher: Elsewhere
    messages: int = 0


@contextmanager
def flooding(stage: Stage, flow: Flow) -> Iterator[Flooding]:
    begun, ended = multiprocessing.Event(), threading.Event()
    allowed = multiprocessing.Value("q", 0)
    login = Login(stage.broker.gateway_port, "field", PUBLISHERS["field"], f"flood-{time.monotonic_ns()}")
    packets = chunks(flow.messages(stage, int(RATE * SECONDS)))
    found = Flooding(Elsewhere(flood, login, packets, allowed, begun, SECONDS))
    assert begun.wait(30)

    def let() -> None:
        while not ended.wait(0.1):
            allowed.value += RATE // 10

    pace = threading.Thread(target=let)
    pace.start()
    try:
        yield found
        found.messages = found.publisher.result()
        print(f"{found.messages:,} messages, {found.messages / SECONDS:,.0f} in a second of {RATE:,} tried")
    finally:
        ended.set()
        pace.join()
        if found.publisher.process.is_alive():
            found.publisher.process.terminate()


class Neighbours:
    """Devices that publish at a steady pace, and when a reader of the database saw each reading."""

    def __init__(self, stage: Stage, publisher: Publisher, *devices: int) -> None:
        self._stage, self._publisher, self._devices = stage, publisher, devices

    def waits(self, seconds: float, pause_s: float = 0.02) -> list[float]:
        """How long each took from publishing until it was seen."""
        published: dict[tuple[int, datetime], float] = {}
        ended = threading.Event()
        found: list[float] = []

        def look() -> None:
            with self._stage.cursor() as cursor:
                while published or not ended.is_set():
                    for seen in self._seen(cursor, [*published]):
                        found.append(time.monotonic() - published.pop(seen))
                    time.sleep(0.005)

        reader = threading.Thread(target=look, daemon=True)
        reader.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for device in self._devices:
                payload = self._publisher.next(device)
                moment = self._publisher.time(self._publisher.numbers[device])
                published[device, moment] = time.monotonic()
                self._publisher.publish(device, payload)
            time.sleep(pause_s)
        ended.set()
        reader.join(60)
        assert not published, "what was published is not there after a minute"
        return found

    def _seen(self, cursor: Any, waiting: list[tuple[int, datetime]]) -> list[tuple[int, datetime]]:
        if not waiting:
            return []
        cursor.execute(
            'select "cdSensor" / 100, "dtRegistro" from "TbSensorRegistro"'
            ' where "cdSensor" = any (%s) and "dtRegistro" = any (%s)',
            ([device * 100 + 4 for device in self._devices], list({moment for _, moment in waiting})),
        )
        return [one for one in cursor.fetchall() if one in waiting]


def check_waits(found: list[float], quiet: list[float]) -> None:
    """The figure is printed. Far from the promise is a fault; a machine that is busy for a moment is not.

    Without turns, or lanes, others wait for many seconds, or for as long as the flood lasts.
    """
    found, usual = sorted(found), sorted(quiet)[len(quiet) // 2]
    p99 = found[int(len(found) * 0.99)]
    print(
        f"{len(found)}: median {found[len(found) // 2]:.3f} s, p99 {p99:.3f} s, without a flood {usual:.3f} s"
    )
    assert p99 < max(2 * PROMISED_S, 40 * usual), found[-10:]


@contextmanager
def slow_database(stage: Stage) -> Iterator[None]:
    """Each commit takes 50 ms longer: a flood is then more than the database stores on any machine.

    Triggers that came and went would lock what gateways are writing.
    """
    with stage.cursor() as cursor:
        cursor.execute(PACE % 0.05)
        try:
            yield
        finally:
            cursor.execute(PACE % 0)


@contextmanager
def as_it_is(_stage: Stage) -> Iterator[None]:
    """A database that may well store all of a flood."""
    yield


# Seen to fail: without lanes (a device, slow database: for a minute nothing of the neighbours is seen); with
# lanes that are not resumed after the crash (a device, two gateways: what they hold is missing).
@pytest.mark.parametrize(
    ("devices", "kinds", "database", "gateways"),
    [
        pytest.param([FLOOD], ["telem"], as_it_is, 1, id="a device"),
        pytest.param([FLOOD], ["telem"], slow_database, 1, id="a device, slow database"),
        pytest.param([1, 2, 3, 4, 5, 6], ["telem"], slow_database, 1, id="a client, slow database"),
        pytest.param([FLOOD], ["telem"], slow_database, 2, id="a device, two gateways"),
        pytest.param([1, 2, 3, 4, 5, 6], ["telem"], slow_database, 2, id="a client, two gateways"),
        pytest.param([FLOOD], ["ack", "event"], slow_database, 1, id="acks and events, slow database"),
    ],
)
def test_a_flood_waits_behind_itself(
    stage: Stage,
    devices: list[int],
    kinds: list[str],
    database: Callable[[Stage], AbstractContextManager[None]],
    gateways: int,
) -> None:
    since = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(hours=next(_hours))
    flow = Flow(devices, since, kinds)
    own = {"RASTRO_GATEWAY_KEY": TRUSTED_KEY}
    stage.forget_sessions()
    with (
        stage.gateways(gateways, RASTRO_GATEWAY_QUEUE="20000", RASTRO_GATEWAY_BATCH="100", **own) as running,
        stage.publishing() as (publisher,),
        database(stage),
    ):
        neighbours = Neighbours(stage, publisher, OTHER, *([SIBLING] if len(devices) == 1 else []))
        quiet = neighbours.waits(3)
        memory = values(running, "process_resident_memory_bytes")
        with flooding(stage, flow) as flooder:
            found = neighbours.waits(SECONDS)
            lanes = values(running, "ingest_lanes_open")
            left = values(running, "ingest_queue_size_device_max")
            grown = values(running, "process_resident_memory_bytes") - memory
            taken = flow.rows(stage, int(RATE * SECONDS))
        check_waits(found, quiet)
        assert left <= 20_000 * gateways
        assert grown < 40e6 * gateways
        assert values(running, "ingest_deferred_total") > 0
        if database is slow_database:
            assert flooder.messages - taken > 2_000, "the flood waits, more than a lane holds: at the broker"
            assert 1 <= lanes <= gateways
            assert values(running, "ingest_lane_copies_total") > 0
        for one in running:
            one.end(signal.SIGKILL)
    name = running[0].variables["RASTRO_MQTT_CLIENT_ID"]
    with stage.gateways(gateways, RASTRO_MQTT_CLIENT_ID=name, **own) as running:
        while (before := flow.rows(stage, flooder.messages)) < flooder.messages:
            until(lambda before=before: flow.rows(stage, flooder.messages) > before)
        until(lambda: values(running, "ingest_lanes_open") == 0)  # what a lane held is not lost
        until(lambda: values(running, "ingest_unacknowledged") == 0)
        assert values(running, "ingest_errors_total") == 0


# A trial, not seen to fail: it passes without the bounds of the gateway's wire, or those of its keeper.
# What properties count in a gateway is in tests/ingest/test_broker.py.
def test_large_properties_hold_up_nobody_and_are_cut(stage: Stage) -> None:
    since = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(hours=next(_hours))
    flow = Flow([FLOOD], since)
    login = Login(stage.broker.gateway_port, "field", PUBLISHERS["field"], "properties")
    packets = [
        publish(topic, b"?" * (number + 1) if unreadable else payload, 2 * number + unreadable + 1, more=many)
        for number, (topic, payload) in enumerate(flow.messages(stage, len(_PROPERTIES) * 20))
        for many in [_PROPERTIES[number % len(_PROPERTIES)]]
        for unreadable in (False, True)
    ]
    with (
        stage.gateways(RASTRO_GATEWAY_KEY=TRUSTED_KEY) as (gateway,),
        stage.publishing() as (publisher,),
    ):
        neighbours = Neighbours(stage, publisher, OTHER, SIBLING)
        memory = gateway.value("process_resident_memory_bytes")
        elsewhere = Elsewhere(spaced, login, packets, 0.05)
        neighbours.waits(len(packets) * 0.05)
        assert elsewhere.result() == len(packets)
        until(lambda: flow.rows(stage, len(packets)) == len(packets) // 2)
        until(lambda: gateway.value("ingest_unacknowledged") == 0)
        assert gateway.value("process_resident_memory_bytes") - memory < 100e6
    with stage.cursor() as cursor:
        cursor.execute(
            """select count(*), min("dsMotivo"), max("dsMotivo"), max(octet_length("dsPropriedades"::text))
               from "TbIngestaoErro" where "dsTopico" like '%%/field/%s/telem'""",
            (FLOOD,),
        )
        ((many, *reasons, longest),) = cursor.fetchall()
    assert (many, reasons) == (len(packets) // 2, ["MALFORMED", "MALFORMED"])
    assert 0 < longest <= 4_096


def values(gateways: Sequence[Gateway], name: str) -> float:
    return sum(one.value(name) for one in gateways)


@dataclass
class Caller:
    """Somebody with credentials who asks, and posts readings of one device."""

    address: tuple[str, int]
    credentials: dict[str, str]
    device: int
    since: datetime
    apart: timedelta

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self.answers: Counter[int] = Counter()
        self.without_retry_after = 0

    def flood(self, requests: Sequence[str], connections: int) -> tuple[Counter[int], int]:
        """On so many connections, as fast as they are answered; the requests are shared out among them."""
        end = time.monotonic() + SECONDS
        threads = [
            threading.Thread(target=self._until, args=(end, requests[number % len(requests)]))
            for number in range(connections)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.answers, self.without_retry_after

    def waits(self, seconds: float) -> list[float]:
        """How long each reading took from posting it until it could be read through the API."""
        found: list[float] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            with self.connected() as connection:
                code = json.loads(self._answered(connection, "single"))["cdPosicao"]
                until(lambda asked=connection, code=code: self._current(asked) == code)
            found.append(time.monotonic() - began)
            time.sleep(0.05)
        return found

    def ask(
        self, connection: http.client.HTTPConnection, request: str, end: float = float("inf")
    ) -> tuple[int, bytes]:
        """A path that is read, or so many readings to post; the status and what was answered until then."""
        if request in _EACH:
            readings = [self._reading(next(self._numbers)) for _ in range(_EACH[request])]
            path = "/v2/posicoes/lote" if len(readings) > 1 else "/v2/posicoes"
            body = json.dumps(readings if len(readings) > 1 else readings[0])
            headers = {"Content-Type": "application/json", **self.credentials}
            connection.request("POST", path, body, headers)
        else:
            connection.request("GET", request, headers=self.credentials)
        answer = connection.getresponse()
        content = b"".join(iter(lambda: answer.read(65_536) if time.monotonic() < end else b"", b""))
        self.answers[answer.status] += 1
        self.without_retry_after += answer.status in (429, 503) and not answer.headers["Retry-After"]
        return answer.status, content

    def _current(self, connection: http.client.HTTPConnection) -> int | None:
        (row,) = json.loads(self._answered(connection, _CURRENT % self.device))["data"]
        return row["cdPosicao"]

    def _answered(self, connection: http.client.HTTPConnection, request: str) -> bytes:
        """The answer; where a busy machine says 503, it is asked again a second later, as it asks for."""
        while True:
            status, answer = self.ask(connection, request)
            if status in (200, 201):
                return answer
            assert (status, json.loads(answer)["error_code"]) == (503, "BUSY"), answer
            time.sleep(1)

    def connected(self) -> "closing[http.client.HTTPConnection]":
        return closing(http.client.HTTPConnection(*self.address, timeout=60))

    def _until(self, end: float, request: str) -> None:
        while time.monotonic() < end:
            with self.connected() as connection, suppress(OSError, http.client.HTTPException):
                while time.monotonic() < end:
                    self.ask(connection, request, end)

    def _reading(self, number: int) -> dict[str, Any]:
        moment = (self.since + number * self.apart).isoformat()
        values = [{"cdSensor": self.device * 100 + 4, "nrValor": number / 8}]
        return {
            "cdDispositivo": self.device,
            "dtRegistro": moment,
            "nrBat": 3.6,
            "nrSeq": number,
            "sensores": values,
        }


def waits_of(several: Sequence[Caller], seconds: float) -> list[float]:
    """At the same time: enough of them for a 99th percentile that is not the longest."""
    with ThreadPoolExecutor() as threads:
        return [one for found in threads.map(lambda caller: caller.waits(seconds), several) for one in found]


@pytest.fixture(scope="module")
def api(stage: Stage) -> Iterator[Api]:
    with served(stage.database, 18_480) as found:
        yield found


# Seen to fail: with one line of requests for all callers (many connections: others wait 2.6 s, and 0.1 s with
# turns).
@pytest.mark.parametrize(
    ("requests", "connections"),
    [
        pytest.param(["single"], 1_000, id="readings on many connections"),
        pytest.param(["batch"], 48, id="large batches"),
        pytest.param(["single", "batch"], 48, id="both"),
        pytest.param([_HISTORY, _POINTS], 48, id="history and curves"),
        pytest.param([f"{_HISTORY}&formato={kind}" for kind in ("csv", "xlsx", "parquet")], 48, id="exports"),
    ],
)
def test_a_caller_that_floods_the_api_waits_behind_itself(
    api: Api, requests: list[str], connections: int
) -> None:
    since = datetime.now(UTC).replace(microsecond=0) - timedelta(days=next(_days))
    token = callers.as_user(callers.ADMIN)
    flooder = Caller(api.address, token, FLOOD, since, timedelta(milliseconds=1))
    others = [
        Caller(api.address, callers.as_user(callers.OTHER_ADMIN), device, since, timedelta(seconds=1))
        for device in READ
    ]
    quiet = waits_of(others, 2)
    elsewhere = Elsewhere(flooder.flood, requests, connections)
    time.sleep(2)
    found = waits_of(others, SECONDS - 3)
    answers, without_retry_after = elsewhere.result()
    print(dict(answers))
    refused = sum(one.answers[503] for one in others)
    print(f"{refused} refusals of neighbours")
    check_waits(found, quiet)
    assert refused <= len(found) / 20, "now and then, where calls take half a second"
    assert answers[200] + answers[201] > 0
    assert answers[429] + answers[503] > 0, "what exceeds its share"
    assert without_retry_after == 0
