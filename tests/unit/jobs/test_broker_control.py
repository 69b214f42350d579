"""What the job beside the broker makes of its reports. Comments name changes that make a test fail."""

from pathlib import Path

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from app.ingest.wire import Received
from app.jobs import broker_metrics
from app.jobs.broker_control import Control, Files
from app.jobs.broker_door import Door
from app.jobs.broker_process import Process

MB = 1_000_000


def report(name: str, value: object) -> Received:
    return Received(0, 0, False, f"$SYS/broker/{name}".encode(), b"", str(value).encode())


# Seen to fail: with what Mosquitto reports alone; without messages, or their payloads.
@pytest.mark.parametrize(("rss_kb", "used"), [(20_000, 20_000 << 10), (90_000, 50 * MB), (None, 50 * MB)])
def test_memory_is_what_both_the_broker_and_the_system_say(
    rss_kb: int | None, used: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[int, int, int]] = []
    monkeypatch.setattr(Door, "report", lambda _door, *sizes: said.append(sizes))
    process, door = Process(0), Door("rastro", MB, lambda: None)
    process._status = tmp_path / "status"
    if rss_kb is not None:
        process._status.write_text(f"VmRSS: {rss_kb} kB\n")
    control = Control("mqtt://127.0.0.1", "x", Files(None, None, None), "rastro", door, process)
    control._take([report("heap/current", 50 * MB), report("store/messages/count", 2)])
    control._take([report("store/messages/bytes", 3 * MB), report("heap/current", 50 * MB)])
    assert said == [(used, 2 * 350, 2), (used, 2 * 350 + 3 * MB, 2)]


# Seen to fail: with the memory that Mosquitto reports; with a number that was never reported.
def test_prometheus_reads_what_the_broker_reported(tmp_path: Path) -> None:
    process = Process(0)
    process._status = tmp_path / "status"
    process._status.write_text("VmRSS: 20000 kB\n")
    door = Door("rastro", MB, lambda: None)
    control = Control("mqtt://127.0.0.1", "x", Files(None, None, None), "rastro", door, process)
    control._take([report("store/messages/count", 2), report("heap/current", 50 * MB)])
    up = {"rastro_broker_up": 1.0}
    expected = up | {"rastro_broker_messages": 2, "rastro_broker_memory_bytes": 20_000 << 10}
    assert {name: value for name, _, value in broker_metrics.found(control.reported)} == expected
    assert {name: value for name, _, value in broker_metrics.found({})} == up
    assert {name: value for name, _, value in broker_metrics.found(None)} == {"rastro_broker_up": 0.0}


# Seen to fail: without the line; with retained messages left because of it.
@pytest.mark.parametrize(("codes", "said"), [((0, 0, 0, 0), []), ((0, 0, 0x87, 0), ["memory_not_watched"])])
def test_rights_that_are_missing_are_reported(
    codes: tuple[int, ...], said: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    control = Control("mqtt://127.0.0.1", "x", Files(None, None, None), "rastro")
    reasons = [ReasonCode(PacketTypes.SUBACK, identifier=code) for code in codes]
    for some in (reasons[:1], reasons):
        control._on_subscribe(control._client, None, 1, some, None)
    assert [record.msg for record in caplog.records] == said
    assert not control.sweeper._ended.is_set()
