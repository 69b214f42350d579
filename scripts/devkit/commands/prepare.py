"""scripts/db prepare: roles, schemas, extensions and passwords on a PostgreSQL of the operator's."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

from ..console import Problem, say
from ..local.paths import SQL
from ..schema import project, reach
from ..schema.statements import split

OWNER = "rastro_dono"
# The logins, and the setting that takes the URL of each.
LOGINS = {
    "rastro_api": "DATABASE_URL",
    "rastro_manutencao": "RASTRO_MAINTENANCE_URL",
    "rastro_broker": "RASTRO_BROKER_ACL_URL",
}
_LOCK = 7_263_905_114_233_190_412
_MAINTENANCE_DATABASES = ("postgres", "template1")


def prepare(dsn: str, owner: str = OWNER) -> None:
    """Prepare the database of the URL, as a superuser, and print what was done. It can be repeated."""
    address = reach.address(dsn)
    name = address.get("dbname") or address.get("user", "")
    if not name:
        raise Problem(
            "Name the database to prepare in the URL: postgresql://user:password@host:port/database."
        )
    with _server(dsn) as server:
        _require_superuser(server)
        project.require_server(server)
        _require_owner(server, owner)
        before = project.inventory(server).roles
        created = _create_database(server, name)
        with reach.session(dsn, dbname=name) as cursor:
            project.require_free(cursor)
            found = project.inventory(cursor)
            _apply(cursor, owner)
            _logins(cursor, owner)
            passwords = _set_passwords(cursor, [owner, *LOGINS])
            now = project.inventory(cursor)
            has_cron = "pg_cron" in now.extensions
    say(f"Database {name}: {'created' if created else 'was there'}")
    _report("Roles", now.roles - before)
    _report("Schemas", now.schemas - found.schemas)
    _report("Extensions", now.extensions - found.extensions)
    _report_logins(address | {"dbname": name}, owner, passwords)
    if not has_cron:
        say("pg_cron is not set up for this database: run python -m app.jobs.maintenance as well.")
    say("Next: set these variables, then scripts/run --migrate, then scripts/admin --help.")


@contextmanager
def _server(dsn: str) -> Iterator[Any]:
    """A session in a database that is certainly there, for one prepare at a time."""
    with reach.session(dsn, dbname=_database_that_exists(dsn)) as cursor:
        cursor.execute("select pg_advisory_lock(%s)", (_LOCK,))
        yield cursor


def _database_that_exists(dsn: str) -> str:
    *others, last = _MAINTENANCE_DATABASES
    for name in others:
        try:
            with reach.session(dsn, dbname=name):
                return name
        except Problem as problem:
            if f'database "{name}" does not exist' not in str(problem):
                raise
    return last


def _require_superuser(cursor: Any) -> None:
    cursor.execute("select current_user, rolsuper from pg_roles where rolname = current_user")
    user, is_superuser = cursor.fetchone()
    if not is_superuser:
        raise Problem(
            f"Permission denied: {user} is not a superuser, and only a superuser can create PostGIS and "
            "roles that bypass row-level security. Use the URL of one, such as postgres."
        )


def _require_owner(cursor: Any, owner: str) -> None:
    """A superuser would lose that attribute by becoming the owner."""
    cursor.execute("select rolsuper from pg_roles where rolname = %s", (owner,))
    if cursor.fetchone() == (True,):
        raise Problem(f"{owner} is a superuser and cannot be the owner; name another role with --owner.")


def _create_database(cursor: Any, name: str) -> bool:
    cursor.execute("select from pg_database where datname = %s", (name,))
    if cursor.rowcount:
        return False
    statement = sql.SQL("create database {} template template0 encoding 'UTF8'")
    try:
        cursor.execute(statement.format(sql.Identifier(name)))
    except psycopg2.Error as error:
        raise Problem(f"The database {name} cannot be created: {str(error).strip()}") from error
    return True


def _apply(cursor: Any, owner: str) -> None:
    try:
        project.apply(cursor, owner)
    except psycopg2.Error as error:
        raise project.refused(error) from error


def _logins(cursor: Any, owner: str) -> None:
    """The logins as migrations create them, and as their owner: it must be able to change them afterwards."""
    cursor.execute(sql.SQL("set role {}").format(sql.Identifier(owner)))
    for login in LOGINS:
        text = (SQL / "00_foundation" / "roles" / f"{login}.sql").read_text()
        for statement in split(text):
            if statement.words[:1] == ["do"]:
                cursor.execute(statement.text)
    cursor.execute("reset role")


def _set_passwords(cursor: Any, roles: Iterable[str]) -> dict[str, str]:
    """A password for each of the roles that has none: what was set, in clear text. The server gets hashes."""
    cursor.execute(
        "select rolname from pg_authid where rolname = any (%s) and rolpassword is null", (list(roles),)
    )
    passwords = {}
    for (role,) in cursor.fetchall():
        passwords[role] = secrets.token_urlsafe(32)
        hashed = encrypt_password(passwords[role], role, cursor.connection, "scram-sha-256")
        cursor.execute(sql.SQL("alter role {} password %s").format(sql.Identifier(role)), (hashed,))
    return passwords


def _report(what: str, names: Iterable[str]) -> None:
    say(f"{what} created: {', '.join(sorted(names)) or 'none, all were there'}")


def _report_logins(address: dict[str, str], owner: str, passwords: dict[str, str]) -> None:
    say(f"Passwords set: {', '.join(sorted(passwords)) or 'none, all logins have one'}")
    if passwords:
        say("They are shown this once:\n")
    for login, setting in {owner: "RASTRO_MIGRATION_URL", **LOGINS}.items():
        if login in passwords:
            place = {name: value for name, value in address.items() if name != "passfile"}
            say(f"export {setting}='{reach.url(place, user=login, password=passwords[login])}'")
    if passwords:
        say("")
