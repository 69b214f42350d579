"""A synthetic fleet: where its devices are, what their sensors say, and how unreliably they send.

Nothing here touches network, clock or global randomness; all three are passed in.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, repeat
from random import Random
from typing import Any

from geopy.distance import great_circle

from .demo_fleet import (
    AGES,
    CATEGORY_TOTAL,
    DISTANCE,
    DOOR,
    GENDERS,
    HUMIDITY,
    MOODS,
    PEOPLE,
    TEMPERATURE,
    WEIGHT,
    Device,
    Place,
)
from .replay import instant

Element = dict[str, Any]

DOWNTOWN = Place(-23.5505, -46.6333)
TOWN_RADIUS = 9_000.0
ROAMING_SPEED, STRAYING_SPEED = 12.0, 8.0  # m/s
GPS_NOISE = 4.0  # metres
LONGEST_STEP = 60.0  # seconds: a device that was off for a night has not crossed the country
TARE, CAN_WEIGHT, BOX_HEIGHT = 1_500, 368, 35  # of the items in supabase/seed.sql
FULL_STOCK = 10  # items
FULL_BATTERY, EMPTY_BATTERY = 3.7, 3.2  # volts
BATTERY_PER_READING = 0.0005
RESEND_CHANCE, DELAY_CHANCE = 0.3, 0.3
LONGEST_DELAY = 5  # rounds of the fleet


def strays(device: Device) -> bool:
    """Some devices that should stand still are carried out of their geofence."""
    return device.site is not None and not device.roams and device.code % 4 == 3


def resends(device: Device) -> bool:
    """Some send a reading again, as if the response was lost."""
    return device.code % 4 == 1


def delays(device: Device) -> bool:
    """Some keep a reading while out of coverage and send it after newer ones."""
    return device.code % 4 == 2


def waypoints(device: Device, rng: Random) -> Iterator[Place]:
    """Destinations of the device, without end."""
    home = device.site.middle if device.site else DOWNTOWN
    if device.roams:
        return (_near(DOWNTOWN, TOWN_RADIUS, rng) for _ in count())
    if strays(device) and device.site:
        return _in_and_out(home, device.site.radius, rng)
    return repeat(home)


def _in_and_out(home: Place, radius: float, rng: Random) -> Iterator[Place]:
    while True:
        yield _near(home, radius / 2, rng)
        yield moved(home, rng.uniform(0, 360), radius * rng.uniform(1.5, 2.5))


def _near(middle: Place, radius: float, rng: Random) -> Place:
    return moved(middle, rng.uniform(0, 360), radius * math.sqrt(rng.random()))


def moved(start: Place, bearing: float, metres: float) -> Place:
    """The place so many metres away; the bearing in degrees, clockwise from north."""
    point = great_circle(meters=metres).destination(start, bearing)
    return Place(point.latitude, point.longitude)


def towards(start: Place, goal: Place, metres: float) -> Place:
    """So many metres nearer to a goal in the same town, but not past it."""
    whole = great_circle(start, goal).meters
    if whole <= metres:
        return goal
    share = metres / whole
    return Place(*(one + (other - one) * share for one, other in zip(start, goal, strict=True)))


class SimulatedDevice:
    """One device, which moves and reads its sensors at each call."""

    def __init__(self, device: Device, rng: Random) -> None:
        self.device = device
        self._rng = rng
        self._waypoints = waypoints(device, rng)
        self._goal = next(self._waypoints)
        self._place = device.site.middle if device.site else DOWNTOWN
        self._battery = rng.uniform(EMPTY_BATTERY + 0.2, FULL_BATTERY)
        self._stock = rng.randint(0, FULL_STOCK)
        self._sequence = count(1)
        self._last: datetime | None = None

    def read(self, now: datetime) -> Element:
        """The reading at this time, or just after the last one: each has a different time."""
        seconds = LONGEST_STEP
        if self._last is not None:
            now = max(now, self._last + timedelta(milliseconds=1))
            seconds = min(LONGEST_STEP, (now - self._last).total_seconds())
        self._last = now
        self._move(seconds)
        self._battery -= BATTERY_PER_READING
        if self._battery < EMPTY_BATTERY:
            self._battery = FULL_BATTERY
        seen = moved(self._place, self._rng.uniform(0, 360), abs(self._rng.gauss(0, GPS_NOISE)))
        return {
            "cdDispositivo": self.device.code,
            "dtRegistro": instant(now),
            "nrSeq": next(self._sequence),
            "nrBat": round(self._battery, 3),
            "latitude": round(seen.latitude, 6),
            "longitude": round(seen.longitude, 6),
            "sensores": self._sensor_values(now),
        }

    def _move(self, seconds: float) -> None:
        speed = ROAMING_SPEED if self.device.roams else STRAYING_SPEED
        self._place = towards(self._place, self._goal, speed * seconds)
        if self._place == self._goal:
            self._goal = next(self._waypoints)

    def _sensor_values(self, now: datetime) -> list[Element]:
        people = self._crowd()
        return [
            {"cdSensor": sensor, "nrValor": people[kind] if kind in people else self._value(kind, now)}
            for kind, sensor in self.device.sensors.items()
        ]

    def _value(self, kind: int, now: datetime) -> float:
        if kind == TEMPERATURE:
            warmth = math.sin(math.tau * (now.hour - 9) / 24)
            return round(4 + 1.5 * warmth + self._rng.gauss(0, 0.4), 2)
        if kind == HUMIDITY:
            return round(min(100.0, max(0.0, self._rng.gauss(62, 4))), 1)
        if kind == WEIGHT:
            return TARE + CAN_WEIGHT * self._left_in_stock()
        if kind == DISTANCE:
            return BOX_HEIGHT * self._left_in_stock()
        return self._rng.randint(0, 6) if kind == DOOR else 0

    def _left_in_stock(self) -> int:
        """Items are taken out one by one; then the shelf is filled."""
        self._stock -= self._rng.choice((0, 0, 0, 1))
        if self._stock < 0:
            self._stock = FULL_STOCK
        return self._stock

    def _crowd(self) -> dict[int, int]:
        """Number of people, and the same people by gender, age and mood."""
        if PEOPLE not in self.device.types:
            return {}
        seen = self._rng.randint(0, 12)
        counts = {PEOPLE: seen + self._rng.randint(0, 4), CATEGORY_TOTAL: seen}
        for group in (GENDERS, AGES, MOODS):
            counts |= dict.fromkeys(group, 0)
            for _ in range(seen):
                counts[self._rng.choice(group)] += 1
        return counts


def traffic(
    devices: Sequence[Device],
    rng: Random,
    clock: Callable[[], datetime],
    rounds: Iterable[int],
    finished: Callable[[], bool] = lambda: False,
) -> Iterator[Element]:
    """Readings in sending order, one per device and round, until the rounds end or `finished` is true.

    Some readings are sent twice, some after newer ones of the same device; none is missing.
    """
    fleet = [SimulatedDevice(device, rng) for device in devices]
    held: list[tuple[int, int, Element]] = []
    tickets = count()
    for turn, one in ((turn, one) for turn in rounds for one in fleet):
        if finished():
            break
        while held and held[0][0] <= turn:
            yield heapq.heappop(held)[2]
        element = one.read(clock())
        if delays(one.device) and rng.random() < DELAY_CHANCE:
            heapq.heappush(held, (turn + rng.randint(1, LONGEST_DELAY), next(tickets), element))
            continue
        yield element
        if resends(one.device) and rng.random() < RESEND_CHANCE:
            yield element
    while held:
        yield heapq.heappop(held)[2]
