"""An installation of the legacy system with a small fleet, and PostgREST in front of it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from scripts.devkit.fleet import legacy_fleet
from scripts.devkit.fleet.legacy_application import Reader
from scripts.devkit.fleet.legacy_fleet import LegacyFleet, client_of, person
from scripts.devkit.fleet.postgrest import Rest
from scripts.devkit.fleet.postgrest_schema import Schema
from scripts.devkit.local import databases
from scripts.devkit.local.paths import ROOT
from tests._lib.databases import Database
from tests._lib.legacy import legacy, owner
from tests.schema._legacy_world import OPEN_HANDED, UNIT

LOGIN = "authenticator"
# A busy machine is no reason to fail.
PATIENT = """alter role {role} in database "{name}" set statement_timeout = '60s'"""
# As installations that work have it: as it was written, only those who have not signed in may read.
LOOSENED = """
    create policy "autenticados podem ver" on public."TbEndereco" for select to authenticated using (true)
"""


@dataclass
class Installation:
    """A database, its fleet, and what PostgREST knows of it. Any thread may call `door` and `user`."""

    database: Database
    fleet: LegacyFleet
    schema: Schema
    first: Schema  # as it was at the beginning: PostgREST that has not noticed anything yet

    def door(self, is_stale: bool = False) -> Rest:
        """A connection with the service key."""
        return Rest(self.first if is_stale else self.schema)

    def user(self, client: int = 1) -> Rest:
        """A connection with the token of the user of a client."""
        claims = {"sub": person(client), "role": "authenticated", "aud": "authenticated"}
        return Rest(self.schema, "authenticated", claims)

    def reader(self, device: int = 1, since: str | None = None) -> Reader:
        """What the legacy application reads about a device, from the last day of the history on."""
        client, end = client_of(device), self.fleet.end
        begin = since or f"{end.replace(hour=0):%FT%T}"
        return Reader(self.user(client), client, client, device, begin, f"{end.year + 1}-01-01T00:00:00")


def convert(database: Database, step: str, *options: str) -> int:
    """Run a step of scripts/convert, as an operator does. Returns its exit code; what it printed is shown."""
    command = [sys.executable, str(ROOT / "scripts" / "convert"), step, "--dsn", database.owner_url, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(f"{step}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.returncode


def give_history(database: Database, fleet: LegacyFleet) -> None:
    """Fill a legacy database with the fleet and its history."""
    with owner(database) as cursor:
        cursor.execute(UNIT, ("km",))
        legacy_fleet.fill(cursor, fleet)
        for day in legacy_fleet.days(fleet):
            legacy_fleet.fill_day(cursor, day)
        cursor.execute("analyze")


def schema_of(database: Database, late: float = 0.0) -> Schema:
    with databases.roles_locked():
        databases.set_password(LOGIN)
    return Schema(databases.url(LOGIN, database.name), late)


@contextmanager
def installation(project: Database, fleet: LegacyFleet, late: float = 0.0) -> Iterator[Installation]:
    """A database as the catalogue has it, with grants of its time, the fleet and its history."""
    with ExitStack() as stack:
        database = stack.enter_context(legacy(project))
        with owner(database) as cursor:
            cursor.execute(OPEN_HANDED)
            cursor.execute(LOOSENED)
            with databases.roles_locked():
                for role in (LOGIN, "authenticated"):
                    cursor.execute(PATIENT.format(role=role, name=database.name))
        give_history(database, fleet)
        schema = stack.enter_context(closing(schema_of(database, late)))
        first = stack.enter_context(closing(schema_of(database, late=1e9)))
        first.refresh()
        yield Installation(database, fleet, schema, first)
