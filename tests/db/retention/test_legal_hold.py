"""A device under a legal hold keeps everything, readable and complete; the client's other devices expire.

Comments name changes to the SQL that were tried and make the test fail.
"""

from collections.abc import Iterator
from datetime import timedelta

import psycopg2
import pytest

from tests.db import _rollups
from tests.db._fleet import CLIENT
from tests.db._lab import Caller, Lab
from tests.db._rollups import same, step
from tests.db._strategies import iso

from .test_retention import (
    DAYS,
    NEW,
    OLD,
    TODAY,
    expire,
    hold,
    points,
    policy,
    reading,
    readings,
    times,
    wanted,
)
from .test_retention import viewer as viewer
from .test_retention import world as world

FREE = 41  # sensor of device 4, the other one of the client
RAW = {"nrDiasBruto": DAYS, "nrDias1m": DAYS, "nrDias5m": DAYS, "nrDias1h": DAYS}


@pytest.fixture(autouse=True)
def other(lab: Lab, world: None) -> Iterator[None]:
    """The client's other device has the same readings."""
    lab.sql(
        """insert into "TbSensor" ("cdTipoSensor", "cdSensor", "cdDispositivo") values (3, %s, 4)
           on conflict do nothing""",
        FREE,
    )
    batch = [of_free(time) for day in (OLD, NEW) for time in times(day)]
    assert lab.gateway.ingest(batch)["stored"] == len(batch)
    _rollups.settle(lab)
    yield
    lab.sql('update "TbSensor" set "cdDispositivo" = 4 where "cdSensor" = %s', FREE)
    lab.sql('delete from "TbSensorVinculo" where "cdSensor" = %s and "cdDispositivo" <> 4', FREE)


def of_free(time: object, device: int = 4) -> dict[str, object]:
    value = {"cdSensor": FREE, "nrValor": time.minute + time.second / 7}  # type: ignore[attr-defined]
    return {"cdDispositivo": device, "dtRegistro": iso(time), "nrBat": 3.5, "sensores": [value]}  # type: ignore[arg-type]


def release(lab: Lab) -> None:
    lab.sql('delete from "TbGuardaLegal"')


def floors(lab: Lab) -> list[tuple[object, ...]]:
    return lab.sql(
        """select "cdDispositivo" from private."TbRetencaoPiso" where "cdCliente" = %s order by 1""", CLIENT
    )


def whole(viewer: Caller, sensor: int) -> None:
    """Every resolution of the sensor is complete and right."""
    for agg in _rollups.WIDTH:
        answer = points(viewer, sensor, agg)
        assert answer["complete"]
        same(answer["data"], wanted(agg, OLD, NEW))
    assert points(viewer, sensor, "raw", OLD + timedelta(hours=1))["complete"]


# Fails when expiring_devices() or expiring_sensors() does not spare it, and when has_expired() looks at the
# floor of the client.
def test_only_the_held_device_keeps_its_history(lab: Lab, viewer: Caller) -> None:
    policy(lab, **RAW)
    hold(lab, 1)
    expire(lab)
    assert (readings(lab, 11, OLD), readings(lab, FREE, OLD), readings(lab, FREE, NEW)) == (400, 0, 400)
    whole(viewer, 11)
    assert not points(viewer, FREE, "1h")["complete"]
    counted = (
        'select "cdDispositivo", count(*) from series."TbContagemDiaria" where "cdCliente" = %s group by 1'
    )
    assert dict(lab.sql(counted, CLIENT)) == {1: 2, 4: 1}
    total = viewer.call("get_historico_paginado", p_cd_dispositivo=1, p_page_size=1)["total"]
    assert total == 800


