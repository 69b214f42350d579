"""What the MQTT client makes of a message's properties. Comments name changes that make it fail."""

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from app.ingest.broker import user_properties


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
