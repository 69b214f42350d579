"""Devices report while the database is stopped, cut off, locked, crowded or full, and processes are killed.

A real PostgreSQL of the tests' own, and the API as scripts/run serves it, started once: it has to come back
by itself. Each device numbers its readings and sends each until it is acknowledged; in the end what is stored
is compared with what was acknowledged, number by number.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from scripts._lib import api, cluster
from scripts._lib.paths import state_dir, state_in
from tests._lib import databases, identities
from tests._lib.databases import Database
from tests.acceptance.senders import Load, check_answers, check_stored, sending
from tests.http import callers

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

DEVICES = (1, 2, 3, 4, 5, 6, 7, 8)
HOLD_S = 30
_OURS = "from pg_stat_activity where usename = 'rastro_api' and datname = current_database()"


@dataclass(frozen=True)
class Stage:
    """The API in two processes, and the database under it that may be hurt."""

    database: Database
    address: tuple[str, int]
    master: "subprocess.Popen[bytes]"

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """The superuser's, in autocommit."""
        with closing(psycopg2.connect(self.database.admin_url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor

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

    @contextmanager
    def locked(self, statement: str, *values: Any) -> Iterator[None]:
        """A transaction that took a lock and is in no hurry."""
        with closing(psycopg2.connect(self.database.admin_url)) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            yield
            connection.rollback()


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """A new cluster in this folder with the demo fleet in it, and the API on it."""
    with state_in(folder):
        cluster.start()
        try:
            with databases.empty() as database:
                databases.migrate(database)
                callers.settle(database)
                address = ("127.0.0.1", cluster.free_port(18_400))
                variables = {
                    "DATABASE_URL": database.api_url,
                    "SUPABASE_JWT_SECRET": identities.JWT_SECRET,
                    "RASTRO_JWT_ISSUER": identities.ISSUER,
                }
                log = folder / "api.log"
                with api.served(f"{address[0]}:{address[1]}", 2, variables, log) as master:
                    yield Stage(database, address, master)
        finally:
            cluster.stop("immediate")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    folder = state_dir() / "faults"
    shutil.rmtree(folder, ignore_errors=True)
    with staged(folder) as found:
        yield found
    shutil.rmtree(folder)


@pytest.fixture
def unmoved(stage: Stage) -> Iterator[None]:
    """The test's faults are survived by the very same processes."""
    before = stage.workers()
    yield
    assert stage.workers() == before


def tell(what: str, load: Load, recovery: float) -> None:
    refused = load.refusals()
    slowest = max((one.seconds for one in refused), default=0.0)
    codes = " ".join(sorted({one.code for one in refused}))
    print(
        f"{what}: {sum(load.acknowledged())} acknowledged; {len(refused)} refused ({codes}), the slowest after"
        f" {slowest:.2f} s; {load.unanswered()} unanswered; all devices again after {recovery:.2f} s"
    )


@pytest.mark.usefixtures("unmoved")
@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_postgresql_stops_and_starts(stage: Stage, mode: str) -> None:
    with stage.loaded() as load:
        for _ in range(2):
            assert cluster.stop(mode)
            load.some_are_refused("UNAVAILABLE", 20)
            assert cluster.start()
            recovery = load.all_go_on()
    tell(f"stop -m {mode}", load, recovery)


@pytest.mark.usefixtures("unmoved")
def test_every_connection_is_terminated_again_and_again(stage: Stage) -> None:
    with stage.loaded() as load, stage.cursor() as cursor:
        for _ in range(10):
            cursor.execute(f"select pg_terminate_backend(pid) {_OURS}")
            assert cursor.rowcount > 0
            recovery = load.all_go_on()
    tell("terminated", load, recovery)
