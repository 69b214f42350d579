"""When a batch is full: by the count of its readings, their bytes, or the age of its first message. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty
from typing import Protocol

from app.readings.envelopes import Content
from app.readings.topics import Topic

MOST_BYTES = 4 << 20  # of one call: memory stays flat whatever devices send
_PATIENCE = 1  # times what the last commit took: waiting for company costs no more than being alone


@dataclass(slots=True, eq=False)
class Message:
    """A message in the gateway: how to acknowledge it, what it holds, when it was received."""

    mid: int
    qos: int
    session: int  # connections since the start; a number means nothing in another one
    topic: str
    place: Topic | None  # parsed topic; None if it is not a device's
    payload: bytes
    encoding: str
    published: float | None  # seconds since 1970, by the publisher's clock
    received: float  # seconds since 1970
    arrived: float  # monotonic
    content: Content | None = None
    done: bool = False

    @property
    def kind(self) -> str:
        """telem, ack or event; other where the topic is strange."""
        return self.place.kind if self.place else "other"


class Source(Protocol):
    """Where messages come from."""

    def get(self, timeout: float) -> Message:
        """The next one. Raises queue.Empty."""


@dataclass(slots=True)
class Batch:
    """Messages that go to the database together."""

    messages: list[Message] = field(default_factory=list)
    readings: int = 0
    size: int = 0

    def add(self, message: Message, content: Content) -> None:
        """Take one more."""
        message.content = content
        self.messages.append(message)
        self.readings += len(content.readings) + len(content.messages)
        self.size += sum(map(len, content.readings)) + sum(map(len, content.messages))


class Collector:
    """Fills batches: at most ``most`` readings, none older than ``max_age_s`` when it goes.

    While commits are quick a batch waits as long as the last one took, so that a quiet gateway
    answers in milliseconds and a busy one fills its batches.
    """

    def __init__(
        self,
        source: Source,
        read: Callable[[Message], Content],
        most: int,
        max_age_s: float,
        clock: Callable[[], float],
    ) -> None:
        self._source, self._read, self._clock = source, read, clock
        self._most, self._max_age_s = most, max_age_s
        self._commit_s = 0.0

    def committed(self, seconds: float) -> None:
        """How long the last batch took."""
        self._commit_s = seconds

    def collect(self, wait_s: float) -> Batch:
        """The next batch; empty if nothing arrives for ``wait_s`` seconds."""
        batch = Batch()
        try:
            first = self._source.get(wait_s)
        except Empty:
            return batch
        batch.add(first, self._read(first))
        until = min(first.arrived + self._max_age_s, self._clock() + _PATIENCE * self._commit_s)
        while batch.readings < self._most and batch.size < MOST_BYTES:
            try:
                message = self._source.get(max(0.0, until - self._clock()))
            except Empty:
                break
            batch.add(message, self._read(message))
        return batch
