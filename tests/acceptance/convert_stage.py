"""A legacy installation that may be hurt, its application at work on it, and scripts/convert as a process.

50 devices report in a second, each by six or seven requests as PostgREST sends them, and a user reads. What
was acknowledged is compared with what is stored, row by row.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.devkit.convert import state
from scripts.devkit.fleet.legacy_application import Reader
from scripts.devkit.fleet.legacy_fleet import LegacyFleet
from scripts.devkit.fleet.legacy_traffic import FIRST_NUMBER, Traffic, looking, reporting
from scripts.devkit.local import cluster
from scripts.devkit.local.paths import ROOT, state_in
from tests._lib.databases import Database, clone, empty
from tests._lib.legacy import BASELINE, migrate, owner, query
from tests.acceptance.held_convert import HELD
from tests.conversion._installation import LOOSENED, Installation, give_history, schema_of
from tests.schema._legacy_world import OPEN_HANDED

FLEET = LegacyFleet(devices=50, days=35, per_day=1, sensors=2)
RATE, MORE = 50.0, 20  # reports a second; that are written whole after a fault, at least
# Of requests that wait for a way back, which PostgREST began with the function that goes.
CHANGED = ("antes_da_requisicao() does not exist",)
AWAY = ("server closed the connection", "connection to server", "terminating connection", "SSL SYSCALL",
        "connection already closed", "57P0", "the database system is")  # fmt: skip
SLOW = "57014"  # of a reader: the policies of the legacy schema look at every row
_WAITING = """
    select from pg_stat_activity a join pg_locks l using (pid)
    where a.application_name = 'rastro' and a.datname = current_database() and not l.granted
      and l.relation is not distinct from %s::regclass"""
_SEEN = f'select "nrSeq" from public."TbPosicao" where "nrSeq" >= {FIRST_NUMBER}'


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it printed."""

    code: int
    text: str


class Command:
    """scripts/convert as a process of its own; with a moment (held_convert) it stops there."""

    def __init__(self, url: str, step: str, *options: str, moment: str | None = None) -> None:
        program = ["-m", "tests.acceptance.held_convert", moment] if moment else ["scripts/convert"]
        self.process = subprocess.Popen(
            [sys.executable, *program, step, "--dsn", url, *options],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.step, self._before = step, ""

    def wait_until_held(self) -> None:
        assert self.process.stdout
        line = ""
        while not line.endswith(f"{HELD}\n"):  # which may follow a progress bar
            line = self.process.stdout.readline()
            assert line, f"ended before its moment: {self._before}"
            self._before += line

    def go_on(self) -> Done:
        """Let it go on; until it ends."""
        with suppress(BrokenPipeError):
            text, _ = self.process.communicate("\n")
        done = Done(self.process.returncode, self._before + text)
        print(f"{self.step}: {done.code}\n{done.text}")
        return done

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.communicate()
        assert self.process.returncode < 0, "it had ended before"


@dataclass
class Case:
    """A database of its own, whose application and reader go on while something happens."""

    old: Installation
    traffic: Traffic
    reader: Reader
    started: list[Command] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.old.database.owner_url

    def start(self, step: str, *options: str, moment: str | None = None, url: str = "") -> Command:
        command = Command(url or self.url, step, *options, moment=moment)
        self.started.append(command)
        return command

    def run(self, step: str, *options: str, url: str = "") -> Done:
        return self.start(step, *options, url=url).go_on()

    def held(self, step: str, *options: str, moment: str) -> Command:
        """The command, which waits at this moment."""
        command = self.start(step, *options, moment=moment)
        command.wait_until_held()
        return command

    def reached(self) -> str:
        with owner(self.old.database) as cursor:
            return state.reached(cursor)

    def goes_on(self, *known: str) -> None:
        """More reports are written whole and more is read; what failed meanwhile is of a known kind."""
        whole, read = self.traffic.whole, self.reader.ledger.requests
        until(lambda: self.traffic.whole >= whole + MORE and self.reader.ledger.requests > read)
        reader = [one for one in self.reader.ledger.failures if SLOW not in one]
        failures = [*self.traffic.ledger.failures, *reader]
        self.traffic.ledger.failures.clear()
        self.reader.ledger.failures.clear()
        unknown = [one for one in failures if not any(kind in one for kind in known)]
        assert not unknown, unknown

    def adds_up(self) -> None:
        """Once the application has stopped: what it was told is there once, and nothing else."""
        ledger = self.traffic.ledger
        with owner(self.old.database) as cursor:
            assert not (account := ledger.account(cursor)), account
            cursor.execute(_SEEN)
            seen = [number for (number,) in cursor.fetchall()]
            cursor.execute('select count(*) from public."TbPosicao"')
            assert cursor.fetchone() == (FLEET.reports + len(seen),)
        told, untold = ({row["nrSeq"] for row in rows.get("TbPosicao", [])}
                        for rows in (ledger.rows, ledger.open))  # fmt: skip
        assert len(seen) == len(set(seen)), "doubled"
        assert told <= set(seen) <= told | untold, (told - set(seen), set(seen) - told - untold)
        assert len(told) > 0


@dataclass(frozen=True)
class Stage:
    """A database to copy, as the application left it."""

    legacy: Database

    @contextmanager
    def case(self, copied: Callable[[Database], AbstractContextManager[Database]] = clone) -> Iterator[Case]:
        """A copy of it with its application at work. In the end the application stops, and all adds up."""
        with copied(self.legacy) as database, closing(schema_of(database)) as schema:
            old = Installation(database, FLEET, schema, first=schema)
            with reporting(FLEET, old.door, rate=RATE) as traffic, looking(old.reader(5), 1.0) as reader:
                case = Case(old, traffic, reader)
                try:
                    case.goes_on()
                    yield case
                finally:
                    for command in case.started:
                        command.process.kill()
            case.adds_up()


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """A cluster of its own in this folder, with a legacy database."""
    shutil.rmtree(folder, ignore_errors=True)
    with state_in(folder):
        cluster.start(durable=False)
        try:
            with empty() as legacy:
                migrate(legacy, BASELINE)
                with owner(legacy) as cursor:
                    cursor.execute(OPEN_HANDED)
                    cursor.execute(LOOSENED)
                give_history(legacy, FLEET)
                yield Stage(legacy)
        finally:
            cluster.stop("immediate")
    shutil.rmtree(folder)


def until(condition: Callable[[], Any]) -> None:
    """Wait for it: the test's time limit ends it otherwise."""
    while not condition():
        time.sleep(0.05)


def is_waiting(database: Database, table: str | None = None) -> bool:
    """Whether a command of scripts/convert waits for this table, or for a transaction."""
    return bool(query(database, _WAITING, table))
