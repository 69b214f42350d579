"""What scripts/run shows beside the fleet of the demo data: vans on avenues, and devices that have a story.

A fridge warms up while its door is open, a cart leaves its fence and comes back, one device is silent, one
sends what cannot be stored. Neither network nor clock nor global randomness; all are passed in. The rows are
those of scene.sql (a test compares them).
"""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Protocol

from ..local.paths import ROOT
from .demo_fleet import DOOR, TEMPERATURE, Place
from .replay import instant
from .simulation import moved, towards

AVENUES = ROOT / "app" / "web" / "avenues.json"
Element = dict[str, Any]

VANS = range(31, 37)
CART, FRIDGE, SILENT, FAULTY = 37, 38, 39, 40
CODES = (*VANS, CART, FRIDGE, SILENT, FAULTY)
VAN_SPEED = 18.0  # m/s
PARK, PARK_LAP, PARK_REACH = Place(-23.58740, -46.65760), 240.0, 900.0  # seconds around it, metres at most
DOCK = Place(-23.52650, -46.67900)
DOOR_CYCLE, DOOR_OPEN = 300.0, 100.0  # seconds: closed first, then open
COLD, WARM = 4.0, 13.0  # °C
WARMING, COOLING = 60.0, 40.0  # seconds to lose two thirds of the difference
SILENT_FOR = timedelta(hours=1)
FAULT_EVERY = 30  # rounds
SECONDS_BETWEEN_ROUNDS = 2.0


def network() -> dict[Place, list[Place]]:
    """Crossings and bends of the avenues of the page's map, each with its neighbours."""
    found: dict[Place, list[Place]] = defaultdict(list)
    for corners in json.loads(AVENUES.read_text()).values():
        places = [Place(latitude, longitude) for longitude, latitude in corners]
        for one, other in pairwise(places):
            found[one].append(other)
            found[other].append(one)
    return found


class Actor(Protocol):
    """A device of the scene."""

    def read(self, now: datetime) -> Element | None:
        """What it sends at this time."""


class Van:
    """Follows avenues; at a crossing it turns back only where nothing else leads on."""

    def __init__(self, code: int, avenues: dict[Place, list[Place]], rng: Random) -> None:
        self._code, self._avenues, self._rng = code, avenues, rng
        self._from = rng.choice(sorted(avenues))
        self._place, self._goal = self._from, rng.choice(avenues[self._from])
        self._battery = rng.uniform(3.5, 3.9)
        self._last: datetime | None = None

    def read(self, now: datetime) -> Element:
        seconds = (now - self._last).total_seconds() if self._last else 0.0
        self._last = now
        self._place = towards(self._place, self._goal, VAN_SPEED * min(seconds, 60.0))
        if self._place == self._goal:
            ways = [one for one in self._avenues[self._goal] if one != self._from]
            self._from, self._goal = self._goal, self._rng.choice(ways or [self._from])
        return reading(self._code, now, self._place, self._battery, 0, 3.5 + self._rng.gauss(0, 0.2))


class Cart:
    """Goes round the park, and out of its fence on one side of each lap."""

    def read(self, now: datetime) -> Element:
        turn = math.tau * (now.timestamp() % PARK_LAP) / PARK_LAP
        reach = PARK_REACH * (0.45 + 0.55 * max(0.0, math.sin(turn)))
        return reading(CART, now, moved(PARK, math.degrees(turn), reach), 3.7, 0, 6.0)


class Fridge:
    """Stands at the dock; its door is open for a while, and it warms up until it is closed."""

    def read(self, now: datetime) -> Element:
        since = now.timestamp() % DOOR_CYCLE - (DOOR_CYCLE - DOOR_OPEN)
        opened = since >= 0
        warmed = WARM + (COLD - WARM) * math.exp(-(since if opened else DOOR_OPEN) / WARMING)
        value = (
            warmed
            if opened
            else COLD + (warmed - COLD) * math.exp(-(since + DOOR_CYCLE - DOOR_OPEN) / COOLING)
        )
        return reading(FRIDGE, now, DOCK, 3.8, int(opened), value)


class Silent:
    """Has sent something an hour ago, and nothing since."""

    _sent = False

    def read(self, now: datetime) -> Element | None:
        if self._sent:
            return None
        self._sent = True
        return reading(SILENT, now - SILENT_FOR, moved(DOCK, 60, 90), 3.3, 0, 4.0)


class Faulty:
    """Sends, about once a minute, a value of an unknown sensor, and then impossible coordinates."""

    def __init__(self) -> None:
        self._round = 0

    def read(self, now: datetime) -> Element:
        self._round += 1
        element = reading(FAULTY, now, moved(DOCK, 240, 90), 3.6, 0, 4.5)
        if self._round % FAULT_EVERY == 1:
            element["sensores"].append({"dsPonto": "umidade", "nrValor": 61})
        elif self._round % FAULT_EVERY == 2:
            element["latitude"] = 235.265
        return element


def reading(code: int, now: datetime, place: Place, battery: float, door: int, temperature: float) -> Element:
    """An element of a batch: battery in volts, temperature in °C."""
    values = {DOOR: door, TEMPERATURE: round(temperature, 2)}
    return {
        "cdDispositivo": code,
        "dtRegistro": instant(now),
        "nrBat": round(battery, 3),
        "latitude": round(place.latitude, 6),
        "longitude": round(place.longitude, 6),
        "sensores": [{"cdSensor": code * 100 + kind, "nrValor": value} for kind, value in values.items()],
    }


def actors(rng: Random) -> list[Actor]:
    """All of them, in the order of CODES."""
    avenues = network()
    return [*(Van(code, avenues, rng) for code in VANS), Cart(), Fridge(), Silent(), Faulty()]


def rounds(rng: Random, clock: Callable[[], datetime]) -> Iterator[list[Element]]:
    """What they send, round by round, without end."""
    cast = actors(rng)
    while True:
        now = clock()
        yield [element for one in cast if (element := one.read(now)) is not None]
