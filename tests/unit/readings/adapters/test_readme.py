"""The adapter in app/ingest/README.md works as it is printed."""

import importlib.util
import json
import re
from types import ModuleType
from typing import Any

import pytest

from app.readings import adapters, envelopes
from app.readings.adapters.reading import Unreadable
from app.readings.topics import Topic
from scripts.devkit.local.paths import ROOT

GUIDE = (ROOT / "app" / "ingest" / "README.md").read_text()
(CODE,) = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
(RECORDED,) = re.findall(r"^```json\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
PLACE = Topic(1, 7, "telem")


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, installed as the guide says."""
    spec = importlib.util.spec_from_loader("app.readings.adapters.acme", loader=None)
    assert spec
    module = importlib.util.module_from_spec(spec)
    exec(compile(CODE, "acme.py", "exec"), module.__dict__)
    installed = adapters.Adapter("acme", module.recognises, module.readings)
    monkeypatch.setattr(adapters, "ADAPTERS", (*adapters.ADAPTERS, installed))
    return module


# Seen to fail: with another name for the point; without the import of timed.
@pytest.mark.parametrize("case", json.loads(RECORDED), ids=lambda case: case["about"])
def test_it_reads_the_payloads_of_the_guide(acme: ModuleType, case: dict[str, Any]) -> None:
    adapter = adapters.of(case["payload"])
    assert adapter
    assert adapter.name == "acme"
    if "unreadable" in case:
        with pytest.raises(Unreadable, match=case["unreadable"]):
            adapter.readings(case["payload"])
    else:
        assert adapter.readings(case["payload"]) == case["readings"]


def test_its_payload_becomes_a_reading_of_the_topics_device(acme: ModuleType) -> None:
    (payload,) = re.findall(r'payload is `(\{"acme".*?\})`', GUIDE)
    content = envelopes.read(PLACE, payload.encode())
    assert json.loads(content.readings[0]) == {
        "cdCliente": 1,
        "cdDispositivo": 7,
        "dtRegistro": "2026-11-30T12:00:00+00:00",
        "sensores": [{"dsPonto": "temp", "nrValor": 4.5}],
    }
    assert content.points == 1


def test_without_the_adapter_nobody_knows_the_payload() -> None:
    assert adapters.of({"acme": 2}) is None
