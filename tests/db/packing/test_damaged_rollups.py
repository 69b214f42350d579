"""Packed rollups that are damaged: no read answers wrong numbers, and what expires or deletes them goes on.

What a late value, verification and expired values do is tried in test_packed_rollups.py as well.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.db import _packing
from tests.db._fleet import CLIENT
from tests.db._lab import Caller, Lab
from tests.db._rollups import step
from tests.db.packing import _disk
from tests.db.packing.test_damage import (
    _COMMON,
    _all,
    _integers,
    _numbers,
    _require_named,
    outcomes_of,
    require_named_or_right,
)
from tests.db.packing.test_packed_rollups import pack, steps
from tests.db.packing.test_packed_rollups import packing as packing
from tests.db.retention.test_deletion import delete
from tests.db.retention.test_retention import OLD, TODAY, points
from tests.db.retention.test_retention import viewer as viewer
from tests.db.retention.test_retention import world as world

_TABLE = "TbRollupFrio"
_DAMAGES = (
    _all({"pcBucket": _integers, "pcQtd": _integers, "pcProdutoItem": _integers, "pcFino": _integers})
    | _all(dict.fromkeys(("pcSoma", "pcMin", "pcMax"), _numbers))
    | {what: value for what, value in _COMMON.items() if "dt" not in what}
    | {
        '"dtInicio"': """"dtInicio" + interval '1 hour' """,
        '"dtFim"': """"dtFim" - interval '1 hour' """,
        '"nrMinutos"': "5",
        '"cdSensor"': "13",
    }
)
_NOT_NULL = tuple(f'"{column}" nothing' for column in ("pcBucket", "pcQtd", "pcSoma", "pcMin", "pcMax"))


def _chunk(lab: Lab, minutes: int) -> int:
    ((chunk,),) = lab.sql(
        """select "cdPacote" from series."TbRollupFrio" where "cdSensor" = 11 and "nrMinutos" = %s
           order by "dtInicio" limit 1""",
        minutes,
    )
    return int(chunk)


def _reads(lab: Lab, caller: Caller) -> list[Callable[[], Any]]:
    return [
        lambda: points(caller, 11, "1h"),
        lambda: points(caller, 11, "5m"),  # its hours say where there are finer rollups
        lambda: lab.sql("""select r::text from "TbSensorRegistro1h" r where "cdSensor" = 11 order by 1"""),
    ]


# Seen to fail: with true for the comparison of nrResumo in is_sound_buckets(), where most of these were
# answered as numbers.
def test_a_read_of_a_damaged_chunk_names_it_or_answers_right(lab: Lab, viewer: Caller) -> None:
    lab.sql(
        """update series."TbSensorRegistro1h" set "cdProdutoItem" = 2, "nrSoma" = round("nrSoma"),
             "nrMin" = round("nrMin"), "nrMax" = round("nrMax") where "cdSensor" = 11"""
    )
    pack(lab)
    possible = {what: value for what, value in _DAMAGES.items() if what not in _NOT_NULL}
    require_named_or_right(lab, _TABLE, _chunk(lab, 60), possible, lambda: outcomes_of(_reads(lab, viewer)))


def _expired(lab: Lab) -> None:
    """The values of the old day have expired; its rollups have not."""
    lab.sql(
        """insert into private."TbRetencaoPiso" ("cdCliente", "dtBruto", "dtAnunciado")
           values (%s, %s, %s)""",
        CLIENT, OLD + timedelta(days=1), OLD + timedelta(days=1),
    )  # fmt: skip


# Seen to fail: without the exception block in is_sound_buckets(): the errors were those of PostgreSQL,
# without the chunk.
@pytest.mark.parametrize("kind", ["compressed", "out of line", "missing"])
def test_bytes_damaged_on_disk_are_named_and_left_out_once_marked(
    lab: Lab, viewer: Caller, kind: str
) -> None:
    name = f'series."{_TABLE}"'
    lab.sql(
        """insert into series."TbSensorRegistro1m"
           select %s::timestamp + interval '6 h' + n * interval '1 minute', v, v, v, 1, 11, %s
           from generate_series(0, 999) n cross join lateral (select n / 2 * 7919 %% 10007 as v) v""",
        OLD, CLIENT,
    )  # fmt: skip
    if kind != "compressed":
        lab.sql(f"alter table {name} set (toast_tuple_target = 128)")
    _expired(lab)
    try:
        _packing.pack_rollups(lab, [11], 1)
        chunk = _chunk(lab, 1)
        if kind == "compressed":
            assert _disk.damage(lab, name, _disk.spoil_compressed, f'"cdPacote" = {chunk}') == 1
        else:
            spoil = _disk.spoil_end if kind == "out of line" else _disk.lose
            assert _disk.damage(lab, _disk.toast(lab, name), spoil) > 0
        reads = [
            lambda: points(viewer, 11, "1m"),
            lambda: lab.sql('select sum("nrSoma") from "TbSensorRegistro1m" where "cdSensor" = 11'),
        ]
        for outcome in outcomes_of(reads):
            _require_named(outcome, _TABLE, chunk, kind)
        assert lab.sql("select private.verify_packs_before('infinity')")[0][0] > 0
        assert lab.sql(f'select "cdPacote" from {name} where "blDanificado"') == [(chunk,)]
        answer, total = outcomes_of(reads)
        assert not answer["complete"]
        minutes = 60 + 2 * 40  # of the new day; hours of both that have too few values to be packed
        assert (len(answer["data"]), total[0][0] > 0) == (minutes, True)
        assert points(viewer, 11, "1m", TODAY - timedelta(days=6))["complete"]
    finally:
        lab.sql(f"alter table {name} reset (toast_tuple_target)")
        lab.sql(f"truncate {name}")


# Seen to fail: with marked chunks in what finish_series_deletion() waits for: it never ended. Without
# mark_damaged() in delete_requested_series(): it stopped at the damaged chunk until that was verified.
@pytest.mark.parametrize("marked", [True, False])
def test_a_series_with_a_damaged_chunk_whose_values_have_expired_is_deleted(
    lab: Lab, viewer: Caller, marked: bool
) -> None:
    pack(lab)
    _expired(lab)
    lab.sql(
        """update series."TbRollupFrio" set "nrVerificacao" = 0, "blDanificado" = %s
           where "cdPacote" = %s""",
        marked, _chunk(lab, 1),
    )  # fmt: skip
    receipt = delete(viewer)
    for _ in range(100):
        if not step(lab, "delete_requested_series"):
            break
    assert viewer.call("get_exclusao", p_cd_exclusao=receipt["cdExclusao"])["dtFim"] is not None
    assert lab.sql('select 1 from series."TbRollupFrio" where "cdSensor" = 11') == []
    assert lab.sql('select count(*) > 0 from series."TbRollupFrio" where "cdSensor" = 21') == [(True,)]


# Seen to fail: without the look at marked chunks in rollups_to_pack(): packing failed with a key that exists
# already, again and again, and packed nothing else.
@pytest.mark.usefixtures("packing")
def test_rows_for_the_week_of_a_marked_chunk_stay_rows(lab: Lab) -> None:
    """As of a late value for an hour of that week whose values have not expired."""
    pack(lab)
    ((start,),) = lab.sql(
        """update series."TbRollupFrio" set "blDanificado" = true where "cdPacote" = %s
           returning "dtInicio" """,
        _chunk(lab, 60),
    )
    for week in (start, start - timedelta(days=7)):
        lab.sql(
            """insert into series."TbSensorRegistro1h"
                 ("dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "nrFino")
               values (%s, 1, 1, 1, 1, 11, %s, 60)""",
            week, CLIENT,
        )  # fmt: skip
    lab.sql('update private."TbConfiguracao" set "nrDiasQuente1h" = 1')
    try:
        assert steps(lab) > 0
        assert lab.sql('select "dtBucket" from series."TbSensorRegistro1h"') == [(start,)]
    finally:
        lab.sql('update private."TbConfiguracao" set "nrDiasQuente1h" = 14')
