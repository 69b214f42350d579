"""scripts/broker-acl: who may log in to the broker and publish where, from "TbDispositivoCredencial"."""

import argparse
import os
import signal
import time
from contextlib import closing
from pathlib import Path

import psycopg2

from ..console import Problem, fail, say
from ..local import databases, mosquitto

_DEVICES = """
    select c."dsUsuario", c."dsHash", d."cdCliente", c."cdDispositivo"
    from public."TbDispositivoCredencial" c
    join public."TbDispositivo" d on d."cdDispositivo" = c."cdDispositivo"
    where d."cdCliente" is not null and coalesce(c."dtExpiracao", 'infinity') > now()
    order by c."dsUsuario"
"""
_KINDS = ("telem", "ack", "event")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="scripts/broker-acl",
        description="Write passwords and acl for Mosquitto: a device may publish for itself only.",
        epilog="Secrets: RASTRO_MQTT_PASSWORD of the gateway, RASTRO_PUBLISHER_PASSWORD of --publisher.",
    )
    add = parser.add_argument
    add("--folder", type=Path, required=True, help="where passwords and acl are written")
    add("--dsn", help="URL of the database, as its owner; by default the one of this clone")
    add("--prefix", default="rastro", help="first part of every topic (rastro)")
    add("--gateway", default="gateway", metavar="USER", help="who may read everything (gateway)")
    add(
        "--publisher",
        metavar="USER",
        help="who may publish for every device: a simulator, a site's own gateway",
    )
    add("--every", type=float, metavar="SECONDS", help="look again so often, until ended")
    add("--reload", type=int, metavar="PID", help="process of the broker, told when something has changed")
    options = parser.parse_args()
    try:
        _work(options)
    except (Problem, psycopg2.Error) as problem:
        fail(str(problem))


def _work(options: argparse.Namespace) -> None:
    others = _others(options)
    while True:
        try:
            changed = write(options.folder, options.dsn or databases.url(), options.prefix, others)
        except psycopg2.OperationalError as error:
            if not options.every:
                raise
            changed = False
            say(f"The database is away: {str(error).strip()}")
        if changed and options.reload:
            _tell(options.reload)
        if not options.every:
            return
        time.sleep(options.every)


def _tell(process: int) -> None:
    try:
        os.kill(process, signal.SIGHUP)
    except OSError as error:
        raise Problem(f"The broker, process {process}, cannot be told: {error.strerror}.") from error


def _others(options: argparse.Namespace) -> list[tuple[str, str, str]]:
    """(user, secret, read or write) of those who are no device."""
    others = [(options.gateway, os.environ.get("RASTRO_MQTT_PASSWORD", ""), "read")]
    if options.publisher:
        others.append((options.publisher, os.environ.get("RASTRO_PUBLISHER_PASSWORD", ""), "write"))
    for user, secret, _ in others:
        if not secret:
            raise Problem(f"The secret of {user} is missing: see --help.")
    return others


def write(folder: Path, dsn: str, prefix: str, others: list[tuple[str, str, str]]) -> bool:
    """Both files, if they differ from what is there; whether they did."""
    with closing(psycopg2.connect(dsn)) as connection, connection.cursor() as cursor:
        cursor.execute(_DEVICES)
        devices = cursor.fetchall()
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "passwords"
    passwords = [mosquitto.entry(user, secret, kept) for user, secret, _ in others]
    acl = [line for user, _, how in others for line in (f"user {user}", f"topic {how} {prefix}/#")]
    for user, hashed, client, device in devices:
        passwords.append(f"{user}:{hashed}")
        acl.append(f"user {user}")
        acl.extend(f"topic write {prefix}/{client}/+/{device}/{kind}" for kind in _KINDS)
    changes = [
        mosquitto.write_private(kept, passwords),
        mosquitto.write_private(folder / "acl", acl),
    ]
    return any(changes)
