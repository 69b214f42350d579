"""An import that is only looked at is answered as the real one would be, by PostgreSQL alone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests._lib.databases import Database
from tests.db.access._isolation import CALLERS, Outcome
from tests.db.access._postgrest import RestWorld

_COUNTS = """select (select count(*) from "TbDispositivo"), (select count(*) from "TbSensor"),
                    (select count(*) from "TbAuditoria"), (select count(*) from "TbSensorVinculo")"""


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[RestWorld]:
    with RestWorld(database) as world:
        yield world


def device(**row: Any) -> tuple[str, list[dict[str, Any]]]:
    return "dispositivos", [{"dsDispositivo": "fine"}, row, {"dsDispositivo": "fine"}]


def sensor(**row: Any) -> tuple[str, list[dict[str, Any]]]:
    return "sensores", [{"cdDispositivo": 101, "cdTipoSensor": 4}, row]


_OF_101 = {"cdDispositivo": 101, "cdTipoSensor": 4}
# What is wrong with the second row; in which column, where that is said; or the SQLSTATE that is raised.
CASES = {
    "nothing": (device(dsDispositivo="é" * 255), None, ""),
    "nothing, of sensors": (sensor(**_OF_101, dsPonto="new"), None, ""),
    "a long name": (device(dsDispositivo="é" * 256), "dsDispositivo", ""),
    "a long note": (device(dsObs="x" * 4_001), "dsObs", ""),
    "a long point": (sensor(**_OF_101, dsPonto="x" * 256), "dsPonto", ""),
    "another's client": (device(cdCliente=2), "cdCliente", ""),
    "another's device": (sensor(cdDispositivo=201, cdTipoSensor=4), "cdDispositivo", ""),
    "a point that exists": (sensor(**_OF_101, dsPonto="point"), "dsPonto", ""),
    "no such status": (device(cdStatus="odd"), None, "22P02"),
    "a status of 5,000 letters": (device(cdStatus="x" * 5_000), None, "22P02"),
    "no device": (sensor(cdTipoSensor=4), None, "42501"),
    "a number that is too large": (sensor(**_OF_101, nrUnidadeIni=10**12), None, "22003"),
    "a unit that is none": (device(cdUnidadeBat="A"), None, "23514"),
    "an unknown column": (device(nothing=1), None, "PT400"),
}


def told(outcome: Outcome) -> Any:
    if outcome.state:
        return outcome.state, outcome.hint, outcome.message.partition("CONTEXT")[0]
    answer = outcome.rows[0][0]
    return answer["total"], answer["erros"]


# Seen to fail: before, where what is raised or too long was answered as if nothing were wrong.
@pytest.mark.parametrize(("rows", "column", "state"), CASES.values(), ids=CASES)
def test_the_answer_is_that_of_the_real_import(world: RestWorld, rows: Any, column: Any, state: str) -> None:
    before = world.sql(_COUNTS)
    call = "select public.criar_cadastros(%s, %s, %s)"
    real, looked_at = (
        world.ask(CALLERS["admin1"], call, rows[0], json.dumps(rows[1]), look, keep=look)
        for look in (False, True)
    )
    assert told(looked_at) == told(real)
    assert real.state == state, real
    if not state:
        assert [e["coluna"] for e in told(real)[1]] == ([column] if column else []), real
        assert looked_at.rows[0][0]["data"] == []
        assert len(real.rows[0][0]["data"]) == (0 if column else len(rows[1]))
    assert world.sql(_COUNTS) == before
