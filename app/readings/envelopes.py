"""A message's bytes -> arguments of the RPC, or why they cannot be read. Pure and total.

Used by the gateway, and by a replay of what it quarantined: an adapter that came later reads it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from . import adapters, json_text, packing, several
from .adapters.reading import (
    Counted,
    Event,
    Found,
    Refused,
    Unreadable,
    complete,
    otherwise_dated,
    received_at,
)
from .digest import wrapper
from .topics import Topic

_ENCODER = msgspec.json.Encoder()
_PLACE = ("latitude", "longitude", "nrPrecisao")
_FIELDS = frozenset(
    ("cdCliente", "cdDispositivo", "dtRegistro", "nrBat", "nrSeq", *_PLACE, "sensores", "meta", "rssi", "fw")
)
_MOST_READINGS = several.MOST  # of a message: with others it fits into the batch of the database
_MOST_FAULT = 1_000  # characters of a text about what cannot be read; it may quote the payload
_MOST_AHEAD_S = 600.0  # as far as the database lets clocks be ahead
_LONGEST_WAIT_S = 31 * 86_400.0  # of a message at the broker
_MOST_MESSAGE = 64 << 10  # bytes of an acknowledgement or event

Origin = Callable[[], Mapping[str, Any]]
"""What the quarantine keeps beside a part of a message: ``$topico`` and ``$propriedades`` of a wrapper."""


@dataclass(slots=True)
class Content:
    """JSON texts: readings, and acknowledgements or events; the points in them; or why it cannot be read."""

    readings: list[str]
    messages: list[str]
    points: int = 0
    fault: tuple[str, str] | None = None  # error_code and text
    counted: list[str] = field(default_factory=list)  # kinds of what is acknowledged and counted, no more


def read(
    topic: Topic | None,
    raw: bytes,
    encoding: str = "",
    received: float | None = None,
    origin: Origin = dict,
    published: float | None = None,
) -> Content:
    """What a message holds. What cannot be read has a fault.

    ``encoding``: gzip or deflate, also recognised without it; ``received``: seconds since 1970, if it was not
    received just now; ``published``: the same by the publisher's clock, if known. What has no time of its own
    is dated when it was published, if that can be, so that it is the same when it is sent again; otherwise by
    the database.
    """
    moment = published if _is_likely(published, received) else received
    if moment is None:
        return _read(topic, raw, encoding, origin)
    with received_at(moment):
        return _read(topic, raw, encoding, origin)


def _is_likely(published: float | None, received: float | None) -> bool:
    """Whether a message may have been published then: a broker keeps it for a while, and clocks differ."""
    now = time.time() if received is None else received
    return published is not None and now - _LONGEST_WAIT_S <= published <= now + _MOST_AHEAD_S


def _read(topic: Topic | None, raw: bytes, encoding: str, origin: Origin) -> Content:
    try:
        return _content(topic, _plain(raw, encoding), origin)
    except packing.Broken as error:
        return refused("MALFORMED", f"The payload is not valid {error}")
    except packing.TooLarge:
        return refused("TOO_LARGE", f"The payload unpacks to more than {json_text.MAX_ELEMENT_BYTES} bytes.")
    except json_text.Bad as bad:
        return refused(bad.error_code, str(bad))
    except several.TooMany:
        return refused("TOO_LARGE", f"The message has more than {several.MOST} readings.")
    except Unreadable as error:
        return refused("MALFORMED", str(error))


def refused(error_code: str, error: str) -> Content:
    """Of a message that cannot be stored as it is."""
    return Content([], [], fault=(error_code, error[:_MOST_FAULT]))


def _plain(raw: bytes, encoding: str) -> bytes:
    """The payload without compression, byte order mark and trailing NULs. Raises Broken, TooLarge and Bad."""
    try:
        kind = packing.kind_of(encoding, raw)
    except ValueError:
        raise json_text.Bad(
            "MALFORMED", f"content-encoding {encoding[:40]!r} is not gzip or deflate."
        ) from None
    body = packing.unpacked(raw, kind, json_text.MAX_ELEMENT_BYTES) if kind else raw
    return packing.trimmed(body)


def _content(topic: Topic | None, body: bytes, origin: Origin) -> Content:
    if topic is None:
        raise Unreadable("The topic is not <prefix>/<cdCliente>/<site>/<cdDispositivo>/<telem|ack|event>")
    if not body:
        return Content([], [], counted=["empty"])
    try:
        text, value = json_text.element(body)
    except json_text.Bad as bad:
        if bad.error_code != "MALFORMED" or topic.kind != "telem" or not (pieces := several.texts(body)):
            raise
        return _gathered(topic, _following(topic, pieces), origin)
    if topic.kind != "telem":
        return _message(topic, text)
    if (adapter := adapters.of(value)) is not None:
        json_text.require_exact(text)
        return _gathered(topic, _adapted(adapter, value), origin)
    if isinstance(value, list) and value:
        json_text.require_exact(text)
        return _gathered(topic, _listed(topic, value), origin)
    return Content([_native(topic, text, value)], [], _points(value))


def _gathered(topic: Topic, found: list[Found], origin: Origin) -> Content:
    """What adapters found, as texts for the database."""
    content, owner = Content([], []), {"cdCliente": topic.client, "cdDispositivo": topic.device}
    dates = otherwise_dated()
    if sum(not isinstance(one, Counted) for one in found) > _MOST_READINGS:
        raise json_text.Bad("TOO_LARGE", f"The message has more than {_MOST_READINGS} readings.")
    for one in found:
        if isinstance(one, Counted):
            content.counted.append(one.kind)
        elif isinstance(one, Event):
            payload = _ENCODER.encode({"schema": "v1", **one.members()}).decode()
            content.messages.append(_enclosed(topic._replace(kind="event"), payload, None))
        elif isinstance(one, Refused):
            raw = one.payload if isinstance(one.payload, bytes) else _ENCODER.encode(one.payload)
            content.readings.append(
                wrapper(raw, one.error_code, one.error[:_MOST_FAULT], **owner, **origin())
            )
        else:
            date = {"dtRegistro": next(dates)} if one.get("dtRegistro") is None else {}
            content.readings.append(_ENCODER.encode({**one, **date, **owner}).decode())
            content.points += _points(one)
    return content


def _adapted(adapter: adapters.Adapter, value: Any) -> list[Found]:
    try:
        return adapter.readings(value)
    except (Unreadable, json_text.Bad):
        raise
    except Exception as defect:  # of the adapter: the message is kept, and holds up no other
        raise Unreadable(f"The adapter {adapter.name} failed: {type(defect).__name__}") from defect


def _listed(topic: Topic, values: list[Any]) -> list[Found]:
    """Readings of any format in one message; one that cannot be read takes no other along."""
    return complete([one for value in values for one in _one(topic, value)], "The list holds no reading")


def _one(topic: Topic, value: Any) -> list[Found]:
    try:
        if (adapter := adapters.of(value)) is not None:
            return _adapted(adapter, value)
        _require_native(topic, value)
    except Unreadable as error:
        return [Refused(value, str(error))]
    return [value]


def _following(topic: Topic, pieces: list[bytes]) -> list[Found]:
    """The same of JSON texts that follow one another."""
    found: list[Found] = []
    for piece in pieces:
        try:
            text, value = json_text.element(piece)
            json_text.require_exact(text)
        except json_text.Bad as bad:
            found.append(Refused(piece, str(bad), bad.error_code))
            continue
        listed = isinstance(value, list) and adapters.of(value) is None
        found += [one for each in (value if listed else [value]) for one in _one(topic, each)]
    return complete(found, "The message holds no reading")


def _native(topic: Topic, text: str, value: Any) -> str:
    """The text as it came, with the client that the broker vouches for: jsonb takes the last of two."""
    _require_native(topic, value)
    comma = "," if value else ""
    body = text.rstrip(" \t\r\n")[:-1]
    date = next(otherwise_dated()) if value.get("dtRegistro") is None else None
    dated = f'"dtRegistro":"{date}",' if date else ""
    return f'{body}{comma}{dated}"cdCliente":{topic.client},"cdDispositivo":{topic.device}}}'


def _require_native(topic: Topic, value: Any) -> None:
    """Raise Unreadable unless this is a reading of the topic's device."""
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


def _message(topic: Topic, text: str) -> Content:
    if len(text) > _MOST_MESSAGE:
        raise json_text.Bad("TOO_LARGE", f"The acknowledgement or event has more than {_MOST_MESSAGE} bytes.")
    return Content([], [_enclosed(topic, text, next(otherwise_dated()))])


def _enclosed(topic: Topic, text: str, date: str | None) -> str:
    head = f'"tipo":"{topic.kind}","cdCliente":{topic.client},"cdDispositivo":{topic.device}'
    if date is not None:
        head += f',"dtRegistro":"{date}"'
    return f'{{{head},"dsPayload":{text}}}'


def _points(reading: Any) -> int:
    sensors = reading.get("sensores")
    return len(sensors) if isinstance(sensors, list) else 0
