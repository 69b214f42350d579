"""Connections to a database of the operator's, whose failures are put into words."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote, urlencode

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

from ..console import Problem

PREPARE = "scripts/db prepare --dsn URL, with the URL of a superuser"
_CONNECT_TIMEOUT_S = "5"
# A part of what the server says, and what to do about it. Other languages are quoted only.
_REMEDIES = (
    (
        "password authentication failed",
        "The user or the password in the URL is wrong. scripts/db prepare sets passwords of logins that have "
        "none; a superuser changes one with `alter role … password`.",
    ),
    ("no password supplied", "The URL has no password: postgresql://user:password@host:port/database."),
    ("Peer authentication failed", "Name the host in the URL, or run the command as that system user."),
    ("pg_hba.conf", "The server does not let this user in from here: add a line to its pg_hba.conf."),
    ("is not permitted to log in", "Name a role that may log in."),
    (
        "does not exist",
        f"The database or the role is not there yet. Run {PREPARE}; it creates what is missing.",
    ),
    ("could not translate host name", "Check the host in the URL."),
    ("Connection refused", "Check the host and the port in the URL, and whether PostgreSQL is running."),
    ("timeout expired", "Check the host and the port in the URL, and firewalls on the way."),
    ("starting up", "Try again in a moment."),
)


def address(url: str) -> dict[str, str]:
    """The parameters of a connection URL. Raises Problem, without quoting it: it may hold a password."""
    try:
        return {name: str(value) for name, value in parse_dsn(url).items()}
    except psycopg2.ProgrammingError:
        raise Problem(
            "This is not a connection URL. Write postgresql://user:password@host:port/database, with "
            "%40, %3A and %2F for @, : and / in the password."
        ) from None


def url(parameters: dict[str, str], **changes: str) -> str:
    """A connection URL of these parameters: a folder of sockets and options follow the database."""
    known = parameters | changes
    user, password, host, port, database = (
        known.pop(name, "") for name in ("user", "password", "host", "port", "dbname")
    )
    if host.startswith("/"):
        known, host = {"host": host, **known}, ""
    login = _quoted(user) + (f":{_quoted(password)}" if password else "")
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    options = f"?{urlencode(known)}" if known else ""
    return f"postgresql://{login}@{place}/{_quoted(database)}{options}"


def _quoted(text: str) -> str:
    """The text as a part of a URL."""
    return quote(text, safe="")


@contextmanager
def session(url: str, readonly: bool = False, **changes: str) -> Iterator[Any]:
    """A cursor in autocommit, or in a read-only transaction. Raises Problem if nobody is let in."""
    with closing(connected(url, **changes)) as connection:
        if readonly:
            connection.set_session(readonly=True, isolation_level="repeatable read")
        else:
            connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def connected(url: str, **changes: str) -> Any:
    """A connection, which the caller closes. Raises Problem if nobody is let in."""
    parameters = (
        {"connect_timeout": _CONNECT_TIMEOUT_S, "application_name": "rastro"} | address(url) | changes
    )
    try:
        return psycopg2.connect(make_dsn(**parameters))
    except psycopg2.OperationalError as error:
        raise Problem(f"Cannot connect to the database: {in_words(error)}") from error


def in_words(error: psycopg2.Error) -> str:
    """What PostgreSQL says, and what to do about it where that is known."""
    text = str(error).strip()
    remedies = [remedy for part, remedy in _REMEDIES if part in text]
    return "\n".join([text, *remedies[:1]])
