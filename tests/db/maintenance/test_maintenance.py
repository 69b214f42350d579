"""Maintenance: one at a time, step by step, whoever is killed and whatever fails.

Comments name changes that were tried and make the test fail.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import psycopg2
import pytest

from scripts.devkit.local.databases import set_password, url
from scripts.devkit.local.paths import ROOT
from tests.db._lab import Lab, in_background

MAINTENANCE = "call private.run_maintenance()"
ROLE = "rastro_manutencao"
AT_WORK = "from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"


def log(lab: Lab) -> list[tuple[Any, ...]]:
    return lab.sql('select "dsPasso", "dsErro" from "TbManutencaoExecucao" order by "cdExecucao"')


@pytest.fixture(autouse=True)
def fresh(lab: Lab) -> None:
    lab.sql('delete from "TbManutencaoExecucao"')
    lab.sql("""update private."TbManutencaoConcessao" set "dtExpira" = '-infinity' """)


def test_each_step_has_a_line(lab: Lab) -> None:
    lab.sql(MAINTENANCE)
    (steps,) = lab.sql("select private.maintenance_steps()")[0]
    assert log(lab) == [(step, None) for step in steps]
    assert lab.sql("select get_saude_series() ->> 'status'") == [("ok",)]


# Fails without "exit when v_mais is null", and without the lease in run_step.
def test_never_two_at_work(lab: Lab) -> None:
    lab.sql(
        """update private."TbManutencaoConcessao"
           set "dsQuem" = 'other', "dtExpira" = now() + interval '1 minute'"""
    )
    lab.sql(MAINTENANCE)
    assert log(lab) == []


# Fails without "skip locked": the second would wait.
def test_who_works_cannot_be_joined_even_when_its_time_is_over(lab: Lab) -> None:
    with closing(psycopg2.connect(lab.database.owner_url)) as other, other.cursor() as cursor:
        cursor.execute("select private.run_step('expire_quarantine', 'other')")
        lab.sql("set statement_timeout = '5s'")
        lab.sql(MAINTENANCE)
        assert log(lab) == []
        lab.sql("reset statement_timeout")


# Fails when an expired lease is not taken over.
def test_after_one_is_killed_the_next_goes_on(lab: Lab) -> None:
    with closing(psycopg2.connect(lab.database.owner_url)) as victim, victim.cursor() as cursor:
        cursor.execute("select private.run_step('advance_watermark', 'victim')")
        lab.sql("select pg_terminate_backend(%s, 5000)", victim.info.backend_pid)
    lab.sql(MAINTENANCE)
    assert ("advance_watermark", None) in log(lab)


@contextmanager
def extend_floor(lab: Lab, body: str) -> Iterator[None]:
    """One of the steps does something else."""
    (kept,) = lab.sql("select pg_get_functiondef('private.extend_floor()'::regprocedure)")[0]
    lab.sql(
        f"create or replace function private.extend_floor() returns integer language plpgsql as $${body}$$"
    )
    try:
        yield
    finally:
        lab.sql(kept)


def until(told: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def at_work(lab: Lab) -> int:
    """How many maintenance runs are in the middle of a step that sleeps."""
    return len(lab.sql(f"select 1 {AT_WORK}"))


# Fails with a lease that lasts 0 s, and when an expired lease is not taken over.
def test_killed_in_the_middle_of_a_step_the_next_goes_on_when_the_lease_is_over(lab: Lab) -> None:
    def run() -> None:
        with closing(psycopg2.connect(lab.database.owner_url)) as victim:
            victim.autocommit = True
            victim.cursor().execute(MAINTENANCE)

    with extend_floor(lab, "begin perform pg_sleep(60); return 0; end"), in_background(run) as running:
        until(lambda: at_work(lab) == 1)
        begun = log(lab)
        assert begun, "the steps before it are committed"
        lab.sql(MAINTENANCE)
        assert log(lab) == begun, "who comes meanwhile does nothing"
        lab.sql(f"select pg_terminate_backend(pid, 5000) {AT_WORK}")
        assert isinstance(running.exception(20), psycopg2.OperationalError)
    lab.sql(MAINTENANCE)
    assert log(lab) == begun, "nobody knows yet that the other is gone"
    lab.sql("""update private."TbManutencaoConcessao" set "dtExpira" = now() - interval '1 second'""")
    lab.sql(MAINTENANCE)
    assert {step for step, _ in log(lab)[len(begun) :]} == set(
        lab.sql("select private.maintenance_steps()")[0][0]
    )


# Fails without the exception block in run_step.
def test_a_failing_step_is_seen_and_stops_no_other(lab: Lab) -> None:
    with extend_floor(lab, "begin raise exception 'on purpose'; end"):
        lab.sql(MAINTENANCE)
    failed = {step: error for step, error in log(lab) if error}
    assert failed == {"extend_floor": "P0001 on purpose"}
    assert len(log(lab)) == len(lab.sql("select private.maintenance_steps()")[0][0])
    health = lab.sql("select get_saude_series()")[0][0]
    assert health["status"] == "degraded"
    assert "STEP_FAILED" in health["reasons"]


# Fails without the grants of run_step and run_maintenance, and without security definer.
def test_its_login_can_do_this_and_nothing_else(lab: Lab) -> None:
    set_password(ROLE)
    with closing(psycopg2.connect(url(ROLE, lab.database.name))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(MAINTENANCE)
            assert len(log(lab)) == len(lab.sql("select private.maintenance_steps()")[0][0])
            for statement in (
                'select * from "TbPosicao"',
                "select private.advance_watermark()",
                "set role authenticated",
            ):
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    cursor.execute(statement)
            with pytest.raises(psycopg2.Error, match="is not a maintenance step"):
                cursor.execute("select private.run_step('service_identity', 'x')")


@contextmanager
def worker(lab: Lab, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The process that runs it, seen in the middle of a step."""
    set_password(ROLE)
    address = url(ROLE, lab.database.name).replace(f":{lab.owner.info.port}/", f":{port}/")
    command = [sys.executable, "-m", "app.jobs.maintenance"]
    environment = os.environ | {"RASTRO_MAINTENANCE_URL": address}
    with (
        extend_floor(lab, "begin perform pg_sleep(60); return 0; end"),
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process,
    ):
        try:
            until(lambda: at_work(lab) == 1)
            yield process
        finally:
            process.kill()
            lab.sql(f"select pg_terminate_backend(pid, 5000) {AT_WORK}")


