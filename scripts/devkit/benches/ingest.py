"""Points per second from publisher to committed row: MQTT 5 at QoS 1, everything on this machine.

A point is one sensor value. The publisher is a process of its own that writes prepared packets and
stays at most 20,000 messages ahead of what is committed; afterwards every row is counted. Latency is from
publishing to committed, by the clock of the database, from the gateway's histogram.
"""

import argparse
import multiprocessing
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, product
from pathlib import Path

from ..console import Problem, say
from ..local import mosquitto
from ..local.children import child, wait_until_ready
from ..local.paths import VENV, local
from ..local.ports import on_a_free_port
from . import bench, cpu, ingest_sql
from .mqtt_load import Elsewhere, Login, chunks, flood, steadily

NAME = "ingest"
HELP = "MQTT QoS 1 to committed: sustained points/s, latency, loss, processor time"

_DEVICES = 200
_SENSORS = 50
_AHEAD = 20_000  # messages published and not yet committed
_MOST = {1: 20_000, 10: 16_000, 50: 4_000}  # messages per second to prepare, by points per message
_KEY = "bench"


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    points: int
    processes: int


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


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--seconds", type=float, default=60, help="duration of each line (default: 60)")
    add(
        "--points",
        type=int,
        nargs="+",
        choices=(1, 10, 50),
        default=(1, 10, 50),
        help="points per message (default: 1 10 50)",
    )
    add("--processes", type=int, nargs="+", default=(1, 2), help="processes of the gateway (default: 1 2)")
    add(
        "--latency",
        type=float,
        default=20,
        help="duration of each latency line in seconds; 0 for none (default: 20)",
    )


def run(options: argparse.Namespace) -> None:
    with bench.throwaway() as database:
        _prepare(database)
        say(bench.machine(database))
        say(f"{_DEVICES} devices; {options.seconds:g} s a line; processor time in cores\n")
        say(
            "points  processes |   points/s  messages/s  lost  twice | broker  gateway  database | gateway MB"
        )
        clock = _clock()
        best = 0.0
        for case in (Case(*one) for one in product(options.points, options.processes)):
            with _running(database, case.processes) as running:
                line, rate, clock = _sustained(running, case, options.seconds, clock)
                say(line)
            if case.points == 10:
                best = max(best, rate)
        if options.latency:
            _latencies(database, options, best or 4_000, clock)
        say(f"\n{bench.size(database)} at the end")


def _clock() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(days=20)


def _prepare(database: bench.Bench) -> None:
    with bench.connected(database.owner_url) as cursor:
        cursor.execute(ingest_sql.FIXTURES, {"key": ingest_sql.KEY, "devices": _DEVICES, "sensors": _SENSORS})


@contextmanager
def _running(database: bench.Bench, processes: int) -> Iterator[Running]:
    folder = local() / "bench" / "broker"
    shutil.rmtree(folder, ignore_errors=True)
    database.checkpoint()
    users = {"gateway": "gateway", "devices": "devices"}
    acl = ["user gateway", "topic read rastro/#", "user devices", "topic write rastro/#"]
    with on_a_free_port(18_830, lambda port: mosquitto.serving(folder, port, users, acl)) as (_, broker):
        variables = {
            "DATABASE_URL": database.api_url,
            "RASTRO_GATEWAY_KEY": _KEY,
            "RASTRO_MQTT_URL": broker.url,
            "RASTRO_MQTT_USER": "gateway",
            "RASTRO_MQTT_PASSWORD": "gateway",
            "RASTRO_MQTT_GROUP": "rastro" if processes > 1 else "",
        }
        log = folder / "gateway.log"
        with on_a_free_port(19_108, lambda port: _gateways(port, processes, variables, log)) as (
            port,
            gateways,
        ):
            yield Running(database, broker, gateways, [port + number for number in range(processes)])


