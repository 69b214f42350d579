"""When a batch is full: by the count of its readings, their bytes, or the age of its first message. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty
from typing import Protocol

from app.readings.envelopes import Content

from .acks import Message

MOST_BYTES = 4 << 20  # of one call: memory stays flat whatever devices send
_SPAN_S = 0.4  # what a commit may take before batches become smaller
_LEAST = 16  # the part of a full batch below which they do not
_PATIENCE = 1  # times what the last commit took: waiting for company costs no more than being alone


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
    answers in milliseconds and a busy one fills its batches. While they are slow, batches are smaller: what
    comes next waits for no more than about ``_SPAN_S``, whatever the readings before it cost.

    What cannot be read goes ``aside``: it waits for no reading, and no reading for it.
    """

    def __init__(
        self,
        source: Source,
        read: Callable[[Message], Content],
        aside: Callable[[Message], None],
        most: int,
        max_age_s: float,
        clock: Callable[[], float],
    ) -> None:
        self._source, self._read, self._aside, self._clock = source, read, aside, clock
        self._most = self._limit = most
        self._max_age_s = max_age_s
        self._commit_s = 0.0

    def committed(self, seconds: float, readings: int) -> None:
        """How long the last batch took, and how many readings it had."""
        self._commit_s = seconds
        if seconds > _SPAN_S:
            fitting = int(readings * _SPAN_S / seconds)
            self._limit = min(self._limit, max(1, self._most // _LEAST, fitting))
        elif readings >= self._limit:
            self._limit = min(self._most, self._limit * 2)

    def collect(self, wait_s: float) -> Batch:
        """The next batch; empty if nothing arrives for ``wait_s`` seconds."""
        batch = Batch()
        until = self._clock() + wait_s
        while batch.readings < self._limit and batch.size < MOST_BYTES:
            try:
                message = self._source.get(max(0.0, until - self._clock()))
            except Empty:
                break
            content = self._read(message)
            if content.fault:
                message.content = content
                self._aside(message)
                continue
            if not batch.messages:
                until = min(message.arrived + self._max_age_s, self._clock() + _PATIENCE * self._commit_s)
            batch.add(message, content)
        return batch
