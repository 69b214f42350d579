"""Fair turns: clients take turns, and devices within a client, so that a flood waits behind its own messages.

Surplus round robin: whoever has its turn gives messages up to a quantum, one unit for each and one for each
kilobyte, and what it took too much counts in its next turn. The order within a device stays.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from queue import Empty
from time import monotonic
from typing import NamedTuple

from .acks import Message

_QUANTUM = 16
_REMEMBERED = 1_000  # devices
NOBODY = -1  # client and device of a message whose topic is not a device's


class Load(NamedTuple):
    """Places of a device's messages that wait, or of a whole client's (device None)."""

    client: int
    device: int | None
    waiting: int


class _Device:
    __slots__ = ("code", "credit", "places", "waiting")

    def __init__(self, code: int) -> None:
        self.code, self.credit, self.places = code, _QUANTUM, 0
        self.waiting: deque[Message] = deque()


class _Client:
    __slots__ = ("code", "credit", "devices", "places", "turn")

    def __init__(self, code: int) -> None:
        self.code, self.credit, self.places = code, _QUANTUM, 0
        self.devices: dict[int, _Device] = {}
        self.turn: deque[_Device] = deque()


class Turns:
    """A queue for one reader that is fair to clients and devices. Thread-safe."""

    def __init__(self) -> None:
        self._ready = threading.Condition(threading.Lock())
        self._clients: dict[int, _Client] = {}
        self._turn: deque[_Client] = deque()
        self._size = 0
        self.places = 0  # of all that wait
        self._joined: dict[tuple[int, int], float] = {}  # devices, and when each last began to wait
        self.given = 0  # turns
        self.deferred = {"client": 0, "device": 0}  # turns that ended with messages left, while others waited

    def __len__(self) -> int:
        return self._size

    def put(self, messages: Iterable[Message]) -> None:
        """Let these wait for their turn."""
        with self._ready:
            for message in messages:
                self._add(message)
            self._ready.notify()

    def get(self, timeout: float) -> Message:
        """The next one. Raises queue.Empty after ``timeout`` seconds."""
        with self._ready:
            if not self._size and timeout > 0:
                end = monotonic() + timeout
                while not self._size and (left := end - monotonic()) > 0:
                    self._ready.wait(left)
            if not self._size:
                raise Empty
            return self._next()

    def waiting(self, client: int, device: int) -> int:
        """Places of this device's messages that wait."""
        with self._ready:
            found = self._clients.get(client)
            line = found.devices.get(device) if found else None
            return line.places if line else 0

    def loads(self, least: int = 1) -> list[Load]:
        """What waits, by client and by device, where it is so much."""
        with self._ready:
            clients = [client for client in self._turn if client.places >= least]
            devices = [
                Load(client.code, device.code, device.places)
                for client in clients
                for device in client.turn
                if device.places >= least
            ]
            return devices + [Load(client.code, None, client.places) for client in clients]

    def others(self, client: int, device: int | None, since: float) -> bool:
        """Whether somebody else waits, or has waited since then (monotonic clock)."""
        with self._ready:
            mine = self._clients.get(client)
            if len(self._turn) > (mine is not None):
                return True
            if device is not None and mine and len(mine.turn) > (device in mine.devices):
                return True
            return any(
                at >= since and (code != client or (device is not None and number != device))
                for (code, number), at in self._joined.items()
            )

    def _add(self, message: Message) -> None:
        code, number = (message.place.client, message.place.device) if message.place else (NOBODY, NOBODY)
        client = self._clients.get(code)
        if client is None:
            client = self._clients[code] = _Client(code)
            self._turn.append(client)
        device = client.devices.get(number)
        if device is None:
            device = client.devices[number] = _Device(number)
            client.turn.append(device)
            if len(self._joined) >= _REMEMBERED:
                self._joined.clear()
            self._joined[code, number] = message.arrived
        device.waiting.append(message)
        device.places += message.places
        client.places += message.places
        self.places += message.places
        self._size += 1

    def _next(self) -> Message:
        client = self._turn[0]
        device = client.turn[0]
        message = device.waiting.popleft()
        cost = 1 + (len(message.payload) >> 10)
        device.credit -= cost
        client.credit -= cost
        device.places -= message.places
        client.places -= message.places
        self.places -= message.places
        self._size -= 1
        if not device.waiting:
            client.turn.popleft()
            del client.devices[device.code]
            self.given += 1
        elif device.credit <= 0:
            self.given += 1
            self.deferred["device"] += _pass_on(client.turn)
        if not client.turn:
            self._turn.popleft()
            del self._clients[client.code]
        elif client.credit <= 0:
            self.deferred["client"] += _pass_on(self._turn)
        return message


def _pass_on(turn: deque[_Device] | deque[_Client]) -> bool:
    """Give the turn to the next one that is not in debt; whether it is another."""
    first = turn[0]
    while True:
        turn[0].credit += _QUANTUM
        turn.rotate(-1)
        if turn[0].credit > 0:
            return turn[0] is not first


def heaviest(many: Sequence[Turns], least: int) -> list[Load]:
    """What waits in all of these, the most first; ``least``: in one of them."""
    sums: dict[tuple[int, int | None], int] = {}
    for turns in many:
        for load in turns.loads(least):
            key = (load.client, load.device)
            sums[key] = sums.get(key, 0) + load.waiting
    return sorted((Load(*key, waiting) for key, waiting in sums.items()), key=lambda load: -load.waiting)
