"""A fast publisher: packets prepared beforehand, a bare socket, a process of its own.

MQTT 5 at QoS 1. It limits the unacknowledged messages, and its caller sets how many it may have sent in all,
so that the backlog stays bounded.
"""

import multiprocessing
import select
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from typing import Any

_PUBLISH, _PUBACK, _CONNACK = 0x32, 0x40, 0x20
_WINDOW = 4_000  # messages in flight to the broker; its receive maximum is 65,535
_CHUNK = 50  # packets per write
_MIDS = 65_535


@dataclass(frozen=True)
class Login:
    """Port, user and password."""

    port: int
    user: str
    secret: str
    client: str = "bench"


class Publisher:
    """One connection."""

    def __init__(self, login: Login) -> None:
        self.connection = socket.create_connection(("127.0.0.1", login.port))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        names = b"".join(map(_text, (login.client, login.user, login.secret)))
        self.connection.sendall(packet(0x10, _text("MQTT") + struct.pack(">BBHB", 5, 0xC2, 60, 0) + names))
        answer = self.connection.recv(1_000)
        if answer[0] != _CONNACK or answer[3]:
            raise ConnectionError(f"the broker refused {login.user}: {answer!r}")
        self._rest = b""
        self.sent = self.acknowledged = 0

    def send(self, packets: bytes, count: int) -> None:
        """Write so many packets; wait while too many are unacknowledged."""
        self.connection.setblocking(True)
        self.connection.sendall(packets)
        self.sent += count
        self.hear(0)
        while self.sent - self.acknowledged > _WINDOW:
            self.hear(1)

    def hear(self, wait_s: float) -> None:
        """Read acknowledgements of the broker."""
        while select.select([self.connection], [], [], wait_s)[0]:
            heard = self.connection.recv(1 << 16)
            if not heard:
                raise ConnectionError("the broker has closed the connection")
            self._count(self._rest + heard)
            wait_s = 0

    def _count(self, heard: bytes) -> None:
        """Read a packet; here all have a length of one byte."""
        place = 0
        while place + 2 <= len(heard) and place + 2 + heard[place + 1] <= len(heard):
            self.acknowledged += heard[place] & 0xF0 == _PUBACK
            place += 2 + heard[place + 1]
        self._rest = heard[place:]

    def close(self) -> None:
        """Wait until everything is acknowledged, then disconnect."""
        while self.acknowledged < self.sent:
            self.hear(1)
        self.connection.close()


def publish(
    topic: str,
    payload: bytes,
    mid: int,
    published: float | None = None,
    more: Sequence[tuple[str, str]] = (),
) -> bytes:
    """One PUBLISH packet at QoS 1, with ``more`` user properties."""
    properties = b"".join(b"\x26" + _text(name) + _text(value) for name, value in more)
    if published is not None:
        properties += b"\x26" + _text("published-at") + _text(f"{published:.6f}")
    return packet(
        _PUBLISH, _text(topic) + struct.pack(">H", mid) + _length(len(properties)) + properties + payload
    )


def subscribe(topic: str) -> bytes:
    """One SUBSCRIBE packet at QoS 1."""
    return packet(0x82, struct.pack(">HB", 1, 0) + _text(topic) + b"\x01")


def chunks(messages: Iterator[tuple[str, bytes]]) -> list[tuple[bytes, int]]:
    """Packets of messages, several per write."""
    made: list[tuple[bytes, int]] = []
    some: list[bytes] = []
    for number, (topic, payload) in enumerate(messages):
        some.append(publish(topic, payload, number % _MIDS + 1))
        if len(some) == _CHUNK:
            made.append((b"".join(some), _CHUNK))
            some = []
    return [*made, (b"".join(some), len(some))] if some else made


def flood(
    login: Login, ready: Sequence[tuple[bytes, int]], allowed: "Synchronized[int]", begun: Any, seconds: float
) -> int:
    """Publish for so many seconds, or until nothing is left. Returns the number of messages."""
    publisher = Publisher(login)
    begun.set()
    end = time.monotonic() + seconds
    for packets, count in ready:
        while publisher.sent + count > allowed.value and time.monotonic() < end:
            publisher.hear(0.002)
        if time.monotonic() >= end:
            break
        publisher.send(packets, count)
    publisher.close()
    return publisher.sent


def steadily(login: Login, messages: Iterator[tuple[str, bytes]], rate: float, seconds: float) -> int:
    """Publish so many messages per second, each with its time. Returns the number of messages."""
    publisher = Publisher(login)
    began = time.monotonic()
    for number, (topic, payload) in enumerate(messages):
        due = began + number / rate
        if due - began >= seconds:
            break
        while (early := due - time.monotonic()) > 0:
            publisher.hear(early)
        publisher.send(publish(topic, payload, number % _MIDS + 1, time.time()), 1)
    publisher.close()
    return publisher.sent


def spaced(login: Login, packets: Sequence[bytes], pause_s: float) -> int:
    """Send these, with a pause after each. Returns their number."""
    publisher = Publisher(login)
    for one in packets:
        publisher.send(one, 1)
        publisher.hear(pause_s)
    publisher.close()
    return publisher.sent


class Elsewhere:
    """A function in a process of its own, and what it returns."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self._mine, theirs = multiprocessing.Pipe(duplex=False)
        self.process = multiprocessing.get_context("fork").Process(
            target=_report, args=(theirs, function, arguments), daemon=True
        )
        self.process.start()
        theirs.close()

    def result(self) -> Any:
        """Wait for the result. Raises EOFError if the function failed."""
        found = self._mine.recv()
        self.process.join()
        return found


def _report(pipe: Any, function: Any, arguments: Any) -> None:
    pipe.send(function(*arguments))


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


def packet(kind: int, body: bytes) -> bytes:
    """A packet of this kind, with its length."""
    return bytes([kind]) + _length(len(body)) + body


def _length(value: int) -> bytes:
    out = bytearray()
    while True:
        value, low = divmod(value, 128)
        out.append(low | 128 if value else low)
        if not value:
            return bytes(out)
