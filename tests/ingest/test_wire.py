"""Packets as a broker sends them, in pieces of any size. Comments name changes that make a test fail."""

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import Client
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from app.ingest.wire import Hints, Received, Wire, properties
from scripts.devkit.benches.mqtt_load import publish


def packed(*pairs: tuple[str, str], **more: Any) -> bytes:
    """Properties of a PUBLISH, as paho writes them, without their length."""
    made = Properties(PacketTypes.PUBLISH)
    for pair in pairs:
        made.UserProperty = pair
    for name, value in more.items():
        setattr(made, name, value)
    raw = bytes(made.pack())
    return raw[next(at for at, byte in enumerate(raw) if byte < 0x80) + 1 :]


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
    hints = properties(packed(*pairs))
    assert (hints.encoding, hints.published) == wanted
    assert hints.user == pairs


def test_other_properties_are_passed_over() -> None:
    raw = packed(
        ("a", "b"), SubscriptionIdentifier=200_000, ContentType="x/y", ResponseTopic="r",
        CorrelationData=b"12", PayloadFormatIndicator=1, MessageExpiryInterval=9, TopicAlias=3,
    )  # fmt: skip
    assert properties(raw) == Hints(user=(("a", "b"),), subscription=200_000)


# Seen to fail: with all of them read (140 ms of the network thread, and 3 MB for each message that waits);
# with texts of any length.
def test_a_message_has_no_more_properties_than_matter() -> None:
    assert len(properties(packed(("", "")) * 50_000).user) == 32
    (found,) = properties(packed(("é" * 30_000, "x" * 65_000))).user
    assert (len(found[0]), len(found[1])) == (256, 512)
    last = packed(*[("a", "b")] * 31, ("published-at", "1796040000"))
    assert properties(last).published == 1796040000
    assert properties(packed(("a", "b")) + last).published is None


# Fails when a read that ends inside a packet loses its beginning.
@given(
    st.lists(st.tuples(st.binary(max_size=300), st.none() | st.just(1.5)), max_size=20), st.integers(1, 500)
)
def test_messages_come_whole_whatever_pieces_are_read(
    sent: list[tuple[bytes, float | None]], size: int
) -> None:
    packets = [publish("rastro/1/x/7/telem", payload, n + 1, at) for n, (payload, at) in enumerate(sent)]
    taken: list[Received] = []
    wire = Wire("test", taken.extend)
    wire._sock = socket.socket()
    stream = b"".join(packets)
    for at in range(0, len(stream), size):
        wire._read(wire._rest + stream[at : at + size])
    assert [(one.mid, one.payload, properties(one.properties).published) for one in taken] == [
        (n + 1, payload, at) for n, (payload, at) in enumerate(sent)
    ]
    assert {(one.qos, one.retain, one.topic) for one in taken} <= {(1, False, b"rastro/1/x/7/telem")}


# Fails with lengths of one byte.
@given(st.lists(st.text(max_size=200).filter(lambda text: "\0" not in text), max_size=5))
def test_empty_retained_messages_are_what_paho_would_read(names: list[str]) -> None:
    wire = Wire("test", lambda _received: None)
    wire.forget(name.encode() for name in names)
    written = b"".join(one["packet"] for one in wire._out_packet)
    taken: list[Received] = []
    reader = Wire("reader", taken.extend)
    reader._sock = socket.socket()
    reader._read(written)
    assert taken == [Received(0, 0, True, name.encode(), b"", b"") for name in names]
    assert reader._rest == b""


# Fails when packets of another kind are handled before the messages that came before them.
def test_other_packets_go_to_paho_in_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    wire = Wire("test", lambda received: seen.append([one.mid for one in received]))
    wire._sock = socket.socket()
    monkeypatch.setattr(
        Client, "_packet_handle", lambda self: seen.append(bytes(self._in_packet["packet"])) or 0
    )
    one, two = (publish("t", b"x", n, None) for n in (1, 2))
    wire._read(one + b"\x90\x03\x00\x01\x00" + two + two)
    assert seen == [[1], b"\x00\x01\x00", [2, 2]]
