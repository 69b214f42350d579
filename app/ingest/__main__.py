"""python -m app.ingest: subscribes to an MQTT broker and stores what devices publish, exactly once.

One process; a supervisor such as systemd starts several. After SIGTERM what is queued is written, and the
rest stays with the broker.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import signal
import time
from queue import SimpleQueue
from threading import Event

from app import logs
from app.environment import SettingsError
from app.identity.principal import Principal
from app.readings import envelopes
from app.rpc.pool import Pool
from app.rpc.postgres import PostgresBackend

from . import health
from .batch import Collector, Message
from .broker import Broker
from .circuit import Circuit
from .metrics import Metrics
from .settings import GatewaySettings
from .worker import Stop, Writer

_log = logging.getLogger("app.ingest")
_LOOK_S = 0.5  # between looks for a defect
_POOL_WAIT_S = 1.0


def main() -> None:
    """Run until SIGTERM or SIGINT; exit code 0 then, 1 after a defect."""
    parser = argparse.ArgumentParser(prog="python -m app.ingest", description=__doc__)
    parser.parse_args()
    try:
        settings = GatewaySettings.from_env()
    except SettingsError as error:
        parser.error(str(error))
    logs.configure(settings.log_level)
    asked = Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: asked.set())
    raise SystemExit(work(settings, asked))


def work(settings: GatewaySettings, asked: Event) -> int:
    """Run until asked to end; the exit code."""
    gateway = Gateway(settings)
    gateway.start()
    while not asked.wait(_LOOK_S):
        if gateway.stop.failed.is_set():
            return 1  # a defect: a supervisor starts the process again, and the broker sends everything again
    gateway.end()
    return 0


class Gateway:
    """A session at the broker, some writers, and the health of both."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings, self._number = settings, settings.number
        self.stop = Stop(settings.drain_s)
        self._circuit, self._metrics = Circuit(), Metrics()
        url = settings.database_url.get_secret_value()
        pool = Pool(url, settings.writers + 1, _POOL_WAIT_S, settings.connect_timeout_s)
        self._backend = PostgresBackend(pool, settings.statement_timeout_ms)
        queues: list[SimpleQueue[Message]] = [SimpleQueue() for _ in range(settings.writers)]
        self._broker = Broker(settings, queues, self._metrics.dropped, self._metrics.retained)
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
        """Write what is queued while there is time; the broker keeps the rest."""
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
        key = hashlib.sha256(settings.key.get_secret_value().encode()).hexdigest()
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


class _Waiting:
    """A queue as a Source: SimpleQueue wants no timeout of nothing."""

    def __init__(self, queue: SimpleQueue[Message]) -> None:
        self._queue = queue

    def get(self, timeout: float) -> Message:
        """See Source."""
        return self._queue.get(timeout=timeout) if timeout > 0 else self._queue.get_nowait()


if __name__ == "__main__":
    main()
