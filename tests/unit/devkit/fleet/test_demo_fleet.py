"""The demo data: what the simulator believes about it, and that running it again changes nothing."""

from typing import Any

import pytest

from scripts.devkit.fleet import replay, simulation
from scripts.devkit.fleet.demo_fleet import FLEET
from scripts.devkit.local.paths import SEED_SQL
from tests._lib import dumps
from tests._lib.databases import Database

DEVICES = """
    select d."cdDispositivo", e."dsLat", e."dsLong", case when e."dsLat" is not null then t."nrRaio" end,
           array(select s."cdSensor" from public."TbSensor" s where s."cdDispositivo" = d."cdDispositivo"
                 order by 1),
           array(select s."cdTipoSensor"::integer from public."TbSensor" s
                 where s."cdDispositivo" = d."cdDispositivo" order by 1)
    from public."TbDispositivo" d
    left join public."TbDestinatario" t using ("cdDestinatario")
    left join public."TbEndereco" e using ("cdEndereco")
"""


@pytest.fixture
def seeded(db: Any) -> Any:
    with db.cursor() as cursor:
        cursor.execute(SEED_SQL.read_text())
        yield cursor


def rows(cursor: Any, query: str) -> list[Any]:
    cursor.execute(query)
    return list(cursor.fetchall())


def test_the_simulator_knows_the_live_devices(seeded: Any) -> None:
    in_database = {
        code: (latitude, longitude, radius, sensors, types)
        for code, latitude, longitude, radius, sensors, types in rows(seeded, DEVICES)
        if code not in (*replay.TRACKERS, *replay.THERMOMETERS)
    }
    assert in_database == {
        device.code: (
            *(device.site.middle if device.site else (None, None)),
            device.site.radius if device.site else None,
            sorted(device.sensors.values()),
            sorted(device.types),
        )
        for device in FLEET
    }


def test_the_simulator_knows_the_replay_devices(seeded: Any) -> None:
    sensors = {code: sensors for code, *_, sensors, _ in rows(seeded, DEVICES)}
    assert {code: sensors[code] for code in (*replay.TRACKERS, *replay.THERMOMETERS)} == {
        **{key: [] for key in replay.TRACKERS},
        **{code: [sensor] for code, sensor in replay.THERMOMETERS.items()},
    }


def test_the_simulator_knows_scales_and_items(seeded: Any) -> None:
    query = """
        select s."cdTipoSensor", s."nrUnidadeIni", i."nrPesoUnit", i."nrAlt"
        from public."TbSensor" s join public."TbProdutoItem" i using ("cdProdutoItem")
    """
    scales = {(tare, weight) for kind, tare, weight, _ in rows(seeded, query) if kind == 3}
    assert scales == {(simulation.TARE, simulation.CAN_WEIGHT)}
    assert {height for kind, *_, height in rows(seeded, query) if kind == 1} == {simulation.BOX_HEIGHT}


def test_every_type_of_sensor_is_there_and_two_clients_with_a_child(seeded: Any) -> None:
    unused = 'select id from public."TbTipoSensor" except select "cdTipoSensor" from public."TbSensor"'
    assert rows(seeded, unused) == []
    parents = rows(seeded, 'select "cdCliente", "cdClientePai" from public."TbCliente" order by 1')
    assert parents == [(1, None), (2, None), (3, 1)]
    without_devices = """
        select "cdCliente" from public."TbCliente" except select "cdCliente" from public."TbDispositivo"
    """
    assert rows(seeded, without_devices) == []


def test_running_it_again_changes_nothing(seeded: Any, database: Database) -> None:
    before = dumps.rows(database)
    seeded.execute(SEED_SQL.read_text())
    assert dumps.rows(database) == before


def test_what_people_add_is_numbered_after_it_and_survives_another_run(
    seeded: Any, database: Database
) -> None:
    added = rows(
        seeded,
        'insert into public."TbDispositivo" ("dsDispositivo", "cdCliente") '
        """values ('Novo', 2) returning "cdDispositivo" """,
    )[0][0]
    seeded.execute('delete from public."TbDispositivo" where "cdDispositivo" = %s', (added,))
    seeded.execute(SEED_SQL.read_text())
    assert rows(seeded, """select nextval('public."TbDispositivo_cdDispositivo_seq"')""")[0][0] > added > 1176
