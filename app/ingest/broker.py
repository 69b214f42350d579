"""The MQTT client: each message goes to the writer of its device and is acknowledged once committed."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from math import isfinite
from queue import SimpleQueue
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from app.readings import topics

from .acks import Acks
from .batch import Message
from .settings import GatewaySettings

_log = logging.getLogger("app.ingest")
PUBLISHED_AT = "published-at"  # user property: seconds since 1970, or ISO 8601
CONTENT_ENCODING = "content-encoding"  # user property: gzip, deflate


class Broker:
    """One session at the broker, persistent; alone, or in a group among which the broker shares messages out.

    At most ``settings.queue`` messages are here that are not acknowledged; the broker keeps the others. A
    connection that is not read for long would miss answers to pings: TCP keepalives watch over it instead.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        queues: Sequence[SimpleQueue[Message]],
        dropped: Callable[[], None],
        retained: Callable[[], None],
    ) -> None:
        self._settings, self._queues, self._dropped, self._retained = settings, queues, dropped, retained
        self._ended = threading.Event()
        self._subscribed = False
        self.acks = Acks(lambda mid: self._client.ack(mid, 1), settings.queue)
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{settings.client_id}-{settings.number}",
            protocol=MQTTv5,
            manual_ack=True,
        )
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_socket_open = _watch
        self._client.reconnect_delay_set(1, 10)
        _identify(self._client, settings)

    def start(self) -> None:
        """Connect as soon as the broker is available, and stay connected."""
        host, port, _ = self._settings.address
        wishes = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wishes.SessionExpiryInterval = self._settings.session_hours * 3_600
        wishes.ReceiveMaximum = self._settings.queue
        self._client.connect_async(host, port, keepalive=0, clean_start=False, properties=wishes)
        self._client.loop_start()

    def take_no_more(self) -> None:
        """Leave what arrives from now on to the broker, which sends it again."""
        self.acks.close()

    def leave(self, wait_s: float = 2.0) -> None:
        """Send pending acknowledgements and disconnect; the session stays."""
        self._client.disconnect()
        self._ended.wait(wait_s if self._client.is_connected() else 0)
        self._client.loop_stop()

    @property
    def connected(self) -> bool:
        """The broker has accepted us, and lets us read."""
        return self._client.is_connected() and self._subscribed

    @property
    def queued(self) -> int:
        """Messages that no writer has taken yet."""
        return sum(queue.qsize() for queue in self._queues)

    def _on_connect(self, client: Client, _data: Any, flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            _log.error("broker_refused", extra={"fields": {"reason": str(reason)}})
            return
        self._ended.clear()
        self.acks.connected()
        prefix, group = self._settings.prefix, self._settings.group
        # A retained copy is not news, and a live publish comes without the flag, whatever its sender set.
        options = SubscribeOptions(
            qos=1, retainAsPublished=False, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND
        )
        client.subscribe([(one, options) for one in topics.filters(prefix, group)])
        if group:
            client.unsubscribe(topics.filters(prefix))  # of a session that was alone before
        _log.info("broker_connected", extra={"fields": {"session_present": flags.session_present}})

    def _on_subscribe(self, _client: Client, _data: Any, _mid: Any, reasons: Any, _more: Any) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        self._subscribed = not refused
        if refused:
            _log.error("subscription_refused", extra={"fields": {"reason": refused[0]}})

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: Any, _more: Any) -> None:
        self.acks.disconnected()
        self._subscribed = False
        self._ended.set()
        _log.warning("broker_disconnected", extra={"fields": {"reason": str(reason)}})

    def _on_message(self, _client: Client, _data: Any, received: MQTTMessage) -> None:
        """Runs in the network thread, so only as much as finds the writer."""
        topic = _topic(received)
        place = topics.parse(self._settings.prefix, topic)
        encoding, published = user_properties(received.properties)
        message = Message(
            received.mid, received.qos, self.acks.session, topic, place, bytes(received.payload), encoding,
            published, time.time(), time.monotonic(),
        )  # fmt: skip
        if received.retain:
            self._skip(message)
            return
        if received.qos:
            if not self.acks.expect(message):
                return
        elif self.queued >= self._settings.queue:
            self._dropped()  # QoS 0: the broker does not keep it, and its publisher was promised nothing
            return
        self._queues[place.device % len(self._queues) if place else 0].put(message)

    def _skip(self, message: Message) -> None:
        """A retained copy that a broker sends all the same: acknowledged in its turn, and counted."""
        self._retained()
        if message.qos and self.acks.expect(message):
            self.acks.done([message])


def _watch(_client: Client, _data: Any, connection: Any) -> None:
    """A broker that vanished without a word is noticed in about 25 seconds."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def _identify(client: Client, settings: GatewaySettings) -> None:
    if settings.user:
        client.username_pw_set(settings.user, settings.password.get_secret_value() or None)
    if settings.address[2]:
        client.tls_set(
            ca_certs=settings.ca_file or None,
            certfile=settings.cert_file or None,
            keyfile=settings.key_file or None,
        )


def _topic(received: MQTTMessage) -> str:
    try:
        return received.topic
    except UnicodeDecodeError:
        return ""


def user_properties(properties: Any) -> tuple[str, float | None]:
    """content-encoding and time of publishing, from the publisher's user properties."""
    encoding, published = "", None
    for name, value in getattr(properties, "UserProperty", ()):
        if name == CONTENT_ENCODING:
            encoding = value.lower()
        elif name == PUBLISHED_AT:
            published = _seconds(value)
    return encoding, published


def _seconds(value: str) -> float | None:
    """Seconds since 1970; None if it is not a time. Without an offset it is UTC."""
    with suppress(ValueError):
        return seconds if isfinite(seconds := float(value)) else None
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None
