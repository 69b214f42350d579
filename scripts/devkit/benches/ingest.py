"""Points per second from publisher to committed row: MQTT 5 at QoS 1, everything on this machine.

A point is one sensor value. The publisher is a process of its own that writes prepared packets and
stays at most 20,000 messages ahead of what is committed; afterwards every row is counted. Latency is from
publishing to committed, by the clock of the database, from the gateway's histogram.
"""

import argparse
import multiprocessing
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, product

from ..console import Problem, say
from . import bench, cpu, ingest_sql, ingest_tables
from .ingest_stage import Running, started
from .mqtt_load import Elsewhere, chunks, flood, steadily

NAME = "ingest"
HELP = "MQTT QoS 1 to committed: sustained points/s, latency, loss, processor time"

_DEVICES = 200
_SENSORS = 50
_AHEAD = 20_000  # messages published and not yet committed
_MOST = {1: 20_000, 10: 16_000, 50: 4_000}  # messages per second to prepare, by points per message


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    points: int
    processes: int


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
            with started(database, case.processes) as running:
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
        cursor.execute(
            ingest_tables.FIXTURES, {"key": ingest_sql.KEY, "devices": _DEVICES, "sensors": _SENSORS}
        )


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
        with started(database, 1) as running:
            messages = _messages(10, clock, int(rate * options.latency) + 1)
            sent = Elsewhere(steadily, running.login, messages, rate, options.latency).result()
            while running.committed() < sent:
                time.sleep(0.05)
            buckets = running.metric("ingest_latency_seconds_bucket")
            percentiles = [f"{_quantile(buckets, one) * 1_000:>7,.0f}" for one in (0.5, 0.95, 0.99)]
            left_out = sum(running.metric("ingest_clocks_off_total").values())
            rest = f"  {left_out:,.0f} waited at the broker and are left out" if left_out else ""
            say(f"{rate:>10,.0f}  {10:>10} | {' '.join(percentiles)}{rest}")
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
