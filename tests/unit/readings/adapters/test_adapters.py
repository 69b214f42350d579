"""Each adapter against payloads as devices send them: recorded/<adapter>.json beside this file."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.readings import adapters
from app.readings.adapters.reading import Unreadable

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
    else:
        assert adapter.readings(case["payload"]) == case["readings"]


@pytest.mark.parametrize(
    "value", [{}, {"cdDispositivo": 7, "sensores": []}, [], [1], "text", None, [{"x": 1}], 5]
)
def test_native_readings_and_rubbish_are_no_adapters_business(value: Any) -> None:
    assert adapters.of(value) is None
