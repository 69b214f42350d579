"""Packing is killed at every place of every step: nothing is lost, doubled or answered wrong.

A process of its own packs, as maintenance does. It is killed, or the process of PostgreSQL that works for it,
upon which PostgreSQL restarts. Meanwhile a device sends late readings for the months that are packed, again
and again until they are acknowledged, and somebody pages through all history. A twin that is never packed
gets what was acknowledged.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, TypeVar

import psycopg2
import pytest

from scripts.devkit.local import cluster
from scripts.devkit.local import databases as local_databases
from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import state_dir, state_in
from tests._lib import databases
from tests.db import _fleet, _lab, _packing
from tests.db._fleet import CLIENT
from tests.db._lab import Caller, Lab
from tests.db._strategies import iso

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]

OLD, NEXT = _packing.months_ago(3), _packing.months_ago(2)
STEP = "select private.pack_history()"
# Sends one query and never reads the answer.
PACKER = """
import psycopg2, psycopg2.extras, sys, time
connection = psycopg2.connect(sys.argv[1], async_=True)
psycopg2.extras.wait_select(connection)
connection.cursor().execute(sys.argv[2])
print(connection.info.backend_pid, flush=True)
time.sleep(600)
"""
# What holds the packer up (a lock of somebody else, if any), what it sends, and how it is found then.
AFTER = "after commit, before the answer is read"
PLACES = {
    "at the beginning": ('select from private."TbFrioMarca" for update', STEP, "active"),
    "before values are written": ('lock table series."TbSensorRegistroFrio" in share mode', STEP, "active"),
    "before positions are written": ('lock table series."TbPosicaoFria" in share mode', STEP, "active"),
    "before its end is noted": ('lock table private."TbFrioMarca" in share mode', STEP, "active"),
    "before commit": ("select 1", f"begin; {STEP}", "idle in transaction"),
    AFTER: ("select 1", STEP, "idle"),
}
Found = TypeVar("Found")


class Killed:
    """A laboratory that is packed, its twin, and who writes and reads meanwhile."""

    def __init__(self, labs: Sequence[Lab], readers: Sequence[str]) -> None:
        self.labs, self._readers = labs, dict(zip((lab.database for lab in labs), readers, strict=True))
        self.packed = labs[0]
        self.over = threading.Event()
        self.turn = threading.Semaphore(0)  # a batch of late readings for each round of deaths
        self.acknowledged: set[str] = set()
        self.walks = self.pages_read = 0

    def kill(self, holding: str, sent: str, state: str, victim: str) -> bool:
        """Pack up to this place, or to the end where the step does not come by; then kill. Whether it did."""
        self.ask("""update private."TbFrioMarca" set "dtTardias" = '-infinity' """)
        with closing(self.connect()) as holder:
            with holder.cursor() as cursor:
                cursor.execute(holding)
            with packing(self.packed.database.admin_url, sent) as (client, backend):
                is_there = self.reach(backend, {state, "idle"}) == state
                os.kill(backend if victim == "backend" else client.pid, signal.SIGKILL)
                client.kill()
                client.wait()
        self.wait_until_gone(backend)
        self.wait_for_a_page()
        return is_there

    def connect(self) -> Any:
        return until_it_works(lambda: psycopg2.connect(self.packed.database.admin_url))

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        def asked() -> list[tuple[Any, ...]]:
            with closing(psycopg2.connect(self.packed.database.admin_url)) as connection:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute(statement, values)
                    return list(cursor.fetchall()) if cursor.description else []

        return until_it_works(asked)

    def reach(self, backend: int, states: set[str]) -> str:
        """Wait until the packer waits: for a lock, or for its client."""
        for _ in range(6000):
            ((state, waits),) = self.ask(
                "select state, wait_event_type from pg_stat_activity where pid = %s", backend
            )
            if state in states and (state != "active" or waits == "Lock"):
                return str(state)
            time.sleep(0.005)
        raise AssertionError("the packer does not get there")

    def wait_until_gone(self, backend: int) -> None:
        for _ in range(6000):
            if not self.ask("select from pg_stat_activity where pid = %s", backend):
                return
            time.sleep(0.005)
        raise AssertionError("its process is still there")

    def wait_for_a_page(self) -> None:
        """Let the reader get on, who meets a death in the middle of every other page."""
        before = self.pages_read
        for _ in range(6000):
            if self.pages_read > before or self.over.is_set():
                return
            time.sleep(0.005)

    def until_over(self, job: Callable[[], None]) -> None:
        """Do this until all is over, which it is when it fails."""
        try:
            job()
        finally:
            self.over.set()

    def write(self) -> None:
        """Send late readings of both months; each until it is acknowledged, then to the twin."""
        for number in count():
            self.turn.acquire()
            if self.over.is_set():
                return
            moment = (OLD, NEXT)[number % 2] + timedelta(hours=number % 600, seconds=1 + number // 600)
            batch = [reading(1, moment, number), reading(2, moment, number)]
            for lab in self.labs:
                self.send(lab, batch)
            self.acknowledged.add(moment.isoformat())

    def send(self, lab: Lab, batch: list[dict[str, Any]]) -> None:
        def sent() -> dict[str, Any]:
            caller = Caller(lab.database.api_url, key_sha256=lab.key)
            with closing(caller.connection):
                return caller.ingest(batch)

        answer = until_it_works(sent)
        assert answer["stored"] + answer["duplicate"] == len(batch), answer

    def read(self) -> None:
        """Page through the history of a device: what was acknowledged before is there, once."""
        while not self.over.is_set():
            expected = set(self.acknowledged)
            found = [row["dtRegistro"] for row in self.pages(self.packed, 1)]
            assert len(found) == len(set(found)), "a row twice"
            assert expected <= set(found), "a row is missing"
            self.walks += 1

    def pages(self, lab: Lab, device: int) -> Iterator[dict[str, Any]]:
        """Rows of history, page after page; a page that PostgreSQL's end cut off is asked for again."""
        cursor, has_more = None, True
        while has_more:
            page = until_it_works(partial(self._page, lab, device, cursor))
            self.pages_read += 1
            yield from page["data"]
            cursor = page["nextCursor"]
            has_more = cursor is not None

    def _page(self, lab: Lab, device: int, cursor: str | None) -> dict[str, Any]:
        caller = Caller(lab.database.api_url, sub=self._readers[lab.database])
        with closing(caller.connection):
            return dict(
                caller.call(
                    "get_historico_paginado", p_cd_dispositivo=device, p_page_size=200, p_cursor=cursor
                )
            )

    def compare(self) -> None:
        """All is packed in the end; rows and answers are those of the twin."""
        with ExitStack() as stack:
            labs = []
            for lab in self.labs:
                owner = stack.enter_context(closing(psycopg2.connect(lab.database.owner_url)))
                owner.autocommit = True
                labs.append(replace(lab, owner=owner))
            _packing.pack(labs[0])
            assert _packing.packed(labs[0]) == (2 * len(self.acknowledged), 2 * len(self.acknowledged))
            assert labs[0].positions() == labs[1].positions()
            assert labs[0].readings() == labs[1].readings()
            found = [
                [
                    {key: value for key, value in row.items() if key != "cdPosicao"}
                    for device in (1, 2)
                    for row in self.pages(lab, device)
                ]
                for lab in labs
            ]
            assert len(found[0]) == 2 * len(self.acknowledged)
            assert found[0] == found[1]

    def is_packed(self) -> bool:
        return self.ask('select "dtFrio" >= %s from private."TbFrioMarca"', _packing.months_ago(1)) == [
            (True,)
        ]


