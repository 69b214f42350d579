"""The series of a device is deleted on request: all of it, nothing else, with a receipt.

Comments name changes to the SQL that were tried and make the test fail.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg2
import pytest

from tests.db import _rollups
from tests.db._fleet import CHILD, CLIENT
from tests.db._lab import Caller, Lab
from tests.db._rollups import same, step
from tests.db._strategies import iso

from .test_legal_hold import FREE, of_free
from .test_legal_hold import other as other
from .test_retention import NEW, OLD, hold, points, reading, readings, times, wanted
from .test_retention import viewer as viewer
from .test_retention import world as world

BY_DEVICE = {
    **dict.fromkeys(("series.TbPosicao", "series.TbSensorRegistro"), "dtRegistro"),
    **dict.fromkeys(("public.TbPosicaoAtual", "public.TbEventoDispositivo"), "dtRegistro"),
    "series.TbContagemDiaria": "dtDia",
    "public.TbIngestaoErro": "dtPrimeira",
}
BY_SENSOR = [f"series.TbSensorRegistro{width}" for width in ("1m", "5m", "1h", "1d")]


@pytest.fixture(autouse=True)
def more(lab: Lab, other: None) -> Iterator[None]:
    """An event, and something in quarantine, of either device."""
    for device in (1, 4):
        lab.gateway.ingest(
            [{"cdDispositivo": device, "dtRegistro": iso(NEW), "latitude": 91, "longitude": 0}]
        )
        lab.sql(
            """insert into "TbEventoDispositivo" (
                 "cdDispositivo", "cdCliente", "dtRegistro", "dsTipo", "dsPayload")
               values (%s, %s, %s, 'x', '{}') on conflict do nothing""",
            device, CLIENT, NEW,
        )  # fmt: skip
    yield
    lab.sql('delete from "TbReciboExclusao"')
    lab.sql('delete from "TbEventoDispositivo"')


def delete(viewer: Caller, device: int = 1, request: str | None = None) -> dict[str, Any]:
    found = viewer.call(
        "excluir_serie",
        p_cd_exclusao=request or str(uuid.uuid4()),
        p_cd_dispositivo=device,
        p_ds_motivo="asked",
    )
    return dict(found)


def rows(lab: Lab, table: str, condition: str) -> list[str]:
    """The rows as text."""
    schema, name = table.split(".")
    return [text for (text,) in lab.sql(f'select t::text from {schema}."{name}" t where {condition}')]


def left(lab: Lab, device: int, sensor: int) -> dict[str, list[str]]:
    """All there is of a device, by table."""
    found = {table: rows(lab, table, f'"cdDispositivo" = {device}') for table in BY_DEVICE}
    return found | {table: rows(lab, table, f'"cdSensor" = {sensor}') for table in BY_SENSOR}


def checksum(texts: list[str]) -> str:
    """The sum of the first 64 bits of the MD5 of each row, signed."""
    heads = (hashlib.md5(text.encode()).digest()[:8] for text in texts)
    return str(sum(int.from_bytes(head, "big", signed=True) for head in heads))


# Fails for each statement that is taken out of finish_series_deletion() and delete_raw_series(), and when
# the sum of a slice replaces that of the former.
def test_all_of_it_is_deleted_and_nothing_else_and_the_receipt_says_so(lab: Lab, viewer: Caller) -> None:
    before, others = left(lab, 1, 11), left(lab, 4, FREE)
    assert all(before.values())
    receipt = delete(viewer)
    assert receipt["dtFim"]
    assert {table: found for table, found in left(lab, 1, 11).items() if found} == {}
    assert left(lab, 4, FREE) == others
    told = {one["dsTabela"]: (one["nrLinhas"], one["dsSoma"]) for one in receipt["tabelas"]}
    assert told == {
        table.split(".")[1]: (len(texts), checksum(texts)) for table, texts in before.items() if texts
    }
    assert (
        next(one for one in receipt["tabelas"] if one["dsTabela"] == "TbPosicao")
        | {
            "dtPrimeira": f"{times(OLD)[0]:%Y-%m-%dT%H:%M:%S}",
            "dtUltima": f"{times(NEW)[-1]:%Y-%m-%dT%H:%M:%S}",
        }
        in receipt["tabelas"]
    )
    _rollups.settle(lab)
    assert points(viewer, 11, "1h")["data"] == []
    assert viewer.call("get_historico_paginado", p_cd_dispositivo=1, p_page_size=1)["total"] == 0


# Fails when excluir_serie() does not look whether the request is finished.
def test_the_same_request_has_the_same_receipt_and_deletes_nothing(lab: Lab, viewer: Caller) -> None:
    code = str(uuid.uuid4())
    receipt = delete(viewer, request=code)
    assert lab.gateway.ingest([reading(11, NEW)])["stored"] == 1, "the device may go on"
    assert delete(viewer, request=code) == receipt
    assert viewer.call("get_exclusao", p_cd_exclusao=code) == receipt
    assert readings(lab, 11, NEW) == 1
    with pytest.raises(psycopg2.Error, match="Another request has this code"):
        delete(viewer, 4, code)


# Fails without each of the two conditions of is_series_held().
@pytest.mark.parametrize("device", [1, None])
def test_a_legal_hold_wins(lab: Lab, viewer: Caller, device: int | None) -> None:
    lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 1', CHILD)
    try:
        hold(lab, device, CLIENT)  # of the former owner
        before = lab.everything()
        with pytest.raises(psycopg2.Error, match="under a legal hold"):
            delete(viewer)
        assert lab.everything() == before
        assert lab.sql('select 1 from "TbReciboExclusao"') == []
    finally:
        lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 1', CLIENT)


# Fails without require_service().
def test_only_the_service_may(lab: Lab) -> None:
    with lab.caller(role="admin") as admin, pytest.raises(psycopg2.Error, match="Only the service"):
        delete(admin)


# Fails without shut_out_ingestion(): the reading is there after the deletion.
def test_a_reading_in_flight_is_waited_for(lab: Lab, viewer: Caller) -> None:
    with lab.gateways(1) as (slow,):
        slow.connection.autocommit = False
        assert slow.ingest([reading(11, NEW + timedelta(hours=1))])["stored"] == 1
        before = lab.everything()
        with pytest.raises(psycopg2.Error, match="must not meet"):
            delete(viewer)
        assert lab.everything() == before
        slow.connection.commit()
    assert delete(viewer)["dtFim"]
    assert readings(lab, 11, NEW) == 0


# Fails when delete_requested_series() does not ask is_series_held(); when a slice counts anew.
def test_what_is_too_much_is_deleted_by_maintenance(lab: Lab, viewer: Caller) -> None:
    lab.sql("set rastro.dirty_marking = 'in bulk'")
    lab.sql(
        """insert into series."TbPosicao" ("cdPosicao", "dtRegistro", "cdDispositivo", "cdCliente", "nrSeq")
           select n, %s::timestamp + n * interval '4 seconds', 1, %s, n from generate_series(1, 50000) n""",
        OLD, CLIENT,
    )  # fmt: skip
    lab.sql("reset rastro.dirty_marking")
    code, others = str(uuid.uuid4()), left(lab, 4, FREE)
    texts = left(lab, 1, 11)["series.TbPosicao"]
    assert delete(viewer, request=code)["dtFim"] is None
    assert len(left(lab, 1, 11)["series.TbPosicao"]) == len(texts)
    hold(lab, 1)
    assert step(lab, "delete_requested_series") == 0
    lab.sql('delete from "TbGuardaLegal"')
    assert step(lab, "delete_requested_series") > 1
    assert step(lab, "delete_requested_series") == 1
    assert step(lab, "delete_requested_series") == 0
    receipt = viewer.call("get_exclusao", p_cd_exclusao=code)
    assert receipt["dtFim"]
    told = {one["dsTabela"]: (one["nrLinhas"], one["dsSoma"]) for one in receipt["tabelas"]}
    assert told["TbPosicao"] == (len(texts), checksum(texts))
    assert {table: found for table, found in left(lab, 1, 11).items() if found} == {}
    assert left(lab, 4, FREE) == others


# Fails when rollups of shared sensors are deleted, and when their hours are not marked.
def test_what_a_sensor_measured_at_another_device_stays(lab: Lab, viewer: Caller) -> None:
    lab.sql('update "TbSensor" set "cdDispositivo" = 3 where "cdSensor" = %s', FREE)
    late = NEW + timedelta(hours=20)
    assert lab.gateway.ingest([of_free(late, 3)])["stored"] == 1
    _rollups.settle(lab)
    receipt = delete(viewer, 4)
    assert receipt["cdSensoresPartilhados"] == [FREE]
    for _ in range(2):  # while its hours are dirty, and when they are made again
        for agg in _rollups.WIDTH:
            same(points(viewer, FREE, agg)["data"], wanted(agg, more=[late]))
        _rollups.settle(lab)


# Fails without the update of TbAuditoria.
def test_the_audit_log_keeps_who_and_when_but_not_the_rows(lab: Lab, viewer: Caller) -> None:
    lab.sql("""update "TbDispositivo" set "dsDispositivo" = 'a' where "cdDispositivo" in (1, 4)""")
    delete(viewer)
    entries = lab.sql(
        """select "jsAntes", "jsDepois" from "TbAuditoria" where "dsTabela" = 'TbDispositivo'
           and "dsOperacao" = 'update' order by "cdAuditoria" desc limit 2"""
    )
    assert sorted(json.dumps(entry).count("cdDispositivo") for entry in entries) == [0, 2]


def deleted_since(caller: Caller, **asked: Any) -> tuple[str, bool]:
    found = caller.call("get_exclusoes_desde", **asked)
    return found["marca"], found["blExcluida"]


# Fails without xiExclusao in delete_with_receipt(), and without each of the conditions of
# get_exclusoes_desde(), but for the clients: test_isolation.py.
def test_who_reads_in_pages_is_told_of_each_deletion(lab: Lab, viewer: Caller) -> None:
    lab.sql("set rastro.dirty_marking = 'in bulk'")
    lab.sql(
        """insert into series."TbPosicao" ("cdPosicao", "dtRegistro", "cdDispositivo", "cdCliente", "nrSeq")
           select n, %s::timestamp + n * interval '4 seconds', 1, %s, n from generate_series(1, 50000) n""",
        OLD, CLIENT,
    )  # fmt: skip
    lab.sql("reset rastro.dirty_marking")
    own: list[dict[str, Any]] = [
        {}, {"p_cd_dispositivo": 1}, {"p_cd_dispositivo": 0}, {"p_cd_dispositivos": [4, 1]},
        {"p_cd_sensor": 11}, {"p_cd_cliente": CLIENT},
    ]  # fmt: skip
    others = [{"p_cd_dispositivo": 4}, {"p_cd_dispositivos": [4]}, {"p_cd_sensor": FREE}, {"p_cd_cliente": 3}]
    code = str(uuid.uuid4())
    mark, _ = deleted_since(viewer)
    assert delete(viewer, request=code)["dtFim"] is None
    assert not deleted_since(viewer, p_desde=mark)[1], "nothing is deleted yet"
    for done in (False, True):  # a slice, and the rest
        assert step(lab, "delete_requested_series") > 0
        assert all(deleted_since(viewer, p_desde=mark, **asked)[1] for asked in own)
        assert not any(deleted_since(viewer, p_desde=mark, **asked)[1] for asked in others)
        mark, told = deleted_since(viewer)
        assert not told
        assert not deleted_since(viewer, p_desde=mark)[1]
        assert bool(viewer.call("get_exclusao", p_cd_exclusao=code)["dtFim"]) == done


# Fails with a comparison of numbers in place of the snapshot, and without the look at the snapshot of now.
def test_a_deletion_counts_from_its_commit_on(lab: Lab, viewer: Caller) -> None:
    with lab.caller(role="service") as other:
        other.connection.autocommit = False
        delete(other)
        lab.sql("select pg_current_xact_id()")  # a later transaction is over before
        mark, _ = deleted_since(viewer)
        assert not deleted_since(viewer, p_desde=mark)[1]
        other.connection.commit()
        assert deleted_since(viewer, p_desde=mark)[1]
    lab.sql("""update "TbReciboExclusao" set "xiExclusao" = '999999999999'""")
    assert not deleted_since(viewer, p_desde=mark)[1], "a receipt that was restored in another cluster"
    with pytest.raises(psycopg2.Error, match="p_desde is not valid"):
        deleted_since(viewer, p_desde="2:1:")
