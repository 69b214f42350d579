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
from collections.abc import Sequence
from functools import partial
from threading import Event

from app import logs
from app.environment import SettingsError
from app.identity.principal import Principal
from app.readings import envelopes
from app.rpc.pool import Pool
from app.rpc.postgres import PostgresBackend

from . import health
from .acks import Message
from .batch import Collector
from .broker import Broker
from .circuit import Circuit
from .keeper import Keeper, origin_of_part
from .lanes import Lanes
from .metrics import Metrics
from .remarks import Remarks
from .settings import GatewaySettings
from .stop import Stop
from .turns import Turns, heaviest
from .worker import Writer, inserting

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
    """Sessions at the broker, some writers, the keeper, and the health of all."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings, self._number = settings, settings.number
        self.stop = Stop(settings.drain_s)
        self._circuit, self._metrics, self._remarks = Circuit(), Metrics(), Remarks()
        url = settings.database_url.get_secret_value()
        pool = Pool(url, settings.writers + 2, _POOL_WAIT_S, settings.connect_timeout_s)
        self._backend = PostgresBackend(pool, settings.statement_timeout_ms)
        key = hashlib.sha256(settings.key.get_secret_value().encode()).hexdigest()
        self._insert = inserting(self._backend, Principal("key", key, f"gateway-{self._number}"))
        self._keeper = Keeper(self._insert, self._metrics, self._remarks, self.stop)
        self._queues = [Turns() for _ in range(settings.writers)]
        self._broker = Broker(settings, self._queues, self._metrics)
        self._lanes = Lanes(settings, self._broker, self._queues, self._session, self.stop)
        self._writers = [self._writer(place, queue) for place, queue in enumerate(self._queues)]

    def start(self) -> None:
        """Take messages from now on. Raises OSError when the port is taken."""
        port = self._settings.port + self._number
        self._watch()
        health.serve(port, self._metrics.registry, self._checks)
        for thread in (*self._writers, self._keeper, self._lanes):
            thread.start()
        self._broker.start()
        _log.info("gateway_started", extra={"fields": {"number": self._number, "port": port}})

    def end(self) -> None:
        """Write what is queued while there is time; the broker keeps the rest."""
        self._broker.take_no_more()
        self._lanes.take_no_more()
        self.stop.ask()
        for thread in (*self._writers, self._keeper):
            thread.join(self._settings.drain_s + 1)
        self._lanes.join(1)
        self._broker.leave()
        self._lanes.leave()
        self._backend.close()
        left = self._broker.acks.held + self._lanes.held
        _log.info("gateway_stopped", extra={"fields": {"number": self._number, "left_to_broker": left}})

    def _session(self, name: str, filters: Sequence[str], most: int) -> Broker:
        return Broker(self._settings, self._queues, self._metrics, name=name, filters=filters, most=most)

    def _writer(self, place: int, queue: Turns) -> Writer:
        settings = self._settings
        return Writer(
            f"writer-{place}",
            Collector(
                queue, _read, self._keeper.aside, settings.batch, settings.flush_ms / 1_000, time.monotonic
            ),
            self._insert,
            self._keeper.aside,
            self._circuit,
            self._metrics,
            self._remarks,
            self.stop,
        )

    def _watch(self) -> None:
        broker, lanes, queues = self._broker, self._lanes, self._queues
        self._metrics.watch(
            {
                ("ingest_queue_size", "Messages waiting for a writer"): lambda: sum(map(len, queues)),
                ("ingest_queue_size_device_max", "Messages waiting of the device that has most"): (
                    lambda: _most(queues, device=True)
                ),
                ("ingest_queue_size_client_max", "Messages waiting of the client that has most"): (
                    lambda: _most(queues, device=False)
                ),
                ("ingest_quarantine_waiting", "Messages waiting for the quarantine"): (
                    lambda: len(self._keeper.waiting)
                ),
                ("ingest_lanes_open", "Floods that have a session of their own at the broker"): (
                    lambda: lanes.open
                ),
                ("ingest_unacknowledged", "Messages not yet acknowledged to the broker"): (
                    lambda: broker.acks.held + lanes.held
                ),
                ("ingest_circuit_open", "1 while the circuit is open: the database is not called"): (
                    lambda: self._circuit.open
                ),
                ("ingest_broker_connected", "1 while connected to the broker"): lambda: broker.connected,
            }
        )
        self._metrics.watch_turns(
            lambda: sum(queue.given for queue in queues),
            lambda: {
                "device": sum(queue.deferred["device"] for queue in queues),
                "client": sum(queue.deferred["client"] for queue in queues),
                "full": broker.acks.full,
            },
        )

    def _checks(self) -> dict[str, bool]:
        return {
            "broker": self._broker.connected,
            "database": not self._circuit.open and self._backend.ready(),
            "queue": not self._broker.acks.is_full,
        }


def _read(message: Message) -> envelopes.Content:
    return envelopes.read(
        message.place,
        message.payload,
        message.hints.encoding,
        origin=partial(origin_of_part, message),
        published=message.hints.published,
    )


def _most(queues: Sequence[Turns], *, device: bool) -> int:
    loads = heaviest(queues, 1)
    return max((load.waiting for load in loads if (load.device is not None) == device), default=0)


if __name__ == "__main__":
    main()
