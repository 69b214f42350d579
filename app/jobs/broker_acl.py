"""python -m app.jobs.broker_acl: writes the files that tell Mosquitto who may log in and publish where.

A device may publish to its own topics only. The role that asks the database (rastro_broker) may read the
valid logins of devices and nothing else. With --reload the broker reads the files again after a change.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from pydantic import SecretStr

from app import logs
from app.environment import NONE, Dsn, Level, SettingsError, Variables, required, variable

from . import database
from .broker_files import User, write

_log = logging.getLogger("app.jobs")  # run by -m, __name__ is another
_LOGINS = 'select "dsUsuario", "dsHash", "cdCliente", "cdDispositivo" from private.broker_logins()'


class BrokerAclSettings(Variables):
    """Settings of ``python -m app.jobs.broker_acl``."""

    url: Dsn = variable("RASTRO_BROKER_ACL_URL", NONE, "PostgreSQL, logging in as rastro_broker")
    gateway_password: SecretStr = variable(
        "RASTRO_MQTT_PASSWORD", NONE, "password of --gateway at the broker"
    )
    publisher_password: SecretStr = variable(
        "RASTRO_PUBLISHER_PASSWORD", NONE, "password of --publisher at the broker"
    )
    log_level: Level = variable("RASTRO_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")

    @classmethod
    def missing(cls, environ: Mapping[str, str | None]) -> list[str]:
        """See Variables."""
        return required(environ, "RASTRO_BROKER_ACL_URL", "RASTRO_MQTT_PASSWORD")


def main() -> None:
    """Write the files once, exit code 1 on failure; with --every until SIGTERM or SIGINT."""
    parser = _parser()
    options = parser.parse_args()
    try:
        settings = BrokerAclSettings.from_env()
    except SettingsError as error:
        parser.error(str(error))
    if options.publisher and not settings.publisher_password:
        parser.error("--publisher needs RASTRO_PUBLISHER_PASSWORD")
    logs.configure(settings.log_level)
    database.end_on_signals(exit_code=0 if options.every else 1)
    with closing(database.Session(settings.url.get_secret_value(), "broker acl")) as session:
        if not options.every:
            raise SystemExit(database.once("broker_acl", lambda: step(options, settings, session)))
        wait = threading.Event().wait
        database.repeat("broker_acl", lambda: step(options, settings, session), wait, options.every)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.jobs.broker_acl", description=__doc__)
    add = parser.add_argument
    add("--folder", type=Path, required=True, help="where the files passwords and acl are written")
    add("--prefix", default="rastro", help="first part of every topic (rastro)")
    add("--gateway", default="gateway", metavar="USER", help="user who may read every topic (gateway)")
    add("--publisher", metavar="USER", help="user who may publish for every device, such as a simulator")
    add("--every", type=float, metavar="SECONDS", help="repeat at this interval until stopped")
    add("--reload", type=int, metavar="PID", help="process of the broker; gets SIGHUP after a change")
    return parser


def step(options: argparse.Namespace, settings: BrokerAclSettings, session: database.Session) -> float:
    """Write the files if something has changed, and reload the broker; the seconds until the next time."""
    users = [User(options.gateway, settings.gateway_password.get_secret_value(), "read")]
    if options.publisher:
        users.append(User(options.publisher, settings.publisher_password.get_secret_value(), "write"))
    if write(options.folder, options.prefix, users, session.rows(_LOGINS)):
        _log.info("broker_acl_written", extra={"fields": {"folder": str(options.folder)}})
        if options.reload:
            _reload(options.reload)
    return float(options.every or 0)


def _reload(process: int) -> None:
    """Send SIGHUP. Raises SystemExit(1) where that process is gone: a supervisor knows its successor."""
    try:
        os.kill(process, signal.SIGHUP)
    except OSError as error:
        _log.error("broker_not_reloaded", extra={"fields": {"process": process, "cause": error.strerror}})
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
