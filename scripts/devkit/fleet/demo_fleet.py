"""The simulated devices of supabase/seed.sql (a test compares the two)."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

DISTANCE, DOOR, WEIGHT, TEMPERATURE, PEOPLE = 1, 2, 3, 4, 5
GENDERS, AGES, MOODS, CATEGORY_TOTAL = (9, 10), (11, 12, 13, 14), (15, 16, 17), 18
HUMIDITY = 20  # a type that client 1 has made

FRIDGE = (DOOR, WEIGHT, TEMPERATURE)
DISPLAY = (DISTANCE, PEOPLE, *GENDERS, *AGES, *MOODS, CATEGORY_TOTAL)
COOLER = VAN = (DOOR, TEMPERATURE)


class Place(NamedTuple):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Site:
    """A site with a circular geofence; the radius in metres."""

    middle: Place
    radius: float


@dataclass(frozen=True)
class Device:
    """One device: types of its sensors, and whether it is in a vehicle."""

    code: int
    site: Site | None
    types: tuple[int, ...]
    roams: bool = False

    @property
    def sensors(self) -> Mapping[int, int]:
        """cdSensor of each type."""
        return {kind: self.code * 100 + kind for kind in self.types}


SITES = {
    1: Site(Place(-23.56141, -46.65588), 300),
    2: Site(Place(-23.54180, -46.62956), 300),
    3: Site(Place(-23.56265, -46.66890), 200),
    4: Site(Place(-23.55660, -46.69080), 250),
    5: Site(Place(-23.54070, -46.57600), 400),
    6: Site(Place(-23.50250, -46.62480), 500),
    7: Site(Place(-23.61010, -46.66750), 300),
    8: Site(Place(-23.60690, -46.69420), 300),
    9: Site(Place(-23.51930, -46.67590), 500),
    10: Site(Place(-23.53560, -46.73520), 800),
}

# Site 11 has no coordinates, and device 12 no site: for both there is no geofence.
_FRIDGES = [
    Device(code, SITES.get(site), (*FRIDGE, HUMIDITY) if code == 4 else FRIDGE)
    for code, site in enumerate((1, 1, 2, 3, 4, 5, 6, 11), start=1)
]
_DISPLAYS = [Device(code, SITES.get(site), DISPLAY) for code, site in enumerate((1, 2, 5, 0), start=9)]
_COOLERS = [Device(code, SITES[site], COOLER) for code, site in enumerate((7, 7, 8, 8), start=13)]
_VANS = [Device(code, SITES[9 if code <= 20 else 10], VAN, roams=True) for code in range(17, 25)]
_MORE_VANS = [Device(code, SITES[9 + code % 2], VAN, roams=True) for code in range(1001, 1177)]

# One of each kind in turn, so that a small fleet has all kinds.
FLEET = [
    device
    for turn in zip_longest(_FRIDGES, _DISPLAYS, _COOLERS, _VANS + _MORE_VANS)
    for device in turn
    if device is not None
]
