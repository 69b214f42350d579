"""What scripts/run shows: the devices are in the database, and to each happens what is said of it."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from random import Random
from typing import Any

import psycopg2
import pytest
from geopy.distance import geodesic

from app.files.images import kind_of
from scripts.devkit.fleet import demo, pictures, scene
from scripts.devkit.local.paths import SEED_SQL
from tests._lib.databases import Database

START = datetime(2026, 3, 1, tzinfo=UTC)
NUMBERED = (
    ("TbProduto", "cdProduto"),
    ("TbImagens", "cdImagens"),
    ("TbEndereco", "cdEndereco"),
    ("TbDestinatario", "cdDestinatario"),
    ("TbDispositivo", "cdDispositivo"),
    ("TbSensor", "cdSensor"),
)
STEP = timedelta(seconds=scene.SECONDS_BETWEEN_ROUNDS)


@pytest.fixture(scope="module")
def sent() -> dict[int, list[dict[str, Any]]]:
    """Ten minutes, by device."""
    ticks = (START + STEP * one for one in range(10**9))
    found: dict[int, list[dict[str, Any]]] = {code: [] for code in scene.CODES}
    for elements in islice(scene.rounds(Random(1), lambda: next(ticks)), 300):
        for one in elements:
            found[one["cdDispositivo"]].append(one)
    return found


def _values(elements: list[dict[str, Any]], kind: int) -> list[float]:
    return [
        value["nrValor"]
        for one in elements
        for value in one["sensores"][:2]
        if value["cdSensor"] % 100 == kind
    ]


def test_its_devices_and_sensors_are_in_the_demo_data_twice_run(db: Any, sent: Any) -> None:
    with db.cursor() as cursor:
        cursor.execute(SEED_SQL.read_text())
        cursor.execute(demo.SCENE_SQL.read_text())
        cursor.execute(demo.SCENE_SQL.read_text())
        cursor.execute(
            'select "cdSensor" from public."TbSensor" join public."TbDispositivo" using ("cdDispositivo")'
            ' where "cdDispositivo" between 31 and 40 and "cdCliente" = 1'
        )
        known = {code for (code,) in cursor.fetchall()}
    used = {
        value.get("cdSensor") for one in sent.values() for element in one for value in element["sensores"]
    }
    assert used - {None} == known


# Seen to fail: on the demo as it was: the sequences of sites and addresses stood at 11, its rows at 33.
def test_what_people_add_is_numbered_after_its_rows(new_database: Callable[[], Database]) -> None:
    with closing(psycopg2.connect(new_database().owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute(SEED_SQL.read_text())
        cursor.execute(demo.SCENE_SQL.read_text())
        behind = []
        for table, code in NUMBERED:
            cursor.execute(
                f"""select nextval(pg_get_serial_sequence('public."{table}"', '{code}')) > max("{code}")"""
                f' from public."{table}"'
            )
            behind += [table] if cursor.fetchone() != (True,) else []
    assert behind == []


# Seen to fail: without 5-1.jpg in DRAWINGS; with a drawing that is saved before it is made.
def test_every_picture_that_the_demo_names_is_drawn(db: Any, tmp_path: Path) -> None:
    with db.cursor() as cursor:
        cursor.execute(SEED_SQL.read_text())
        cursor.execute(demo.SCENE_SQL.read_text())
        cursor.execute('select "dsCaminho" || "cdCodigo" from public."TbImagens"')
        named = {name for (name,) in cursor.fetchall()}
    pictures.put(tmp_path)
    drawn = {str(file.relative_to(tmp_path)): file.read_bytes() for file in tmp_path.rglob("*.jpg")}
    assert set(drawn) == named
    assert {kind_of(content) for content in drawn.values()} == {("jpg", "image/jpeg")}
    assert len({len(content) for content in drawn.values()}) > 1


def test_vans_keep_to_the_avenues_and_move_each_time(sent: Any) -> None:
    corners = scene.network()
    segments = [(one, other) for one, others in corners.items() for other in others]
    for code in scene.VANS:
        places = [(one["latitude"], one["longitude"]) for one in sent[code]]
        assert all(here != there for here, there in pairwise(places[1:]))
        for place in places[::20]:
            detour = min(
                geodesic(one, place).meters + geodesic(place, other).meters - geodesic(one, other).meters
                for one, other in segments
            )
            assert detour < 1


def test_the_cart_leaves_its_fence_and_comes_back(sent: Any) -> None:
    away = [geodesic(scene.PARK, (one["latitude"], one["longitude"])).meters for one in sent[scene.CART]]
    assert min(away) < 420 < 880 < max(away)


def test_the_fridge_is_warm_after_its_door_was_open_and_cools_down_after_that(sent: Any) -> None:
    doors, warmth = (_values(sent[scene.FRIDGE], kind) for kind in (scene.DOOR, scene.TEMPERATURE))
    assert max(warmth) > 11 > 4.5 > min(warmth)
    steps = pairwise(zip(doors, warmth, strict=True))
    same = [(door, after - before) for (door, before), (later, after) in steps if door == later]
    assert {door for door, change in same if change > 0} == {1}
    assert {door for door, change in same if change < 0} == {0}


def test_one_is_silent_and_one_sends_what_cannot_be_stored(sent: Any) -> None:
    assert [one["dtRegistro"] for one in sent[scene.SILENT]] == ["2026-02-28T23:00:00Z"]
    faults = [one for one in sent[scene.FAULTY] if abs(one["latitude"]) > 90 or len(one["sensores"]) > 2]
    assert len(faults) == 20
