"""python -m app.jobs.maintenance: maintains the time series every minute, where pg_cron is not available.

It only calls one procedure, which works for less than a minute and returns at once while another process is
at work: so several of these may run. A database that is away is waited for.
"""

from __future__ import annotations

import argparse
import logging
import threading
from collections.abc import Mapping
from contextlib import closing
from typing import Annotated

from pydantic import Field

from app import logs
from app.environment import NONE, Dsn, Level, SettingsError, Variables, required, variable

from . import database

_log = logging.getLogger("app.jobs")  # run by -m, __name__ is another
_CALL = "call private.run_maintenance()"


class MaintenanceSettings(Variables):
    """Settings of ``python -m app.jobs.maintenance``."""

    url: Dsn = variable(
        "RASTRO_MAINTENANCE_URL", NONE, "PostgreSQL, logging in as rastro_manutencao, on a direct connection"
    )
    interval_s: Annotated[int, Field(ge=1, le=3_600)] = variable(
        "RASTRO_MAINTENANCE_INTERVAL_S", 60, "seconds between two runs"
    )
    log_level: Level = variable("RASTRO_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")

    @classmethod
    def missing(cls, environ: Mapping[str, str | None]) -> list[str]:
        """See Variables."""
        return required(environ, "RASTRO_MAINTENANCE_URL")


def main() -> None:
    """Until SIGTERM or SIGINT; with --once a single run, exit code 1 if it failed or was interrupted."""
    parser = argparse.ArgumentParser(prog="python -m app.jobs.maintenance", description=__doc__)
    parser.add_argument("--once", action="store_true", help="run once and exit")
    options = parser.parse_args()
    try:
        settings = MaintenanceSettings.from_env()
    except SettingsError as error:
        parser.error(str(error))
    logs.configure(settings.log_level)
    database.end_on_signals(exit_code=1 if options.once else 0)
    if options.once:
        raise SystemExit(database.once("maintenance", lambda: run(settings)))
    _log.info("maintenance_started", extra={"fields": {"interval_s": settings.interval_s}})
    wait = threading.Event().wait
    database.repeat("maintenance", lambda: run(settings), wait, settings.interval_s)


def run(settings: MaintenanceSettings) -> float:
    """Run the maintenance once, on a connection of its own; the seconds until the next run."""
    with closing(database.Session(settings.url.get_secret_value(), "maintenance")) as session:
        session.rows(_CALL)
    return settings.interval_s


if __name__ == "__main__":
    main()
