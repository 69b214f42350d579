"""What the job beside the broker tells Prometheus: what the broker reports of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from app.ingest import health

from . import gauges
from .broker_files import CONNECTED_TOPIC, KEPT_TOPICS, MEMORY_TOPIC

_MEANINGS = {
    KEPT_TOPICS[0]: ("messages", "Messages that the broker keeps, retained ones among them"),
    KEPT_TOPICS[1]: ("message_bytes", "Bytes of their payloads"),
    CONNECTED_TOPIC: ("clients", "Clients that are connected to the broker"),
    MEMORY_TOPIC: ("memory_bytes", "Bytes that the broker has in use"),
}


def serve(port: int, reported: Callable[[], Mapping[str, int] | None]) -> None:
    """Answer on this port from now on. ``reported``: by topic; None without a connection to the broker.

    Raises OSError when the port is taken.
    """
    health.serve(port, gauges.registry(lambda: found(reported())), dict)


def found(numbers: Mapping[str, int] | None) -> Iterable[tuple[str, str, float]]:
    """Name, meaning and value of each metric; without those that have not been reported yet."""
    yield "rastro_broker_up", "Whether this job is connected to the broker", float(numbers is not None)
    known = dict(numbers or {})
    for topic, (name, about) in _MEANINGS.items():
        if topic in known:
            yield f"rastro_broker_{name}", about, known[topic]