# Fails when read_elements() refuses by the floor of the client alone, when raw_expired_before() is the
# floor of the client (the dirty hour counts twice, and forget_hours() keeps it), and without min() in
# mark_inserted_row().
def test_a_late_reading_of_a_held_device_is_stored_and_counted(lab: Lab, viewer: Caller) -> None:
    policy(lab, **RAW)
    hold(lab, 1)
    expire(lab)
    late = OLD + timedelta(hours=3, seconds=5)
    answer = lab.gateway.ingest([reading(11, late), of_free(late)])
    assert [one["verdict"] for one in answer["results"]] == ["stored", "rejected"]
    for _ in range(2):  # while the hour is dirty, and when it is made again
        for agg in _rollups.WIDTH:
            same(points(viewer, 11, agg)["data"], wanted(agg, OLD, NEW, more=[late]))
        view = 'select sum("nrQtd") from public."TbSensorRegistro1h" where "cdSensor" = 11'
        assert lab.sql(view) == [(801,)]
        _rollups.settle(lab)
    insert = 'insert into "TbPosicao" ("dtRegistro", "cdDispositivo", "cdCliente") values (%s, %s, %s)'
    lab.sql(insert, late + timedelta(seconds=1), 1, CLIENT)
    with pytest.raises(psycopg2.Error, match="have expired"):
        lab.sql(insert, late, 4, CLIENT)


# Fails when retention_deadlines() has no rows for devices with a floor of their own.
def test_after_the_hold_it_expires_as_the_others_did(lab: Lab, viewer: Caller) -> None:
    policy(lab, **RAW)
    hold(lab, 1)
    expire(lab)
    assert floors(lab) == [(0,), (1,)]
    release(lab)
    expire(lab)
    assert (readings(lab, 11, OLD), readings(lab, 11, NEW), readings(lab, FREE, NEW)) == (0, 400, 400)
    assert not points(viewer, 11, "1h")["complete"]
    assert floors(lab) == [(0,)]  # it has caught up


# Fails when expire_raw() deletes the day of a device with a floor of its own without waiting for writers.
def test_a_reading_in_flight_is_not_overtaken_after_the_hold(lab: Lab) -> None:
    policy(lab, nrDiasBruto=DAYS)
    hold(lab, 1)
    expire(lab)
    with lab.gateways(1) as (slow,):
        slow.connection.autocommit = False
        assert slow.ingest([reading(11, OLD + timedelta(hours=1))])["stored"] == 1
        release(lab)
        lab.sql(  # the day before is the next one
            """update private."TbRetencaoPiso" set "dtBruto" = %s, "dtAnunciado" = %s
               where "cdDispositivo" = 1""",
            OLD - timedelta(days=1), OLD - timedelta(days=1),
        )  # fmt: skip
        for _ in range(4):
            step(lab, "expire_raw")
        assert readings(lab, 11, OLD) == 400
        slow.connection.commit()
    _rollups.settle(lab)
    expire(lab)
    assert readings(lab, 11, OLD) == 0
    assert lab.sql('select sum("nrQtd") from series."TbSensorRegistro1h" where "cdSensor" = 11') == [(801,)]


# Fails when hold_floors() leaves what was announced.
@pytest.mark.parametrize("device", [1, None])
def test_what_was_only_announced_is_kept_and_accepted_again(lab: Lab, device: int | None) -> None:
    policy(lab, nrDiasBruto=DAYS)
    while not step(lab, "expire_raw"):
        pass
    late = reading(11, OLD + timedelta(hours=1))
    assert lab.gateway.ingest([late])["rejected"] == 1
    hold(lab, device)
    assert lab.gateway.ingest([late])["stored"] == 1
    _rollups.settle(lab)
    expire(lab)
    assert readings(lab, 11, OLD) == 401


# Fails when a sensor counts for the device alone that it is at today.
def test_a_sensor_that_was_at_a_held_device_keeps_everything(lab: Lab, viewer: Caller) -> None:
    lab.sql('update "TbSensor" set "cdDispositivo" = 3 where "cdSensor" = %s', FREE)
    policy(lab, **RAW)
    hold(lab, 3)
    expire(lab)
    whole(viewer, FREE)
    assert readings(lab, 11, OLD) == 0
    assert lab.sql('select 1 from "TbPosicao" where "cdDispositivo" = 4 and "dtRegistro" < %s', NEW) == []


