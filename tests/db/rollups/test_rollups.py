"""Traps of rollups, one by one; everything at random is in tests/property/test_rollups.py.

Comments name changes to the SQL that were tried and make the test fail.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest

from tests.db import _rollups
from tests.db._lab import Lab, in_background
from tests.db._rollups import Reader, step
from tests.db._strategies import iso

HOUR = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)
WHOLE = (HOUR - timedelta(days=3), HOUR + timedelta(hours=1))
AMONG = HOUR - timedelta(hours=2, minutes=30)  # where the watermark is about to go


@pytest.fixture(scope="module")
def reader(shared_lab: Lab) -> Iterator[Reader]:
    with _rollups.opened(shared_lab) as reader:
        yield reader


@pytest.fixture(autouse=True)
def three_hours_back(lab: Lab) -> Iterator[None]:
    _rollups.begin_anew(lab, 3)
    yield
    _rollups.hold_back(lab, 0)


def reading(time: datetime, number: float = 1, sensor: int = 11) -> dict[str, Any]:
    return {
        "cdDispositivo": 1,
        "dtRegistro": iso(time),
        "nrBat": 3.5,
        "sensores": [{"cdSensor": sensor, "nrValor": number}],
    }


def watermark(lab: Lab) -> datetime:
    found: datetime = lab.sql('select "dtMarca" from private."TbRollupMarca"')[0][0]
    return found


def right(reader: Reader) -> None:
    reader.look([11, 12], [1], [WHOLE])


# Fails when announcement_is_known() does not wait.
def test_no_transaction_in_flight_is_overtaken(lab: Lab, reader: Reader) -> None:
    before = watermark(lab)
    with lab.gateways(1) as (slow,):
        slow.connection.autocommit = False
        slow.ingest([reading(AMONG)])
        _rollups.hold_back(lab, 1)
        assert [step(lab, "advance_watermark") for _ in range(4)] == [1, 1, 0, 0]
        other = reading(AMONG + timedelta(seconds=1), 2) | {"nrBat": None}  # a report would wait its turn
        assert lab.gateway.ingest([other])["stored"] == 1
        assert watermark(lab) == before
        right(reader)
        slow.connection.commit()
    right(reader)
    assert step(lab, "advance_watermark") > 0
    assert watermark(lab) > before
    right(reader)
    _rollups.settle(lab)
    right(reader)
    assert lab.sql('select sum("nrQtd") from series."TbSensorRegistro1h"') == [(2,)]


# Fails when announcement_is_known() waits for numbers that this server has not given yet.
def test_an_announcement_of_another_server_is_not_waited_for(lab: Lab, reader: Reader) -> None:
    """A restored dump has the transaction numbers of the server it was taken from."""
    before = watermark(lab)
    lab.gateway.ingest([reading(AMONG)])
    _rollups.hold_back(lab, 1)
    assert [step(lab, "advance_watermark") for _ in range(2)] == [1, 1]
    lab.sql(
        """update private."TbRollupMarca"
           set "xiAnuncio" = (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000)::text::xid8"""
    )
    assert step(lab, "advance_watermark") > 0
    assert watermark(lab) > before
    right(reader)


# Fails when announced_watermark() believes a snapshot.
def test_a_transaction_with_one_snapshot_marks_everything(lab: Lab, reader: Reader) -> None:
    with closing(psycopg2.connect(lab.database.owner_url)) as owner, owner.cursor() as cursor:
        owner.set_session(isolation_level="REPEATABLE READ")
        cursor.execute("select 1")
        _rollups.hold_back(lab, 1)
        _rollups.settle(lab)
        cursor.execute(
            """insert into series."TbSensorRegistro" ("dtRegistro", "nrValor", "cdSensor",
                 "cdDispositivo", "cdCliente")
               values (%s, 7, 11, 1, 1)""",
            (AMONG,),
        )
        owner.commit()
    right(reader)
    _rollups.settle(lab)
    right(reader)


@pytest.mark.parametrize("name", _rollups.STEPS)
def test_no_step_keeps_a_writer_waiting(lab: Lab, reader: Reader, name: str) -> None:
    lab.gateway.ingest([reading(HOUR - timedelta(hours=5))])
    with closing(psycopg2.connect(lab.database.owner_url)) as maintenance, maintenance.cursor() as cursor:
        cursor.execute(f"select private.{name}()")
        with lab.gateways(1) as (writer,):
            with writer.connection.cursor() as settings:
                settings.execute("set lock_timeout = '50ms'")
            for hours in (0.5, 2.5, 5):
                moment = HOUR - timedelta(hours=hours) + timedelta(seconds=3)
                assert writer.ingest([reading(moment)])["stored"] == 1
        right(reader)
        maintenance.commit()
    right(reader)
    _rollups.settle(lab)
    right(reader)


# Fails when redo_dirty_hours() deletes all marks instead of those it noted.
def test_a_mark_that_comes_meanwhile_stays(lab: Lab, reader: Reader) -> None:
    late = HOUR - timedelta(hours=4)
    lab.sql('update private."TbRollupMarca" set "dtPiso" = %s', late - timedelta(hours=1))
    lab.gateway.ingest([reading(late)])
    _rollups.settle(lab)
    lab.gateway.ingest([reading(late + timedelta(seconds=1))])
    with (
        closing(psycopg2.connect(lab.database.owner_url)) as maintenance,
        closing(psycopg2.connect(lab.database.owner_url)) as holder,
        holder.cursor() as lock,
        maintenance.cursor() as cursor,
    ):
        lock.execute('select 1 from series."TbContagemDiaria" for update')  # it comes here after the readings
        with in_background(lambda: cursor.execute("select private.redo_dirty_hours()")) as done:
            lab.wait_until_blocked(maintenance.info.backend_pid)
            without_position = reading(late + timedelta(seconds=2)) | {"nrBat": None}
            assert lab.gateway.ingest([without_position])["stored"] == 1
            holder.rollback()
            done.result(10)
        maintenance.commit()
    right(reader)
    _rollups.settle(lab)
    right(reader)
    assert lab.sql('select sum("nrQtd") from series."TbSensorRegistro1h"') == [(3,)]


def test_a_clock_that_is_ahead_does_not_move_the_watermark(lab: Lab, reader: Reader) -> None:
    before = watermark(lab)
    assert lab.gateway.ingest([reading(datetime.now(UTC) + timedelta(minutes=9))])["stored"] == 1
    _rollups.settle(lab)
    assert watermark(lab) == before
    right(reader)


# Fails without summable() in sum_hours.
def test_sums_that_overflow_stop_nobody(lab: Lab, reader: Reader) -> None:
    lab.gateway.ingest([reading(AMONG + timedelta(seconds=n)) for n in range(3)])
    lab.sql('update series."TbSensorRegistro" set "nrValor" = 1.7e308')  # as older versions stored
    _rollups.hold_back(lab, 1)
    _rollups.settle(lab)
    assert watermark(lab) > AMONG
    right(reader)


# Fails with another threshold than nrRazaoRollup.
@pytest.mark.parametrize(("gap", "finest"), [(1, 1), (20, 1), (60, 5), (900, 60)])
def test_a_fine_rollup_is_kept_where_it_pays(lab: Lab, reader: Reader, gap: int, finest: int) -> None:
    start = HOUR - timedelta(hours=3)
    lab.gateway.ingest([reading(start + timedelta(seconds=gap * n)) for n in range(3600 // gap)])
    _rollups.hold_back(lab, 1)
    _rollups.settle(lab)
    right(reader)
    kept_as = lab.sql('select "nrFino" from series."TbSensorRegistro1h" where "dtBucket" = %s', start)
    assert kept_as == [(finest,)]
    kept = [
        bool(lab.sql(f'select 1 from series."TbSensorRegistro{width}" limit 1')) for width in ("1m", "5m")
    ]
    assert kept == [finest <= 1, finest <= 5]
    lab.sql('delete from series."TbSensorRegistro" where "dtRegistro" > %s', start)
    right(reader)
    _rollups.settle(lab)
    right(reader)
    assert lab.sql('select "nrFino", "nrQtd" from series."TbSensorRegistro1h"') == [(60, 1)]


def test_rollups_go_with_what_is_truncated(lab: Lab, reader: Reader) -> None:
    lab.gateway.ingest([reading(AMONG)])
    _rollups.hold_back(lab, 1)
    _rollups.settle(lab)
    lab.sql('truncate series."TbSensorRegistro", series."TbPosicao"')
    right(reader)
