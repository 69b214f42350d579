"""The API behind the WSGI server it runs on, and raw connections to it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.devkit.local.paths import ROOT
from tests._lib import identities


@dataclass(frozen=True)
class Server:
    """A running gunicorn with one worker, and what it says on standard error."""

    port: int
    log: Path

    def connect(self) -> socket.socket:
        """A connection on which nothing has been said."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def told(self, raw: bytes) -> bytes:
        """The whole answer to these bytes, from a server that closes the connection."""
        with closing(self.connect()) as wire:
            wire.sendall(raw)
            return rest(wire)


def rest(wire: socket.socket) -> bytes:
    """What still comes until the server closes the connection."""
    return b"".join(iter(lambda: wire.recv(65_536), b""))


@contextmanager
def serving(database_url: str, log: Path, **variables: str) -> Iterator[Server]:
    """The application on gunicorn, as in production but with one worker only."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = int(free.getsockname()[1])
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "SUPABASE_JWT_SECRET": identities.JWT_SECRET,
        "RASTRO_JWT_ISSUER": identities.ISSUER,
        **variables,
    }
    options = ["--config=python:app.server.gunicorn", "--workers=1", f"--bind=127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", *options, "wsgi:app"]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=output) as server,
    ):
        try:
            _wait_for(port)
            yield Server(port, log)
        finally:
            server.terminate()
        assert server.wait(20) == 0


def _wait_for(port: int) -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("no server")
