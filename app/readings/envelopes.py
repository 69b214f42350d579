"""A message's bytes -> arguments of the RPC; what cannot be read is quarantined. Pure and total."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import msgspec

from . import adapters, json_text
from .adapters.reading import Unreadable
from .digest import wrapper
from .topics import Topic

_ENCODER = msgspec.json.Encoder()
_WINDOWS = {"gzip": 31, "deflate": 47}  # of zlib; 47 takes both of deflate's headers
_MOST_MESSAGE = 64 << 10  # bytes of an acknowledgement or event


@dataclass(slots=True)
class Content:
    """JSON texts: readings, and acknowledgements or events; and the points in them."""

    readings: list[str]
    messages: list[str]
    points: int = 0


def read(topic: Topic | None, raw: bytes, encoding: str = "") -> Content:
    """What a message holds. ``encoding``: gzip or deflate."""
    try:
        body = _unpacked(raw, encoding) if encoding else raw
    except zlib.error as error:
        return _quarantined(raw, topic, "MALFORMED", f"The payload is not valid {encoding}: {error}")
    except json_text.Bad as bad:
        return _quarantined(raw, topic, bad.error_code, str(bad))
    try:
        return _content(topic, body)
    except json_text.Bad as bad:
        return _quarantined(body, topic, bad.error_code, str(bad))
    except Unreadable as error:
        return _quarantined(body, topic, "MALFORMED", str(error))


def refused(topic: Topic | None, raw: bytes, error: str) -> Content:
    """For a message that the database would not take, whatever it was."""
    return _quarantined(raw, topic, "MALFORMED", error)


def _content(topic: Topic | None, body: bytes) -> Content:
    if topic is None:
        raise Unreadable("The topic is not <prefix>/<cdCliente>/<site>/<cdDispositivo>/<telem|ack|event>")
    text, value = json_text.element(body)
    if topic.kind != "telem":
        return _message(topic, text)
    if (adapter := adapters.of(value)) is None:
        return Content([_native(topic, text, value)], [], _points(value))
    readings = adapter.readings(value)
    owned = [{"cdCliente": topic.client, "cdDispositivo": topic.device, **reading} for reading in readings]
    texts = [_ENCODER.encode(reading).decode() for reading in owned]
    return Content(texts, [], sum(map(_points, readings)))


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


def _quarantined(raw: bytes, topic: Topic | None, error_code: str, error: str) -> Content:
    more = {"cdCliente": topic.client} if topic else {}
    return Content([wrapper(raw, error_code, error, **more)], [])


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
