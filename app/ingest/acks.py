"""Messages, and acknowledgements in the order in which they came (MQTT 5, 4.6), never across a reconnect."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.readings.envelopes import Content
from app.readings.topics import Topic

from .wire import NOTHING, Hints


@dataclass(slots=True, eq=False)
class Message:
    """A message in the gateway: how to acknowledge it, what it holds, when it was received."""

    mid: int
    qos: int
    session: int  # connections since the start; a number means nothing in another one
    topic: str
    place: Topic | None  # parsed topic; None if it is not a device's
    payload: bytes
    hints: Hints
    received: float  # seconds since 1970
    arrived: float  # monotonic
    acks: Acks | None = None  # of the session it came by
    content: Content | None = None
    done: bool = False
    tries: int = 0  # to put it into quarantine
    places: int = 1  # that it takes of those for messages

    def pass_over(self) -> None:
        """Nobody reads it. Until its turn to be acknowledged nothing of it is kept but its number."""
        self.topic, self.payload, self.hints, self.places = "", b"", NOTHING, 0

    @property
    def kind(self) -> str:
        """telem, ack or event; other where the topic is strange."""
        return self.place.kind if self.place else "other"


class Acks:
    """Messages that the broker has not received an acknowledgement for. Thread-safe.

    What is left of an earlier connection is stored like everything else, and once: the broker may send it
    again, or may have lost it. Only its number means nothing any more.

    At most ``most`` places are taken: one by a message, one more by each 8 kB of it, none by one that is
    passed over. With all of them taken the network thread waits with one more, reads nothing, and TCP holds
    the broker back, because brokers are known that forget the receive maximum (Mosquitto 2.0.11, after the
    first acknowledgement).
    """

    def __init__(self, send: Callable[[list[int]], object], most: int) -> None:
        self._send, self._most = send, most
        self._lock = threading.Lock()
        self._room = threading.Condition(self._lock)
        self._closed = False
        self._waiting: deque[Message] = deque()
        self._left = 0  # of earlier connections, not committed
        self._taken = 0  # places
        self._connected = False
        self.session = 0
        self.full = 0  # times that the network thread waited for room

    def connected(self) -> None:
        """A connection begins."""
        with self._lock:
            self._left += sum(not message.done for message in self._waiting)
            self._taken -= sum(message.places for message in self._waiting if message.done)
            self._waiting.clear()
            self.session += 1
            self._connected = True

    def disconnected(self) -> None:
        """It has ended: its numbers mean nothing any more."""
        with self._lock:
            self._connected = False

    def expect(self, messages: Sequence[Message]) -> int:
        """These have come and must be acknowledged; wait for room for the first. How many were taken.

        0 when no more are taken. Whoever brings more than there is room for lets the first be written, and
        then asks again for the others.
        """
        with self._lock:
            if self.is_full:
                self.full += 1
                self._room.wait_for(lambda: self._closed or not self.is_full)
            if self._closed:
                return 0
            before = len(self._waiting)
            for message in messages:
                if self.is_full:
                    break
                self._waiting.append(message)
                self._taken += message.places
            return len(self._waiting) - before

    def close(self) -> None:
        """Take no more: what comes from now on is left to the broker."""
        with self._lock:
            self._closed = True
            self._room.notify_all()

    def done(self, messages: Iterable[Message]) -> None:
        """These are committed: acknowledge all messages that no older one precedes."""
        with self._lock:
            for message in messages:
                message.done = True
                if message.qos and message.session != self.session:
                    self._left -= 1
                    self._taken -= message.places
            ready: list[int] = []
            while self._waiting and self._waiting[0].done and self._connected:
                first = self._waiting.popleft()
                self._taken -= first.places
                ready.append(first.mid)
            if ready:
                self._send(ready)
            self._room.notify()

    @property
    def held(self) -> int:
        """Number of messages that are not yet acknowledged."""
        return len(self._waiting) + self._left

    @property
    def is_full(self) -> bool:
        """Whether there is no room for another one."""
        return self._taken >= self._most


def finish(messages: Sequence[Message]) -> None:
    """These are committed: acknowledge each where it came from."""
    for acks in {id(message.acks): message.acks for message in messages}.values():
        if acks is not None:
            acks.done([message for message in messages if message.acks is acks])
