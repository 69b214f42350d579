"""What scripts/run shows: the devices are in the database, and to each happens what is said of it."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from random import Random
from typing import Any

import pytest
from geopy.distance import geodesic

from scripts.devkit.fleet import demo, scene
from scripts.devkit.local.paths import SEED_SQL

START = datetime(2026, 3, 1, tzinfo=UTC)
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
