"""Changes the rights of devices at a running Mosquitto, by commands to its dynamic-security plugin.

The plugin reads its file at the start only, and writes all of it after each command: with 10,000 logins that
holds the broker for a tenth of a second. So commands are few, and spaced out. Over the same connection
retained messages are deleted (see broker_retained), and the broker reports its memory (see broker_door) and
how many are connected (see broker_seats).
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from paho.mqtt.client import Client

from app.ingest.wire import Received, Wire
from app.readings import topics

from .broker_changes import Command, changes, note
from .broker_door import Door
from .broker_files import (
    CONNECTED_TOPIC,
    CONTROL,
    CONTROL_TOPIC,
    KEPT_TOPICS,
    LOG_TOPIC,
    MEMORY_TOPIC,
    RESPONSE_TOPIC,
    UPTIME_TOPIC,
    Rights,
)
from .broker_process import Process
from .broker_retained import Sweeper
from .broker_seats import Seats

_log = logging.getLogger("app.jobs")
_ANSWER_S = 60.0
_DO = "stop the broker, run the job once without --control, start it again: the job has new rights there"
_MESSAGE = 350  # bytes that the broker needs to keep one, beside its payload
_REST = 4.0  # times as long as a command took: the broker is for devices most of the time

_NUMBERS = {topic.encode() for topic in (*KEPT_TOPICS, CONNECTED_TOPIC)}
_REPORTS = (*KEPT_TOPICS, CONNECTED_TOPIC, UPTIME_TOPIC, LOG_TOPIC, MEMORY_TOPIC)


class ControlError(Exception):
    """The broker does not answer, or refuses a command."""


class Files(NamedTuple):
    """Of TLS: the authorities that verify the broker, and a certificate of one's own with its key."""

    ca: str | None
    cert: str | None
    key: str | None


