"""A client of a broker that sends what no library would: any bytes as client id, topic or filter.

It answers nothing but what is published to it. After each packet it waits until the broker has read it.
"""

import socket
import struct
from dataclasses import dataclass
from typing import NamedTuple

from scripts.devkit.benches.mqtt_load import packet

CONNACK, PUBLISH, PUBACK, SUBACK, UNSUBACK, PINGRESP = 0x20, 0x30, 0x40, 0x90, 0xB0, 0xD0
V311, V5 = 4, 5
_PING = packet(0xC0, b"")


class Will(NamedTuple):
    """What the broker publishes when a connection is lost. ``delay_s``: None for no such property."""

    topic: bytes
    payload: bytes
    qos: int = 1
    retain: bool = False
    delay_s: int | None = None


class Answer(NamedTuple):
    """A packet of the broker."""

    kind: int
    flags: int
    body: bytes


@dataclass(frozen=True)
class Hello:
    """What a CONNECT packet says."""

    port: int
    user: bytes | None
    secret: bytes | None
    client_id: bytes
    protocol: int = V5
    clean: bool = True
    expiry_s: int = 0
    will: Will | None = None


class Session:
    """One connection, whether the broker accepts it (``accepted``) or not."""

    def __init__(self, hello: Hello) -> None:
        self.protocol = hello.protocol
        self.ended = False
        self._connection = socket.create_connection(("127.0.0.1", hello.port), 20)
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""
        self._mid = 0
        self._send(_connect(hello))
        first = self._next()
        self.accepted = first is not None and first.kind == CONNACK and first.body[1] == 0
        self.resumed = self.accepted and first is not None and bool(first.body[0] & 1)
        if not self.accepted:
            self.close()

    def exchange(self, *packets: bytes) -> list[Answer]:
        """What the broker sends until it has dealt with these; ``ended`` if it closes the connection."""
        self._send(b"".join(packets) + _PING)
        found = []
        while not self.ended and (one := self._next()):
            if one.kind == PINGRESP:
                break
            if one.kind == PUBLISH and one.flags & 6:
                self._send(packet(PUBACK, self.message(one)[2]))
            found.append(one)
        return found

    def publish(
        self,
        topic: bytes,
        payload: bytes,
        qos: int = 1,
        *,
        retain: bool = False,
        alias: int = 0,
        expiry_s: int | None = None,
    ) -> list[Answer]:
        """See exchange. ``alias``: 0 for none."""
        more = struct.pack(">BH", 0x23, alias) if alias else b""
        more += b"" if expiry_s is None else struct.pack(">BI", 0x02, expiry_s)
        head = _text(topic) + (self._next_mid() if qos else b"") + self._properties(more)
        return self.exchange(packet(PUBLISH | qos << 1 | retain, head + payload))

    def subscribe(self, *filters: bytes, qos: int = 1) -> list[Answer]:
        """See exchange."""
        asked = b"".join(_text(one) + bytes([qos]) for one in filters)
        return self.exchange(packet(0x82, self._next_mid() + self._properties() + asked))

    def unsubscribe(self, *filters: bytes) -> list[Answer]:
        """See exchange."""
        asked = b"".join(_text(one) for one in filters)
        return self.exchange(packet(0xA2, self._next_mid() + self._properties() + asked))

    def codes(self, answer: Answer) -> bytes:
        """The reason codes of a SUBACK, UNSUBACK or PUBACK, without its properties."""
        if answer.kind == PUBACK:
            return answer.body[2:3] or b"\0"
        if self.protocol == V311:
            return answer.body[2:]
        length, place = _length_at(answer.body, 2)
        return answer.body[place + length :]

    def message(self, answer: Answer) -> tuple[bytes, bytes, bytes]:
        """Topic, payload and packet identifier of what was published to this client."""
        (size,) = struct.unpack_from(">H", answer.body)
        place = 2 + size + (2 if answer.flags & 6 else 0)
        topic, mid = answer.body[2 : 2 + size], answer.body[2 + size : place]
        if self.protocol == V5:
            length, place = _length_at(answer.body, place)
            place += length
        return topic, answer.body[place:], mid

    def leave(self, reason: int = 0) -> None:
        """Disconnect; 4 asks for the will (MQTT 5)."""
        self._send(packet(0xE0, bytes([reason]) if reason and self.protocol == V5 else b""))
        self.close()

    def close(self) -> None:
        """Without a word. What the broker does then it does later."""
        self.ended = True
        self._connection.close()

    def _properties(self, more: bytes = b"") -> bytes:
        return bytes([len(more)]) + more if self.protocol == V5 else b""

    def _next_mid(self) -> bytes:
        self._mid = self._mid % 65_535 + 1
        return struct.pack(">H", self._mid)

    def _send(self, some: bytes) -> None:
        try:
            self._connection.sendall(some)
        except OSError:  # the broker has closed the connection
            self.ended = True

    def _next(self) -> Answer | None:
        """None when the broker has closed the connection."""
        while (found := self._complete()) is None:
            try:
                heard = self._connection.recv(1 << 16)
            except ConnectionError:
                heard = b""
            if not heard:
                self.ended = True
                return None
            self._rest += heard
        return found

    def _complete(self) -> Answer | None:
        end = next((n for n in range(1, len(self._rest)) if not self._rest[n] & 128), None)
        if end is None:
            return None
        length, place = _length_at(self._rest, 1)
        if len(self._rest) < place + length:
            return None
        first, body = self._rest[0], self._rest[place : place + length]
        self._rest = self._rest[place + length :]
        return Answer(first & 0xF0, first & 0x0F, body)


def _connect(hello: Hello) -> bytes:
    flags, will = 2 * hello.clean, b""
    if hello.will:
        flags |= 4 | hello.will.qos << 3 | hello.will.retain << 5
        delay = b"" if hello.will.delay_s is None else struct.pack(">BI", 0x18, hello.will.delay_s)
        will = bytes([len(delay)]) + delay if hello.protocol == V5 else b""
        will += _text(hello.will.topic) + _text(hello.will.payload)
    flags |= (hello.user is not None) << 7 | (hello.secret is not None) << 6
    names = b"".join(_text(one) for one in (hello.user, hello.secret) if one is not None)
    wishes = struct.pack(">BBI", 5, 0x11, hello.expiry_s) if hello.protocol == V5 else b""
    head = _text(b"MQTT") + struct.pack(">BBH", hello.protocol, flags, 60)
    return packet(0x10, head + wishes + _text(hello.client_id) + will + names)


def _text(raw: bytes) -> bytes:
    return struct.pack(">H", len(raw)) + raw


def _length_at(raw: bytes, place: int) -> tuple[int, int]:
    """A variable byte integer, and the place after it."""
    value = shift = 0
    while True:
        value |= (raw[place] & 127) << shift
        shift += 7
        place += 1
        if not raw[place - 1] & 128:
            return value, place
