"""A message of several JSON texts -> its texts. Pure, and linear in the length of the message.

Loggers send a line for each reading (NDJSON), RFC 7464 puts a record separator before each, and some programs
write one object after the other.
"""

from __future__ import annotations

import re

MOST = 4_000  # texts of a message: as many readings as it may have

_SPACE = re.compile(rb"[ \t\n\r\x1e]*")
_TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)


class TooMany(ValueError):
    """More texts than a message may have."""


def texts(body: bytes) -> list[bytes]:
    """Objects and lists that follow one another; empty unless there are two, of which the first is whole.

    From one that is broken on, each line is a text, so that it harms no other. Raises TooMany.
    """
    found: list[bytes] = []
    at, end = _after_space(body, 0), None
    while at < len(body):
        last = end
        if (end := _end_of_text(body, at)) is None:
            begins = body[at : at + 1] in (b"{", b"[") or b"\n" in body[last:at]
            if last is None or not begins:
                return []
            found += [line for line in body[at:].split(b"\n", MOST) if line.strip(b" \t\r\x1e")]
            break
        found.append(body[at:end])
        if len(found) > MOST:
            break
        at = _after_space(body, end)
    if len(found) > MOST:
        raise TooMany
    return found if len(found) > 1 else []


def _after_space(body: bytes, at: int) -> int:
    match = _SPACE.match(body, at)
    return match.end() if match else at


def _end_of_text(body: bytes, begin: int) -> int | None:
    """Where the object or list that begins here ends; None if there is none, or it has no end."""
    if body[begin : begin + 1] not in (b"{", b"["):
        return None
    position, depth = begin + 1, 1
    while depth:
        match = _TO_BRACKET.match(body, position)
        position = (match.end() if match else position) + 1
        mark = body[position - 1 : position]
        if mark not in (b"{", b"[", b"}", b"]"):
            return None
        depth += 1 if mark in b"{[" else -1
    return position
