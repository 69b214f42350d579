"""A writer: queue -> batch -> one RPC, one transaction -> acknowledgements.

Whatever happens, a message is acknowledged when it is in the database, as a row or in quarantine, and not
before. A database that is away is waited for. A batch that the database refuses as a whole, which it should
never do for what an element holds, is halved, those of one device together, until the refused message is
alone; that one is set aside for the keeper, so that no other waits for it.
"""

from __future__ import annotations

import logging
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import msgspec

from app.errors import ApiError
from app.identity.principal import Principal
from app.rpc import Backend

from .acks import Message, finish
from .batch import Batch, Collector
from .circuit import Circuit
from .keeper import IS_ONES_FAULT, Insert
from .metrics import Metrics
from .remarks import Remarks
from .stop import IDLE_S, Stop, Stopped

_log = logging.getLogger("app.ingest")


def inserting(backend: Backend, principal: Principal) -> Insert:
    """How texts of readings and other messages get into the database."""

    def insert(readings: Sequence[str], messages: Sequence[str]) -> dict[str, Any]:
        answer = backend.call(
            "insert_device_messages",
            principal,
            p_readings=f"[{','.join(readings)}]",
            p_mensagens=f"[{','.join(messages)}]",
        )
        decoded: dict[str, Any] = msgspec.json.decode(answer.json)
        return decoded

    return insert


class Writer(threading.Thread):
    """Owns some of the devices, so that two writers of a process never meet at a row."""

    def __init__(
        self,
        name: str,
        collector: Collector,
        insert: Insert,
        aside: Callable[[Message], None],
        circuit: Circuit,
        metrics: Metrics,
        remarks: Remarks,
        stop: Stop,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._collector, self._insert, self._aside = collector, insert, aside
        self._circuit, self._metrics, self._remarks, self._ending = circuit, metrics, remarks, stop
        self._ahead = float("-inf")  # the database's clock, of our monotonic one

    def run(self) -> None:
        """Run until asked to stop, then until the queue is empty or the time is over."""
        try:
            while True:
                batch = self._collector.collect(IDLE_S)
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
        answer = self._insert(
            [text for message in batch.messages for text in _content(message).readings],
            [text for message in batch.messages for text in _content(message).messages],
        )
        ended = time.monotonic()
        finish(batch.messages)
        self._collector.committed(ended - began, batch.readings)
        if self._circuit.succeeded():
            _log.info("database_again")
        self._metrics.committed(
            batch, answer, ended - began, self._by_its_clock(answer["committedAt"], ended), ended
        )
        self._remark(batch.messages, answer)

    def _by_its_clock(self, answered: float, ended: float) -> float:
        """This moment by the clock of the database; ``ended`` is it by our monotonic one, which never jumps.

        Its answer is slightly old; of all differences seen the largest is the most accurate.
        """
        self._ahead = max(self._ahead, answered - ended)
        return ended + self._ahead

    def _remark(self, messages: Sequence[Message], answer: dict[str, Any]) -> None:
        """Log what the database has put into quarantine; results name elements by their place."""
        for member, texts in (("results", "readings"), ("messages", "messages")):
            if answer[member]:
                ends = list(accumulate(len(getattr(_content(message), texts)) for message in messages))
                for result in answer[member]:
                    message = messages[bisect_right(ends, result["index"])]
                    self._remarks.quarantined(message, result["error_code"], result["error"] or "")

    def _divide(self, batch: Batch, error: ApiError) -> bool:
        """After a failure: True if the batch was written in another way, False to try it again as it is."""
        self._metrics.failed(error.error_code)
        slow = error.error_code == "TIMEOUT"
        if (error.status in IS_ONES_FAULT or slow) and (error.status != 500 or self._takes_others()):
            if len(batch.messages) > 1:
                messages = sorted(batch.messages, key=_device)
                middle = len(messages) // 2
                self._write(_of(messages[:middle]))
                self._write(_of(messages[middle:]))
                return True
            if slow or self._takes_others():
                self._aside(batch.messages[0])
                return True
        if self._circuit.failed():
            _log.error(
                "database_failed", extra={"fields": {"error_code": error.error_code, "error": error.error}}
            )
        return False

    def _takes_others(self) -> bool:
        """Whether the database takes a call that holds nothing: then the fault is with what it refused."""
        try:
            self._insert([], [])
        except ApiError:
            return False
        return True


def _of(messages: list[Message]) -> Batch:
    batch = Batch()
    for message in messages:
        batch.add(message, _content(message))
    return batch


def _device(message: Message) -> tuple[int, int]:
    return (message.place.client, message.place.device) if message.place else (-1, -1)


def _content(message: Message) -> Any:
    assert message.content is not None
    return message.content