class Control:
    """A connection of the user broker-acl, and what the broker has answered so far.

    ``devices``: the port of their listener. While the connection is open, retained messages below ``swept``
    are deleted, unless that is empty, and door and seats learn what memory the broker uses, and who is
    connected.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        files: Files,
        swept: str = "",
        door: Door | None = None,
        process: Process | None = None,
        seats: Seats | None = None,
        devices: int | None = None,
    ) -> None:
        self._client = Wire(CONTROL, self._take, reconnects=False)
        self.sweeper = Sweeper(self._client, swept)
        self._swept, self._door, self._process, self._seats = swept, door, process, seats
        self._client.username_pw_set(CONTROL, secret)
        self._address = urlsplit(url)
        self._devices = devices or self._address.port or 1883
        if self._address.scheme == "mqtts":
            self._client.tls_set(ca_certs=files.ca, certfile=files.cert, keyfile=files.key)
        self._ready, self._answered = threading.Event(), threading.Event()
        self._ended = ""
        self._answer: list[Command] = []
        self.reported: dict[str, int] = {}
        """Numbers of KEPT_TOPICS, CONNECTED_TOPIC and MEMORY_TOPIC, as the broker reported them last."""
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_unsubscribe = lambda *_: self.sweeper.looked()
        self._client.on_disconnect = self._on_disconnect
        self.rights = Rights()

    def open(self) -> None:
        """Connect, and ask what the broker has. Raises ControlError."""
        try:
            self._client.connect(self._address.hostname or "", self._address.port or 1883)
        except OSError as error:
            raise ControlError(f"no connection to the broker: {error}") from error
        self._client.loop_start()
        self._await(self._ready)
        for one in self._ask({"command": "listClients", "verbose": True})["clients"]:
            self.rights.users[one["username"]] = next((r["rolename"] for r in one["roles"]), "")
        self.rights.roles.update(self._ask({"command": "listRoles"})["roles"])
        self.rights.users.pop(CONTROL, None)
        self.rights.roles.discard(CONTROL)
        if self._swept:
            self.sweeper.start()
        if self._door:
            self._client.subscribe([(topic, 0) for topic in _REPORTS])

    @property
    def open_still(self) -> bool:
        """Whether the connection is there, so that ``rights`` is what the broker has."""
        return self._client.is_connected()

    def close(self) -> None:
        """Disconnect."""
        self.sweeper.end()
        self._client.disconnect()
        self._client.loop_stop()

    def apply(self, wanted: Rights, until: float, wait: Callable[[float], Any] = time.sleep) -> bool:
        """Bring the broker nearer to these rights, until a monotonic time; whether it got there.

        ``wanted.users`` is in order of urgency. Raises ControlError.
        """
        for command in changes(self.rights, wanted):
            if time.monotonic() > until:
                return False
            began = time.monotonic()
            self._ask(command)
            note(self.rights, command)
            wait(_REST * (time.monotonic() - began))
        return True

    def _ask(self, command: Command) -> Any:
        self._answered.clear()
        self._client.publish(CONTROL_TOPIC, json.dumps({"commands": [command]}), qos=1)
        self._await(self._answered)
        if error := self._answer[0].get("error"):
            raise ControlError(f"{command['command']}: {error}")
        return self._answer[0].get("data")

    def _await(self, event: threading.Event) -> None:
        if not event.wait(_ANSWER_S) or self._ended:
            raise ControlError(self._ended or "the broker does not answer")

    def _on_connect(self, client: Client, _data: Any, _flags: Any, reason: Any, _more: Any) -> None:
        if not reason.is_failure:
            client.subscribe(RESPONSE_TOPIC, 1)

    def _on_subscribe(self, _client: Client, _data: Any, mid: int, reasons: Any, _more: Any) -> None:
        if not self._ready.is_set():
            self._ready.set()
        elif len(reasons) > 1:
            if any(reason.is_failure for reason in reasons):
                _log.error("memory_not_watched", extra={"fields": {"do": _DO}})
        elif reasons[0].is_failure:
            self.sweeper.refused(str(reasons[0]))

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: Any, _more: Any) -> None:
        self._ended = f"the broker has ended the connection: {reason}"
        self.sweeper.end()
        self._ready.set()
        self._answered.set()

    def _take(self, received: list[Received]) -> None:
        """Runs in the network thread."""
        self._client.acknowledge(one.mid for one in received if one.qos)
        of_devices, weights = [], []
        for one in received:
            if one.topic == RESPONSE_TOPIC.encode():
                self._answer = json.loads(one.payload)["responses"]
                self._answered.set()
            elif one.topic in _NUMBERS:
                self.reported[one.topic.decode()] = int(one.payload)
            elif one.topic == UPTIME_TOPIC.encode():
                self._count()
            elif one.topic == LOG_TOPIC.encode():
                self._logged(one.payload.decode(errors="replace"))
            elif one.topic == MEMORY_TOPIC.encode():
                weights.append(int(one.payload))
            else:
                of_devices.append(one)
        self.sweeper.take(of_devices)
        if self._door and self._door.looks:
            self._door.sent(of_devices)
        for used in weights[-1:]:  # when what came with it is known
            self._weigh(used)

    def _weigh(self, used: int) -> None:
        """Tell the door, and let the broker send what devices publish while it looks."""
        if self._door:
            used = min(used, (self._process and self._process.memory()) or used)
            self.reported[MEMORY_TOPIC] = used
            looked, everything = self._door.looks, f"{self._swept}/+/+/+/+"
            if looked and self._process:
                self._door.unread(self._of_devices(self._process.unread()))
            self._door.retained(self.sweeper.new)
            self.sweeper.new.clear()
            messages, payloads = (self.reported.get(topic, 0) for topic in KEPT_TOPICS)
            self._door.report(used, messages * _MESSAGE + payloads, messages)
            if self._door.looks and not looked:
                self._client.subscribe(everything, 0)
            elif looked and not self._door.looks:
                self._client.unsubscribe(everything)
            if looked:
                self._look_for_strangers()

    def _count(self) -> None:
        """Tell the seats how many are connected, as reported before."""
        if self._seats and self._process:
            self._seats.report(self.reported.get(CONNECTED_TOPIC, 0), self._clients)

    def _look_for_strangers(self) -> None:
        """Who does not read, over a connection of which nobody knows whose it is, has to make a new one."""
        if self._door and self._door.unexplained and self._seats and self._are_there_strangers():
            known = self._process.connected() if self._process else ()
            self._seats.renew(known, self._are_there_strangers)

    def _are_there_strangers(self) -> bool:
        return bool(self._process and self._process.unread_by_strangers(self._devices))

    def _clients(self) -> dict[int, list[str]]:
        """Logins of devices that are connected, by client; the oldest connections first."""
        found: dict[int, list[str]] = {}
        for user in self._process.connected() if self._process else ():
            if place := self._place(user):
                found.setdefault(place[0], []).append(user)
        return found

    def _logged(self, line: str) -> None:
        if self._process:
            self._process.log(line)

    def _of_devices(self, sizes: dict[str, int]) -> Counter[tuple[int, int]]:
        """By client and device instead of by login."""
        found: Counter[tuple[int, int]] = Counter()
        for user, size in sizes.items():
            if place := self._place(user):
                found[place] += size
        return found

    def _place(self, user: str) -> tuple[int, int] | None:
        """Client and device of a login."""
        place = topics.parse(self._swept, f"{self.rights.users.get(user, '')}/telem")
        return (place.client, place.device) if place else None
