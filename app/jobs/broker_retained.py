"""Deletes the retained messages of a running broker, so that devices cannot fill its memory with them.

A device chooses the site in its topics, so it has as many topics as it likes; the broker keeps the latest
retained message of each, and has no limit for them. Nobody reads them: devices may subscribe to nothing, and
gateways do not ask for them, as what is published reaches them all the same. So this subscribes now and then
to all topics and unsubscribes at once, is sent what the broker retains and nothing else, and publishes an
empty retained message to each of these topics, which deletes it (MQTT 5, 3.3.1.3).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable

from app.ingest.wire import Received, Wire
from app.readings import topics

_log = logging.getLogger("app.jobs")
_PAUSE_S = 0.25  # after a look
_SHORT_PAUSE_S = 0.05  # after one that found something: the broker serves nobody while it sends what there is
_KNOWN = 64  # topics of a device that are known when they come again
_REMARK_S = 60.0  # between lines of the log, which say who has most
Place = tuple[int, int] | None
"""Client and device."""


class Sweeper(threading.Thread):
    """Looks again and again over a connection that has the role ``forget <prefix>``, until it has ended."""

    def __init__(self, client: Wire, prefix: str) -> None:
        super().__init__(name="retained", daemon=True)
        self._client, self._prefix = client, prefix
        self._ended, self._looked = threading.Event(), threading.Event()
        self._deleted: Counter[Place] = Counter()  # since the last line
        self._remarked = float("-inf")
        self._known: dict[tuple[int, int], set[int]] = {}  # hashes of topics
        self.new: Counter[tuple[int, int]] = Counter()
        """Topics by device that are more than it had before; whoever uses it clears it."""
        self.deleted = 0

    def run(self) -> None:
        """Until ``end``, or until the broker refuses."""
        while not self._ended.is_set():
            self._looked.clear()
            before = self.deleted
            self._client.subscribe(f"{self._prefix}/#", 0)
            self._client.unsubscribe(f"{self._prefix}/#")
            self._looked.wait()
            self._remark()
            self._ended.wait(_SHORT_PAUSE_S if self.deleted > before else _PAUSE_S)

    def end(self) -> None:
        """The connection is about to end, or has ended."""
        self._ended.set()
        self._looked.set()

    def looked(self) -> None:
        """The broker has sent all that it had when it was asked."""
        self._looked.set()

    def refused(self, reason: str) -> None:
        """The broker does not grant the subscription."""
        _log.error("retained_not_deleted", extra={"fields": {"reason": reason}})
        self.end()

    def take(self, received: Iterable[Received]) -> None:
        """Delete what is retained of these; a message that was just published is not."""
        retained = [one.topic for one in received if one.retain]
        self._client.forget(retained)
        self.deleted += len(retained)
        for topic in retained:
            parsed = topics.read(self._prefix, topic.decode(errors="replace"))
            place = (parsed.client, parsed.device) if parsed else None
            self._deleted[place] += 1
            if place and self._is_new(place, topic):
                self.new[place] += 1

    def _is_new(self, place: tuple[int, int], topic: bytes) -> bool:
        """Whether a device has more topics than most ever need, and this is another one."""
        known = self._known.setdefault(place, set())
        if len(known) < _KNOWN:
            known.add(hash(topic))
        return hash(topic) not in known

    def _remark(self) -> None:
        now = time.monotonic()
        if not self._deleted or now < self._remarked + _REMARK_S:
            return
        self._remarked = now
        found, self._deleted = self._deleted, Counter()
        place, messages = found.most_common(1)[0]
        client, device = place or (None, None)
        most = {"client": client, "device": device, "messages": messages}
        _log.info("retained_deleted", extra={"fields": {"messages": found.total(), "most": most}})
