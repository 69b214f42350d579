"""python -m app.ingest: takes what devices publish from an MQTT broker and stores it exactly once.

Several processes share the load; each is replaced when it ends by itself. SIGTERM: what is queued is written,
the rest stays with the broker.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from queue import SimpleQueue
from threading import Event

from .. import logs
from ..principal import Principal
from ..rpc.pool import Pool
from ..rpc.postgres import PostgresBackend
from ..variables import SettingsError
from . import envelopes, health, topics
from .batch import Collector, Message
from .broker import Broker
from .circuit import Circuit
from .metrics import Metrics
from .settings import GatewaySettings
from .worker import Stop, Writer

_log = logging.getLogger("app.ingest")
_GRACE_S = 3.0  # beyond the time to drain, until what does not end is killed
_PAUSE_S = 1.0  # before a process that ended by itself is replaced


def main() -> None:
    """Until SIGTERM or SIGINT; exit code 0 then, 1 when it had to give up."""
    parser = argparse.ArgumentParser(prog="python -m app.ingest", description=__doc__)
    parser.add_argument("--number", type=int, help="be one process of several: this one, from 0")
    options = parser.parse_args()
    try:
        settings = GatewaySettings.from_env()
    except SettingsError as error:
        parser.error(str(error))
    logs.configure(settings.log_level)
    asked = Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: asked.set())
    if options.number is None and settings.processes > 1:
        raise SystemExit(supervise(settings, asked))
    raise SystemExit(work(settings, options.number or 0, asked, options.number is not None))


def work(settings: GatewaySettings, number: int, asked: Event, supervised: bool = False) -> int:
    """One process: a session at the broker, some writers."""
    stop, circuit, metrics = Stop(settings.drain_s), Circuit(), Metrics()
    queues: list[SimpleQueue[Message]] = [SimpleQueue() for _ in range(settings.writers)]
    pool = Pool(settings.database_url, settings.writers + 1, 1.0, settings.connect_timeout_s)
    backend = PostgresBackend(pool, settings.statement_timeout_ms)
    broker = Broker(settings, number, queues, metrics.dropped)
    metrics.watch(
        lambda: broker.queued,
        lambda: broker.acks.unacknowledged,
        lambda: circuit.open,
        lambda: broker.connected,
    )
    principal = Principal("key", hashlib.sha256(settings.key.encode()).hexdigest(), f"gateway-{number}")

    def read(message: Message) -> envelopes.Content:
        place = topics.parse(settings.prefix, message.topic)
        return envelopes.read(place, message.payload, message.encoding)

    writers = [
        Writer(
            f"writer-{place}",
            Collector(_Waiting(queue), read, settings.batch, settings.flush_ms / 1_000, time.monotonic),
            broker.acks, backend, principal, circuit, metrics, stop,
        )
        for place, queue in enumerate(queues)
    ]  # fmt: skip
    health.serve(
        settings.port + number,
        metrics.registry,
        lambda: {
            "broker": broker.connected,
            "database": not circuit.open and backend.ready(),
            "queue": broker.queued < settings.queue,
        },
    )
    for writer in writers:
        writer.start()
    broker.start()
    orphaned = _orphaned() if supervised else lambda: False
    _log.info("gateway_started", extra={"fields": {"number": number, "port": settings.port + number}})
    while not asked.wait(0.5) and not orphaned():
        if stop.failed.is_set():
            return 1  # a defect: whoever watches starts us anew, and the broker sends everything again
    broker.take_no_more()
    stop.ask()
    for writer in writers:
        writer.join(settings.drain_s + 1)
    broker.leave()
    backend.close()
    _log.info(
        "gateway_stopped", extra={"fields": {"number": number, "left_to_broker": broker.acks.unacknowledged}}
    )
    return 0


def _orphaned() -> Callable[[], bool]:
    """Whether the parent of now is gone: its successor starts others under the same names."""
    parent = os.getppid()
    return lambda: os.getppid() != parent


class _Waiting:
    """A queue as a Source: SimpleQueue wants no timeout of nothing."""

    def __init__(self, queue: SimpleQueue[Message]) -> None:
        self._queue = queue

    def get(self, timeout: float) -> Message:
        """See Source."""
        return self._queue.get(timeout=timeout) if timeout > 0 else self._queue.get_nowait()


def supervise(settings: GatewaySettings, asked: Event) -> int:
    """Several processes, each started again when it ends by itself."""

    def start(number: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "app.ingest", "--number", str(number)])

    children = [start(number) for number in range(settings.processes)]
    while not asked.wait(_PAUSE_S):
        for number, child in enumerate(children):
            if child.poll() is not None:
                _log.error("process_ended", extra={"fields": {"number": number, "code": child.returncode}})
                children[number] = start(number)
    for child in children:
        child.terminate()
    return max(_ended(child, settings.drain_s + _GRACE_S) for child in children)


def _ended(child: subprocess.Popen[bytes], within_s: float) -> int:
    try:
        return abs(child.wait(within_s))
    except subprocess.TimeoutExpired:
        child.kill()
        return 1


if __name__ == "__main__":
    main()
