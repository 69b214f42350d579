"""Passes connections that ask for the stream on to the program that serves it, under the address of the API.

A connection that was passed on belongs to the stream until it is closed, which the request asks for. One
thread of each process copies for all of them.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from secrets import token_hex
from urllib.parse import urlsplit

from app.errors import ApiError

from .refusals import written
from .wire import Wire

_MOST = 2_000  # connections of one process
_CONNECT_S = 2.0
_PIECE = 64 << 10
_ASKS = re.compile(rb"GET /v2/stream[ ?]")
_CONNECTION = re.compile(rb"\r\nconnection:[^\r\n]*", re.IGNORECASE)


def relay_to(url: str) -> Relay | None:
    """A relay to the stream at this URL, if there is one."""
    return Relay(url) if url else None


class Relay:
    """Connections to the stream at ``url``."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "127.0.0.1", address.port or 80
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def takes(self, wire: Wire) -> bool:
        """Pass the connection on, if its request asks for the stream; then it belongs to the relay."""
        if wire.is_cut or not _ASKS.match(wire.begun):
            return False
        sock, request = wire.released()
        self._loop.call_soon_threadsafe(self._begin, sock, _ending(request))
        return True

    def _begin(self, sock: socket.socket, request: bytes) -> None:
        task = self._loop.create_task(self._pass_on(sock, request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, sock: socket.socket, request: bytes) -> None:
        reader, writer = await asyncio.open_connection(sock=sock)
        try:
            theirs, to_them = await self._connected()
        except (OSError, TimeoutError):
            error = ApiError(503, "UNAVAILABLE", "The stream is not available.", retry_after=2)
            writer.write(written(error, token_hex(16)))
            await _closed(writer)
            return
        to_them.write(request)
        copies = [
            asyncio.create_task(_copy(reader, to_them)),
            asyncio.create_task(_copy(theirs, writer)),
        ]
        await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
        for copy in copies:
            copy.cancel()
        await asyncio.gather(*copies, return_exceptions=True)
        await _closed(to_them)
        await _closed(writer)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if len(self._tasks) > _MOST:
            raise TimeoutError
        async with asyncio.timeout(_CONNECT_S):
            return await asyncio.open_connection(self._host, self._port)


def _ending(request: bytes) -> bytes:
    """The same request, after which the connection is closed."""
    head, _, _ = request.partition(b"\r\n\r\n")
    return _CONNECTION.sub(b"", head) + b"\r\nConnection: close\r\n\r\n"


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(_PIECE):
        target.write(data)
        await target.drain()


async def _closed(writer: asyncio.StreamWriter) -> None:
    """Close it; a receiver who takes nothing is not waited for."""
    writer.close()
    try:
        async with asyncio.timeout(_CONNECT_S):
            await writer.wait_closed()
    except (OSError, TimeoutError):
        writer.transport.abort()
