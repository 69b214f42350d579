"""python -m app.jobs.broker_acl: tells Mosquitto who may log in, and what they may do.

A device may publish to its own topics only, and subscribe to nothing. The role that asks the database
(rastro_broker) may read the valid logins of devices and nothing else. Without --control all files are
written, while no broker runs; with it a running broker is changed, and with --every its retained messages
are deleted.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import secrets
import signal
import threading
import time
from collections.abc import Container, Mapping
from contextlib import closing
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from app import logs
from app.environment import NONE, Dsn, Level, SettingsError, Text, Variables, required, variable

from . import broker_files, broker_metrics, database
from .broker_control import Control, ControlError, Files
from .broker_door import Door
from .broker_files import DeviceLogin, User
from .broker_process import Process
from .broker_seats import Seats

_log = logging.getLogger("app.jobs")  # run by -m, __name__ is another
_LOGINS = """
    select "dsUsuario", "dsHash", "cdCliente", "cdDispositivo", "cdClientePai" from private.broker_logins()
"""
_LOGIN_S = 10.0  # for the broker to read its files
_STEP_S = 10.0  # of changes at the most; then the database is asked again


def _logins(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"([A-Za-z0-9_-]{1,40}:[^,\r\n]+(,|$))*", value.get_secret_value()):
        raise ValueError("must look like user:secret,user:secret")
    return value


Logins = Annotated[SecretStr, AfterValidator(_logins)]


class BrokerAclSettings(Variables):
    """Settings of ``python -m app.jobs.broker_acl``."""

    url: Dsn = variable("RASTRO_BROKER_ACL_URL", NONE, "PostgreSQL, logging in as rastro_broker")
    gateways: Logins = variable(
        "RASTRO_BROKER_GATEWAYS", NONE, "logins of gateways, each user:secret, separated by commas"
    )
    publishers: Logins = variable(
        "RASTRO_BROKER_PUBLISHERS", NONE, "logins that publish for every device, such as a simulator's"
    )
    memory_mb: Annotated[int, Field(ge=0, le=10_000_000)] = variable(
        "RASTRO_BROKER_MEMORY_MB",
        2_000,
        "MB that the broker may have in use before devices are shut out that send most; 0: no limit",
    )
    messages: Annotated[int, Field(ge=0, le=10**9)] = variable(
        "RASTRO_BROKER_MESSAGES",
        200_000,
        "messages the broker may keep before devices are shut out that send above 100 a second; 0: no limit",
    )
    connections: Annotated[int, Field(ge=0, le=10_000_000)] = variable(
        "RASTRO_BROKER_CONNECTIONS",
        10_000,
        "max_connections of devices at the broker, of which nobody may take what others need; 0: no limit",
    )
    metrics_port: Annotated[int, Field(ge=0, le=65_535)] = variable(
        "RASTRO_BROKER_METRICS_PORT", 0, "port of /metrics of this job, with --every; 0: none"
    )
    ca_file: Text = variable(
        "RASTRO_MQTT_CA_FILE", "", "file with the CA certificates that verify the broker"
    )
    cert_file: Text = variable("RASTRO_MQTT_CERT_FILE", "", "file with the client certificate (PEM)")
    key_file: Text = variable("RASTRO_MQTT_KEY_FILE", "", "file with its private key (PEM)")
    log_level: Level = variable("RASTRO_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")

    @property
    def users(self) -> list[User]:
        """Who may log in beside devices."""
        return [*_users(self.gateways, "read"), *_users(self.publishers, "write")]

    @classmethod
    def missing(cls, environ: Mapping[str, str | None]) -> list[str]:
        """See Variables."""
        return required(environ, "RASTRO_BROKER_ACL_URL", "RASTRO_BROKER_GATEWAYS")


def _users(logins: SecretStr, access: Literal["read", "write"]) -> list[User]:
    pairs = (one.partition(":") for one in logins.get_secret_value().split(",") if one)
    return [User(name, secret, access) for name, _, secret in pairs]


def main() -> None:
    """Write the files once, exit code 1 on failure; with --every until SIGTERM or SIGINT."""
    parser = _parser()
    options = parser.parse_args()
    try:
        settings = BrokerAclSettings.from_env()
    except SettingsError as error:
        parser.error(str(error))
    if (options.control is None) != (options.reload is None) or (options.every and not options.control):
        parser.error("--control and --reload belong together, and --every needs both")
    logs.configure(settings.log_level)
    database.end_on_signals(exit_code=0 if options.every else 1)
    with closing(database.Session(settings.url.get_secret_value(), "broker acl")) as session:
        job = Job(options, settings, session)
        if not options.every:
            raise SystemExit(database.once("broker_acl", job.step))
        if settings.metrics_port:
            try:
                broker_metrics.serve(settings.metrics_port, job.reported)
            except OSError as error:
                parser.error(f"RASTRO_BROKER_METRICS_PORT: {error}")
        database.repeat("broker_acl", job.step, job.wait, options.every)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.jobs.broker_acl", description=__doc__)
    add = parser.add_argument
    add("--folder", type=Path, required=True, help="where the files of the broker are written")
    add("--prefix", default="rastro", help="first part of every topic (rastro)")
    add(
        "--control",
        metavar="URL",
        help="listener of gateways of the running broker, which devices cannot fill: mqtt://host:port, or mqtts://",
    )
    add("--devices", type=int, metavar="PORT", help="its listener of devices (the port of --control)")
    add("--reload", type=int, metavar="PID", help="process of that broker; gets SIGHUP after a change")
    add("--every", type=float, metavar="SECONDS", help="repeat at this interval until stopped")
    return parser


class Job:
    """What one process knows between two steps: its secret, and the connection to a running broker.

    The secret of the user broker-acl is made at the start and kept nowhere; the broker learns its hash.
    """

    def __init__(
        self, options: argparse.Namespace, settings: BrokerAclSettings, session: database.Session
    ) -> None:
        self._options, self._settings, self._session = options, settings, session
        self._folder: Path = options.folder
        self._secret = secrets.token_urlsafe(32)
        self._control: Control | None = None
        self._logins: list[DeviceLogin] = []  # as the database said last
        self._due = threading.Event()  # the door has changed
        self._process = Process(options.reload or 0)  # outlives connections: it knows who is connected
        self._door = Door(
            options.prefix, settings.memory_mb * 1_000_000, self._due.set, messages=settings.messages
        )
        self._seats = Seats(settings.connections, self._due.set)

    def wait(self, seconds: float) -> bool:
        """Until the next step. Always false: the job goes on."""
        self._due.wait(seconds)
        return False

    def reported(self) -> Mapping[str, int] | None:
        """What the broker has reported last, by topic; None without a connection to it. Thread-safe."""
        control = self._control
        return control.reported if control and control.open_still else None

    def step(self) -> float:
        """Bring the broker's files, or the running broker, up to date; the seconds until the next time."""
        if self._due.is_set():
            self._due.clear()
            if self._control:  # also while the database is away
                self._accept(self._logins, self._control.rights.users)
        rows = self._session.rows(_LOGINS)
        self._logins = logins = [row[:4] for row in rows]
        self._door.parents({row[2]: row[4] for row in rows if row[4] is not None})
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._options.control:
            self._change(logins)
        else:
            self._write(logins)
        return float(self._options.every or 0)

    def _write(self, logins: list[DeviceLogin]) -> None:
        """All files, for a broker that is started afterwards."""
        wanted = broker_files.rights(self._options.prefix, logins, self._settings.users)
        broker_files.write_rights(self._folder, wanted)
        broker_files.write_passwords(self._folder, self._secret, logins, self._settings.users)
        _log.info("broker_acl_written", extra={"fields": {"folder": str(self._folder)}})

    def _change(self, logins: list[DeviceLogin]) -> None:
        """Logins that ended are refused first; a new one is accepted once the broker knows its rights."""
        known = broker_files.names(self._folder / broker_files.PASSWORDS)
        self._accept(logins, known)
        try:
            control = self._connected()
            wanted = broker_files.rights(self._options.prefix, in_turns(logins), self._settings.users)
            done = control.apply(wanted, time.monotonic() + _STEP_S)
            self._accept(logins, control.rights.users)
        except ControlError as error:
            self._close()
            _log.error("broker_not_changed", extra={"fields": {"cause": str(error)}})
            if not self._options.every:
                raise SystemExit(1) from error
        else:
            if not done:
                _log.info("broker_acl_unfinished", extra={"fields": {"known": len(control.rights.users)}})

    def _accept(self, logins: list[DeviceLogin], known: Container[str]) -> None:
        """Those that are known and not shut out: the broker ends the connections of the others."""
        devices = [one for one in logins if one[0] in known and self._lets_in(one)]
        users = [one for one in self._settings.users if one.name in known]
        if broker_files.write_passwords(self._folder, self._secret, devices, users):
            _log.info("broker_acl_written", extra={"fields": {"folder": str(self._folder)}})
            _reload(self._options.reload)

    def _lets_in(self, login: DeviceLogin) -> bool:
        name, _, client, device = login
        return self._door.lets_in(client, device) and self._seats.lets_in(client, name)

    def _connected(self) -> Control:
        """The connection to the broker, made again where it has ended. Raises ControlError."""
        if self._control and self._control.open_still:
            return self._control
        self._close()
        end = time.monotonic() + _LOGIN_S
        while True:
            known = self._settings
            files = Files(known.ca_file or None, known.cert_file or None, known.key_file or None)
            every = (self._options.prefix, self._door, self._process, self._seats, self._options.devices)
            beside = every if self._options.every else ()
            self._control = Control(self._options.control, self._secret, files, *beside)
            try:
                self._control.open()
            except ControlError:
                self._close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)
            else:
                return self._control

    def _close(self) -> None:
        if self._control:
            self._control.close()
        self._control = None


def in_turns(logins: list[DeviceLogin]) -> list[DeviceLogin]:
    """In turns by client: one that makes many logins delays its own."""
    before: dict[int, int] = {}
    turns = []
    for login in logins:
        before[login[2]] = turn = before.get(login[2], 0) + 1
        turns.append((turn, login))
    return [login for _, login in sorted(turns, key=lambda one: one[0])]


def _reload(process: int) -> None:
    """Send SIGHUP. Raises SystemExit(1) where that process is gone: a supervisor knows its successor."""
    try:
        os.kill(process, signal.SIGHUP)
    except OSError as error:
        _log.error("broker_not_reloaded", extra={"fields": {"process": process, "cause": error.strerror}})
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