def end(process: "subprocess.Popen[bytes]", number: signal.Signals) -> int:
    process.send_signal(number)
    return process.wait(2)


# Fails when patient() in app/jobs/maintenance.py does not cancel, or only when the connection is closed.
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_worker_and_its_statement(lab: Lab, number: signal.Signals) -> None:
    with worker(lab, lab.owner.info.port) as process:
        assert end(process, number) == 0
        until(lambda: at_work(lab) == 0, 2)


# Fails without setitimer in app/jobs/maintenance.py.
def test_a_signal_ends_the_worker_when_the_server_no_longer_listens(lab: Lab) -> None:
    """Who cancels speaks to the server on a connection of its own, which nobody answers here."""
    with one_connection_to(lab.owner.info.port) as port, worker(lab, port) as process:
        assert end(process, signal.SIGTERM) == -signal.SIGALRM


@contextmanager
def one_connection_to(port: int) -> Iterator[int]:
    """A port that leads to the server for the first who comes; others wait for ever."""
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as door,
        closing(socket.create_connection(("127.0.0.1", port))) as server,
    ):

        def serve() -> None:
            with suppress(OSError), closing(door.accept()[0]) as client:
                back = threading.Thread(target=pump, args=(server, client), daemon=True)
                back.start()
                pump(client, server)

        threading.Thread(target=serve, daemon=True).start()
        yield int(door.getsockname()[1])


def pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65_536):
            target.sendall(part)
