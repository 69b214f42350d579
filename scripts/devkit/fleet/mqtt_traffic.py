"""Publish readings to a broker as devices do: at QoS 1, repeated until the broker acknowledges them."""

import json
import os
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Mapping
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ..console import Problem
from .traffic import Request, Tally

PUBLISHED = "published"
_CONNECT_S = 10.0
_numbers = count(1)


def clients(url: str, key: str) -> Mapping[int, int]:
    """The client of each device, from the API. Raises Problem."""
    found: dict[int, int] = {}
    cursor = ""
    while True:
        request = urllib.request.Request(
            f"{url}/v2/dispositivos?pageSize=1000{cursor}", headers={"X-API-Key": key}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                page = json.load(answer)
        except OSError as error:
            raise Problem(f"Cannot read the devices from {url}: {error}") from error
        found |= {row["cdDispositivo"]: row["cdCliente"] for row in page["data"] if row["cdCliente"]}
        if page["nextCursor"] is None:
            return found
        cursor = f"&cursor={page['nextCursor']}"


class MqttSender:
    """One connection to a broker, with the same duties as traffic.Sender."""

    def __init__(
        self, url: str, patience: float, of: Mapping[int, int], tally: Tally, stop: threading.Event
    ) -> None:
        address = urlsplit(url)
        if address.scheme not in ("mqtt", "mqtts") or not address.hostname:
            raise Problem(f"Not an mqtt:// or mqtts:// URL: {url}")
        self._of, self._patience, self._tally, self._stop = of, patience, tally, stop
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=f"simulate-{os.getpid()}-{next(_numbers)}", protocol=MQTTv5
        )
        if address.username:
            self._client.username_pw_set(address.username, address.password)
        if address.scheme == "mqtts":
            self._client.tls_set()
        refused: list[str] = []
        self._client.on_connect = lambda _c, _d, _f, reason, _p: (
            refused.append(str(reason)) if reason.is_failure else None
        )
        try:
            self._client.connect(address.hostname, address.port or 1883)
        except OSError as error:
            raise Problem(f"No broker answers at {address.hostname}: {error.strerror or error}") from error
        self._client.loop_start()
        end = time.monotonic() + _CONNECT_S
        while not self._client.is_connected():
            if refused or time.monotonic() > end:
                raise Problem(f"The broker refused the connection: {', '.join(refused) or 'no answer'}")
            time.sleep(0.01)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def deliver(self, request: Request) -> None:
        """Publish and wait for the acknowledgement; count as lost what is not acknowledged in time."""
        began = time.monotonic()
        elements = json.loads(request.body)
        sent = [self._publish(one) for one in (elements if isinstance(elements, list) else [elements])]
        while not all(one.is_published() for one in sent):
            if self._stop.is_set() or time.monotonic() - began > self._patience:
                self._tally.lost(request, "not acknowledged")
                return
            time.sleep(0.001)
        self._tally.answered(request, time.monotonic() - began, Counter({PUBLISHED: len(sent)}), Counter())

    def _publish(self, element: dict[str, Any]) -> Any:
        device = element["cdDispositivo"]
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho's
        properties.UserProperty = ("published-at", f"{time.time():.6f}")
        topic = f"rastro/{self._of.get(device, 0)}/simulated/{device}/telem"
        return self._client.publish(topic, json.dumps(element), qos=1, properties=properties)
