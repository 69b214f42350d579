"""MQTT 5 on the wire: paho's client, with PUBLISH read and answered many at a time.

paho reads each message in four system calls and makes several objects of it, and a flood is waited for in
the network thread by everybody. What is not a PUBLISH, and the connection itself, stay with paho.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from paho.mqtt.client import PUBACK, PUBLISH, Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.exception import MalformedPacket

from app.readings.moments import seconds

PUBLISHED_AT = "published-at"  # user property: seconds since 1970, or ISO 8601
CONTENT_ENCODING = "content-encoding"  # user property: gzip, deflate
_CHUNK = 256 << 10  # bytes read at a time
_QOS_2 = 2
_PROPERTIES = 32  # of a message are looked at, as this happens in the network thread; 50,000 fit into one
_TEXT = 512  # bytes of a user property's name or value
KEPT_PROPERTIES = _PROPERTIES * 2 * _TEXT
"""Bytes of a message's properties that are kept with it at most."""


class Received(NamedTuple):
    """A PUBLISH as it came; its properties are bytes, as most are never looked at."""

    mid: int
    qos: int
    retain: bool
    topic: bytes
    properties: bytes
    payload: bytes


class Hints(NamedTuple):
    """What came beside a payload: user properties, what two of them mean, and the subscription."""

    encoding: str = ""
    published: float | None = None  # seconds since 1970, by the publisher's clock
    user: tuple[tuple[str, str], ...] = ()
    subscription: int = 0  # identifier of our subscription; 0: none


NOTHING = Hints()


class Wire(Client):
    """``take`` gets what a read brought, in order; it runs in the network thread."""

    def __init__(
        self, client_id: str, take: Callable[[list[Received]], None], *, reconnects: bool = True
    ) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=MQTTv5,
            manual_ack=True,
            reconnect_on_failure=reconnects,
        )
        self._take, self._rest = take, b""

    def acknowledge(self, mids: Iterable[int]) -> None:
        """Send PUBACK for these, in this order, as one write."""
        acks = b"".join(b"\x40\x02" + mid.to_bytes(2, "big") for mid in mids)
        if acks:
            self._packet_queue(PUBACK, acks, 0, 1)

    def forget(self, topics: Iterable[bytes]) -> None:
        """Let the broker delete its retained messages of these topics, by an empty one for each."""
        empty = b"".join(map(_empty, topics))
        if empty:
            self._packet_queue(PUBACK, empty, 0, 1)  # paho counts what it calls PUBLISH

    def reconnect(self) -> MQTTErrorCode:
        """See Client. What was begun on the last connection does not continue."""
        self._rest = b""
        return super().reconnect()

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """See Client."""
        if self._sock is None:
            return MQTTErrorCode.MQTT_ERR_NO_CONN
        try:
            data = self._sock_recv(_CHUNK)
        except BlockingIOError:
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        except OSError:
            data = b""
        if not data:
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        outcome = self._read(self._rest + data)
        return outcome if outcome <= 0 else self._loop_rc_handle(outcome)

    def _read(self, data: bytes) -> MQTTErrorCode:
        """Handle the packets that are complete, in order; keep the rest."""
        received: list[Received] = []
        at, outcome = 0, MQTTErrorCode.MQTT_ERR_SUCCESS
        while (bounds := packet(data, at)) is not None:
            begin, end = bounds
            command = data[at]
            if command & 0xF0 == PUBLISH and command >> 1 & 3 != _QOS_2:
                received.append(publish(command, data, begin, end))
            else:
                self._hand_over(received)
                received = []
                outcome = self._handle(command, data[begin:end])
            at = end
            if outcome > 0 or self._sock is None:
                return outcome
        self._rest = data[at:]
        self._hand_over(received)
        return outcome

    def _hand_over(self, received: list[Received]) -> None:
        if received:
            self._take(received)

    def _handle(self, command: int, body: bytes) -> MQTTErrorCode:
        """A packet of another kind, as paho does it."""
        packet: Any = self._in_packet  # paho's own type allows only what is set one by one
        packet.update(command=command, remaining_length=len(body), packet=bytearray(body), pos=0)
        try:
            return self._packet_handle()
        except MalformedPacket:
            return MQTTErrorCode.MQTT_ERR_PROTOCOL


def packet(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the body of the packet at ``at`` begins and ends; None while it is not complete."""
    begin, length, shift = at + 1, 0, 0
    while True:
        if begin >= len(data):
            return None
        byte = data[begin]
        begin += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80 or shift > 14:
            break
        shift += 7
    return (begin, begin + length) if begin + length <= len(data) else None


def publish(command: int, data: bytes, at: int, end: int) -> Received:
    """The PUBLISH (MQTT 5, 3.3) whose body is ``data[at:end]``."""
    qos = command >> 1 & 3
    name = at + 2
    at = name + (data[at] << 8 | data[at + 1])
    topic = data[name:at]
    mid = 0
    if qos:
        mid = data[at] << 8 | data[at + 1]
        at += 2
    length, at = _number(data, at)
    return Received(mid, qos, bool(command & 1), topic, data[at : at + length], data[at + length : end])


def properties(raw: bytes) -> Hints:
    """What the first properties of a PUBLISH (MQTT 5, 3.3.2.3) say, as far as it matters here."""
    if not raw:
        return NOTHING
    encoding, published, subscription = "", None, 0
    user: list[tuple[str, str]] = []
    at = 0
    with suppress(IndexError):  # at the end; a broker sends none that is cut off
        for _ in range(_PROPERTIES):
            kind = raw[at]
            if kind == 0x26:  # user property
                name, at = _text(raw, at + 1)
                value, at = _text(raw, at)
                user.append((name, value))
                if name.lower() == CONTENT_ENCODING:
                    encoding = value.lower()
                elif name.lower() == PUBLISHED_AT:
                    published = seconds(value)
            elif kind == 0x0B:
                subscription, at = _number(raw, at + 1)
            elif kind in (0x03, 0x08, 0x09):  # content type, response topic, correlation data
                at += 3 + (raw[at + 1] << 8 | raw[at + 2])
            else:
                at += {0x01: 2, 0x02: 5, 0x23: 3}.get(kind, len(raw))
    return Hints(encoding, published, tuple(user), subscription)


def _empty(topic: bytes) -> bytes:
    """PUBLISH at QoS 0, retained, without properties and payload."""
    body = len(topic).to_bytes(2, "big") + topic + b"\x00"
    length, left = bytearray(), len(body)
    while True:
        left, low = divmod(left, 128)
        length.append(low | 128 if left else low)
        if not left:
            return bytes([PUBLISH | 1]) + length + body


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A variable byte integer (MQTT 5, 1.5.5), and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _text(data: bytes, at: int) -> tuple[str, int]:
    end = at + 2 + (data[at] << 8 | data[at + 1])
    return data[at + 2 : min(end, at + 2 + _TEXT)].decode(errors="replace"), end
