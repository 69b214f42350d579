"""A PostgreSQL that may be hurt, the API on it as scripts/run serves it, and an account of what was sent."""

import http.client
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from scripts.devkit.local import api, cluster, ports
from scripts.devkit.local.paths import local, state_in
from tests._lib import databases, identities
from tests._lib.databases import Database
from tests._lib.places import first_port
from tests.acceptance.senders import Load, check_answers, check_stored, sending
from tests.http import callers

DEVICES = (1, 2, 3, 4, 5, 6, 7, 8)
PROCESSES = 2
OURS = "from pg_stat_activity where usename = 'rastro_api' and datname = current_database()"


class OnDatabase:
    """What can be done to the database under whatever is tested."""

    database: Database

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """The superuser's, in autocommit."""
        with closing(psycopg2.connect(self.database.admin_url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor

    @contextmanager
    def locked(self, statement: str) -> Iterator[None]:
        """A transaction that takes a lock and is in no hurry."""
        with closing(psycopg2.connect(self.database.admin_url)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            yield
            connection.rollback()


@dataclass(frozen=True)
class Stage(OnDatabase):
    """The API in a few processes, and the database under it."""

    database: Database
    address: tuple[str, int]
    master: "subprocess.Popen[bytes]"

    def workers(self) -> set[int]:
        """The processes that serve."""
        path = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children")
        return {int(pid) for pid in path.read_text().split()}

    @contextmanager
    def loaded(self, *devices: int, unanswered: bool = False) -> Iterator[Load]:
        """Devices that send, and in the end the account of what they sent."""
        with sending(self.address, devices or DEVICES) as load:
            yield load
        check_answers(load, unanswered=unanswered)
        with self.cursor() as cursor:
            check_stored(load, cursor)

    def waiting(self) -> int:
        """How many of the API's statements wait for a lock."""
        with self.cursor() as cursor:
            cursor.execute(f"select {OURS} and wait_event_type = 'Lock'")
            return int(cursor.rowcount)

    def get(self, path: str) -> tuple[int, float, bytes]:
        """What a reader is answered, and after how many seconds."""
        began = time.monotonic()
        with closing(http.client.HTTPConnection(*self.address, timeout=60)) as connection:
            connection.request("GET", path, headers=callers.with_key(callers.READ_KEY))
            answer = connection.getresponse()
            body = answer.read()
        return answer.status, time.monotonic() - began, body

    def lets_in(self) -> bool:
        """Whether anybody answers who needs no database. The kernel takes connections until the very end."""
        with closing(http.client.HTTPConnection(*self.address, timeout=1)) as connection:
            try:
                connection.request("GET", "/health/live")
                return connection.getresponse().status == 200
            except OSError:
                return False

    def another(self, **variables: str) -> AbstractContextManager["Stage"]:
        """One more API on the same database, at an address of its own."""
        return served(self.database, self.address[1] + 1, **variables)


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """A new cluster in this folder with the demo fleet in it, and the API on it."""
    with state_in(folder):
        cluster.start()
        try:
            with databases.empty() as database:
                databases.migrate(database)
                callers.settle(database)
                with served(database, first_port(18_400)) as stage:
                    yield stage
        finally:
            cluster.stop("immediate")


@contextmanager
def served(database: Database, first: int, **more: str) -> Iterator[Stage]:
    """The API on this database, on the first free port from this one on."""
    with ports.on_a_free_port(first, lambda port: serving(database, ("127.0.0.1", port), **more)) as (
        _,
        stage,
    ):
        yield stage


@contextmanager
def serving(database: Database, address: tuple[str, int], **more: str) -> Iterator[Stage]:
    """The API at this address, on this database."""
    variables = {
        "DATABASE_URL": database.api_url,
        "SUPABASE_JWT_SECRET": identities.JWT_SECRET,
        "RASTRO_JWT_ISSUER": identities.ISSUER,
        **more,
    }
    host, port = address
    log = local() / f"faults-api-{port}.log"
    with api.served(host, port, PROCESSES, variables, log) as master:
        stage = Stage(database, address, master)
        while len(stage.workers()) < PROCESSES:  # the first of them says that the API is ready
            time.sleep(0.05)
        yield stage
    log.unlink(missing_ok=True)  # a second one at this address shares it
