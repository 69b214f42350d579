"""Which messages of the gateway's own session a lane has as well: see lanes."""

from __future__ import annotations

from app.readings.topics import Topic

LARGEST = 2**28 - 2  # subscription identifiers: 28 bits

Place = tuple[int, int | None]
"""A client and a device, or all devices of the client."""


class Coverage:
    """Which copies a lane has: those whose subscription identifier is in the range of their place.

    An identifier above all that were given here is of an earlier process, which had other lanes.
    """

    def __init__(self) -> None:
        self._ranges: dict[Place, tuple[int, int]] = {}
        self._latest = 0

    def open(self, place: Place, since: int) -> None:
        """From this identifier on."""
        self._ranges[place] = (since, LARGEST + 1)
        self._latest = max(self._latest, since)

    def close(self, place: Place, until: int) -> None:
        """Up to the identifier before this one; copies routed earlier may still arrive."""
        self._latest = max(self._latest, until)
        if place in self._ranges:
            self._ranges[place] = (self._ranges[place][0], until)

    def clear(self) -> None:
        """None, whatever comes."""
        self._ranges = {}

    def holds(self, place: Topic, identifier: int) -> bool:
        """Whether a lane has the message that came here with this identifier."""
        if not 0 < identifier <= self._latest:
            return False
        for key in ((place.client, place.device), (place.client, None)):
            since, until = self._ranges.get(key, (0, 0))
            if since <= identifier < until:
                return True
        return False
