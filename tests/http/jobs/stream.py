"""The stream as a process, and viewers of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from prometheus_client.parser import text_string_to_metric_families

from scripts.devkit.local.paths import ROOT
from tests._lib import identities


class Event(NamedTuple):
    """One server-sent event."""

    name: str
    data: Any
    id: str


class Viewer:
    """An open stream, read event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()
        self.last_id = ""
        self.seen: dict[int, dict[str, Any]] = {}
        self.values: dict[int, dict[str, Any]] = {}
        self.ever: set[int] = set()

    def event(self) -> Event:
        """The next event; raises StopIteration at the end of the stream."""
        fields: dict[str, str] = {}
        while line := next(self._lines):
            name, _, value = line.partition(": ")
            fields[name] = value
        if "id" in fields:
            self.last_id = fields["id"]
        if "event" not in fields:
            return Event("heartbeat", None, "")
        event = Event(fields["event"], json.loads(fields["data"]), fields.get("id", ""))
        self._apply(event)
        return event

    def until(self, is_so: Callable[["Viewer"], bool]) -> None:
        """Read on until something holds."""
        while not is_so(self):
            self.event()

    def to_the_end(self) -> None:
        """Read on until the stream ends, in order or not."""
        with suppress(StopIteration, httpx.HTTPError):
            while True:
                self.event()

    def _apply(self, event: Event) -> None:
        match event.name:
            case "open":
                kept = set(event.data["cdDispositivos"])
                self.seen = {code: row for code, row in self.seen.items() if code in kept}
            case "positions":
                self.seen |= {row["cdDispositivo"]: row for row in event.data["data"]}
                self.ever |= {row["cdDispositivo"] for row in event.data["data"]}
            case "removed":
                for code in event.data["cdDispositivos"]:
                    self.seen.pop(code, None)
            case "values":
                self.values |= {row["cdSensor"]: row for row in event.data["data"]}


class Server:
    """A running stream."""

    def __init__(
        self, port: int, process: "subprocess.Popen[bytes] | None" = None, room: int | None = None
    ) -> None:
        """``room``: bytes that the kernel takes for a viewer that reads nothing; otherwise megabytes."""
        self.port, self._process = port, process
        self.base = f"http://127.0.0.1:{port}"
        options = [(socket.SOL_SOCKET, socket.SO_RCVBUF, room)] if room else []
        transport = httpx.HTTPTransport(socket_options=options)
        self._client = httpx.Client(base_url=self.base, timeout=30, transport=transport)

    @contextmanager
    def viewer(self, query: str = "", last: Viewer | None = None, **headers: str) -> Iterator[Viewer]:
        """An open stream; ``last``: the one that it continues."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if last:
            named["Last-Event-ID"] = last.last_id
        with self._client.stream("GET", f"/v2/stream{query}", headers=named) as response:
            assert response.status_code == 200, response.read()
            viewer = Viewer(response)
            if last:
                viewer.seen = dict(last.seen)
            yield viewer

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A whole answer."""
        return self._client.get(path, headers=headers)

    def send(self, request: httpx.Request) -> httpx.Response:
        """An answer that is not read yet."""
        return self._client.send(request, stream=True)

    def kill(self) -> None:
        """End the process at once."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def memory(self) -> int:
        """Bytes that the process has in memory."""
        assert self._process
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) << 10

    def open(self) -> int:
        """How many streams are open."""
        return int(self._client.get("/health/ready").json()["streams"])

    def metrics(self) -> dict[str, float]:
        """What Prometheus reads."""
        families = text_string_to_metric_families(self._client.get("/metrics").text)
        return {sample.name: sample.value for family in families for sample in family.samples}

    def refused(self, query: str = "", **headers: str) -> tuple[int, str]:
        """Status and error code of a stream that is not opened."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with self._client.stream("GET", f"/v2/stream{query}", headers=named) as response:
            if response.status_code == 200:
                return 200, ""  # and it would never end
            return response.status_code, json.loads(response.read())["error_code"]


@contextmanager
def streaming(
    database_url: str, port: int = 0, stalled_ms: int | None = None, **variables: str
) -> Iterator[Server]:
    """The stream on a free port, or on this one; ``stalled_ms``: how long a viewer may take nothing."""
    with closing(socket.create_server(("127.0.0.1", port))) as free:
        port = int(free.getsockname()[1])
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "SUPABASE_JWT_SECRET": identities.JWT_SECRET,
        "RASTRO_JWT_ISSUER": identities.ISSUER,
        "RASTRO_STREAM_PORT": str(port),
        **variables,
    }
    command = [sys.executable, "-m", "app.jobs.stream"]
    if stalled_ms is not None:
        module = "from app.jobs.stream import __main__ as program"
        command[1:] = ["-c", f"{module}; program._STALLED_MS = {stalled_ms}; program.main()"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            _wait_for(port)
            yield Server(port, process)
        finally:
            process.terminate()
        assert process.wait(20) in (0, -signal.SIGKILL)


def _wait_for(port: int) -> None:
    for _ in range(2_400):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("no stream")
