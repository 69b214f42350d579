"""Topics of devices: ``<prefix>/<cdCliente>/<site>/<cdDispositivo>/<telem|ack|event>``. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

KINDS = ("telem", "ack", "event")
_LARGEST = 2**31 - 1
_SHORT = (
    200  # characters of a topic that is remembered: a device chooses the site, and has 65,535 bytes for it
)


class Topic(NamedTuple):
    """Where a message came from: the client that the broker let publish there, the device, and the kind."""

    client: int
    device: int
    kind: str


def parse(prefix: str, topic: str) -> Topic | None:
    """The parts of a topic, or None if it is not a device's."""
    return _remembered(prefix, topic) if len(topic) <= _SHORT else read(prefix, topic)


def read(prefix: str, topic: str) -> Topic | None:
    """The same for topics that will not come again."""
    head, _, rest = topic.partition(f"{prefix}/")
    parts = rest.split("/")
    if head or len(parts) != 4 or parts[3] not in KINDS:
        return None
    client, device = _code(parts[0]), _code(parts[2])
    return None if client is None or device is None else Topic(client, device, parts[3])


_remembered = lru_cache(maxsize=100_000)(read)


def ending(topic: str) -> Topic | None:
    """The parts of a topic whose prefix is not known, or None if it is not a device's."""
    parts = topic.rsplit("/", 4)
    return parse(parts[0], topic) if len(parts) == 5 else None


def filters(prefix: str, group: str = "", client: int | None = None, device: int | None = None) -> list[str]:
    """What a gateway subscribes to; with a group, the broker shares messages out among its members."""
    share = f"$share/{group}/" if group else ""
    of_client, of_device = ("+" if code is None else str(code) for code in (client, device))
    return [f"{share}{prefix}/{of_client}/+/{of_device}/{kind}" for kind in KINDS]


def _code(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    return code if (code := int(text)) <= _LARGEST else None
