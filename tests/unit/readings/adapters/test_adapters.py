"""Each adapter against payloads as devices send them: recorded/<adapter>.json beside this file."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.readings import adapters
from app.readings.adapters.reading import Counted, Event, Refused, Unreadable

RECORDED = {
    path.stem: json.loads(path.read_text()) for path in Path(__file__).with_name("recorded").glob("*.json")
}
CASES = [(name, case) for name, cases in sorted(RECORDED.items()) for case in cases]


def test_every_adapter_has_payloads() -> None:
    assert {adapter.name for adapter in adapters.ADAPTERS} == RECORDED.keys()


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case['about']}" for name, case in CASES])
def test_a_payload_is_read(name: str, case: dict[str, Any]) -> None:
    adapter = adapters.of(case["payload"])
    assert adapter is not None
    assert adapter.name == name, "an adapter before it takes it for its own"
    if "unreadable" in case:
        with pytest.raises(Unreadable, match=case["unreadable"]):
            adapter.readings(case["payload"])
        return
    found = adapter.readings(case["payload"])
    assert [one for one in found if isinstance(one, dict)] == case.get("readings", [])
    refused = [one for one in found if isinstance(one, Refused)]
    assert [one.payload for one in refused] == [payload for payload, _ in case.get("refused", [])]
    assert all(text in one.error for one, (_, text) in zip(refused, case.get("refused", []), strict=True))
    assert [[one.kind, one.data] for one in found if isinstance(one, Event)] == case.get("events", [])
    assert [one.kind for one in found if isinstance(one, Counted)] == case.get("counted", [])


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case['about']}" for name, case in CASES])
def test_what_is_refused_is_refused_again_when_it_is_replayed(name: str, case: dict[str, Any]) -> None:
    for payload, text in case.get("refused", []):
        adapter = adapters.of(payload)
        assert adapter is not None
        assert adapter.name == name
        with pytest.raises(Unreadable, match=text):
            adapter.readings(payload)


def test_an_adapter_has_ten_payloads() -> None:
    assert min(len(cases) for cases in RECORDED.values()) >= 10


@pytest.mark.parametrize(
    "value", [{}, {"cdDispositivo": 7, "sensores": []}, [], [1], "text", None, [{"x": 1}], 5]
)
def test_native_readings_and_rubbish_are_no_adapters_business(value: Any) -> None:
    assert adapters.of(value) is None


# Its reading is stored.
@pytest.mark.parametrize("meta", ["fw 1.2", ["fw"], {"log": "x" * 5_000}])
def test_what_is_no_meta_is_refused_alone(meta: Any) -> None:
    value = {"schema": "v1", "ts": 1764237600, "points": [{"name": "a", "t": "num", "v": 1}], "meta": meta}
    adapter = adapters.of(value)
    assert adapter is not None
    reading, refused = adapter.readings(value)
    assert isinstance(reading, dict)
    assert "meta" not in reading
    assert isinstance(refused, Refused)
    assert refused.payload["meta"] == meta
