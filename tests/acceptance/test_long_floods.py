"""A client floods for longer than gateways can follow; others wait no longer than usual.

It does so through many devices, none of which sends so much that it floods by itself. Real processes: broker,
gateway, the job beside the broker, and devices with logins of their own. RASTRO_FLOOD_S=240 tries it for
minutes, with 1,000 devices and with one, at the limits that are set when nothing is; else the database is
slowed and the limits are low.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.devkit.benches.mqtt_load import Elsewhere, Login, Publisher, publish
from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import state_dir
from tests._lib.places import HOUR
from tests.acceptance.gateway import TRUSTED_KEY, Stage, staged
from tests.acceptance.senders import until
from tests.acceptance.test_broker import Login as Name
from tests.acceptance.test_broker import job, login, sync
from tests.acceptance.test_floods import PACE, TRIGGERS, Neighbours, check_waits

FLOOD_S = float(os.environ.get("RASTRO_FLOOD_S", "0"))
LONG = FLOOD_S > 0
SECONDS = FLOOD_S or 12.0
# Devices, each of which sends so many messages in a second, at once. One that floods alone: see test_broker.
FLOODS = {"a device": (1, 10_000), "a client": (1_000, 10)} if LONG else {"a client": (30, 70)}
CLIENT, OTHER = 1, 1_001  # a client, and a device of another
_AGAIN_S = 5.0  # a device that is shut out tries again after so long
_TOGETHER = 250  # connections of a process
_LIMITS = {} if LONG else {"RASTRO_BROKER_MESSAGES": "2000"}
_BATCH = {} if LONG else {"RASTRO_GATEWAY_BATCH": "20"}

pytestmark = [pytest.mark.acceptance, pytest.mark.alone, pytest.mark.timeout(240 + 10 * FLOOD_S)]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    folder = state_dir() / "long-floods"
    with only_one("long-floods"):
        shutil.rmtree(folder, ignore_errors=True)
        with staged(folder) as found:
            found.trust(TRUSTED_KEY)
            with found.cursor() as cursor:
                cursor.execute(f"{PACE % (0 if LONG else 0.05)}; {TRIGGERS}")
            yield found
        shutil.rmtree(folder)


_FLEET = """
with devices as (
  insert into public."TbDispositivo" ("cdStatus", "cdCliente")
  select 'ativo', %s from generate_series(1, %s) returning "cdDispositivo"
)
insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto")
select "cdDispositivo" * 10, "cdDispositivo", 4, 'flood' from devices
returning "cdDispositivo", "cdSensor"
"""


class Device:
    """Connects again when it is shut out; ``acknowledged`` counts what the broker has taken."""

    def __init__(self, port: int, name: Name, place: tuple[int, int], since: datetime) -> None:
        device, self._sensor = place
        self._login, self._topic = Login(port, *name), f"rastro/{CLIENT}/field/{device}/telem"
        self._since, self._sent = since, 0
        self._wire: Publisher | None = None
        self._due = 0.0  # when it tries again
        self._before = 0

    def send(self, many: int) -> None:
        """So many readings, if it is let in."""
        try:
            if self._wire is None and time.monotonic() >= self._due:
                self._wire = Publisher(self._login)
            if self._wire:
                self._wire.send(b"".join(self._next() for _ in range(many)), many)
        except OSError:
            self._leave()

    def end(self) -> int:
        """How many messages the broker has acknowledged."""
        try:
            if self._wire:
                self._wire.close()
        except OSError:
            self._leave()
        return self._before + (self._wire.acknowledged if self._wire else 0)

    def _leave(self) -> None:
        self._due = time.monotonic() + _AGAIN_S
        if self._wire:
            self._before += self._wire.acknowledged
            self._wire.connection.close()
            self._wire = None

    def _next(self) -> bytes:
        self._sent += 1
        moment = (self._since + timedelta(milliseconds=self._sent)).isoformat()
        values = [{"cdSensor": self._sensor, "nrValor": self._sent / 8}]
        reading = json.dumps({"dtRegistro": moment, "sensores": values})
        return publish(self._topic, reading.encode(), self._sent % 65_535 + 1)


def flood(devices: Sequence[Device], rate: int, seconds: float) -> int:
    """Each sends so many messages in a second; how many the broker has acknowledged of all."""
    began = time.monotonic()
    for turn in range(int(seconds)):
        for place, one in enumerate(devices):
            due = began + turn + place / len(devices)
            if (early := due - time.monotonic()) > 0:
                time.sleep(early)
            one.send(rate)
    return sum(one.end() for one in devices)


def parts(devices: Sequence[Device]) -> list[Sequence[Device]]:
    return [devices[first : first + _TOGETHER] for first in range(0, len(devices), _TOGETHER)]


def shut_out(log: Path) -> list[dict[str, Any]]:
    """What the job has said of it."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if line["action"] == "floods_shut_out"]


def stored(stage: Stage, sensors: Sequence[int], since: datetime) -> int:
    with stage.cursor() as cursor:
        cursor.execute(
            'select count(*) from "TbSensorRegistro" where "cdSensor" = any (%s) and "dtRegistro" >= %s'
            " and \"dtRegistro\" < %s + interval '1 hour'",
            (sensors, since, since),
        )
        return int(cursor.fetchall()[0][0])


# Seen to fail: with devices only that flood by themselves.
@pytest.mark.parametrize(("many", "rate"), FLOODS.values(), ids=FLOODS)
def test_a_flood_that_lasts_holds_up_nobody(stage: Stage, many: int, rate: int) -> None:
    with stage.cursor() as cursor:
        cursor.execute(_FLEET, (CLIENT, many))
        sensors = dict(cursor.fetchall())
    since = HOUR.replace(tzinfo=None) - timedelta(days=2)  # publishers count back from it hour by hour
    names = [login(stage, number) for number in sensors]
    sync(stage)
    own: dict[str, Any] = {"RASTRO_GATEWAY_KEY": TRUSTED_KEY, **_BATCH}
    with ExitStack() as beside:
        (gateway,) = beside.enter_context(stage.gateways(**own))
        (publisher,) = beside.enter_context(stage.publishing())
        log = stage.folder / "job.log"
        beside.enter_context(job(stage, log=log, **_LIMITS))
        neighbours = Neighbours(stage, publisher, OTHER)
        quiet = neighbours.waits(3)
        devices = [
            Device(stage.broker.port, name, place, since)
            for name, place in zip(names, sensors.items(), strict=True)
        ]
        floods = [Elsewhere(flood, some, rate, SECONDS) for some in parts(devices)]
        found = neighbours.waits(SECONDS)
        acknowledged = sum(one.result() for one in floods)
        out = shut_out(log)
        print(f"{acknowledged:,} acknowledged; kept, devices out: {[(a['messages'], a['out']) for a in out]}")
        assert {place["client"] for one in out for place in one["most"]} == {1}
        assert many == 1 or all(one["out"] < many for one in out), "a part of its share is left to the client"
        check_waits(found, quiet)
        with stage.cursor() as cursor:
            cursor.execute(PACE % 0)
        until(lambda: stored(stage, [*sensors.values()], since) >= acknowledged, 120 + SECONDS)
        assert gateway.value("ingest_errors_total") == 0
