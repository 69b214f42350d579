"""A message's bytes -> arguments of the RPC, or why they cannot be read. Pure and total.

Used by the gateway, and by a replay of what it quarantined: an adapter that came later reads it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import msgspec

from . import adapters, json_text
from .adapters.reading import Unreadable, received_at
from .topics import Topic

_ENCODER = msgspec.json.Encoder()
_WINDOWS = {"gzip": 31, "deflate": 47}  # of zlib; 47 takes both of deflate's headers
_FIELDS = frozenset(
    ("cdCliente", "cdDispositivo", "dtRegistro", "nrBat", "nrSeq", "latitude", "longitude", "sensores")
)
_MOST_READINGS = 4_000  # of a message: with others it fits into the batch of the database
_MOST_FAULT = 1_000  # characters of a text about what cannot be read; it may quote the payload
_MOST_MESSAGE = 64 << 10  # bytes of an acknowledgement or event


@dataclass(slots=True)
class Content:
    """JSON texts: readings, and acknowledgements or events; the points in them; or why it cannot be read."""

    readings: list[str]
    messages: list[str]
    points: int = 0
    fault: tuple[str, str] | None = None  # error_code and text


def read(topic: Topic | None, raw: bytes, encoding: str = "", received: float | None = None) -> Content:
    """What a message holds. What cannot be read has a fault.

    ``encoding``: gzip or deflate; ``received``: seconds since 1970, if it was not received just now.
    """
    if received is not None:
        with received_at(received):
            return read(topic, raw, encoding)
    try:
        return _content(topic, _unpacked(raw, encoding) if encoding else raw)
    except zlib.error as error:
        return refused("MALFORMED", f"The payload is not valid {encoding}: {error}")
    except json_text.Bad as bad:
        return refused(bad.error_code, str(bad))
    except Unreadable as error:
        return refused("MALFORMED", str(error))


def refused(error_code: str, error: str) -> Content:
    """Of a message that cannot be stored as it is."""
    return Content([], [], fault=(error_code, error[:_MOST_FAULT]))


def _content(topic: Topic | None, body: bytes) -> Content:
    if topic is None:
        raise Unreadable("The topic is not <prefix>/<cdCliente>/<site>/<cdDispositivo>/<telem|ack|event>")
    text, value = json_text.element(body)
    if topic.kind != "telem":
        return _message(topic, text)
    if (adapter := adapters.of(value)) is None:
        return Content([_native(topic, text, value)], [], _points(value))
    json_text.require_exact(text)
    return _adapted(topic, adapter, value)


def _adapted(topic: Topic, adapter: adapters.Adapter, value: Any) -> Content:
    owner = {"cdCliente": topic.client, "cdDispositivo": topic.device}
    try:
        readings = adapter.readings(value)
        if len(readings) > _MOST_READINGS:
            raise json_text.Bad("TOO_LARGE", f"The message has more than {_MOST_READINGS} readings.")
        texts = [_ENCODER.encode({**owner, **reading}).decode() for reading in readings]
        return Content(texts, [], sum(map(_points, readings)))
    except (Unreadable, json_text.Bad):
        raise
    except Exception as defect:  # of the adapter: the message is kept, and holds up no other
        raise Unreadable(f"The adapter {adapter.name} failed: {type(defect).__name__}") from defect


def _native(topic: Topic, text: str, value: Any) -> str:
    """The text as it came, with the client that the broker vouches for: jsonb takes the last of two."""
    if not isinstance(value, dict):
        raise Unreadable("A reading must be a JSON object")
    if value.get("cdDispositivo") not in (None, topic.device):
        raise Unreadable(
            f"cdDispositivo {value['cdDispositivo']!r} differs from that of the topic, {topic.device}"
        )
    if value.get("cdCliente") not in (None, topic.client):
        raise Unreadable(f"cdCliente {value['cdCliente']!r} differs from that of the topic, {topic.client}")
    if not value.keys() <= _FIELDS:
        unknown = ", ".join(sorted(value.keys() - _FIELDS))
        raise Unreadable(f"No adapter recognises the payload, and a reading has no fields {unknown[:200]}")
    comma = "," if value else ""
    body = text.rstrip(" \t\r\n")[:-1]
    return f'{body}{comma}"cdCliente":{topic.client},"cdDispositivo":{topic.device}}}'


def _message(topic: Topic, text: str) -> Content:
    if len(text) > _MOST_MESSAGE:
        raise json_text.Bad("TOO_LARGE", f"The acknowledgement or event has more than {_MOST_MESSAGE} bytes.")
    head = f'"tipo":"{topic.kind}","cdCliente":{topic.client},"cdDispositivo":{topic.device}'
    return Content([], [f'{{{head},"dsPayload":{text}}}'])


def _points(reading: Any) -> int:
    sensors = reading.get("sensores")
    return len(sensors) if isinstance(sensors, list) else 0


def _unpacked(raw: bytes, encoding: str) -> bytes:
    """The decompressed payload, up to a maximum size. Raises zlib.error and Bad."""
    if encoding not in _WINDOWS:
        raise json_text.Bad("MALFORMED", f"content-encoding {encoding[:40]!r} is not gzip or deflate.")
    packer = zlib.decompressobj(_WINDOWS[encoding])
    body = packer.decompress(raw, json_text.MAX_ELEMENT_BYTES + 1)
    if len(body) > json_text.MAX_ELEMENT_BYTES:
        raise json_text.Bad(
            "TOO_LARGE", f"The payload unpacks to more than {json_text.MAX_ELEMENT_BYTES} bytes."
        )
    if not packer.eof:
        raise zlib.error("it ends too early")
    return body
