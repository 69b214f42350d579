"""A legacy database is converted while commands are killed, PostgreSQL stops and its disk is full.

In each case 50 devices a second report to the legacy application, and a user reads: both go on, nothing that
was acknowledged is lost or doubled, and old and new add up to the row (convert_stage.Case). Commands are
processes; those that die get SIGKILL. test_convert_kills.py does so at many more statements, in process.
"""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial

import pytest

from scripts.devkit.commands import convert
from scripts.devkit.convert import carry, state, verify
from scripts.devkit.local import cluster
from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import state_dir
from tests._lib.legacy import owner, query
from tests.acceptance import small_disk
from tests.acceptance.convert_places import maintained, on_disk, with_cron
from tests.acceptance.convert_stage import AWAY, CHANGED, Case, Stage, is_waiting, staged, until
from tests.acceptance.forgetful_door import losing_commit

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]

HOLD_S = float(os.environ.get("RASTRO_HOLD_S", "4"))  # a minute with --full
LOCKED = "after:1:lock table.*in access exclusive mode"
SWITCH, BACK, FINISH = ("switch", "--radius", "km"), ("back",), ("finish", "--yes-drop-legacy")
STEPS = {"prepare": convert.prepare, "copy": lambda url: convert.copy(url, None), "verify": verify.report}
AGAIN = ("copy", "verify")
WRITTEN = """
    insert into public."TbPosicao" ("cdDispositivo", "nrBat", "nrSeq") values (1, 3.5, %s)
    returning to_json("TbPosicao".*)"""
FAILED_STEPS = """
    select "dsPasso", "dsErro" from public."TbManutencaoExecucao" where "dsErro" is not null
    union all
    select command, return_message from cron.job_run_details where status = 'failed'"""
SMALL_MB, LEFT, FULL = 200, 2**20, "53100"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with only_one("convert"), staged(state_dir() / "convert") as found:
        yield found


def kill(case: Case, *step: str, moment: str) -> None:
    """The command dies at this moment; whoever uses the database goes on."""
    case.held(*step, moment=moment).kill()
    case.goes_on(*CHANGED)


def kill_at_work(case: Case, *step: str, table: str, mode: str = "share") -> None:
    """The command dies while the server is at a statement, which waits for this table."""
    with owner(case.old.database) as cursor:
        cursor.execute(f"begin; lock table {table} in {mode} mode")
        command = case.start(*step)
        until(lambda: is_waiting(case.old.database, table))
        command.kill()
        case.goes_on(*CHANGED)


def do(case: Case, *steps: str) -> None:
    """Steps to which nothing happens; in this process, as starting one takes long."""
    for step in steps:
        assert STEPS[step](case.url) == 0
        case.goes_on(*CHANGED)


def do_and_lose_the_answer(case: Case, step: tuple[str, ...], said: str) -> None:
    """The connection is lost after COMMIT, before its answer: the command finds out that it succeeded."""
    with losing_commit(case.url) as url:
        done = case.run(*step, url=url)
    assert (done.code, said in done.text) == (0, True), done.text
    assert "The connection to the database was lost" in done.text


def test_commands_are_killed_and_answers_to_commits_are_lost(stage: Stage) -> None:
    """And maintenance runs beside them: it neither disturbs them nor is disturbed."""
    with stage.case(with_cron) as case, maintained(case.old.database) as runs:
        kill(case, "prepare", moment="after:1:^commit$")
        kill(case, "prepare", moment="before:1:create or replace trigger conversao_apagado")
        assert case.reached() == state.NEW
        do(case, "prepare")
        kill(case, "copy", "--batch", "100", moment="after:5:copy_part")
        kill_at_work(case, "copy", table='conversao."TbConversao"')
        do(case, "copy")
        kill(case, "verify", moment="before:1:create temporary table compared")
        do(case, "verify")
        kill(case, *SWITCH, moment="before:1:^begin")
        kill(case, *SWITCH, moment=LOCKED)
        kill_at_work(case, *SWITCH, table='series."TbPosicao"', mode="row exclusive")
        assert case.reached() == state.PREPARED
        do_and_lose_the_answer(case, SWITCH, "Switched")
        case.goes_on(*CHANGED)
        assert case.reached() == state.SWITCHED
        kill(case, *BACK, moment=LOCKED)
        kill_at_work(case, *BACK, table='conversao."TbConversaoColuna"')
        assert case.reached() == state.SWITCHED
        do_and_lose_the_answer(case, BACK, "Back")
        case.goes_on(*CHANGED)
        do(case, *AGAIN)
        kill(case, *SWITCH, moment="after:1:^commit$")
        assert case.reached() == state.SWITCHED
        kill(case, *FINISH, moment=LOCKED)
        assert case.reached() == state.SWITCHED
        do_and_lose_the_answer(case, FINISH, "Finished")  # and the legacy application with it
        assert case.reached() == state.NEW
        assert query(case.old.database, FAILED_STEPS) == []
    assert runs.pop("done") > 10
    assert [one for one in runs if not one.startswith(("3F000", "42883"))] == []  # until it is there


