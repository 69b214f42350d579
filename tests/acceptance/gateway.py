"""A broker, gateways and publishers as they are in the field, and an account of what was published."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from scripts.devkit.benches.mqtt_load import Login
from scripts.devkit.benches.mqtt_load import Publisher as Sender
from scripts.devkit.local import cluster, mosquitto, ports
from scripts.devkit.local.children import tail, wait_until_ready
from scripts.devkit.local.paths import ROOT, state_in
from tests._lib import databases
from tests._lib.databases import Database
from tests._lib.places import HOUR, first_port
from tests.acceptance.senders import until
from tests.acceptance.stage import OnDatabase
from tests.http import callers

DEVICES = (1, 2, 3, 4, 5, 6, 7, 8)
GATEWAYS = {f"gateway-{number}": f"of gateway {number}" for number in range(3)}
PUBLISHERS = {"field": "of all devices"}
TRUSTED_KEY = "rastro_gateway_of_all_clients_0000000000000000000"
_TRUSTED = (
    'insert into public."TbApiKeys" ("cdUsuario", "dsHash", "dsPermissoes") values (%s, %s, \'{ingest}\')'
)
_hours = count(1)
_tests = count(1)


@dataclass
class Gateway:
    """A gateway process; its name at the broker stays the same however often it starts."""

    number: int
    variables: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{int(self.variables['RASTRO_GATEWAY_PORT']) + self.number}"

    def start(self) -> "Gateway":
        user = f"gateway-{self.number}"
        own = {
            "RASTRO_GATEWAY_NUMBER": str(self.number),
            "RASTRO_MQTT_USER": user,
            "RASTRO_MQTT_PASSWORD": GATEWAYS[user],
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.ingest"],
                cwd=ROOT, env={**os.environ, **own, **self.variables}, stdout=log, stderr=log,
            )  # fmt: skip
        wait_until_ready(f"{self.base}/health/live", self.process, 20, self.log, "the gateway")
        return self

    def end(self, how: signal.Signals) -> int:
        """Its exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(30)

    def ready(self) -> bool:
        """Whether it says so."""
        try:
            with urllib.request.urlopen(f"{self.base}/health/ready", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def metric(self, name: str) -> dict[str, float]:
        """Samples by their labels."""
        text = urllib.request.urlopen(f"{self.base}/metrics", timeout=10).read().decode()
        return {
            labels: float(value)
            for labels, value in re.findall(rf"^{name}(\{{.*?\}})? (\S+)$", text, re.MULTILINE)
        }

    def value(self, name: str) -> float:
        """A metric without labels, or the sum of one with some."""
        return sum(self.metric(name).values())


class Publisher:
    """Devices whose readings have numbers; a message is sent again until the broker has acknowledged it."""

    def __init__(self, stage: "Stage", name: str, hours: int) -> None:
        self.since = HOUR.replace(tzinfo=None) - timedelta(hours=hours)
        self.numbers: Counter[int] = Counter()  # by device
        self._stage = stage
        self._published = self._acknowledged = 0
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTv5)
        self._client.username_pw_set("field", PUBLISHERS["field"])
        self._client.max_inflight_messages_set(200)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = self._on_publish
        wishes = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wishes.SessionExpiryInterval = 3_600
        self._client.connect("127.0.0.1", stage.broker.gateway_port, clean_start=False, properties=wishes)
        self._client.loop_start()

    def time(self, number: int) -> datetime:
        return self.since + timedelta(milliseconds=number)

    def next(self, device: int) -> bytes:
        """The next reading of a device."""
        self.numbers[device] += 1
        return self.reading(device, self.numbers[device])

    def reading(self, device: int, number: int) -> bytes:
        return json.dumps(
            {
                "dtRegistro": self.time(number).isoformat(), "nrSeq": number, "nrBat": 3.6,
                "sensores": [{"cdSensor": device * 100 + 4, "nrValor": number / 8}],
            }
        ).encode()  # fmt: skip

    def publish(
        self,
        device: int,
        payload: bytes,
        kind: str = "telem",
        qos: int = 1,
        *,
        retain: bool = False,
        **properties: str,
    ) -> None:
        """Kept and sent again, also while there is no connection. In a name ``_`` becomes ``-``."""
        topic = f"rastro/{self._stage.clients[device]}/field/{device}/{kind}"
        told = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        told.UserProperty = [(name.replace("_", "-"), value) for name, value in properties.items()]
        self._published += 1
        self._client.publish(topic, payload, qos, retain, told if properties else None)

    def _on_publish(self, *_: object) -> None:
        self._acknowledged += 1

    def send(self, rounds: int, pause_s: float = 0.0) -> None:
        """So many readings of each device."""
        for _ in range(rounds):
            for device in DEVICES:
                self.publish(device, self.next(device))
            time.sleep(pause_s)

    def settle(self) -> None:
        """Until the broker has acknowledged everything."""
        until(lambda: self._acknowledged >= self._published, 120)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def sent(self) -> list[tuple[int, datetime, int]]:
        return sorted(
            (device, self.time(n), n) for device, last in self.numbers.items() for n in range(1, last + 1)
        )


