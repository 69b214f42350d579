"""Gauges of one process for Prometheus, read at each scrape.

No Gauge of prometheus_client: in the files that processes of the API share (app/meters.py) it would count as
one of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

Read = Callable[[], Iterable[tuple[str, str, float]]]
"""Name, meaning and value of each."""


class _Gauges(Collector):
    def __init__(self, read: Read) -> None:
        self._read = read

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, about, value in self._read():
            yield GaugeMetricFamily(name, about, value=value)


def registry(read: Read) -> CollectorRegistry:
    """Asks ``read`` at each scrape, on the thread that answers it."""
    found = CollectorRegistry()
    found.register(_Gauges(read))
    return found
