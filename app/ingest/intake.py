"""What a session does with what comes: each message waits for the turn of its device, or is skipped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from app.readings import topics
from app.readings.topics import Topic

from .acks import Acks, Message
from .turns import Turns
from .wire import KEPT_PROPERTIES, NOTHING, Received, properties

_PLACE = 13  # bits: 8 kB of a message take one of the places for messages


class Counts(Protocol):
    """What a session counts."""

    def dropped(self) -> None:
        """There was no room for a message at QoS 0."""

    def retained(self) -> None:
        """A retained copy came."""

    def emptied(self) -> None:
        """An empty message at QoS 0 came: a retained message is deleted."""

    def left_to_lane(self, messages: int) -> None:
        """Messages that a lane has, too."""


class Intake:
    """A session without its connection."""

    acks: Acks

    def __init__(self, prefix: str, queues: Sequence[Turns], counts: Counts, most: int) -> None:
        self._prefix, self._queues, self._counts, self._most = prefix, queues, counts, most
        self.is_covered: Callable[[Topic, int], bool] | None = None
        self.came = 0.0  # monotonic time of the last message, or of the connection
        self.place: Topic | None = None  # of the last message

    def _take(self, received: list[Received]) -> None:
        """Runs in the network thread, so only as much as finds the writer."""
        now, arrived = time.time(), time.monotonic()
        self.came = arrived
        promised: list[Message] = []
        skipped: list[Message] = []
        for one in received:
            message = self._message(one, now, arrived)
            self.place = message.place
            is_news = self._is_news(one, message)
            if not is_news:
                message.pass_over()
                skipped.append(message)
            if one.qos:
                promised.append(message)
            elif is_news:
                self._take_unpromised(message)
        while promised:
            taken = self.acks.expect(promised)
            if not taken:
                return
            self._queue(promised[:taken], skipped)
            promised = promised[taken:]

    def _message(self, one: Received, now: float, arrived: float) -> Message:
        topic = one.topic.decode(errors="replace")
        place = topics.parse(self._prefix, topic)
        hints = properties(one.properties) if one.properties else NOTHING
        session = self.acks.session
        made = Message(one.mid, one.qos, session, topic, place, one.payload, hints, now, arrived, self.acks)
        kept = min(len(one.properties), KEPT_PROPERTIES)
        made.places += (len(one.payload) + len(one.topic) + kept) >> _PLACE
        return made

    def _is_news(self, one: Received, message: Message) -> bool:
        """Not a retained copy that a broker sends all the same, nor its deletion, nor what a lane has."""
        if one.retain:
            self._counts.retained()
            return False
        if not one.payload and not one.qos:
            self._counts.emptied()
            return False
        if message.place and self.is_covered and self.is_covered(message.place, message.hints.subscription):
            self._counts.left_to_lane(1)
            return False
        return True

    def _queue(self, messages: list[Message], skipped: list[Message]) -> None:
        """Each waits for its writer; what is skipped is acknowledged in its turn."""
        if skipped:
            passed = set(map(id, skipped))
            self.acks.done([message for message in messages if id(message) in passed])
            messages = [message for message in messages if id(message) not in passed]
        if len(self._queues) == 1:
            self._queues[0].put(messages)
            return
        shares: list[list[Message]] = [[] for _ in self._queues]
        for message in messages:
            shares[self._writer(message.place)].append(message)
        for queue, share in zip(self._queues, shares, strict=True):
            if share:
                queue.put(share)

    def _take_unpromised(self, message: Message) -> None:
        """QoS 0: the broker does not keep it, and its publisher was promised nothing.

        A device may fill half of the room that others leave: so there is room for them.
        """
        queue = self._queues[self._writer(message.place)]
        place = message.place
        mine = queue.waiting(place.client, place.device) if place else queue.places
        if mine >= self._most - queue.places:
            self._counts.dropped()
        else:
            queue.put([message])

    def _writer(self, place: Topic | None) -> int:
        return place.device % len(self._queues) if place else 0
