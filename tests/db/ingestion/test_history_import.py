"""History that comes from elsewhere: old months are begun for what is stored, and everything stays exact.

Comments name changes to the SQL that were tried and make the test fail.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest
from psycopg2 import DatabaseError
from psycopg2.extras import Json

from tests.db import _lab, _rollups
from tests.db._fleet import CHILD, CLIENT, STRANGER
from tests.db._lab import ENTER, Caller, Lab
from tests.db._rollups import Reader, step
from tests.db._strategies import iso

MONTH = datetime.now(UTC).replace(tzinfo=None, day=1, hour=0, minute=0, second=0, microsecond=0)


def back(months: int) -> datetime:
    """Noon of the tenth day so many months ago."""
    year, month = divmod(MONTH.year * 12 + MONTH.month - 1 - months, 12)
    return datetime(year, month + 1, 10, 12)


@pytest.fixture(scope="module")
def admin(shared_lab: Lab) -> Iterator[Caller]:
    with shared_lab.caller(role="admin") as caller:
        with caller.connection.cursor() as cursor:
            cursor.execute("set statement_timeout = '2min'")  # machines may be slow
        yield caller


@pytest.fixture(scope="module")
def reader(shared_lab: Lab) -> Iterator[Reader]:
    with _rollups.opened(shared_lab) as reader:
        yield reader


@pytest.fixture(autouse=True)
def anew(lab: Lab) -> Iterator[None]:
    """No readings, and no months but the covered ones."""
    _rollups.begin_anew(lab, 3)
    lab.sql('delete from "TbPoliticaRetencao" where "cdCliente" is not null')
    lab.sql('delete from private."TbRetencaoPiso"')
    lab.sql('update private."TbConfiguracao" set "nrMesesImportacao" = 60')
    while step(lab, "drop_empty_partitions"):
        pass
    yield
    _rollups.hold_back(lab, 0)


def reading(time: datetime, number: Any = 1, **more: Any) -> dict[str, Any]:
    value = {"cdSensor": 11, "nrValor": number}
    return {"cdDispositivo": 1, "dtRegistro": iso(time), "nrBat": 3.5, "sensores": [value]} | more


def brought(caller: Caller, *readings: Any, validate: bool = False) -> list[tuple[str, str | None]]:
    """Verdicts and codes of an import."""
    text = Json(list(readings))
    answer = caller.call("importar_historico", p_leituras=text, p_validar=validate)
    return [(one["verdict"], one.get("error_code")) for one in answer["results"]]


def months(lab: Lab) -> dict[str, int]:
    """How many tables have a partition of each month before the covered ones."""
    return dict(
        lab.sql(
            """select right(relname, 7), count(*)::integer from pg_class
               where relnamespace = 'particoes'::regnamespace and relkind = 'r'
                 and private.partition_month(relname) < %s::timestamp - interval '13 months'
               group by 1""",
            MONTH,
        )
    )


def name(time: datetime) -> str:
    return f"{time:%Y_%m}"


STORED = ("stored", None)


# Fails without open_months() in ingest(), and when read_elements() looks at nrMesesAtras alone.
def test_only_an_import_takes_old_readings_and_only_their_month_is_begun(lab: Lab, admin: Caller) -> None:
    old = reading(back(40))
    (refused,) = lab.gateway.ingest([old])["results"]
    assert refused["error_code"] == "TIMESTAMP_OUT_OF_RANGE"
    assert "admins can import history from" in refused["error"]
    assert months(lab) == {}
    assert brought(admin, old) == [STORED]
    assert months(lab) == {name(back(40)): 6}
    # what devices send is not covered by that
    again = lab.gateway.ingest([reading(back(40) + timedelta(hours=1))])["results"][0]
    assert again["error_code"] == "TIMESTAMP_OUT_OF_RANGE"


# Fails when open_months() takes all elements, or without names_sensor_twice() in it.
def test_what_is_rejected_begins_no_month_and_is_not_quarantined(lab: Lab, admin: Caller) -> None:
    kept = len(lab.sql('select from "TbIngestaoErro"'))
    twice = [{"cdSensor": 11, "nrValor": 1}, {"dsPonto": "weight", "nrValor": 1}]
    sent = (
        reading(back(20), "much"),
        reading(back(21), sensores=twice),
        reading(back(22), cdDispositivo=9),
        reading(back(61)),
        reading(MONTH + timedelta(days=40)),
        reading(back(2)) | {"dtRegistro": None},
        reading(back(23)) | {"dtRegistro": "yesterday"},
        {"nrBatPercentual": 3},
        3,
    )
    told = brought(admin, *sent)
    assert brought(admin, *sent, validate=True) == told
    assert told == [
        ("rejected", "MALFORMED"),
        ("rejected", "MALFORMED"),
        ("rejected", "UNKNOWN_DEVICE"),
        ("rejected", "TIMESTAMP_OUT_OF_RANGE"),
        ("rejected", "TIMESTAMP_OUT_OF_RANGE"),
        ("rejected", "INVALID_TIMESTAMP"),
        ("rejected", "INVALID_TIMESTAMP"),
        ("rejected", "MALFORMED"),
        ("rejected", "MALFORMED"),
    ]
    assert months(lab) == {}
    assert len(lab.sql('select from "TbIngestaoErro"')) == kept


# Fails when rehearse_import() does not look for readings that touch each other.
def test_a_rehearsal_says_what_storing_would_and_leaves_nothing(lab: Lab, admin: Caller) -> None:
    brought(admin, reading(back(30), 7))
    begun, rows = months(lab), lab.everything()
    sent = [
        reading(back(30), 7),
        reading(back(30), 8),
        reading(back(31), "x"),
        *(reading(back(24 + n % 2) + timedelta(minutes=n)) for n in range(20)),
    ]
    touching = [reading(back(50)), reading(back(50)), reading(back(50), 2)]
    for readings in (sent, sent + touching):
        told = brought(admin, *readings, validate=True)
        assert (months(lab), lab.everything()) == (begun, rows)
        assert set(told) >= {STORED, ("duplicate", None), ("conflict", "CONFLICT"), ("rejected", "MALFORMED")}
        with closing(psycopg2.connect(lab.database.api_url)) as trial, trial.cursor() as cursor:
            cursor.execute("select set_config('role', 'authenticated', true),"
                           " set_config('request.jwt.claims', %s, true)", (admin.claims,))  # fmt: skip
            cursor.execute("set statement_timeout = '2min'")
            cursor.execute("select importar_historico(%s)", (Json(readings),))
            stored = cursor.fetchall()[0][0]["results"]
            trial.rollback()
        assert told == [(one["verdict"], one.get("error_code")) for one in stored]


def next_number(lab: Lab) -> int:
    """The number that the catalogue gives to the next table."""
    lab.sql("create table public.probe ()")
    (found,) = lab.sql("select 'public.probe'::regclass::oid::bigint")[0]
    lab.sql("drop table public.probe")
    return int(found)


# Fails without the look at months that are not open in rehearse_import(): tables are created and undone.
def test_a_rehearsal_creates_no_tables(lab: Lab, admin: Caller) -> None:
    old = [reading(back(n)) for n in range(14, 20)]
    before = next_number(lab)
    assert set(brought(admin, *old, validate=True)) == {STORED}
    assert next_number(lab) - before < 50  # 36 tables take some hundred numbers


def test_the_same_file_again_changes_nothing(lab: Lab, admin: Caller) -> None:
    sent = [reading(back(n), n) for n in (3, 14, 25)]
    assert brought(admin, *sent) == [STORED] * 3
    rows = lab.everything()
    assert brought(admin, *sent) == [("duplicate", None)] * 3
    assert brought(admin, reading(back(14), 99)) == [("conflict", "CONFLICT")]
    assert lab.everything() == rows


# Fails with require_permission('ingest') in importar_historico().
def test_admins_only_and_their_own_clients_only(lab: Lab, admin: Caller) -> None:
    old, childs = reading(back(20)), reading(back(20), cdDispositivo=2, sensores=[])
    with (
        lab.caller(role="default") as person,
        lab.caller("read", "ingest", role="admin") as device,
        lab.caller("admin", role="admin") as manager,
        lab.caller(client=STRANGER, role="admin") as stranger,
        lab.caller(role="service") as service,
    ):
        for caller in (person, device):
            with pytest.raises(DatabaseError, match="permission"):
                brought(caller, old)
        assert brought(stranger, old, childs) == [("rejected", "UNKNOWN_DEVICE")] * 2
        assert months(lab) == {}
        assert brought(manager, old) == [STORED]
        assert brought(admin, old, childs) == [("duplicate", None), STORED]
        assert brought(service, childs) == [("duplicate", None)]
    owners = lab.sql('select "cdDispositivo", "cdCliente" from "TbPosicao" order by 1')
    assert owners == [(1, CLIENT), (2, CHILD)]


# Fails without the limit in open_months().
def test_few_months_are_begun_at_once(lab: Lab, admin: Caller) -> None:
    many = [reading(back(n)) for n in range(14, 21)]
    with pytest.raises(DatabaseError, match="7 months") as refused:
        brought(admin, *many)
    assert refused.value.pgcode == "PT400"
    assert (months(lab), lab.positions()) == ({}, {})
    assert brought(admin, *many[:6]) == [STORED] * 6
    assert brought(admin, *many) == [("duplicate", None)] * 6 + [STORED]


# Fails when mark_dirty_hours() leaves out what is imported.
def test_rollups_totals_and_current_positions_are_exact_at_any_moment(
    lab: Lab, admin: Caller, reader: Reader
) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    at_site = {"latitude": -23.5505, "longitude": -46.6333}
    lab.sql(
        """update "TbDispositivo" set "horarioMedicaoInicio" = '08:00', "horarioMedicaoFim" = '14:00'
           where "cdDispositivo" = 1"""
    )
    lab.gateway.ingest([reading(now - timedelta(hours=1), 5, **at_site)])
    current = lab.current()
    _rollups.settle(lab)
    windows = [(back(60), now), (back(25) + timedelta(hours=1), back(25) + timedelta(days=1))]

    def right() -> None:
        reader.look([11], [1], windows)
        assert lab.current() == current

    for start in (back(40), back(25)):
        dense = [reading(start + timedelta(seconds=20 * n), n) for n in range(200)]
        sparse = [reading(start + timedelta(minutes=15 * n + 130), n, **at_site) for n in range(40)]
        assert set(brought(admin, *dense, *sparse)) == {STORED}
        right()
        step(lab, "redo_dirty_hours")
        step(lab, "extend_floor")
    right()
    _rollups.settle(lab)
    right()
    brought(admin, reading(back(25) + timedelta(seconds=7), 1e6))
    right()
    _rollups.settle(lab)
    right()
    assert lab.sql('select "dtPiso" <= %s from private."TbRollupMarca"', back(40)) == [(True,)]
    lab.sql('update "TbDispositivo" set "horarioMedicaoInicio" = null, "horarioMedicaoFim" = null')


# Fails without reject_expired() in ingest(): it is stored, and deleted by the next maintenance.
def test_what_retention_would_delete_is_rejected(lab: Lab, admin: Caller) -> None:
    lab.sql('insert into "TbPoliticaRetencao" ("cdCliente", "nrDiasBruto") values (%s, 500)', CLIENT)
    childs = reading(back(20), cdDispositivo=2, sensores=[])
    lab.sql('insert into "TbGuardaLegal" ("cdCliente", "dsMotivo") values (%s, %s)', CLIENT, "lawsuit")
    assert brought(admin, reading(back(20)), validate=True) == [STORED]
    lab.sql('delete from "TbGuardaLegal"')
    text = Json([reading(back(20)), reading(back(15)), childs])
    results = admin.call("importar_historico", p_leituras=text)["results"]
    assert [one["verdict"] for one in results] == ["rejected", "stored", "stored"]
    assert results[0]["error_code"] == "TIMESTAMP_OUT_OF_RANGE"
    assert "nrDiasBruto" in results[0]["error"]
    _rollups.settle(lab)
    kept = len(lab.positions())
    for _ in range(200):
        if not step(lab, "expire_raw") + step(lab, "expire_rollups"):
            break
    assert len(lab.positions()) == kept == 2


# Fails when drop_empty_partitions() drops each empty partition by itself.
def test_a_month_with_rows_keeps_all_its_partitions(lab: Lab, admin: Caller, reader: Reader) -> None:
    lab.sql('update private."TbRollupMarca" set "dtPiso" = %s', back(50))
    brought(admin, *(reading(back(40) + timedelta(minutes=n)) for n in range(3)))
    assert step(lab, "drop_empty_partitions") == 0
    assert months(lab) == {name(back(40)): 6}
    _rollups.settle(lab)
    reader.look([11], [1], [(back(41), back(39))])
    dense = [reading(back(40) + timedelta(seconds=n), n) for n in range(1, 300)]
    brought(admin, *[one for one in dense if one["dtRegistro"][-3:-1] != "00"])
    _rollups.settle(lab)
    reader.look([11], [1], [(back(41), back(39))])
    lab.reset()
    _rollups.settle(lab)
    assert step(lab, "drop_empty_partitions") == 6
    assert months(lab) == {}


def test_a_month_that_is_being_written_is_not_dropped(lab: Lab, admin: Caller) -> None:
    brought(admin, reading(back(40)))
    lab.reset()
    with closing(psycopg2.connect(lab.database.owner_url)) as other, other.cursor() as cursor:
        insert = (
            'insert into series."TbPosicao" ("dtRegistro", "cdDispositivo", "cdCliente") values (%s, 1, 1)'
        )
        cursor.execute(insert, (back(40),))
        assert step(lab, "drop_empty_partitions") == 0
        other.commit()
    assert months(lab) == {name(back(40)): 6}


# Fails when complete_imported() takes any sensor of the type, or percentages as volts.
def test_tables_of_history_name_types_and_percentages(lab: Lab, admin: Caller) -> None:
    lab.sql('update "TbSensor" set "cdTipoSensor" = 4 where "cdSensor" = 12')
    try:
        by_type = [{"cdTipoSensor": 4, "nrValor": 2.5}]
        assert (
            brought(
                admin,
                reading(back(3), nrBat=None, nrBatPercentual=92.59, sensores=by_type),
                reading(back(4), nrBat=None, nrBatPercentual="full"),
                reading(back(5), sensores=[{"cdTipoSensor": 3, "nrValor": 1}]),
                reading(back(5), sensores=[{"cdTipoSensor": 99, "nrValor": 1}]),
                reading(back(5), sensores=[{"cdTipoSensor": "x", "nrValor": 1}, 5, None]),
            )
            == [STORED] + [("rejected", "MALFORMED")] * 4
        )
        (position,) = lab.positions().values()
        assert position.battery == 3.42583
        assert lab.sql('select "cdSensor", "nrValor" from "TbSensorRegistro"') == [(12, 2.5)]
    finally:
        lab.reset()
        lab.sql('update "TbSensor" set "cdTipoSensor" = 3 where "cdSensor" = 12')


# Seen to fail: before, with 55P03 and no reason after 0.5 s, for which callers of the API wait for a lock.
def test_who_begins_months_second_waits_for_the_first(lab: Lab, admin: Caller) -> None:
    arguments = "p_leituras => %s"
    with (
        closing(psycopg2.connect(lab.database.api_url)) as first,
        lab.caller(role="admin") as second,
        lab.caller(role="admin") as third,
    ):
        for caller in (second, third):
            with caller.connection.cursor() as cursor:
                cursor.execute("set lock_timeout = '500ms'; set statement_timeout = '2min'")
        with first.cursor() as cursor:
            cursor.execute(ENTER + f"select importar_historico({arguments})",
                           (admin.claims, Json([reading(back(30))])))  # fmt: skip
            with _lab.in_background(lambda: brought(second, reading(back(30)), reading(back(31)))) as other:
                lab.wait_until_blocked(second.pid)
                # nobody else waits for them
                assert brought(third, reading(back(1), cdDispositivo=3, sensores=[])) == [STORED]
                first.commit()
                assert other.result() == [("duplicate", None), STORED]
            cursor.execute(ENTER + f"select importar_historico({arguments})",
                           (admin.claims, Json([reading(back(35))])))  # fmt: skip
            with pytest.raises(DatabaseError, match="Another import is beginning months") as refused:
                brought(second, reading(back(36)))
            assert (refused.value.pgcode, refused.value.diag.message_hint) == ("PT503", "BUSY")
            assert refused.value.diag.message_detail == "5"
            # validating needs no turn
            assert brought(second, reading(back(36)), validate=True) == [STORED]


# A device that was CHILD's and is CLIENT's: what is imported is stamped at receipt, as what devices send.
# Seen to fail: with the owner that a device had at dtRegistro (TbDispositivoVinculo) in read_elements().
def test_history_of_a_device_that_moved_is_its_present_owners(lab: Lab, admin: Caller) -> None:
    with (
        lab.caller(client=CHILD, role="admin") as former,
        lab.caller(client=STRANGER, role="admin") as new,
        lab.caller("read", client=CHILD) as former_reader,
        lab.caller("read", client=STRANGER) as new_reader,
    ):
        old = reading(back(20), cdDispositivo=2, sensores=[{"cdSensor": 21, "nrValor": 5}])
        assert brought(former, old) == [STORED]
        lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 2', STRANGER)
        try:
            before = lab.positions()
            for caller in (former, admin):
                assert brought(caller, old) == [("rejected", "UNKNOWN_DEVICE")]
                assert brought(caller, old, validate=True) == [("rejected", "UNKNOWN_DEVICE")]
                by_type = old | {"sensores": [{"cdTipoSensor": 3, "nrValor": 5}]}
                assert brought(caller, by_type) == [("rejected", "UNKNOWN_DEVICE")]
            assert lab.positions() == before
            # neither compared with, nor completed by, what the former owner has
            other = old | {"nrBat": 3.6, "sensores": [{"cdSensor": 21, "nrValor": 6}]}
            more = reading(back(20) + timedelta(minutes=1), cdDispositivo=2, sensores=[])
            asserted = more | {"cdCliente": CHILD}
            assert brought(new, other, validate=True) == [STORED]
            assert brought(new, other, asserted, more) == [STORED, ("rejected", "UNKNOWN_DEVICE"), STORED]
            assert brought(new, other) == [("duplicate", None)]
            rows = lab.sql('select "cdCliente", "nrValor" from "TbSensorRegistro" order by 1')
            assert rows == [(CHILD, 5), (STRANGER, 6)]
            for caller, count, number in ((former_reader, 1, 5), (new_reader, 2, 6)):
                page = caller.call(
                    "get_historico_paginado",
                    p_cd_dispositivo=2,
                    p_dt_registro_comeco=back(21),
                    p_dt_registro_fim=back(19),
                )
                assert page["total"] == count
                assert page["data"][-1]["nrBatPercentual"] == ("94.59%" if number == 5 else "97.30%")
        finally:
            lab.reset()
            lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 2', CHILD)


# Seen to fail: without the bound, below which all of it ends within a quarter of the timeout.
def test_an_import_of_too_many_values_is_refused(lab: Lab, admin: Caller) -> None:
    values = [{"cdSensor": 11, "nrValor": 1}] * 4_000
    batch = [{"cdDispositivo": 1, "dtRegistro": iso(back(2)), "sensores": values}] * 3
    with pytest.raises(DatabaseError, match="has 12001 values; the limit is 12000"):
        admin.call("importar_historico", p_leituras=Json([*batch, reading(back(3))]))
    assert admin.call("importar_historico", p_leituras=Json(batch))["rejected"] == 3
