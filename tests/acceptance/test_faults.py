"""Devices report while the database is stopped, cut off, locked, crowded or full, and processes are killed.

A real PostgreSQL of the tests' own, and the API as scripts/run serves it, started once: it has to come back
by itself. Each device numbers its readings and sends each until it is acknowledged; in the end what is stored
is compared with what was acknowledged, number by number.
"""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from scripts.devkit.local import cluster
from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import state_dir
from tests.acceptance import small_disk
from tests.acceptance.senders import ALLOWANCE_S, PROMISED_S, Load, Sender, until
from tests.acceptance.stage import DEVICES, OURS, PROCESSES, Stage, serving, staged

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

HOLD_S = 30
CROWD = DEVICES * 5
SMALL_MB = 400
_A_YEAR = "dtInicio=20260101&dtFim=20261231"
_HISTORY = f"/v2/HistoricoPaginaDispositivo/1?cdCliente=1&{_A_YEAR}"
_SLOW = """
create function public.devagar() returns trigger language plpgsql
  as 'begin perform pg_sleep(0.6); return null; end';
create trigger devagar before insert on series."TbPosicao"
  for each statement execute function public.devagar();
"""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    folder = state_dir() / "faults"
    with only_one("faults"):
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
        f"{what}: {sum(load.acknowledged())} acknowledged; {len(refused)} refused ({codes}), the slowest"
        f" after {slowest:.2f} s; {load.unanswered()} unanswered; all devices again after {recovery:.2f} s"
    )


# Seen to fail: with synchronous_commit off (rows are missing after a crash); with a long pause in the pool.
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


# Seen to fail: without Retry-After.
@pytest.mark.usefixtures("unmoved")
def test_every_connection_is_terminated_again_and_again(stage: Stage) -> None:
    with stage.loaded() as load, stage.cursor() as cursor:
        for _ in range(10):
            cursor.execute(f"select pg_terminate_backend(pid) {OURS}")
            assert cursor.rowcount > 0
            recovery = load.all_go_on()
    tell("terminated", load, recovery)


# Seen to fail: without lock_timeout in app/rpc/postgres.py (the 4 s of the login).
@pytest.mark.usefixtures("unmoved")
def test_a_table_is_locked(stage: Stage) -> None:
    with stage.loaded() as load:
        with stage.locked('lock table series."TbPosicao"'):
            load.some_are_refused("BUSY")
            status, seconds, body = stage.get(_HISTORY)
            assert (status, b'"BUSY"' in body) == (503, True)
            assert seconds < PROMISED_S + ALLOWANCE_S
            until(lambda: stage.get("/v2/TbPosicaoAtual?cdProduto=1")[0] == 200)
            time.sleep(HOLD_S)
        recovery = load.all_go_on()
    tell("table locked", load, recovery)


# Seen to fail: with one thread a process (others wait in its line for 4 s); with a
# lock_timeout of 1.5 s (two waits in turn: 3 s).
@pytest.mark.usefixtures("unmoved")
def test_a_device_is_locked(stage: Stage) -> None:
    """Several speak for it: all but the first wait for a place in the queue, then for its head."""
    with stage.loaded(1, 1, 1, 1, *DEVICES) as load:
        with stage.locked('select from "TbPosicaoAtual" where "cdDispositivo" = 1 for update'):
            load.some_are_refused("BUSY")
            end = time.monotonic() + HOLD_S
            until(lambda: time.monotonic() > end)
            load.besides(1).all_go_on()
        recovery = load.all_go_on()
    tell("device locked", load, recovery)


# Seen to fail: with a pool that lets wait for 5 s.
@pytest.mark.usefixtures("unmoved")
def test_a_crowd_meets_slow_statements(stage: Stage) -> None:
    with stage.loaded() as load, stage.cursor() as cursor:
        cursor.execute(_SLOW)
        with stage.loaded(*CROWD) as crowd:
            crowd.some_are_refused("BUSY", len(CROWD) * 5)
            cursor.execute("drop function public.devagar cascade")
            recovery = crowd.all_go_on()
        load.all_go_on()
    tell("crowd", crowd, recovery)


# Seen to fail: without 53 in app/errors.py.
def test_the_disk_is_full() -> None:
    with small_disk.mounted(state_dir() / "faults-small", SMALL_MB) as folder, staged(folder) as stage:
        before = stage.workers()
        with stage.loaded() as load:
            small_disk.fill(ballast := folder / "ballast")
            load.some_are_refused("UNAVAILABLE", 50)
            ballast.unlink()
            # When not even its log has room PostgreSQL ends, and somebody starts it.
            ended = cluster.start()
            recovery = load.all_go_on()
        assert stage.workers() == before
    tell(f"disk full, {'ended' if ended else 'never down'}", load, recovery)


# Seen to fail: with commits only when a connection is lent next.
def test_a_worker_is_killed(stage: Stage) -> None:
    with stage.loaded(unanswered=True) as load:
        for _ in range(5):
            victim = max(stage.workers())
            os.kill(victim, signal.SIGKILL)
            until(lambda gone=victim: gone not in stage.workers() and len(stage.workers()) == PROCESSES)
            recovery = load.all_go_on()
    tell("worker killed", load, recovery)


# Seen to fail: likewise.
def test_the_api_is_stopped_under_load(stage: Stage) -> None:
    with stage.another() as first, first.loaded(unanswered=True) as load:
        first.master.terminate()
        assert first.master.wait(20) == 0
        with serving(stage.database, first.address):
            recovery = load.all_go_on()
            # The senders end while there is somebody to answer them.
            load.stop()
    tell("SIGTERM", load, recovery)


# Seen to fail: with a graceful timeout of 0.
def test_requests_in_flight_are_answered_when_the_api_stops(stage: Stage) -> None:
    since = datetime.now(UTC) - timedelta(days=2)
    with stage.another(RASTRO_LOCK_TIMEOUT_MS="8000") as api, ThreadPoolExecutor() as threads:
        senders = [Sender(api.address, device, since) for device in DEVICES[:PROCESSES]]
        with stage.locked('lock table series."TbPosicao"'):
            answers = [threads.submit(sender.once) for sender in senders]
            until(lambda: stage.waiting() == len(senders))
            api.master.terminate()
            until(lambda: not api.lets_in())
        assert [answer.result() for answer in answers] == [True] * len(senders)
        assert api.master.wait(20) == 0
