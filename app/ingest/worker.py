"""A writer: queue -> batch -> one RPC, one transaction -> acknowledgements.

Whatever happens, a message is acknowledged when it is in the database, as a row or in quarantine, and not
before. A database that is away is waited for. A batch that the database refuses as a whole, which it should
never do for what an element holds, is halved until the refused message is alone, and that is quarantined.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec

from app.errors import ApiError
from app.identity.principal import Principal
from app.readings import envelopes
from app.rpc import Backend

from .acks import Acks
from .batch import Batch, Collector, Message
from .circuit import Circuit
from .metrics import Metrics

_log = logging.getLogger("app.ingest")
_IDLE_S = 0.2  # how long a writer without work takes to notice that it should end
_FULL_S = 30  # between looks whether a full quarantine has room again: it may ask for an hour
_DATA = (400, 409, 413, 422, 500)  # statuses that may be a matter of what the batch holds


class Stopped(Exception):
    """The time to drain is over; the broker keeps what is not acknowledged."""


class Writer(threading.Thread):
    """Owns some of the devices, so that two writers of a process never meet at a row."""

    def __init__(
        self,
        name: str,
        collector: Collector,
        acks: Acks,
        backend: Backend,
        principal: Principal,
        circuit: Circuit,
        metrics: Metrics,
        stop: Stop,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._collector, self._acks, self._backend = collector, acks, backend
        self._principal, self._circuit, self._metrics, self._ending = principal, circuit, metrics, stop
        self._ahead = float("-inf")  # of our clock, by the database's

    def run(self) -> None:
        """Run until asked to stop, then until the queue is empty or the time is over."""
        try:
            while True:
                batch = self._collector.collect(_IDLE_S)
                if batch.messages:
                    self._write(batch)
                elif self._ending.asked.is_set():
                    return
        except Stopped:
            return
        except Exception:  # a defect; the process ends by it
            _log.exception("writer_failed")
            self._ending.failed.set()

    def _write(self, batch: Batch) -> None:
        """Commit a batch, in halves if it must be, and acknowledge it."""
        while True:
            self._ending.sleep(self._circuit.wait_s())
            try:
                self._commit(batch)
                return
            except ApiError as error:
                if self._divide(batch, error):
                    return

    def _commit(self, batch: Batch) -> None:
        began = time.monotonic()
        readings = [text for message in batch.messages for text in _content(message).readings]
        others = [text for message in batch.messages for text in _content(message).messages]
        answer = self._backend.call(
            "insert_device_messages",
            self._principal,
            p_readings=f"[{','.join(readings)}]",
            p_mensagens=f"[{','.join(others)}]",
        )
        ended = time.monotonic()
        answered = msgspec.json.decode(answer.json)
        self._acks.done(batch.messages)
        self._collector.committed(ended - began)
        if self._circuit.succeeded():
            _log.info("database_again")
        self._metrics.committed(batch, answered, ended - began, self._by_its_clock(answered["committedAt"]))

    def _by_its_clock(self, answered: float) -> float:
        """This moment by the clock of the database.

        Its answer is slightly old; of all differences seen the largest is the most accurate.
        """
        now = time.time()
        self._ahead = max(self._ahead, answered - now)
        return now + self._ahead

    def _divide(self, batch: Batch, error: ApiError) -> bool:
        """After a failure: True if the batch was written in another way, False to try it again as it is."""
        self._metrics.failed(error.error_code)
        slow = error.error_code == "TIMEOUT"
        if len(batch.messages) > 1 and (error.status in _DATA or slow):
            middle = len(batch.messages) // 2
            self._write(_of(batch.messages[:middle]))
            self._write(_of(batch.messages[middle:]))
            return True
        if error.status in _DATA and self._quarantined(batch.messages[0], error):
            return True
        patience = min(error.retry_after or 0, _FULL_S) if error.status == 429 else 0
        if self._circuit.failed(patience):
            _log.error(
                "database_failed", extra={"fields": {"error_code": error.error_code, "error": error.error}}
            )
        return False

    def _quarantined(self, message: Message, error: ApiError) -> bool:
        """A message that the database refuses is kept as bytes; False when that fails as well."""
        answered = f"The database refused it: {error.error}"
        alone = Batch()
        alone.add(message, envelopes.refused(message.place, message.payload, answered))
        try:
            self._commit(alone)
        except ApiError:
            return False
        _log.error("message_refused", extra={"fields": {"topic": message.topic, "error": error.error}})
        return True


class Stop:
    """When the writers should end: on request, at the latest ``drain_s`` seconds later."""

    def __init__(self, drain_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._drain_s, self._clock = drain_s, clock
        self._until = float("inf")
        self.asked = threading.Event()
        self.failed = threading.Event()

    def ask(self) -> None:
        """From now on only what is queued."""
        self._until = self._clock() + self._drain_s
        self.asked.set()

    def sleep(self, seconds: float) -> None:
        """Wait. Raises Stopped when that would take longer than there is time."""
        while (left := min(seconds, _IDLE_S)) > 0:
            time.sleep(left)
            seconds -= left
            if self._clock() >= self._until:
                raise Stopped
        if self._clock() >= self._until:
            raise Stopped


def _of(messages: list[Message]) -> Batch:
    batch = Batch()
    for message in messages:
        batch.add(message, _content(message))
    return batch


def _content(message: Message) -> Any:
    assert message.content is not None
    return message.content
