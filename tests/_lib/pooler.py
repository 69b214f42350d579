"""PgBouncer in transaction mode, with its default settings, in front of a database."""

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from scripts.devkit.console import Problem
from scripts.devkit.local import children, cluster, ports, programs, state
from scripts.devkit.local import databases as logins
from scripts.devkit.local.paths import local, state_dir
from tests._lib.databases import Database

_SETTINGS = """
[databases]
{name} = host=127.0.0.1 port={server_port} dbname={name}
[pgbouncer]
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 300
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
"""
_READY_SECONDS = 20


@contextmanager
def serving(database: Database, size: int = 10) -> Iterator[str]:
    """The application's URL of this database through a pooler with `size` connections to it.

    Skips the test where PgBouncer is not installed and cannot be.
    """
    program = _program()
    with ports.on_a_free_port(16_432, lambda port: _serving(program, database, size, port)) as (_, pooled):
        yield pooled


@contextmanager
def _serving(program: list[str], database: Database, size: int, port: int) -> Iterator[str]:
    url = urlsplit(database.api_url)
    folder = state_dir() / f"pgbouncer-{port}"
    folder.mkdir(mode=0o700, exist_ok=True)
    password = state.secret(f"password_{logins.API}")
    _write(users := folder / "users.txt", f'"{logins.API}" "{password}"\n')
    settings = {"name": database.name, "server_port": url.port, "port": port, "size": size, "users": users}
    _write(file := folder / "pgbouncer.ini", _SETTINGS.format(**settings))
    log = local() / f"pgbouncer-{port}.log"
    with children.child([*program, str(file)], {}, log, folder) as process:
        children.wait_until_listening(port, process, _READY_SECONDS, log, "PgBouncer")
        pooled = database.api_url.replace(f":{url.port}/", f":{port}/")
        _wait_for(pooled, log)
        yield pooled
    for path in (users, file, log):
        path.unlink()
    folder.rmdir()


def _program() -> list[str]:
    """PgBouncer refuses to run as root, as PostgreSQL does."""
    try:
        program = programs.pgbouncer()
    except Problem as problem:
        pytest.skip(f"not tested behind a transaction pooler: {problem}")
    account = cluster.server_account()
    return [program, "-u", account.pw_name] if account else [program]


def _write(path: Path, text: str) -> None:
    """Write a file that only the pooler may read."""
    path.write_text(text)
    path.chmod(0o600)
    if account := cluster.server_account():
        for one in (path, path.parent):
            os.chown(one, account.pw_uid, account.pw_gid)


def _wait_for(url: str, log: Path) -> None:
    end = time.monotonic() + _READY_SECONDS
    while True:
        try:
            with closing(psycopg2.connect(url, connect_timeout=5)):
                return
        except psycopg2.OperationalError as error:
            if time.monotonic() > end:
                raise Problem(f"PgBouncer did not become ready: {error}{children.tail(log)}") from error
        time.sleep(0.05)
