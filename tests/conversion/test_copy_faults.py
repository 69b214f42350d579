"""scripts/convert copy while the legacy application writes: killed, its connection cut, run again."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from scripts.devkit.console import Problem
from scripts.devkit.convert import carry, verify
from scripts.devkit.fleet.legacy_fleet import LegacyFleet
from scripts.devkit.fleet.legacy_traffic import reporting
from scripts.devkit.local.paths import ROOT
from tests._lib.databases import Database
from tests._lib.legacy import owner
from tests.conversion._installation import Installation, installation
from tests.schema._prepared import prepare

FLEET = LegacyFleet(devices=20, days=40, per_day=4)
ROWS = 2 * FLEET.reports


@pytest.fixture(scope="module")
def busy(project: Database) -> Iterator[Installation]:
    with installation(project, FLEET) as one:
        prepare(one.database)
        yield one


@contextmanager
def copying(database: Database, *options: str) -> Iterator[subprocess.Popen[str]]:
    script = str(ROOT / "scripts" / "convert")
    command = [sys.executable, script, "copy", "--dsn", database.owner_url, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def carried(cursor: Any) -> int:
    cursor.execute('select coalesce(sum("nrLevadas"), 0)::integer from conversao."TbConversaoMes"')
    return int(cursor.fetchone()[0])


def wait_for(condition: Any) -> None:
    while not condition():
        time.sleep(0.02)


# Seen to fail: without the triggers of TbSensorRegistro.
def test_nothing_is_lost_or_doubled(busy: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carry, "_LOCK_ATTEMPTS", 1)
    url = busy.database.owner_url
    with owner(busy.database) as cursor, reporting(busy.fleet, busy.door, rate=30, connections=3) as traffic:
        for share in (0.2, 0.4):  # killed, and run again
            with copying(busy.database, "--batch", "100", "--rate", "3000") as process:
                wait_for(lambda share=share: carried(cursor) > share * ROWS)
                process.send_signal(signal.SIGKILL)
        with copying(busy.database, "--batch", "100", "--rate", "1000") as process:
            wait_for(lambda: carried(cursor) > 0.5 * ROWS)
            with pytest.raises(Problem, match="Another scripts/convert"):
                carry.copy(url, carry.Pace(None), lambda _rows: None)
            cursor.execute(
                """select pg_terminate_backend(l.pid) from pg_locks l
                   where l.locktype = 'advisory' and l.database = (
                     select oid from pg_database where datname = current_database())"""
            )
            _, progress = process.communicate(timeout=100)
        assert process.returncode == 0
        assert "rows/s" in progress
        assert verify.verify(url).agrees
        assert traffic.whole > 0
    verdict = verify.verify(url)
    assert verdict.agrees
    written = len(traffic.ledger.rows["TbPosicao"])
    with owner(busy.database) as cursor:
        assert not traffic.ledger.account(cursor)
        cursor.execute('select count(*), count(distinct "cdPosicao") from series."TbPosicao"')
        assert cursor.fetchone() == (FLEET.reports + written, FLEET.reports + written)
        cursor.execute('select count(*) from conversao."TbConversaoMudanca"')
        assert cursor.fetchone() == (0,)
