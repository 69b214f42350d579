"""The API as it is meant to be served: gunicorn, a few processes, threads that take turns at the pool."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from . import children
from .paths import VENV

READY_SECONDS = 60
# Several times a pool's connections: while statements are slow there is still somebody to say "busy", and a
# client that is slow to send holds up nobody else.
THREADS = 16
# Longer than a statement may take, so that a stop lets every request end.
GRACE_SECONDS = 10


@contextmanager
def served(
    address: str, workers: int, variables: Mapping[str, str], log: Path | None, base: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the API on host:port until the block ends; it is ready when the block begins."""
    command = [
        *(str(VENV / "bin" / "gunicorn"), "wsgi:app", "--bind", address, "--workers", str(workers)),
        # Its main thread tells the master that it lives, however long a request waits for the database.
        *("--worker-class", "gthread", "--threads", str(THREADS)),
        *("--graceful-timeout", str(GRACE_SECONDS), "--log-level", "warning", "--no-control-socket"),
    ]
    with children.child(command, variables, log) as process:
        ready = f"{base or f'http://{address}'}/health/ready"
        children.wait_until_ready(ready, process, READY_SECONDS, log)
        yield process
