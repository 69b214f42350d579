"""The synthetic fleet moves, strays, resends and is late, and never contradicts itself."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from geopy.distance import geodesic, great_circle

from scripts.devkit.fleet import simulation
from scripts.devkit.fleet.demo_fleet import (
    AGES,
    CATEGORY_TOTAL,
    DISPLAY,
    FLEET,
    GENDERS,
    HUMIDITY,
    MOODS,
    Device,
    Place,
)
from scripts.devkit.fleet.simulation import moved, towards

START = datetime(2026, 3, 1, tzinfo=UTC)
ROUNDS = 300


def distance(one: Place, other: Place) -> float:
    """Metres on the ellipsoid; the simulator moves on a sphere."""
    return float(geodesic(one, other).meters)


def sent(devices: list[Device], rounds: int = ROUNDS, seed: int = 1) -> list[dict[str, Any]]:
    ticks = (START + timedelta(seconds=n) for n in range(10**9))
    return list(simulation.traffic(devices, Random(seed), lambda: next(ticks), range(rounds)))


@pytest.fixture(scope="module")
def elements() -> list[dict[str, Any]]:
    return sent(FLEET[:24])


def by_device(elements: list[dict[str, Any]]) -> Iterator[tuple[Device, list[dict[str, Any]]]]:
    groups = defaultdict(list)
    for element in elements:
        groups[element["cdDispositivo"]].append(element)
    return ((device, groups[device.code]) for device in FLEET[:24])


def place(element: dict[str, Any]) -> Place:
    return Place(element["latitude"], element["longitude"])


def test_every_device_reports_every_round_once_resends_aside(elements: list[dict[str, Any]]) -> None:
    assert Counter(key for key, _ in {(one["cdDispositivo"], one["nrSeq"]): 0 for one in elements}) == {
        device.code: ROUNDS for device in FLEET[:24]
    }


def test_no_two_readings_of_a_device_share_a_time_unless_they_are_the_same(
    elements: list[dict[str, Any]],
) -> None:
    seen: dict[tuple[int, str], dict[str, Any]] = {}
    for element in elements:
        assert seen.setdefault((element["cdDispositivo"], element["dtRegistro"]), element) == element


def test_time_goes_on_even_when_the_clock_does_not() -> None:
    stopped = list(simulation.traffic(FLEET[:1], Random(1), lambda: START, range(3)))
    assert sorted({one["dtRegistro"] for one in stopped}) == [
        "2026-03-01T00:00:00.001Z",
        "2026-03-01T00:00:00.002Z",
        "2026-03-01T00:00:00Z",
    ]


def test_some_devices_resend_and_some_are_late_and_others_neither(elements: list[dict[str, Any]]) -> None:
    for device, own in by_device(elements):
        numbers = [one["nrSeq"] for one in own]
        assert (len(numbers) > len(set(numbers))) == simulation.resends(device)
        assert (numbers != sorted(numbers)) == simulation.delays(device)


def test_vans_drive_strays_come_and_go_and_the_rest_stay(elements: list[dict[str, Any]]) -> None:
    kinds = Counter()
    for device, own in by_device(elements):
        if device.site is None:
            continue
        away = [distance(device.site.middle, place(one)) > device.site.radius for one in own]
        if device.roams:
            assert sum(away) > len(away) / 2
        elif simulation.strays(device):
            assert True in away
            assert False in away
        else:
            assert True not in away
        kinds["van" if device.roams else "stray" if simulation.strays(device) else "still"] += 1
    assert min(kinds["van"], kinds["stray"], kinds["still"]) >= 2


def test_nobody_drives_faster_than_a_van(elements: list[dict[str, Any]]) -> None:
    noise = 50
    for _, own in by_device(elements):
        track = sorted({one["nrSeq"]: one for one in own}.items())
        for (_, one), (_, other) in itertools.pairwise(track):
            seconds = datetime.fromisoformat(other["dtRegistro"]) - datetime.fromisoformat(one["dtRegistro"])
            furthest = simulation.ROAMING_SPEED * seconds.total_seconds() + noise
            assert distance(place(one), place(other)) <= furthest


def test_the_same_people_are_counted_by_gender_age_and_mood() -> None:
    display = next(device for device in FLEET if device.types == DISPLAY)
    for element in sent([display], 50):
        counts = {one["cdSensor"] % 100: one["nrValor"] for one in element["sensores"]}
        for group in (GENDERS, AGES, MOODS):
            assert sum(counts[kind] for kind in group) == counts[CATEGORY_TOTAL]


# The demo has a sensor of humidity, of which nothing was sent.
def test_a_fridge_sends_humidity() -> None:
    (fridge,) = (device for device in FLEET if HUMIDITY in device.types)
    values = [
        one["nrValor"]
        for element in sent([fridge], 20)
        for one in element["sensores"]
        if one["cdSensor"] == fridge.sensors[HUMIDITY]
    ]
    assert len(values) >= 20
    assert all(0 < value <= 100 for value in values)
    assert len(set(values)) > 1


def test_it_ends_when_told_and_sends_what_was_held_back() -> None:
    late = [device for device in FLEET[:24] if simulation.delays(device)]
    count = iter(range(100))
    elements = list(
        simulation.traffic(late, Random(3), lambda: START, iter(range(10**9)), lambda: next(count) >= 99)
    )
    assert len(elements) == 99


def test_a_small_fleet_has_some_of_everything() -> None:
    small = FLEET[:12]
    assert len({device.types for device in small}) == 3
    assert any(device.roams for device in small)
    assert any(map(simulation.strays, small))


def test_towards_arrives_and_does_not_overshoot() -> None:
    start = Place(-23.55, -46.63)
    goal = moved(start, 57.0, 500)
    assert great_circle(start, goal).meters == pytest.approx(500, rel=1e-3)
    assert great_circle(towards(start, goal, 200), goal).meters == pytest.approx(300, rel=1e-3)
    assert towards(start, goal, 501) == goal
