"""Packed history whose bytes on disk are damaged, so that it cannot even be decompressed.

See test_damage.py for what can be read and is wrong. The files of the tables are changed for real.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg2
import pytest

from tests.db import _packing, _rollups
from tests.db._lab import Lab
from tests.db.packing import _disk
from tests.db.packing.test_damage import _WINDOW, _late, _outcomes, _require_named
from tests.db.packing.test_packing import OLD, readings

_TABLES = {"TbSensorRegistroFrio": '"cdSensor" = 11', "TbPosicaoFria": '"cdDispositivo" = 1'}
_KINDS = ("compressed", "out of line", "missing")


@pytest.fixture
def old(lab: Lab) -> Iterator[Lab]:
    _packing.begin(lab, OLD)
    yield lab
    for table in _TABLES:
        lab.sql(f'alter table series."{table}" reset (toast_tuple_target)')
        lab.sql(f'truncate series."{table}"')


def _packed(lab: Lab, kind: str) -> None:
    """Values and positions of device 1, so many that they are compressed, but of sensor 12."""
    for table in _TABLES if kind != "compressed" else ():
        lab.sql(f'alter table series."{table}" set (toast_tuple_target = 128)')
    batch = readings(900, timedelta(minutes=14))
    for n, one in enumerate(batch):
        one |= {"nrSeq": n // 2 * 7919 % 10007}
        one["sensores"] = [{"cdSensor": 11, "nrValor": n // 2 * 7919 % 10007}]
        if n < 20:
            one["sensores"].append({"cdSensor": 12, "nrValor": n})
    lab.gateway.ingest(batch)
    _packing.pack(lab)


def _damage(lab: Lab, table: str, kind: str) -> int:
    """Returns the chunk."""
    name = f'series."{table}"'
    ((chunk,),) = lab.sql(f'select "cdPacote" from {name} where {_TABLES[table]}')
    if kind == "compressed":
        assert _disk.damage(lab, name, _disk.spoil_compressed, f'"cdPacote" = {chunk}') == 1
    else:
        spoil = _disk.spoil_end if kind == "out of line" else _disk.lose
        assert _disk.damage(lab, _disk.toast(lab, name), spoil) > 0
    return int(chunk)


# Seen to fail: without the exception block in is_sound_values() and is_sound_positions(): the errors were
# those of PostgreSQL, without the chunk.
@pytest.mark.parametrize("table", _TABLES)
@pytest.mark.parametrize("kind", _KINDS)
def test_a_read_names_the_chunk_and_leaves_it_out_once_marked(old: Lab, table: str, kind: str) -> None:
    _packed(old, kind)
    chunk = _damage(old, table, kind)
    affected = {"TbSensorRegistroFrio": (0, 1), "TbPosicaoFria": (1, 2)}[table]
    with old.caller(role="service") as caller:
        outcomes = _outcomes(caller)
        for n, outcome in enumerate(outcomes):
            if n in affected:
                _require_named(outcome, table, chunk, kind)
            else:
                assert outcome["complete"]
        with pytest.raises(psycopg2.Error, match=f"chunk {chunk} of {table}, "):
            old.sql('select count(*) from "TbSensorRegistro"' if table == "TbSensorRegistroFrio"
                    else 'select count(*) from "TbPosicao"')  # fmt: skip
        assert old.sql("select private.verify_packs_before('infinity')")[0][0] > 0
        marked = f'select "cdPacote" from series."{table}" where "blDanificado"'
        assert old.sql(marked) == [(chunk,)]
        assert [one["complete"] for one in _outcomes(caller)] == [n not in affected for n in range(3)]
        other = caller.call("get_data_points", p_cd_sensor=12, p_agg="raw", **_WINDOW)
        assert len(other["data"]) == 20


# Seen to fail: without data_corrupted in ingest(): the whole batch was refused, again and again.
@pytest.mark.parametrize("table", _TABLES)
def test_late_readings_of_it_are_stored_and_packing_goes_on(old: Lab, table: str) -> None:
    _packed(old, "compressed")
    chunk = _damage(old, table, "compressed")
    late: list[dict[str, Any]] = [one | {"nrBat": 3.1} for one in _late()]
    assert old.gateway.ingest([late[0], late[1] | {"nrSeq": 1}])["stored"] == 2
    assert old.sql(f'select "cdPacote" from series."{table}" where "blDanificado"') == [(chunk,)]
    _rollups.settle(old)
    _packing.pack(old)
    assert old.sql('select count(*) from private."TbRollupPendente"') == [(0,)]
    left = old.sql('select (select count(*) from series."TbSensorRegistro"), '
                   '(select count(*) from series."TbPosicao")')  # fmt: skip
    assert left == [(1, 0) if table == "TbSensorRegistroFrio" else (0, 2)]


# Seen to fail: without mark_damaged() in unpack_values() and unpack_positions().
@pytest.mark.parametrize("table", _TABLES)
def test_the_series_can_be_deleted(old: Lab, table: str) -> None:
    _packed(old, "compressed")
    _damage(old, table, "compressed")
    old.sql("select private.unpack_values('{11,12}', 'infinity')")
    old.sql("select private.unpack_positions('{1}', 'infinity')")
    assert _packing.packed(old) == (0, 0)
    left = old.sql('select (select count(*) from series."TbSensorRegistro"), '
                   '(select count(*) from series."TbPosicao")')  # fmt: skip
    assert left == [(20, 900) if table == "TbSensorRegistroFrio" else (920, 0)]
