"""The keeper: what cannot be read or stored -> quarantine, beside the writers and on a connection of its own.

A message is acknowledged when its row is committed. Whatever the quarantine says, no reading waits for it,
and no other message: one that it does not take goes to the end of its line and is tried again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from queue import Empty
from typing import Any

import msgspec

from app.errors import ApiError
from app.readings import envelopes
from app.readings.digest import wrapper

from .acks import Message, finish
from .batch import Batch
from .circuit import Circuit
from .metrics import Metrics
from .remarks import Remarks
from .stop import IDLE_S, Stop, Stopped
from .turns import Turns
from .wire import CONTENT_ENCODING

_log = logging.getLogger("app.ingest")
_MOST = 100  # messages in one transaction
_TRIES = 3
_PAUSE_S = 0.1  # after a message was put back
_MOST_TOPIC = 1_024  # bytes
_MOST_PROPERTIES = 20
_MOST_TEXT = 128  # characters of a name or value
RECEIVED_AT = "received-at"  # beside the user properties: when the gateway received the message
IS_ONES_FAULT = (400, 409, 413, 422, 429, 500)  # statuses that may be a matter of what a message holds

Insert = Callable[[Sequence[str], Sequence[str]], dict[str, Any]]
"""One call of insert_device_messages: readings, other messages -> its answer. Raises ApiError."""


class Keeper(threading.Thread):
    """Puts messages into quarantine that were set aside, or stores them alone."""

    def __init__(self, insert: Insert, metrics: Metrics, remarks: Remarks, stop: Stop) -> None:
        super().__init__(name="keeper", daemon=True)
        self._insert, self._metrics, self._remarks, self._ending = insert, metrics, remarks, stop
        self._circuit = Circuit()
        self.waiting = Turns()

    def aside(self, message: Message) -> None:
        """Take over a message: one with a fault is quarantined, another one tried alone first."""
        self.waiting.put([message])

    def run(self) -> None:
        """Run until asked to stop, then until nothing waits or the time is over."""
        try:
            while True:
                messages = self._next()
                if messages:
                    self._keep(messages)
                elif self._ending.asked.is_set():
                    return
        except Stopped:
            return
        except Exception:  # a defect; the process ends by it
            _log.exception("keeper_failed")
            self._ending.failed.set()

    def _next(self) -> list[Message]:
        """Messages that go to the database together: those with a fault in company, others alone."""
        found: list[Message] = []
        try:
            found.append(self.waiting.get(IDLE_S))
            while len(found) < _MOST and _fault(found[-1]):
                found.append(self.waiting.get(0))
        except Empty:
            pass
        return found

    def _keep(self, messages: list[Message]) -> None:
        faulty = [message for message in messages if _fault(message)]
        if faulty:
            self._together(faulty)
        for message in messages:
            if not _fault(message):
                self._alone(message)

    def _together(self, messages: list[Message]) -> None:
        """Into quarantine; what it refuses is halved until one is alone, and that is tried again later."""
        self._ending.sleep(self._circuit.wait_s())
        try:
            answer = self._insert([_wrapped(message) for message in messages], [])
        except ApiError as error:
            self._metrics.failed(error.error_code)
            if error.status not in IS_ONES_FAULT and error.error_code != "TIMEOUT":
                self._circuit.failed()
                self.waiting.put(messages)
            elif len(messages) > 1:
                self._together(messages[: len(messages) // 2])
                self._together(messages[len(messages) // 2 :])
            else:
                self._put_back(messages[0], error)
            return
        self._circuit.succeeded()
        finish(messages)
        self._metrics.quarantined(messages, answer)
        for message in messages:
            self._remarks.quarantined(message, *(_fault(message) or ("", "")))

    def _alone(self, message: Message) -> None:
        """A message that the writer could not store: once more; if it is at fault, into quarantine."""
        self._ending.sleep(self._circuit.wait_s())
        batch = Batch()
        assert message.content is not None
        batch.add(message, message.content)
        began = time.monotonic()
        try:
            answer = self._insert(message.content.readings, message.content.messages)
        except ApiError as error:
            self._metrics.failed(error.error_code)
            self._judge(message, error)
            return
        self._circuit.succeeded()
        finish([message])
        ended = time.monotonic()
        self._metrics.committed(batch, answer, ended - began, answer["committedAt"], ended)

    def _judge(self, message: Message, error: ApiError) -> None:
        """At fault is a message that the database refuses while it takes others."""
        if error.status in IS_ONES_FAULT or error.error_code == "TIMEOUT":
            try:
                self._insert([], [])
            except ApiError:
                self._circuit.failed()
            else:
                message.tries += 1
                if error.status != 429 and (error.error_code != "TIMEOUT" or message.tries >= _TRIES):
                    text = f"The database refused it: {error.error}"
                    message.content = envelopes.refused("MALFORMED", text)
                    message.tries = 0
        else:
            self._circuit.failed()
        self.waiting.put([message])
        self._ending.sleep(_PAUSE_S)

    def _put_back(self, message: Message, error: ApiError) -> None:
        message.tries += 1
        if message.tries in (1, _TRIES):
            fields = {"topic": message.topic[:200], "error_code": error.error_code, "error": error.error}
            _log.error("quarantine_failed", extra={"fields": fields})
        self.waiting.put([message])
        self._ending.sleep(_PAUSE_S)


def _fault(message: Message) -> tuple[str, str] | None:
    return message.content.fault if message.content else None


def _wrapped(message: Message) -> str:
    """As an element for the quarantine: after some tries without what may be why it is refused."""
    error_code, error = _fault(message) or ("MALFORMED", "")
    more: dict[str, Any] = {}
    if message.place:
        more |= {"cdCliente": message.place.client, "cdDispositivo": message.place.device}
    if message.tries < _TRIES:
        more |= origin(message)
    return wrapper(message.payload, error_code, error, **more)


def origin(message: Message) -> dict[str, Any]:
    """Topic and user properties, as the quarantine keeps them with the payload."""
    topic = message.topic.encode()[:_MOST_TOPIC].decode(errors="ignore")
    return {"$topico": topic, "$propriedades": described(message)}


def origin_of_part(message: Message) -> dict[str, Any]:
    """The same for a part of the payload, which is not compressed."""
    kept = origin(message)
    for name in [name for name in kept["$propriedades"] if name.lower() == CONTENT_ENCODING]:
        del kept["$propriedades"][name]
    return kept


def described(message: Message) -> dict[str, str]:
    """User properties within bounds, those that we know first; and when the message was received."""
    hints = message.hints
    at = datetime.fromtimestamp(message.received, UTC).isoformat()
    found = {RECEIVED_AT: at}
    if hints.encoding:
        found[CONTENT_ENCODING] = hints.encoding[:_MOST_TEXT]
    for name, value in hints.user[:_MOST_PROPERTIES]:
        found.setdefault(name[:_MOST_TEXT], value[:_MOST_TEXT])
    while len(msgspec.json.encode(found)) > _MOST_PROPERTIES * _MOST_TEXT:
        found.popitem()
    return found
