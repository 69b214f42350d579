"""Places of a legacy database: on a small disk, or where pg_cron is. And maintenance beside a conversion."""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from scripts.devkit.local import cluster
from scripts.devkit.local.databases import admin, apply_project, create, drop
from tests._lib.databases import Database, clone
from tests._lib.legacy import owner


@contextmanager
def with_cron(source: Database) -> Iterator[Database]:
    """A copy in the one database of the cluster that pg_cron serves."""
    name = cluster.MAIN_DATABASE
    create(name, source.name)
    try:
        apply_project(name)
        yield Database(name)
    finally:
        drop(name)


@contextmanager
def maintained(database: Database) -> Iterator[Counter[str]]:
    """While the block lasts maintenance runs again and again. How its runs ended, by SQLSTATE; `done`."""
    ends: Counter[str] = Counter()
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(0.5):
            try:
                with owner(database) as cursor:
                    cursor.execute("call private.run_maintenance(2)")
                ends["done"] += 1
            except psycopg2.Error as error:
                ends[f"{error.pgcode} {error}"] += 1

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield ends
    finally:
        stop.set()
        thread.join()


@contextmanager
def on_disk(folder: Path, source: Database) -> Iterator[Database]:
    """A copy of a database with its files in this folder."""
    with clone(source) as database:
        (place := folder / "postgres").mkdir()
        if account := cluster.server_account():
            os.chown(place, account.pw_uid, account.pw_gid)
        with admin() as cursor:
            cursor.execute(f"create tablespace small location '{place}'")
            cursor.execute(f'alter database "{database.name}" set tablespace small')
        yield database
    with admin() as cursor:
        cursor.execute("drop tablespace small")
