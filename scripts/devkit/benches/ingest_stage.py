"""What scripts/bench ingest measures: a broker and gateways on a database."""

import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..local import mosquitto
from ..local.children import child, wait_until_ready
from ..local.paths import VENV, local
from ..local.ports import on_a_free_port
from . import bench
from .mqtt_load import Login

KEY = "bench"  # of the gateways


@dataclass
class Running:
    """A broker and gateways on a database."""

    database: bench.Bench
    broker: mosquitto.Broker
    gateways: list[subprocess.Popen[bytes]]
    ports: list[int]

    @property
    def login(self) -> Login:
        """For the publisher."""
        return Login(self.broker.port, "devices", "devices")

    def committed(self) -> int:
        """Messages that the gateways have acknowledged."""
        return int(sum(self.metric("ingest_messages_total").values()))

    def metric(self, name: str) -> dict[str, float]:
        """Samples of a metric by labels, summed over all gateways."""
        found: dict[str, float] = {}
        for port in self.ports:
            text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30).read().decode()
            for labels, value in re.findall(rf"^{name}(\{{.*?\}})? (\S+)$", text, re.MULTILINE):
                found[labels] = found.get(labels, 0.0) + float(value)
        return found


@contextmanager
def started(database: bench.Bench, processes: int) -> Iterator[Running]:
    """Start a broker and so many gateways, which are stopped when the block ends."""
    folder = local() / "bench" / "broker"
    shutil.rmtree(folder, ignore_errors=True)
    database.checkpoint()
    logins = {f"gateway-{number}": "gateway" for number in range(processes)}
    devices = {"devices": "devices"}
    with on_a_free_port(18_830, lambda port: mosquitto.serving(folder, port, logins, devices=devices)) as (
        _,
        broker,
    ):
        variables = {
            "DATABASE_URL": database.api_url,
            "RASTRO_GATEWAY_KEY": KEY,
            "RASTRO_MQTT_URL": broker.gateway_url,
            "RASTRO_MQTT_PASSWORD": "gateway",
            "RASTRO_MQTT_GROUP": "rastro" if processes > 1 else "",
        }
        with on_a_free_port(19_108, lambda port: _gateways(port, processes, variables, folder)) as (
            port,
            gateways,
        ):
            yield Running(database, broker, gateways, [port + number for number in range(processes)])


@contextmanager
def _gateways(
    port: int, processes: int, variables: dict[str, str], folder: Path
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes of one group, which listen on ports that follow each other."""
    command = [str(VENV / "bin" / "python"), "-m", "app.ingest"]
    variables = variables | {"RASTRO_GATEWAY_PORT": str(port)}
    logs = [folder / f"gateway-{number}.log" for number in range(processes)]
    with ExitStack() as stack:
        gateways = [
            stack.enter_context(child(command, variables | _own(number), logs[number]))
            for number in range(processes)
        ]
        for one, gateway, log in zip(range(port, port + processes), gateways, logs, strict=True):
            wait_until_ready(f"http://127.0.0.1:{one}/health/ready", gateway, 30, log, "the gateway")
        yield gateways


def _own(number: int) -> dict[str, str]:
    """What is different in each process: its number and its login at the broker."""
    return {"RASTRO_GATEWAY_NUMBER": str(number), "RASTRO_MQTT_USER": f"gateway-{number}"}
