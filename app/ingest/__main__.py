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

from app import logs
from app.identity.principal import Principal
from app.rpc.pool import Pool
from app.rpc.postgres import PostgresBackend
from app.variables import SettingsError

from . import envelopes, health
from .batch import Collector, Message
from .broker import Broker
from .circuit import Circuit
from .metrics import Metrics
from .settings import GatewaySettings
from .worker import Stop, Writer

_log = logging.getLogger("app.ingest")
_GRACE_S = 3.0  # beyond the time to drain, until what does not end is killed
_LOOK_S = 0.5  # how long it takes to notice a defect, or that the parent is gone
_POOL_WAIT_S = 1.0
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
    """One process, until it is asked to end; its exit code."""
    gateway = Gateway(settings, number)
    gateway.start()
    orphaned = _orphaned() if supervised else lambda: False
    while not asked.wait(_LOOK_S) and not orphaned():
        if gateway.stop.failed.is_set():
            return 1  # a defect: whoever watches starts us anew, and the broker sends everything again
    gateway.end()
    return 0


class Gateway:
    """A session at the broker, some writers, and what tells how they get on."""

    def __init__(self, settings: GatewaySettings, number: int) -> None:
        self._settings, self._number = settings, number
        self.stop = Stop(settings.drain_s)
        self._circuit, self._metrics = Circuit(), Metrics()
        pool = Pool(settings.database_url, settings.writers + 1, _POOL_WAIT_S, settings.connect_timeout_s)
        self._backend = PostgresBackend(pool, settings.statement_timeout_ms)
        queues: list[SimpleQueue[Message]] = [SimpleQueue() for _ in range(settings.writers)]
        self._broker = Broker(settings, number, queues, self._metrics.dropped)
        self._writers = [self._writer(place, queue) for place, queue in enumerate(queues)]

    def start(self) -> None:
        """Take messages from now on. Raises OSError when the port is taken."""
        port = self._settings.port + self._number
        broker, circuit = self._broker, self._circuit
        self._metrics.watch(
            lambda: broker.queued,
            lambda: broker.acks.held,
            lambda: circuit.open,
            lambda: broker.connected,
        )
        health.serve(port, self._metrics.registry, self._checks)
        for writer in self._writers:
            writer.start()
        broker.start()
        _log.info("gateway_started", extra={"fields": {"number": self._number, "port": port}})

    def end(self) -> None:
        """Write what is queued, as long as there is time; leave the rest to the broker."""
        self._broker.take_no_more()
        self.stop.ask()
        for writer in self._writers:
            writer.join(self._settings.drain_s + 1)
        self._broker.leave()
        self._backend.close()
        left = self._broker.acks.held
        _log.info("gateway_stopped", extra={"fields": {"number": self._number, "left_to_broker": left}})

    def _writer(self, place: int, queue: SimpleQueue[Message]) -> Writer:
        settings = self._settings
        key = hashlib.sha256(settings.key.encode()).hexdigest()
        return Writer(
            f"writer-{place}",
            Collector(_Waiting(queue), _read, settings.batch, settings.flush_ms / 1_000, time.monotonic),
            self._broker.acks,
            self._backend,
            Principal("key", key, f"gateway-{self._number}"),
            self._circuit,
            self._metrics,
            self.stop,
        )

    def _checks(self) -> dict[str, bool]:
        return {
            "broker": self._broker.connected,
            "database": not self._circuit.open and self._backend.ready(),
            "queue": self._broker.acks.held < self._settings.queue,
        }


def _read(message: Message) -> envelopes.Content:
    return envelopes.read(message.place, message.payload, message.encoding)


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
