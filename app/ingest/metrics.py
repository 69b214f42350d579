"""Metrics of the gateway for Prometheus. Counted when committed, so that a retry counts once."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from .acks import Message
from .batch import Batch

_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 400, 800, 1_600, 5_000)
_SECONDS = (
    0.001, 0.002, 0.003, 0.004, 0.006, 0.008, 0.01, 0.015, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3,
    0.4, 0.5, 0.75, 1, 2.5, 5, 10, 30, 60, 300, 3_600,
)  # fmt: skip
_MOST_AHEAD_S = 0.25  # of the database's clock at receipt: about what can be known of it from here
_MOST_BEHIND_S = 2.0  # a longer delay looks like a clock that is behind


class _Turns(Collector):
    def __init__(self, given: Callable[[], float], deferred: Callable[[], Mapping[str, float]]) -> None:
        self._given, self._deferred = given, deferred

    def collect(self) -> Iterable[CounterMetricFamily]:
        turns = CounterMetricFamily("ingest_turns", "Turns that devices had at the writers")
        turns.add_metric([], self._given())
        yield turns
        deferred = CounterMetricFamily(
            "ingest_deferred",
            "Turns that ended with messages left (device, client); times that the broker was not read (full)",
            labels=["reason"],
        )
        for reason, times in self._deferred().items():
            deferred.add_metric([reason], times)
        yield deferred


class Metrics:
    """The metrics of the gateway, by name in README.md beside this file."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)

        def counter(name: str, about: str, labels: Sequence[str] = ()) -> Counter:
            return Counter(name, about, labels, registry=registry)

        self._messages = counter("ingest_messages", "Messages committed", ["type"])
        self._points = counter("ingest_points", "Sensor values committed, new or duplicate")
        self._errors = counter(
            "ingest_errors", "Elements quarantined, by error code; failed calls", ["reason"]
        )
        self._verdicts = counter("ingest_readings", "Readings committed, by verdict", ["verdict"])
        self._qos0 = counter(
            "ingest_qos0_messages", "Messages at QoS 0, which are not acknowledged", ["outcome"]
        )
        self._retained = counter(
            "ingest_retained_messages", "Retained copies, which are acknowledged and not stored"
        )
        self._emptied = counter(
            "ingest_retained_deletions", "Empty messages at QoS 0: a retained message is deleted"
        )
        self._counted = counter(
            "ingest_unstored_messages",
            "Messages that hold no measurement, which are acknowledged and counted",
            ["type"],
        )
        self._laned = counter(
            "ingest_lane_copies", "Copies of messages that a lane has, too: acknowledged and not stored"
        )
        self._sizes = Histogram(
            "ingest_batch_size", "Readings per transaction", buckets=_SIZES, registry=registry
        )
        self._latency = Histogram(
            "ingest_latency_seconds",
            "Seconds from publishing (user property published-at, else receipt) to commit, without clocks "
            "that are off",
            buckets=_SECONDS,
            registry=registry,
        )
        self._receipt = Histogram(
            "ingest_receipt_seconds",
            "Seconds from receipt to commit, by the monotonic clock of the gateway",
            buckets=_SECONDS,
            registry=registry,
        )
        self._clocks = counter(
            "ingest_clocks_off",
            "Messages with a published-at that is after their receipt, or too far behind it to be measured",
            ["direction"],
        )
        self._commit = Histogram(
            "ingest_commit_seconds", "Duration of database calls in seconds", registry=registry
        )

    def watch(self, gauges: Mapping[tuple[str, str], Callable[[], float]]) -> None:
        """Register gauges, by name and meaning, that are computed when they are read."""
        for (name, about), function in gauges.items():
            Gauge(name, about, registry=self.registry).set_function(function)

    def watch_turns(self, given: Callable[[], float], deferred: Callable[[], Mapping[str, float]]) -> None:
        """Register counters of turns, which are counted where they are given."""
        self.registry.register(_Turns(given, deferred))

    def committed(
        self, batch: Batch, answer: dict[str, Any], seconds: float, now: float, ended: float
    ) -> None:
        """A batch is in the database: ``now`` by the database's clock, ``ended`` by our monotonic one."""
        self._commit.observe(seconds)
        self._sizes.observe(batch.readings)
        for kind, count in Tally(message.kind for message in batch.messages if message.qos).items():
            self._messages.labels(kind).inc(count)
        if unpromised := sum(not message.qos for message in batch.messages):
            self._qos0.labels("committed").inc(unpromised)
        for verdict in ("stored", "duplicate", "conflict", "rejected"):
            self._verdicts.labels(verdict).inc(answer[verdict])
        for result in (*answer["results"], *answer["messages"]):
            self._errors.labels(result["error_code"]).inc()
        bad = {result["index"] for result in answer["results"]}
        self._points.inc(_points_but(batch.messages, bad))
        for message in batch.messages:
            for kind in message.content.counted if message.content else ():
                self._counted.labels(kind).inc()
            self._took(message, now, ended)

    def _took(self, message: Message, now: float, ended: float) -> None:
        since_receipt = max(0.0, ended - message.arrived)
        self._receipt.observe(since_receipt)
        published = message.hints.published
        way = 0.0 if published is None else now - since_receipt - published
        if way < -_MOST_AHEAD_S:
            self._clocks.labels("ahead").inc()
        elif way > _MOST_BEHIND_S:
            self._clocks.labels("behind").inc()
        else:
            self._latency.observe(max(0.0, way) + since_receipt)

    def quarantined(self, messages: Sequence[Message], answer: dict[str, Any]) -> None:
        """Messages that could not be read or stored are in quarantine."""
        for message in messages:
            if message.qos:
                self._messages.labels(message.kind).inc()
            else:
                self._qos0.labels("committed").inc()
        self._verdicts.labels("rejected").inc(answer["rejected"])
        for result in answer["results"]:
            self._errors.labels(result["error_code"]).inc()

    def failed(self, reason: str) -> None:
        """A call failed; what it held is tried again."""
        self._errors.labels(reason).inc()

    def dropped(self) -> None:
        """There was no room for a message at QoS 0."""
        self._qos0.labels("dropped").inc()

    def retained(self) -> None:
        """A retained copy came: it is not stored."""
        self._retained.inc()

    def emptied(self) -> None:
        """An empty message came at QoS 0: it is not stored."""
        self._emptied.inc()

    def left_to_lane(self, messages: int) -> None:
        """Copies came of messages that a lane has, too."""
        self._laned.inc(messages)


def _points_but(messages: Sequence[Message], bad: set[int]) -> int:
    """Points of all messages but those with an element that was not stored; elements count up from 0."""
    points = place = 0
    for message in messages:
        content = message.content
        assert content is not None
        if bad.isdisjoint(range(place, place + len(content.readings))):
            points += content.points
        place += len(content.readings)
    return points
