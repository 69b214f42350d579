"""python -m app.jobs.stream: serves GET /v2/stream, one process for thousands of viewers.

It needs what the API needs, DATABASE_URL among it, and no other rights. Several processes may run beside each
other; viewers may be moved between them.
"""

from __future__ import annotations

import argparse
import logging
import signal
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


def main() -> None:
    """Until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m app.jobs.stream", description=__doc__)
    parser.parse_args()
    try:
        settings = StreamSettings.from_env()
    except SettingsError as error:
        parser.error(str(error))
    logs.configure(settings.log_level)
    pool = Pool(
        settings.database_url.get_secret_value(),
        size=settings.pool_size,
        wait_s=settings.pool_wait_ms / 1_000,
        connect_timeout_s=settings.connect_timeout_s,
    )
    database = Database(pool, settings.statement_timeout_ms)
    backend = PostgresBackend(pool, settings.statement_timeout_ms, settings.lock_timeout_ms)
    hub = Hub(database, settings)
    application = create_app(hub, Admission(settings, backend, database), settings)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            host=settings.host,
            port=settings.port,
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
    server.run()
    pool.close()


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
