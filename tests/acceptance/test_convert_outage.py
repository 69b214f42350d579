"""PostgreSQL stops and starts while a legacy database is copied and its application writes."""

import shutil
import threading
import time
from collections.abc import Iterator

import pytest

from scripts.devkit.convert import carry, verify
from scripts.devkit.fleet.legacy_fleet import LegacyFleet
from scripts.devkit.fleet.legacy_traffic import reporting
from scripts.devkit.fleet.postgrest import Rest
from scripts.devkit.local import cluster
from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import state_dir, state_in
from tests._lib import databases
from tests._lib.legacy import BASELINE, migrate, owner
from tests.conversion._installation import give_history, schema_of
from tests.schema._prepared import prepare

pytestmark = pytest.mark.acceptance
FLEET = LegacyFleet(devices=20, days=25, per_day=8)


def wait_until_carried(url: str, share: float) -> None:
    while True:
        total, done = carry.extent(url)
        if done > share * total:
            return
        time.sleep(0.05)


@pytest.fixture
def prepared() -> Iterator[databases.Database]:
    """A prepared legacy database in a cluster of its own."""
    folder = state_dir() / "outage"
    with only_one("outage"):
        shutil.rmtree(folder, ignore_errors=True)
        with state_in(folder):
            cluster.start()
            try:
                with databases.empty() as database:
                    migrate(database, BASELINE)
                    give_history(database, FLEET)
                    prepare(database)
                    yield database
            finally:
                cluster.stop("immediate")
        shutil.rmtree(folder)


@pytest.mark.timeout(600)
def test_nothing_is_lost_or_doubled(prepared: databases.Database) -> None:
    url, schema = prepared.owner_url, schema_of(prepared)
    done: list[int] = []
    command = threading.Thread(
        target=lambda: done.append(carry.copy(url, carry.Pace(4_000), lambda _rows: None, rows=200))
    )
    with reporting(FLEET, lambda: Rest(schema), rate=20, connections=2) as traffic:
        command.start()
        for mode, share in (("immediate", 0.2), ("fast", 0.5)):
            wait_until_carried(url, share)
            cluster.stop(mode)
            time.sleep(1)
            cluster.start()
        command.join()
        before = traffic.whole
        while traffic.whole == before:
            time.sleep(0.05)
    schema.close()
    assert done
    verdict = verify.verify(url)
    assert verdict.agrees, verdict
    assert len(traffic.ledger.rows["TbPosicao"]) > before / 2
    with owner(prepared) as cursor:
        assert not traffic.ledger.account(cursor)
        cursor.execute(
            """select count(*) - count(distinct s."cdPosicao"),
                      count(*) - (select count(*) from public."TbPosicao")
               from series."TbPosicao" s"""
        )
        assert cursor.fetchone() == (0, 0)
