"""Acknowledgements, sent in the order in which messages came (MQTT 5, 4.6), and never across a reconnect."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable

from .batch import Message


class Acks:
    """Which messages the broker waits to hear of. Thread-safe.

    A broker that has kept the session sends what was not acknowledged again: what is left here of an earlier
    connection is then not wanted any more. One that has lost it does not: everything is stored.

    At most ``most`` messages wait here. That is the receive maximum too, but brokers are known that forget it
    (Mosquitto 2.0.11, after the first acknowledgement): so whoever brings one more waits, reads no further,
    and TCP holds the broker back.
    """

    def __init__(self, send: Callable[[int], object], most: int) -> None:
        self._send, self._most = send, most
        self._lock = threading.Lock()
        self._room = threading.Condition(self._lock)
        self._closed = False
        self._waiting: deque[Message] = deque()
        self._connected = False
        self._oldest_wanted = 0
        self.session = 0

    def connected(self, resumed: bool) -> None:
        """A connection begins."""
        with self._lock:
            self._waiting.clear()
            self.session += 1
            self._connected = True
            if resumed:
                self._oldest_wanted = self.session

    def disconnected(self) -> None:
        """It has ended: its numbers mean nothing any more."""
        with self._lock:
            self._connected = False

    def expect(self, message: Message) -> bool:
        """A message has come that must be acknowledged; wait for room. False when no more is taken."""
        with self._lock:
            self._room.wait_for(lambda: self._closed or len(self._waiting) < self._most)
            if not self._closed:
                self._waiting.append(message)
            return not self._closed

    def close(self) -> None:
        """Take no more: what comes from now on is left to the broker."""
        with self._lock:
            self._closed = True
            self._room.notify_all()

    def wanted(self, message: Message) -> bool:
        """Nobody will send it again."""
        return message.session >= self._oldest_wanted

    def done(self, messages: Iterable[Message]) -> None:
        """These are committed: tell the broker of all that nothing older is in front of."""
        with self._lock:
            for message in messages:
                message.done = True
            while self._waiting and self._waiting[0].done and self._connected:
                self._send(self._waiting.popleft().mid)
            self._room.notify()

    @property
    def unacknowledged(self) -> int:
        """How many messages the broker has not heard of."""
        return len(self._waiting)