# Fails when expire_quarantine() or descartar_erros() does not ask is_held().
def test_its_quarantine_neither_expires_nor_is_discarded(lab: Lab) -> None:
    bad = {"dtRegistro": iso(NEW), "latitude": 91, "longitude": 0}
    lab.gateway.ingest([{"cdDispositivo": device} | bad for device in (1, 4)])
    codes = dict(lab.sql('select "cdDispositivo", "cdErro" from "TbIngestaoErro"'))
    hold(lab, 1)
    with lab.caller(role="admin") as admin:
        with pytest.raises(psycopg2.Error, match="under a legal hold"):
            admin.call("descartar_erros", p_cd_erros=[codes[1], codes[4]])
        assert admin.call("descartar_erros") == {"discarded": 1}
    lab.sql("""update "TbIngestaoErro" set "dtExpiracao" = now() - interval '1 day' """)
    assert step(lab, "expire_quarantine") == 0
    release(lab)
    assert step(lab, "expire_quarantine") == 1


# Fails with "on delete cascade" in the references of TbGuardaLegal.
def test_what_is_held_cannot_be_deleted(lab: Lab) -> None:
    hold(lab, 3)
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        lab.sql('delete from "TbDispositivo" where "cdDispositivo" = 3')


# Fails when previewed_sensors() does not leave out what is held.
def test_a_dry_run_leaves_out_what_is_held(lab: Lab) -> None:
    policy(lab, **RAW)
    preview = 'select "dsTabela", "nrLinhas", "nrFontes" from private.preview_retention(%s)'

    def told() -> dict[str, tuple[int, int]]:
        return {table: (lines, sources) for table, lines, sources in lab.sql(preview, CLIENT)}

    assert (told()["TbPosicao"], told()["TbSensorRegistro"]) == ((800, 2), (800, 2))
    hold(lab, 1)
    assert (told()["TbPosicao"], told()["TbSensorRegistro1m"]) == ((400, 1), (60, 1))
    hold(lab)
    assert {lines for lines, _ in told().values()} == {0}


# Fails when prever_retencao() says the minutes are lost although the values are kept.
def test_a_dry_run_says_what_could_not_be_answered(lab: Lab) -> None:
    policy(lab, **RAW)
    with lab.caller(role="admin") as admin:
        told = admin.call("prever_retencao", p_cd_cliente=CLIENT, p_nr_dias_bruto=DAYS + 1)
        until = {one["dsResolucao"]: (one["dtAte"], one["nrSensores"]) for one in told["perdas"]}
        first = (f"{OLD + timedelta(days=1):%Y-%m-%dT00:00:00}", 2)
        assert until == {"raw": first, "1m": first, "5m": first, "1h": first}
        lab.sql('update "TbPoliticaRetencao" set "nrDiasBruto" = null where "cdCliente" = %s', CLIENT)
        assert admin.call("prever_retencao", p_cd_cliente=CLIENT)["perdas"] == []


def test_of_large_clients_a_sample_is_counted(lab: Lab) -> None:
    sample = "select step, cardinality(devices), cardinality(sensors) from private.previewed_sensors(%s, %s)"
    assert lab.sql(sample, CLIENT, TODAY) == [(1, 3, 4)]
    assert lab.sql(sample, CLIENT, TODAY + timedelta(days=100_000)) == [(2, 1, 2)]


# Fails without the upper bounds in TbPoliticaRetencao: maintenance of all clients would end with an error.
def test_no_policy_reaches_before_the_calendar(lab: Lab) -> None:
    days = dict.fromkeys(("p_nr_dias_bruto", "p_nr_dias_1m", "p_nr_dias_5m", "p_nr_dias_1h"), 2**31 - 1)
    with (
        lab.caller(role="admin") as admin,
        pytest.raises(psycopg2.Error, match="Days must be 2 to 36500"),
    ):
        admin.call("mudar_retencao", p_cd_cliente=CLIENT, **days)
