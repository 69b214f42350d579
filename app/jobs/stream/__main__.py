"""python -m app.jobs.stream: serves GET /v2/stream, one process for thousands of viewers.

It needs what the API needs, DATABASE_URL among it, and no other rights. Several processes may run beside each
other; viewers may be moved between them.
"""

from __future__ import annotations

import argparse
import logging
import resource
import signal
import socket
from types import FrameType

import uvicorn

from app import logs
from app.environment import SettingsError
from app.rpc.pool import Pool
from app.rpc.postgres import PostgresBackend

from .admission import Admission
from .application import create_app
from .database import Database
from .hub import Hub
from .settings import StreamSettings

_log = logging.getLogger("app.jobs.stream")
_STOP_S = 5  # seconds that open streams are waited for
_STALLED_MS = 60_000  # how long a viewer may take nothing
_BACKLOG = 2_048
_UNSENT = (
    128 << 10
)  # bytes that the kernel holds for a viewer who takes nothing; it may be megabytes otherwise
_OPEN_FILES = 1_000  # beside a file for each stream


def main() -> None:
    """Until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m app.jobs.stream", description=__doc__)
    parser.parse_args()
    try:
        settings = StreamSettings.from_env()
    except SettingsError as error:
        parser.error(str(error))
    logs.configure(settings.log_level)
    _allow_files(settings.max_streams + _OPEN_FILES)
    reader, callers = _pool(settings, 1), _pool(settings, settings.pool_size)
    backend = PostgresBackend(callers, settings.statement_timeout_ms, settings.lock_timeout_ms)
    hub = Hub(Database(reader, settings.statement_timeout_ms), settings)
    admission = Admission(settings, backend, Database(callers, settings.statement_timeout_ms))
    application = create_app(hub, admission, settings)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_STOP_S,
        )
    )
    hub.is_ending = lambda: server.should_exit
    signal.signal(signal.SIGTERM, _end)  # uvicorn stops in order, and then repeats the signal
    signal.signal(signal.SIGINT, _end)
    _log.info("stream_started", extra={"fields": {"host": settings.host, "port": settings.port}})
    with _listening(settings) as sock:
        server.run(sockets=[sock])
    reader.close()
    callers.close()


def _pool(settings: StreamSettings, size: int) -> Pool:
    return Pool(
        settings.database_url.get_secret_value(),
        size=size,
        wait_s=settings.pool_wait_ms / 1_000,
        connect_timeout_s=settings.connect_timeout_s,
    )


def _allow_files(wanted: int) -> None:
    """Most systems begin with 1,024 for a process."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    if files > now:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    if files < wanted:
        _log.warning("few_files", extra={"fields": {"wanted": wanted, "allowed": files}})


def _listening(settings: StreamSettings) -> socket.socket:
    """The socket. The kernel cuts whoever takes nothing for a while; closing alone would wait for them."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _STALLED_MS)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNSENT)
    return sock


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
