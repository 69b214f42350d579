"""Bytes of callers, perhaps compressed -> plain bytes, within a bound that is checked meanwhile. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress

_WINDOWS = {"gzip": 31, "deflate": 47}  # of zlib; 47 takes both of deflate's headers
_RAW = -15  # deflate without a header, as some clients send it
_ALIASES = {"x-gzip": "gzip", "identity": "", "utf-8": "", "none": ""}
_STEP = 64 << 10  # bytes read, and bytes unpacked, at a time
_MOST_MEMBERS = 1_000  # of gzip: each costs time, and may hold nothing


class Broken(ValueError):
    """The bytes are not what they are said to be; says which format, and why."""


class TooLarge(ValueError):
    """They unpack to more than the bound."""


def kind_of(encoding: str, head: bytes = b"") -> str:
    """gzip, deflate or nothing, by what the sender says in any case of letters, or by the first bytes.

    JSON begins with neither. Raises ValueError for anything else.
    """
    said = encoding.strip().lower()
    said = _ALIASES.get(said, said)
    if said and said not in _WINDOWS:
        raise ValueError(said)
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    if said:
        return said
    return "deflate" if head[:1] == b"x" and len(head) > 1 and (head[0] << 8 | head[1]) % 31 == 0 else ""


def unpacked(body: bytes, kind: str, most: int) -> bytes:
    """The plain bytes. Raises Broken, and TooLarge beyond ``most`` bytes."""
    found = bytearray()
    packer = None
    members = 0
    for part in _parts(body):
        while part:
            if packer is None or packer.eof:  # gzip may have several members
                packer = zlib.decompressobj(_window(kind, part))
                members += 1
            if members > _MOST_MEMBERS:
                raise Broken(f"{kind}: it has more than {_MOST_MEMBERS} members")
            try:
                found += packer.decompress(part, min(_STEP, most + 1 - len(found)))
            except zlib.error as error:
                raise Broken(f"{kind}: {error}") from None
            if len(found) > most:
                raise TooLarge
            part = packer.unconsumed_tail or packer.unused_data
            if packer.eof and not part.strip(b"\0"):
                part = b""
    if packer is None or not packer.eof:
        raise Broken(f"{kind}: it ends too early")
    return bytes(found)


def _parts(body: bytes) -> Iterator[bytes]:
    """Pieces of a body: what is left of one is copied at each step, which must not be all that is left."""
    return (body[start : start + _STEP] for start in range(0, len(body), _STEP))


def _window(kind: str, head: bytes) -> int:
    if kind == "deflate" and head[0] & 0x0F != 8 and head[:2] != b"\x1f\x8b":
        return _RAW
    return _WINDOWS[kind]


def trimmed(body: bytes) -> bytes:
    """Without a byte order mark before it, and the NULs and spaces that programs leave behind it.

    What begins with the mark of UTF-16, as Windows writes files, becomes UTF-8 if it can.
    """
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") and len(body) > 2:
        with suppress(UnicodeDecodeError):
            body = body.decode("utf-16").encode()
    return body.removeprefix(b"\xef\xbb\xbf").rstrip(b"\0 \t\n\r")
