"""The API as a child process, served by gunicorn as in production."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from . import children
from .paths import VENV

READY_SECONDS = 60


def base(host: str, port: int) -> str:
    """URL of the API as seen from this machine."""
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"


@contextmanager
def served(
    host: str, port: int, workers: int, variables: Mapping[str, str], log: Path | None
) -> Iterator[subprocess.Popen[bytes]]:
    """Serve until the block ends. Raises PortTaken or Problem if the API does not become ready."""
    command = [
        *(str(VENV / "bin" / "gunicorn"), "--config", "python:app.server.gunicorn", "wsgi:app"),
        *("--bind", f"{host}:{port}", "--workers", str(workers)),
    ]
    with children.child(command, variables, log) as process:
        children.wait_until_ready(f"{base(host, port)}/health/ready", process, READY_SECONDS, log)
        yield process