def test_a_transaction_is_open_across_steps_and_a_second_command_is_started(stage: Stage) -> None:
    """An application has written and does not end its transaction: others go on, and no step misses it."""
    with stage.case() as case, owner(case.old.database) as slow:
        for number, step in enumerate([("prepare",), SWITCH]):
            slow.execute("begin")
            slow.execute(WRITTEN, (2_000_000_000 + number,))
            ((row,),) = slow.fetchall()
            command = case.start(*step)
            end = time.monotonic() + HOLD_S
            while time.monotonic() < end:
                case.goes_on(*CHANGED)
            second = case.run(*step)
            assert (second.code, "Another scripts/convert" in second.text) == (2, True), second.text
            assert command.process.poll() is None
            slow.execute("commit")
            case.traffic.ledger.acknowledged("TbPosicao", [row])
            done = command.go_on()
            assert done.code == 0, done.text
            case.goes_on(*CHANGED)
            if step == ("prepare",):
                do(case, *AGAIN)


def test_a_command_that_is_killed_or_stopped_does_not_keep_the_next_one_waiting(stage: Stage) -> None:
    """Its statement waits for an open transaction, a backup say; the server finds that nobody asks."""
    with stage.case() as case, owner(case.old.database) as slow:
        slow.execute('begin isolation level repeatable read; select count(*) from public."TbPosicao"')
        command = case.start("prepare")
        until(lambda: is_waiting(case.old.database))
        command.kill()
        until(lambda: not is_waiting(case.old.database))
        command = case.start("prepare", moment="before:1:^nothing of the kind")
        until(lambda: is_waiting(case.old.database))
        command.process.send_signal(signal.SIGINT)
        done = command.go_on()
        assert (done.code, "Stopped. Nothing is lost" in done.text) == (2, True), done.text
        until(lambda: not is_waiting(case.old.database))
        command = case.start("prepare")
        until(lambda: is_waiting(case.old.database))
        slow.execute("commit")
        assert command.go_on().code == 0


def stop_and_start(case: Case, mode: str = "immediate") -> None:
    """PostgreSQL stops, and starts a second later."""
    assert cluster.stop(mode)
    time.sleep(1)
    assert cluster.start(durable=False)
    case.goes_on(*CHANGED, *AWAY)


def test_postgresql_stops_and_starts(stage: Stage) -> None:
    """During the copy and at the switch, where a command is also stopped while it holds the locks."""
    with stage.case() as case:
        do(case, "prepare")
        command = case.start("copy", "--batch", "100", "--rate", "1000")
        for mode, share in (("immediate", 0.2), ("fast", 0.5)):
            until(lambda share=share: is_carried(case, share))
            stop_and_start(case, mode)
        done = command.go_on()
        assert (done.code, "Trying again" in done.text) == (0, True), done.text
        do(case, "verify")
        command = case.held(*SWITCH, moment=LOCKED)
        case.goes_on(*CHANGED)  # as the server has ended the session that held the locks
        done = command.go_on()
        assert (done.code, "Nothing was changed: run this again" in done.text) == (2, True), done.text
        command = case.held(*SWITCH, moment=LOCKED)
        stop_and_start(case)
        done = command.go_on()
        assert (done.code, "Nothing was changed: run this again" in done.text) == (2, True), done.text
        assert case.reached() == state.PREPARED
        command = case.held(*SWITCH, moment="after:1:^commit$")
        stop_and_start(case)
        assert command.go_on().code == 0
        assert case.reached() == state.SWITCHED


def is_carried(case: Case, share: float) -> bool:
    total, done = carry.extent(case.url)
    return done > share * total


# The copy and the application share a disk. What is full is said, and who makes room can go on.
def test_the_disk_is_full(stage: Stage) -> None:
    with (
        small_disk.mounted(state_dir() / "convert-small", SMALL_MB) as folder,
        stage.case(partial(on_disk, folder)) as case,
    ):
        ballast = folder / "ballast"
        do(case, "prepare")
        small_disk.fill(ballast, leave=LEFT)
        done = case.run("copy")
        assert (done.code, "The disk of the database is full" in done.text) == (2, True), done.text
        ballast.unlink()
        case.goes_on(FULL)
        do(case, *AGAIN)
        small_disk.fill(ballast)
        done = case.run(*SWITCH)
        assert (done.code, "The disk of the database is full" in done.text) == (2, True), done.text
        assert case.reached() == state.PREPARED
        until(lambda: any(FULL in one for one in case.traffic.ledger.failures))
        ballast.unlink()
        case.goes_on(FULL)
        done = case.run(*SWITCH)
        assert done.code == 0, done.text
        case.goes_on(*CHANGED, FULL)
