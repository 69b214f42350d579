"""What the gateway measures, whatever clocks say."""

from dataclasses import replace

import pytest

from app.ingest.batch import Batch
from app.ingest.metrics import Metrics
from app.ingest.wire import Hints
from app.readings.envelopes import Content
from tests.ingest._messages import message

NOW = 1_764_237_600.0
ANSWER = {"stored": 1, "duplicate": 0, "conflict": 0, "rejected": 0, "results": [], "messages": []}


def seen(published: float | None, waited: float = 0.5) -> dict[str, float]:
    """What is measured of a message that was received some seconds ago."""
    metrics, batch = Metrics(), Batch()
    one = replace(message(1, arrived=100.0), hints=Hints(published=published))
    assert one.content is not None
    batch.add(one, one.content)
    metrics.committed(batch, ANSWER, 0.1, NOW, 100.0 + waited)
    names = ("latency_seconds_sum", "latency_seconds_count", "receipt_seconds_sum")
    found = {name: metrics.registry.get_sample_value(f"ingest_{name}") or 0.0 for name in names}
    for way in ("ahead", "behind"):
        labels = {"direction": way}
        found[way] = metrics.registry.get_sample_value("ingest_clocks_off_total", labels) or 0.0
    return found


# Seen to fail: with limits of a day behind and a second ahead of the commit (a clock that is an hour behind
# reads as an hour of latency, one that is half a second ahead as none).
@pytest.mark.parametrize(
    ("published", "latency", "off"),
    [
        (None, 0.5, None), (NOW - 0.5, 0.5, None), (NOW - 0.75, 0.75, None), (NOW - 2.4, 2.4, None),
        (NOW - 0.3, 0.5, None), (NOW, None, "ahead"), (NOW + 0.5, None, "ahead"), (NOW + 5, None, "ahead"),
        (1e300, None, "ahead"), (NOW - 3, None, "behind"), (NOW - 60, None, "behind"),
        (NOW - 3_600, None, "behind"), (NOW - 80_000, None, "behind"), (0.0, None, "behind"),
        (-1e300, None, "behind"),
    ],
)  # fmt: skip
def test_clocks_that_are_off_are_counted(
    published: float | None, latency: float | None, off: str | None
) -> None:
    found = seen(published)
    assert found["receipt_seconds_sum"] == pytest.approx(0.5)
    assert found["latency_seconds_sum"] == pytest.approx(latency or 0)
    assert found["latency_seconds_count"] == (latency is not None)
    assert [way for way in ("ahead", "behind") if found[way]] == ([off] if off else [])


# Seen to fail: with the time of the commit instead of that of the receipt.
def test_a_slow_commit_is_no_clock_that_is_off() -> None:
    found = seen(NOW - 60.1, waited=60.0)
    assert found["latency_seconds_sum"] == pytest.approx(60.1)
    assert (found["ahead"], found["behind"]) == (0, 0)


# Kinds are those of adapters: no device can make up labels.
def test_messages_without_a_measurement_are_counted_by_their_kind() -> None:
    metrics, batch = Metrics(), Batch()
    for kind in ("empty", "owntracks_card", "empty"):
        batch.add(message(1), Content([], [], counted=[kind]))
    metrics.committed(batch, ANSWER, 0.1, NOW, 100.5)
    found = {
        kind: metrics.registry.get_sample_value("ingest_unstored_messages_total", {"type": kind})
        for kind in ("empty", "owntracks_card")
    }
    assert found == {"empty": 2, "owntracks_card": 1}
