"""Viewers of the stream, many in one process: when each batch reaches them, and what they see in the end."""

import asyncio
import json
import multiprocessing
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

_TIME = re.compile(rb'"dtRegistro":"([^"]+)Z"')
_PATIENCE_S = 60.0  # until the last positions have arrived
_PAUSE_S = 0.2  # before a viewer whose connection was cut comes back

Batteries = dict[int, dict[int, float]]
"""By client and device."""


@dataclass
class Seen:
    """What the viewers saw: arrivals as (client, dtRegistro, time.monotonic()), and the last positions."""

    arrivals: list[tuple[int, str, float]] = field(default_factory=list)
    batteries: Batteries = field(default_factory=dict)
    bytes_received: int = 0
    resumed: int = 0


class Crowd:
    """Viewers in a process of their own: ``keys`` per client, one connection each."""

    def __init__(
        self, base: str, viewers: Sequence[tuple[int, int, Mapping[str, str]]], cut_every_s: float
    ) -> None:
        self._ours, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=_run, args=(theirs, base, viewers, cut_every_s), daemon=True)
        self._process.start()
        assert self._process.pid
        self.process = self._process.pid

    def wait_until_open(self) -> None:
        """Return when each has had its first events."""
        self._ours.recv()

    def end(self, expected: Batteries) -> Seen:
        """Stop them as soon as they have seen this, or some time later; what they saw."""
        self._ours.send(expected)
        seen: Seen = self._ours.recv()
        self._process.join()
        return seen


def _run(pipe: Connection, base: str, viewers: Any, cut_every_s: float) -> None:
    asyncio.run(_watch(pipe, base, viewers, cut_every_s))


async def _watch(pipe: Connection, base: str, viewers: Any, cut_every_s: float) -> None:
    seen, opened = Seen(), asyncio.Semaphore(0)
    tasks = []
    for client, number, headers in viewers:
        # The first viewer of each client reads every event in full, and is cut now and then.
        cut = cut_every_s if number == 0 else 0.0
        tasks.append(asyncio.create_task(_Viewer(seen, client, number, headers, cut).watch(base, opened)))
        if len(tasks) % 50 == 0:
            await asyncio.sleep(0.2)
    for _ in tasks:
        await opened.acquire()
    pipe.send("open")
    expected = await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
    until = time.monotonic() + _PATIENCE_S
    while seen.batteries != expected and time.monotonic() < until:
        await asyncio.sleep(_PAUSE_S)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    pipe.send(seen)


class _Viewer:
    def __init__(
        self, seen: Seen, client: int, number: int, headers: Mapping[str, str], cut_s: float
    ) -> None:
        self._seen, self._client, self._headers = seen, client, headers
        self._cut_s, self._last_id, self._is_open = cut_s, "", False
        self._batteries = seen.batteries.setdefault(client, {}) if number == 0 else None

    async def watch(self, base: str, opened: asyncio.Semaphore) -> None:
        """Until cancelled; a connection that ends is opened again."""
        address = urlsplit(base)
        while True:
            try:
                reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 24)
                try:
                    await self._open(reader, writer)
                    if not self._is_open:
                        self._is_open = True
                        opened.release()
                    async with asyncio.timeout(self._cut_s or None):
                        await self._read(reader)
                finally:
                    writer.close()
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                await asyncio.sleep(_PAUSE_S)

    async def _open(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        headers = {"Host": "bench", **self._headers, "Last-Event-ID": self._last_id}
        text = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"GET /v2/stream HTTP/1.1\r\n{text}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise OSError(head.split(b"\r\n", 1)[0])

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            event = await reader.readuntil(b"\n\n")
            self._take(event, time.monotonic())

    def _take(self, event: bytes, now: float) -> None:
        self._seen.bytes_received += len(event)
        if b"event: positions" in event and (found := _TIME.search(event)):
            self._seen.arrivals.append((self._client, found[1].decode(), now))
        if self._batteries is not None:
            for line in event.split(b"\n"):
                if line.startswith(b"id: "):
                    self._last_id = line[4:].strip().decode()
                elif line.startswith(b"data: "):
                    self._apply(json.loads(line[6:]))

    def _apply(self, data: Mapping[str, Any]) -> None:
        assert self._batteries is not None
        self._seen.resumed += bool(data.get("resumed"))
        for row in data.get("data", ()):
            self._batteries[row["cdDispositivo"]] = row["nrBat"]