@dataclass
class Stage(OnDatabase):
    """A cluster of its own, a broker, and what tests start on them."""

    database: Database
    broker: mosquitto.Broker
    folder: Path
    clients: dict[int, int] = field(default_factory=dict)

    @contextmanager
    def gateways(self, many: int = 1, *, ready: bool = True, **settings: str) -> Iterator[list[Gateway]]:
        """Gateways of one group, subscribed unless they are not to get ready, ended when the block is."""
        variables = {
            "DATABASE_URL": self.database.api_url,
            "RASTRO_GATEWAY_KEY": callers.INGEST_KEY,
            "RASTRO_MQTT_URL": self.broker.gateway_url,
            "RASTRO_GATEWAY_PORT": str(ports.free_port(first_port(19_500))),
            "RASTRO_MQTT_GROUP": "rastro" if many > 1 else "",
            "RASTRO_MQTT_CLIENT_ID": f"gateway-of-test-{next(_tests)}",
            **settings,
        }
        log = self.folder / "gateway.log"
        found = [Gateway(number, variables, log).start() for number in range(many)]
        try:
            for one in found if ready else ():
                until(one.ready)  # what is published before it has subscribed reaches nobody
            yield found
        except BaseException:
            print(tail(log))
            raise
        finally:
            for one in found:
                if one.process and one.process.poll() is None:
                    one.end(signal.SIGTERM)

    def client_ids(self) -> list[str]:
        """Of everybody who has connected to the broker and is not a device."""
        log = (self.broker.folder / "mosquitto.log").read_text()
        users = "|".join([*GATEWAYS, *PUBLISHERS, "broker-acl"])
        return sorted(set(re.findall(rf" as (\S+) \(.*u'(?:{users})'\)", log)))

    def forget_sessions(self) -> None:
        """End those of other tests: the broker would keep everything for them, too, and save it."""
        user, secret = next(iter(GATEWAYS.items()))
        for name in self.client_ids():
            Sender(Login(self.broker.gateway_port, user, secret, name)).close()

    def trust(self, key: str) -> None:
        """A gateway with this key stores for all clients."""
        with self.cursor() as cursor:
            cursor.execute(_TRUSTED, (callers.SERVICE, sha256(key.encode()).hexdigest()))

    @contextmanager
    def publishing(self, many: int = 1) -> Iterator[list[Publisher]]:
        """Publishers; in the end what they sent is in the database, no more and no less."""
        publishers = [Publisher(self, f"field-{n}-{time.monotonic_ns()}", next(_hours)) for n in range(many)]
        try:
            yield publishers
            for one in publishers:
                one.settle()
            for one in publishers:
                self.check(one)
        finally:
            for one in publishers:
                one.close()

    def check(self, publisher: Publisher) -> None:
        """Every reading sent is there once, and nothing else of its hour."""
        sent = publisher.sent()
        until(lambda: self._count(publisher) >= len(sent), 120)
        for table, number in (("TbPosicao", '"nrSeq"'), ("TbSensorRegistro", '("nrValor" * 8)::int')):
            assert self._rows(f'"cdDispositivo", "dtRegistro", {number}', table, publisher) == sent

    def _count(self, publisher: Publisher) -> int:
        return int(self._rows("count(*)", "TbSensorRegistro", publisher)[0][0])

    def _rows(self, what: str, table: str, publisher: Publisher) -> list[Any]:
        with self.cursor() as cursor:
            cursor.execute(
                f'select {what} from "{table}" where "dtRegistro" >= %s and "dtRegistro" < %s',
                (publisher.since, publisher.since + timedelta(hours=1)),
            )
            return sorted(cursor.fetchall())


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """A new cluster and a new broker in this folder, with the demo fleet."""
    with ExitStack() as stack:
        stack.enter_context(state_in(folder))
        cluster.start()
        stack.callback(cluster.stop, "immediate")
        database = stack.enter_context(databases.empty())
        databases.migrate(database)
        callers.settle(database)
        _, broker = stack.enter_context(
            ports.on_a_free_port(
                first_port(18_900),
                lambda port: mosquitto.serving(folder / "broker", port, GATEWAYS, PUBLISHERS),
            )
        )
        stage = Stage(database, broker, folder)
        with stage.cursor() as cursor:
            cursor.execute('select "cdDispositivo", "cdCliente" from "TbDispositivo"')
            stage.clients.update(cursor.fetchall())
        yield stage


@contextmanager
def meanwhile(publisher: Publisher, pause_s: float = 0.002) -> Iterator[None]:
    """The publisher sends all the time."""
    ending = threading.Event()

    def send() -> None:
        while not ending.is_set():
            publisher.send(1, pause_s)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
