"""A connection that nobody waits for: what a request reads has arrived, and what an answer writes is kept."""

from __future__ import annotations

import errno
import socket
from collections import deque
from os import SEEK_END
from tempfile import SpooledTemporaryFile
from typing import Any

from .framing import Framing

IN_MEMORY = 64 << 10  # bytes of a request; what is longer waits in a temporary file
PIECE = 256 << 10  # bytes that are received at a time


class RestIsAwaited(BaseException):
    """More of a request is read than has arrived. Not an Exception: no handler may take it for an error."""


class Wire(socket.socket):
    """Reads from what has arrived, at its end as if the sender had closed; ``unsent`` is still to be sent."""

    def __init__(self, *args: Any, max_line: int = 8_190, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._max_line = max_line
        self._unsent: deque[memoryview] = deque()
        self.unsent = 0  # bytes
        self._begin()

    def _begin(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the connection
        self._framing = Framing(self._max_line)
        self.begun = b""  # the first bytes of the request
        self.arrived = 0  # bytes
        self.is_cut = False
        self.is_begun = False  # reading beyond what has arrived raises RestIsAwaited

    def receive(self) -> bytes:
        """What can be received now; empty at the end. Raises BlockingIOError, OSError."""
        return super().recv(PIECE, socket.MSG_DONTWAIT)

    def add(self, data: bytes) -> bool:
        """More of the request has arrived. Whether it is complete."""
        self.begun = self.begun or data[:32]
        self.arrived += len(data)
        self._file.write(data)
        complete = self._framing.has_arrived(data)
        self.is_cut = self._framing.is_broken
        return complete

    @property
    def is_due(self) -> bool:
        """Whether more is received only of a sender who is known: it is large, or waits for a word."""
        return self._framing.has_head and (self._framing.awaited or self.arrived > IN_MEMORY)

    def go_on(self) -> None:
        """More of the request is to be received."""
        self.is_begun = False
        self._file.seek(0, SEEK_END)
        if self._framing.awaited:
            self._framing.awaited = False
            self.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    @property
    def credential(self) -> bytes:
        """See Framing."""
        return self._framing.credential

    def rewind(self) -> None:
        """From now on the request is read."""
        self._file.seek(0)

    def next_request(self, read_ahead: bytes) -> bool:
        """Forget the request; what arrived behind it begins the next. Whether that is complete already."""
        left = read_ahead + self._file.read()
        self._file.close()
        self._begin()
        return bool(left) and self.add(left)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """See socket: of what has arrived. Raises RestIsAwaited."""
        data = self._file.read(size)
        if self.is_begun and size and not data:
            raise RestIsAwaited
        return data

    def send(self, data: Any, flags: int = 0) -> int:
        """See socket. gunicorn sends nothing in this way but 100 Continue, see `go_on`."""
        return len(data)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """See socket: what is not taken at once is kept. Raises OSError when the receiver has gone."""
        view = memoryview(data).cast("B")
        if not self._unsent:
            view = view[self._sent(view) :]
        if view:
            self._unsent.append(view)
            self.unsent += len(view)

    def flush(self) -> int:
        """Send what is taken of what was kept: how many bytes. Raises OSError."""
        total = 0
        while self._unsent:
            first = self._unsent[0]
            sent = self._sent(first)
            total += sent
            self.unsent -= sent
            if sent < len(first):
                self._unsent[0] = first[sent:]
                break
            self._unsent.popleft()
        return total

    def released(self) -> tuple[socket.socket, bytes]:
        """The connection as a plain socket, and the request; this object is of no more use."""
        request = self._file.read()
        self._file.close()
        return socket.socket(fileno=self.detach()), request

    def close(self) -> None:
        """See socket."""
        self._file.close()
        self._unsent.clear()
        super().close()

    def _sent(self, data: memoryview) -> int:
        try:
            return super().send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
        except TimeoutError as gone:
            raise BrokenPipeError(errno.EPIPE, "The receiver has gone.") from gone
