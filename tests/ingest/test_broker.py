"""What the MQTT client makes of a message's properties. Comments name changes that make it fail."""

from queue import SimpleQueue

import pytest
from paho.mqtt.client import MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from app.ingest.batch import Message
from app.ingest.broker import Broker, user_properties
from app.ingest.settings import GatewaySettings


def properties(*pairs: tuple[str, str]) -> Properties:
    made = Properties(PacketTypes.PUBLISH)
    for pair in pairs:
        made.UserProperty = pair
    return made


# Fails with seconds alone, and when the name of the encoding is taken as it is written.
@pytest.mark.parametrize(
    ("pairs", "wanted"),
    [
        ((), ("", None)),
        ((("published-at", "1764237600.5"),), ("", 1764237600.5)),
        ((("published-at", "2025-11-27T10:00:00.5Z"),), ("", 1764237600.5)),
        ((("published-at", "2025-11-27T07:00:00.5-03:00"),), ("", 1764237600.5)),
        ((("published-at", "2025-11-27T10:00:00.5"),), ("", 1764237600.5)),
        ((("published-at", "yesterday"),), ("", None)),
        ((("published-at", "nan"),), ("", None)),
        ((("content-encoding", "GZIP"), ("other", "x"), ("published-at", "1")), ("gzip", 1.0)),
    ],
)
def test_user_properties(pairs: tuple[tuple[str, str], ...], wanted: tuple[str, float | None]) -> None:
    assert user_properties(properties(*pairs)) == wanted
    assert user_properties(None) == ("", None)


def received(number: int, qos: int, *, retain: bool) -> MQTTMessage:
    made = MQTTMessage(number, b"rastro/1/x/7/telem")
    made.qos, made.retain, made.payload = qos, retain, b"{}"
    return made


# Fails without the look at the flag, and when the copy is not acknowledged.
@pytest.mark.parametrize("qos", [0, 1])
def test_a_retained_copy_is_acknowledged_and_counted_and_no_writer_sees_it(qos: int) -> None:
    waiting: SimpleQueue[Message] = SimpleQueue()
    copies: list[str] = []
    settings = GatewaySettings.model_construct(broker="mqtt://127.0.0.1:1883")
    broker = Broker(settings, [waiting], lambda: None, lambda: copies.append("retained"))
    sent: list[int] = []
    broker.acks._send = sent.append
    broker.acks.connected()
    for number, retain in ((1, False), (2, True), (3, False)):
        broker._on_message(broker._client, None, received(number, qos, retain=retain))
    taken = [waiting.get_nowait() for _ in range(waiting.qsize())]
    assert [one.mid for one in taken] == [1, 3]
    assert copies == ["retained"]
    broker.acks.done(taken)
    assert sent == ([1, 2, 3] if qos else [])
