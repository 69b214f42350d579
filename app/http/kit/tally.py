"""Counters by name that the processes of a machine share, so that whichever answers /metrics answers for all.

Each process writes a part of its own, without a lock that another could die with; any reads all parts. A part
is made before the processes fork, and outlives the one that wrote it.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter

_PARTS = 64
_NAMES = 256  # in a part
_SIZE = 120  # bytes of a name


class Tally:
    """Counts by name. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names = multiprocessing.RawArray("c", _PARTS * _NAMES * _SIZE)
        self._numbers = multiprocessing.RawArray("Q", _PARTS * _NAMES)
        self.begin(0)

    def begin(self, process: int) -> None:
        """This process is the one of this number, and writes where the one before of that number did."""
        self._first = process % _PARTS * _NAMES
        places = range(self._first, self._first + _NAMES)
        self._places = {name: place for place in places if (name := self._name(place))}

    def add(self, name: str, otherwise: str) -> None:
        """Count one; under the other name where there is no room for this one. Lost if for neither."""
        with self._lock:
            place = self._place(name, _NAMES * 7 // 8)
            if place is None:
                place = self._place(otherwise, _NAMES)
            if place is not None:
                self._numbers[place] += 1

    def counts(self) -> Counter[str]:
        """What all processes counted."""
        found = Counter[str]()
        for place in range(_PARTS * _NAMES):
            if name := self._name(place):
                found[name.decode()] += self._numbers[place]
        return found

    def _place(self, name: str, most: int) -> int | None:
        key = name.encode()[: _SIZE - 1]
        if key not in self._places:
            if len(self._places) >= most:
                return None
            place = self._first + len(self._places)
            self._names[place * _SIZE : (place + 1) * _SIZE] = key.ljust(_SIZE, b"\0")
            self._places[key] = place
        return self._places[key]

    def _name(self, place: int) -> bytes:
        return bytes(self._names[place * _SIZE : (place + 1) * _SIZE]).rstrip(b"\0")
