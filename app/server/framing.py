"""Where a request ends: how much of what arrives belongs to it. Pure; gunicorn's parser decides the rest.

What is not understood here counts as arrived: the parser then refuses it, as it would have done.
"""

from __future__ import annotations

import hashlib
import re

MAX_HEAD = 64 << 10  # bytes of a request line and headers together
_MAX_LINE = 4 << 10  # bytes of the size of a chunk, or of a trailer
MAX_CHUNKS = 20_000  # also lines of trailers: each costs the loop, in which everybody waits, a microsecond
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*(?=\r\n)", re.IGNORECASE)
_CODING = re.compile(rb"\r\ntransfer-encoding:([^\r\n]*)(?=\r\n)", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_CREDENTIAL = re.compile(rb"\r\n(?:authorization|x-api-key):([^\r\n]*)", re.IGNORECASE)
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?")


class Framing:
    """Looks at a request while it arrives."""

    def __init__(self, max_line: int) -> None:
        self._max_line = max_line
        self._head: bytearray | None = bytearray()
        self._missing = 0
        self._chunks: Chunks | None = None
        self.awaited = False
        """The sender waits for a word before it sends the body."""
        self.credential = b""
        """A hash of what the sender shows; empty if it shows nothing."""

    @property
    def has_head(self) -> bool:
        """Whether all headers have arrived."""
        return self._head is None

    @property
    def is_broken(self) -> bool:
        """Whether more of the request would come than is waited for."""
        return self._chunks is not None and self._chunks.are_broken

    def has_arrived(self, data: bytes) -> bool:
        """Whether the request is complete with these bytes, which follow those given before."""
        if self._head is None:
            return self._body(data)
        searched = max(len(self._head) - 3, 0)
        self._head += data
        end = self._head.find(b"\r\n\r\n", searched)
        if end < 0:
            first = self._head.find(b"\r\n")
            return len(self._head) > MAX_HEAD or (first < 0 and len(self._head) > self._max_line)
        head, body = bytes(self._head[: end + 2]), bytes(self._head[end + 4 :])
        self._head = None
        self.credential = _hashed(_CREDENTIAL.findall(head))
        return self._expects_nothing(head) or self._body(body)

    def _expects_nothing(self, head: bytes) -> bool:
        lengths, codings = _LENGTH.findall(head), _CODING.findall(head)
        self.awaited = _EXPECT.search(head) is not None
        if len(lengths) + len(codings) != 1:
            return True  # no body, or one that is refused
        if lengths:
            self._missing = int(lengths[0])
        elif codings[0].strip(b" \t").lower() == b"chunked":
            self._chunks = Chunks()
        return not (lengths or self._chunks)

    def _body(self, data: bytes) -> bool:
        if self._chunks:
            return self._chunks.have_arrived(data)
        self._missing -= len(data)
        return self._missing <= 0


def _hashed(shown: list[bytes]) -> bytes:
    return hashlib.blake2b(b"\n".join(shown), digest_size=16).digest() if shown else b""


class Chunks:
    """Looks at a chunked body."""

    def __init__(self) -> None:
        self._line = b""
        self._missing = self._lines = 0
        self._trailers = self._ended = False
        self.are_broken = False

    def have_arrived(self, data: bytes) -> bool:
        """Whether the last one has, or one that is broken."""
        at = 0
        while at < len(data) and not self._ended:
            if self._missing:
                taken = min(self._missing, len(data) - at)
                self._missing -= taken
                at += taken
                continue
            end = data.find(b"\n", at) + 1 or len(data)
            self._line += data[at:end]
            at = end
            if len(self._line) > _MAX_LINE or self._lines >= MAX_CHUNKS:
                self._ended = self.are_broken = True
            elif self._line.endswith(b"\n"):
                self._end_of_line(self._line.rstrip(b"\r\n"))
                self._line = b""
        return self._ended

    def _end_of_line(self, line: bytes) -> None:
        size = _CHUNK.fullmatch(line)
        self._lines += 1
        if self._trailers:
            self._ended = not line
        elif not size:
            self._ended = self.are_broken = True
        elif int(size[1], 16):
            self._missing = int(size[1], 16) + 2  # with the line break after it
        else:
            self._trailers = True
