"""Acknowledgements, sent in the order in which messages came (MQTT 5, 4.6), and never across a reconnect."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable

from .batch import Message


class Acks:
    """Messages that the broker has not received an acknowledgement for. Thread-safe.

    What is left of an earlier connection is stored like everything else, and once: the broker may send it
    again, or may have lost it. Only its number means nothing any more.

    At most ``most`` messages are held. That is the receive maximum too, but brokers are known that forget it
    (Mosquitto 2.0.11, after the first acknowledgement): so the network thread waits with one more, reads
    nothing, and TCP holds the broker back.
    """

    def __init__(self, send: Callable[[int], object], most: int) -> None:
        self._send, self._most = send, most
        self._lock = threading.Lock()
        self._room = threading.Condition(self._lock)
        self._closed = False
        self._waiting: deque[Message] = deque()
        self._left = 0  # of earlier connections, not committed
        self._connected = False
        self.session = 0

    def connected(self) -> None:
        """A connection begins."""
        with self._lock:
            self._left += sum(not message.done for message in self._waiting)
            self._waiting.clear()
            self.session += 1
            self._connected = True

    def disconnected(self) -> None:
        """It has ended: its numbers mean nothing any more."""
        with self._lock:
            self._connected = False

    def expect(self, message: Message) -> bool:
        """A message has come that must be acknowledged; wait for room. False when no more is taken."""
        with self._lock:
            self._room.wait_for(lambda: self._closed or self.held < self._most)
            if not self._closed:
                self._waiting.append(message)
            return not self._closed

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
                self._left -= bool(message.qos) and message.session != self.session
            while self._waiting and self._waiting[0].done and self._connected:
                self._send(self._waiting.popleft().mid)
            self._room.notify()

    @property
    def held(self) -> int:
        """Number of messages that are not yet acknowledged."""
        return len(self._waiting) + self._left