def until_it_works(ask: Callable[[], Found]) -> Found:
    """What is asked, once PostgreSQL has recovered."""
    for _ in range(1200):
        try:
            return ask()
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            time.sleep(0.05)
    raise AssertionError("PostgreSQL does not recover")


@contextmanager
def packing(url: str, sent: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    command = [sys.executable, "-c", PACKER, url, sent]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout
        yield client, int(client.stdout.readline())


def reading(device: int, moment: datetime, number: int) -> dict[str, Any]:
    return {
        "cdDispositivo": device,
        "dtRegistro": iso(moment),
        "nrBat": 3 + number % 70 / 100,
        "latitude": -23.5,
        "longitude": -46.6 - number % 13 / 1000,
        "sensores": [{"cdSensor": device * 10 + 1, "nrValor": number % 37 / 10}],
    }


@pytest.fixture
def killed() -> Iterator[Killed]:
    folder = state_dir() / "packing"
    with only_one("packing"), state_in(folder), ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        cluster.start()
        stack.callback(cluster.stop, "immediate")
        labs, readers = [], []
        for _ in range(2):
            database = stack.enter_context(databases.empty())
            databases.migrate(database)
            with _lab.opened(database) as lab:
                _packing.begin(lab, OLD)
                readers.append(_fleet.add_user(lab.owner, CLIENT, "service"))
                labs.append(lab)
        with local_databases.admin() as cursor:
            cursor.execute("checkpoint")  # recovery need not begin with the migrations
        yield Killed(labs, readers)


def deaths(rounds: int) -> Iterator[tuple[str, str]]:
    """Every place for a killed process of PostgreSQL, and one after the other for a killed client."""
    yield from ((place, "backend") for place in PLACES)
    yield "before commit", "client"
    yield list(PLACES)[rounds % len(PLACES)], "client"


# Seen to fail: without the packed positions in history_slice().
def test_packing_that_is_killed_goes_on(killed: Killed) -> None:
    for month in (OLD, NEXT):
        for lab in killed.labs:
            killed.send(lab, [reading(d, month + timedelta(hours=n), n) for d in (1, 2) for n in range(600)])
        killed.acknowledged |= {(month + timedelta(hours=n)).isoformat() for n in range(600)}
    seen: set[tuple[str, bool]] = set()
    with ThreadPoolExecutor(2) as pool:
        others = [pool.submit(killed.until_over, job) for job in (killed.write, killed.read)]
        try:
            for rounds in range(30):
                killed.turn.release()
                seen |= {(place, killed.kill(*PLACES[place], who)) for place, who in deaths(rounds)}
                for _ in range(2):
                    killed.ask(STEP)
                if killed.over.is_set() or (rounds > 3 and killed.is_packed()):
                    break
        finally:
            killed.over.set()
            killed.turn.release()
        for other in others:
            other.result(timeout=60)
    assert killed.is_packed()
    assert killed.walks > 3
    assert {place for place, is_there in seen if is_there} == set(PLACES)
    killed.compare()
