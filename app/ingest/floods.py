"""Who floods: the device, or the client, that is to get a lane next."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from .coverage import Place
from .turns import NOBODY, Load, Turns, heaviest

_NEIGHBOURS_S = 30.0  # who has sent nothing for so long is no neighbour


class Floods:
    """Looks at what waits in queues of so many places together."""

    def __init__(self, queues: Sequence[Turns], places: int) -> None:
        self._queues = queues
        self._device_most, self._client_most = max(1, places // 16), max(1, places // 8)

    def found(self, lanes: Collection[Place]) -> Load | None:
        """The heaviest flood beside these lanes.

        A device of which most of its client's messages are is one by itself: what its siblings send is not to
        wait behind it. Where a device of a client has a lane, the next one is for the client: no client takes
        more than two.
        """
        loads = heaviest(self._queues, self._device_most // max(1, len(self._queues)))
        largest = {load.client: load.waiting for load in reversed(loads) if load.device is not None}
        for load in loads:
            if (load.client, load.device) in lanes or (load.client, None) in lanes:
                continue
            siblings = [device for client, device in lanes if client == load.client and device is not None]
            is_of_one = not siblings and 2 * largest.get(load.client, 0) > load.waiting
            if is_of_one if load.device is None else siblings:
                continue
            if self._is_flood(load, siblings):
                return load
        return None

    def _is_flood(self, load: Load, siblings: Collection[int]) -> bool:
        """Much waits of it, much of all that waits, and it has neighbours whom that harms."""
        everything = sum(queue.places for queue in self._queues)
        if load.client == NOBODY or load.waiting * (2 if load.device is None else 4) < everything:
            return False
        most = self._client_most if load.device is None else self._device_most
        since = time.monotonic() - _NEIGHBOURS_S
        in_lanes = sum(queue.waiting(load.client, device) for queue in self._queues for device in siblings)
        return load.waiting - in_lanes > most and any(
            queue.others(load.client, load.device, since) for queue in self._queues
        )
