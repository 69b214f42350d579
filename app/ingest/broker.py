"""Sessions at the broker: each message waits for the turn of its device; acknowledged once committed."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from app.readings import topics

from .acks import Acks
from .intake import Counts, Intake
from .settings import GatewaySettings
from .turns import Turns
from .wire import Wire

_log = logging.getLogger("app.ingest")


class Broker(Intake):
    """A persistent session at the broker; alone, or in a group among which the broker shares messages out.

    At most ``most`` messages that are not committed are in memory; the broker keeps the others. The same
    number is its receive maximum, so that replies of the broker do not queue behind messages that cannot be
    read yet. A connection that is not read for long would miss replies to pings: TCP keepalives detect its
    loss instead.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        queues: Sequence[Turns],
        counts: Counts,
        *,
        name: str = "",
        filters: Sequence[str] | None = None,
        most: int = 0,
    ) -> None:
        super().__init__(settings.prefix, queues, counts, most or settings.queue)
        self._settings = settings
        self._filters = topics.filters(settings.prefix, settings.group) if filters is None else filters
        self.identifier = 0  # of the subscription that was granted last; 0: it has none
        self._asked: dict[int, int] = {}  # identifiers by number of the request
        self._asking = threading.Lock()
        self._ended = threading.Event()
        self._subscribed = threading.Event()
        self.refused = False  # whether the broker has not let it subscribe on this connection
        self.resumed: bool | None = None  # whether the broker still had the session; None before it is known
        self.connections = 0
        self._client = Wire(name or f"{settings.client_id}-{settings.number}", self._take)
        self.acks = Acks(self._client.acknowledge, self._most)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._client.on_socket_open = _watch
        self._client.reconnect_delay_set(1, 10)
        _identify(self._client, settings)

    def start(self) -> None:
        """Connect as soon as the broker is available, and stay connected."""
        host, port, _ = self._settings.address
        wishes = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wishes.SessionExpiryInterval = self._settings.session_hours * 3_600
        wishes.ReceiveMaximum = self._most
        self._client.connect_async(host, port, keepalive=0, clean_start=False, properties=wishes)
        self._client.loop_start()

    def take_no_more(self) -> None:
        """Leave what arrives from now on to the broker, which sends it again."""
        self.acks.close()

    def leave(self, wait_s: float = 2.0, *, forget: bool = False) -> None:
        """Send pending acknowledgements and disconnect; the session stays, unless it is to be forgotten."""
        wishes = Properties(PacketTypes.DISCONNECT)  # type: ignore[no-untyped-call]
        if forget:
            wishes.SessionExpiryInterval = 0
        self._client.disconnect(properties=wishes if forget else None)
        self._ended.wait(wait_s if self._client.is_connected() else 0)
        self._client.loop_stop()

    def subscribe(self, identifier: int = 0) -> None:
        """Ask for the messages; those that are routed from then on carry the identifier, if there is one."""
        # A retained copy is not news, and a live publish comes without the flag, whatever its sender set.
        options = SubscribeOptions(
            qos=1, retainAsPublished=False, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND
        )
        wishes = Properties(PacketTypes.SUBSCRIBE)  # type: ignore[no-untyped-call]
        if identifier:
            wishes.SubscriptionIdentifier = identifier
        filters: Any = [(one, options) for one in self._filters]
        with self._asking:  # the answer may be here before the number of the request is
            _, mid = self._client.subscribe(filters, properties=wishes if identifier else None)
            if mid is not None:
                self._asked[mid] = identifier

    def unsubscribe(self, filters: Sequence[str] = ()) -> None:
        """Take no more of these topics; by default of all, on later connections, too."""
        self._client.unsubscribe(list(filters or self._filters))
        if not filters:
            self._filters, self.refused = (), False
            if self._client.is_connected():
                self._subscribed.set()

    def subscribed(self, wait_s: float) -> bool:
        """Whether the broker grants a subscription within this time."""
        return self._subscribed.wait(wait_s)

    @property
    def connected(self) -> bool:
        """The broker has accepted us, and lets us read."""
        return self._client.is_connected() and self._subscribed.is_set()

    def _on_connect(self, client: Client, _data: Any, flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            _log.error("broker_refused", extra={"fields": {"reason": str(reason)}})
            return
        self._ended.clear()
        self._asked.clear()
        self.identifier, self.refused = 0, False
        self.connections += 1
        self.came = time.monotonic()  # what the broker has kept comes now
        self.acks.connected()
        if self._filters:
            self.subscribe()
            if self._settings.group:
                client.unsubscribe(topics.filters(self._settings.prefix))  # of a session alone before
        else:
            self._subscribed.set()  # it takes what its session holds
        self.resumed = bool(flags.session_present)
        _log.info("broker_connected", extra={"fields": {"session_present": flags.session_present}})

    def _on_subscribe(self, _client: Client, _data: Any, mid: int, reasons: Any, _more: Any) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused and self._filters:
            self._subscribed.clear()
            self.refused = True
            _log.error("subscription_refused", extra={"fields": {"reason": refused[0]}})
        else:
            with self._asking:
                self.identifier = self._asked.pop(mid, 0)
            self._subscribed.set()

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: Any, _more: Any) -> None:
        self.acks.disconnected()
        self._subscribed.clear()
        self._ended.set()
        _log.warning("broker_disconnected", extra={"fields": {"reason": str(reason)}})


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
