"""Rows that do not fit: each kind is counted by the plan, has a place where it is read, and can be replayed.

One story: planned, copied, switched, finished, and replayed after that.
"""

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

import pytest

from scripts.devkit.commands import inspect
from scripts.devkit.convert import carry, finish, state, switch, verify
from scripts.devkit.convert.plan import make_plan
from scripts.devkit.convert.replay import replay
from scripts.devkit.local.databases import roles_locked
from tests._lib.databases import Database
from tests._lib.legacy import legacy, load, owner, query
from tests.conversion.test_fates import NO_KEYS
from tests.schema._legacy_world import REPORTED, rows
from tests.schema._prepared import prepare

# Device 1 has sensors 1 and 2 and a client; device 2 has sensor 3 and no client; address 7 is text.
ROWS = """
  create function pg_temp.day(n integer) returns timestamp language sql as
    $$ select date_trunc('hour', now() at time zone 'UTC') - make_interval(days => n) $$;
  insert into public."TbPosicao" ("cdPosicao", "cdDispositivo", "dtRegistro", "nrBat", "cdEndereco") values
    (101, 1, null, 3.5, null),
    (102, 1, pg_temp.day(2), 3.5, null), (103, 1, pg_temp.day(2), 3.5, null),
    (104, 1, pg_temp.day(3), 3.5, null), (105, 1, pg_temp.day(3), 3.6, null),
    (106, 1, pg_temp.day(4), 3.5, 7), (107, 1, '2001-01-01 12:00', 3.5, null),
    (108, 2, pg_temp.day(5), 3.5, null), (109, 1, pg_temp.day(6), 3.5, null),
    (110, 1, pg_temp.day(7), 3.5, null);
  insert into public."TbSensorRegistro" ("cdDispositivo", "cdSensor", "cdPosicao", "cdProdutoItem", "nrValor",
    "dtRegistro")
  values (1, 1, 199, null, 9, pg_temp.day(1)), (2, 3, 108, null, 8, pg_temp.day(5)),
    (1, 3, 109, null, 7, pg_temp.day(6)), (1, 1, 110, 99, 6, pg_temp.day(7))
"""
QUARANTINED = """select count(*) from {kept} where "dsTabela" = 'TbPosicao' and "dsMotivo" ~ '%s' """
MEND = """update private."TbConversaoAviso" set "dsAntes" = "dsAntes" || '%s' where "cdLinha" = '%s'"""
STORED = 'select count(*) from series."TbPosicao" where "cdPosicao" = %s'


@dataclass(frozen=True)
class Kind:
    """What the plan says, how many; where they are; how they are mended; and that they are stored then."""

    said: str
    rows: int
    place: str
    mend: str = ""
    stored: str = ""


KINDS = {
    "no time": Kind(
        "INVALID_TIMESTAMP: without time", 1, QUARANTINED % "INVALID_TIMESTAMP",
        MEND % ('{"dtRegistro": "2025-06-08T12:00:00"}', 101), STORED % 101,
    ),
    "two positions, one says nothing else": Kind(
        "the same device, time, battery and place as another", 1, STORED % 102
    ),
    "two positions that differ": Kind(
        "CONFLICT: the same device and time", 1, QUARANTINED % "CONFLICT",
        MEND % ('{"nrSeq": 2}', 105), STORED % 105,
    ),
    "readings without their position": Kind(
        "readings without their position", 1,
        """select count(*) from series."TbSensorRegistro" where "nrValor" = 9 and "cdPosicao" is null""",
    ),
    "coordinates that are text": Kind(
        "addresses with text that is not a pair of coordinates", len(REPORTED),
        """select count(*) from private."TbConversaoAviso" where "dsMotivo" ~ 'not a pair of coordinates'""",
    ),
    "positions at such an address": Kind(
        "positions at such an address", 1, STORED % 106 + ' and "dsLat" is null and "cdEndereco" = 7'
    ),
    "older than coverage": Kind("positions older than 13 months", 1, STORED % 107),
    "a device without client": Kind(
        "UNKNOWN_DEVICE: of a device without client", 1, QUARANTINED % "UNKNOWN_DEVICE",
        'update public."TbDispositivo" set "cdCliente" = 3 where "cdDispositivo" = 2',
        'select count(*) from series."TbSensorRegistro" where "cdPosicao" = 108 and "cdCliente" = 3',
    ),
    "a sensor that moved": Kind(
        "readings of sensors that are on another device now", 1,
        """select count(*) from series."TbSensorRegistro" r join public."TbSensorVinculo" v
             using ("cdSensor", "cdDispositivo") where r."cdPosicao" = 109 and r."cdDispositivo" = 1""",
    ),
    "a product item that is gone": Kind(
        "readings of product items that are gone", 1,
        """select count(*) from series."TbSensorRegistro"
           where "cdPosicao" = 110 and "cdProdutoItem" is null""",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def told(project: Database) -> Iterator[dict[str, Any]]:
    """For each kind: rows in the plan, at their place before finish and after it, and stored by a replay."""
    with legacy(project) as database:
        load(database, rows())
        with owner(database) as cursor:
            cursor.execute(NO_KEYS)
            cursor.execute(ROWS)
        told = {"plan": planned(database)}
        prepare(database)
        carry.copy(database.owner_url, carry.Pace(None), lambda _rows: None)
        assert verify.verify(database.owner_url).agrees
        with roles_locked(), state.alone(database.owner_url) as cursor:
            switch.run(cursor, "km")
            told["switched"] = places(database, 'conversao."TbConversaoLinha"')
            finish.run(cursor)
        told["finished"] = places(database, 'private."TbConversaoAviso"')
        with owner(database) as cursor:
            for kind in KINDS.values():
                if kind.mend:
                    cursor.execute(kind.mend)
        told["left"] = replay(database.owner_url)
        told["replayed"] = {
            name: query(database, kind.stored)[0][0] for name, kind in KINDS.items() if kind.stored
        }
        yield told


def planned(database: Database) -> dict[str, int]:
    known = inspect.state(migrated=False)
    text = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(text):
        patch.setattr(inspect, "state", lambda *, migrated: known)
        make_plan(database.owner_url, "km", None, as_json=True)
    plan = json.loads(text.getvalue())
    said = {one["reason"]: one["rows"] for one in plan["fates"] if one["table_name"] == "TbPosicao"}
    said |= {one["what"]: one["rows"] for one in plan["notes"]}
    return {
        name: sum(rows for text, rows in said.items() if text.startswith(kind.said))
        for name, kind in KINDS.items()
    }


def places(database: Database, kept: str) -> dict[str, int]:
    return {name: query(database, kind.place.replace("{kept}", kept))[0][0] for name, kind in KINDS.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind(told: dict[str, Any], kind: str) -> None:
    rows = KINDS[kind].rows
    assert [told[step][kind] for step in ("plan", "switched", "finished")] == [rows] * 3
    assert told["replayed"].get(kind) == (1 if KINDS[kind].mend else None)


def test_nothing_is_left_in_quarantine(told: dict[str, Any]) -> None:
    assert told["left"] == []