@contextmanager
def _gateways(
    port: int, processes: int, variables: dict[str, str], log: Path
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes of one group, which listen on ports that follow each other."""
    command = [str(VENV / "bin" / "python"), "-m", "app.ingest"]
    variables = variables | {"RASTRO_GATEWAY_PORT": str(port)}
    with ExitStack() as stack:
        gateways = [
            stack.enter_context(child(command, variables | {"RASTRO_GATEWAY_NUMBER": str(number)}, log))
            for number in range(processes)
        ]
        for one, gateway in enumerate(gateways, start=port):
            wait_until_ready(f"http://127.0.0.1:{one}/health/ready", gateway, 30, log, "the gateway")
        yield gateways


def _sustained(running: Running, case: Case, seconds: float, clock: datetime) -> tuple[str, float, datetime]:
    ready = chunks(_messages(case.points, clock, int(_MOST[case.points] * seconds)))
    before = _rows(running.database)
    allowed = multiprocessing.Value("q", _AHEAD)
    begun = multiprocessing.Event()
    used = _Used(running)
    publisher = Elsewhere(flood, running.login, ready, allowed, begun, seconds)
    begun.wait(10)
    began = time.monotonic()
    while publisher.process.is_alive():
        allowed.value = running.committed() + _AHEAD
        time.sleep(0.1)
    sent = publisher.result()
    while (done := running.committed()) < sent:
        time.sleep(0.02)
        if time.monotonic() - began > 4 * seconds + 60:
            raise Problem(f"{sent - done} messages were not committed.")
    took = time.monotonic() - began
    shares = used.cores(took)
    stored = _rows(running.database) - before
    wanted = sent * case.points
    rate = wanted / took
    line = (
        f"{case.points:>6}  {case.processes:>9} | {rate:>10,.0f}  {sent / took:>10,.0f}"
        f"  {max(0, wanted - stored):>4}  {max(0, stored - wanted):>5} | {shares['broker']:>6.2f}"
        f"  {shares['gateway']:>7.2f}  {shares['database']:>8.2f} | {_memory(running):>10,.0f}"
    )
    return line, sent / took, clock + timedelta(microseconds=len(ready) * 50 * 1_000)


def _latencies(database: bench.Bench, options: argparse.Namespace, best: float, clock: datetime) -> None:
    say("\nmessages/s  points/msg |  p50 ms  p95 ms  p99 ms")
    for rate in (200, best / 2):
        with _running(database, 1) as running:
            messages = _messages(10, clock, int(rate * options.latency) + 1)
            sent = Elsewhere(steadily, running.login, messages, rate, options.latency).result()
            while running.committed() < sent:
                time.sleep(0.05)
            buckets = running.metric("ingest_latency_seconds_bucket")
            percentiles = [f"{_quantile(buckets, one) * 1_000:>7,.0f}" for one in (0.5, 0.95, 0.99)]
            say(f"{rate:>10,.0f}  {10:>10} | {' '.join(percentiles)}")
        clock += timedelta(seconds=rate * options.latency)


def _messages(points: int, clock: datetime, most: int) -> Iterator[tuple[str, bytes]]:
    """Messages of the devices in turn; the times of a device are all different."""
    sensors = {
        device: ",".join(
            f'{{"cdSensor":{device * 100 + n},"nrValor":{n + device / 8}}}' for n in range(1, points + 1)
        )
        for device in range(1, _DEVICES + 1)
    }
    for number in count():
        if number >= most:
            return
        device = number % _DEVICES + 1
        moment = (clock + timedelta(milliseconds=number)).isoformat(timespec="milliseconds")
        payload = f'{{"dtRegistro":"{moment}","sensores":[{sensors[device]}]}}'
        yield f"rastro/1/bench/{device}/telem", payload.encode()


def _rows(database: bench.Bench) -> int:
    with bench.connected(database.owner_url) as cursor:
        cursor.execute('select count(*) from "TbSensorRegistro"')
        return int(cursor.fetchall()[0][0])


class _Used:
    """Processor time since this object was created."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._before = self._now()

    def cores(self, seconds: float) -> dict[str, float]:
        now = self._now()
        return {name: (now[name] - self._before[name]) / seconds for name in now}

    def _now(self) -> dict[str, float]:
        broker = self._running.broker.process
        return {
            "broker": cpu.of_group(broker.pid) if broker else 0,
            "gateway": sum(cpu.of_group(one.pid) for one in self._running.gateways),
            "database": cpu.of_sessions(self._running.database),
        }


def _memory(running: Running) -> float:
    return sum(running.metric("process_resident_memory_bytes").values()) / 1e6


def _quantile(buckets: dict[str, float], share: float) -> float:
    """Seconds, interpolated within a bucket as Prometheus does."""
    pairs = sorted((float(re.findall(r'le="(.*?)"', labels)[0]), value) for labels, value in buckets.items())
    wanted = share * pairs[-1][1]
    low, below = 0.0, 0.0
    for high, upto in pairs:
        if upto >= wanted:
            return (
                low + (high - low) * (wanted - below) / max(1.0, upto - below) if high < float("inf") else low
            )
        low, below = high, upto
    return low
