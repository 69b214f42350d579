"""Places and short distances: a flat Earth is good enough for driving a simulated van."""

import math
from typing import NamedTuple

METRES_PER_DEGREE = 111_320.0


class Place(NamedTuple):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


def moved(start: Place, bearing: float, metres: float) -> Place:
    """The place so many metres away; the bearing in radians, clockwise from north."""
    latitude = start.latitude + metres * math.cos(bearing) / METRES_PER_DEGREE
    return Place(latitude, start.longitude + metres * math.sin(bearing) / _metres_per_degree_east(start))


def distance(one: Place, other: Place) -> float:
    """Metres between two places of one town."""
    return math.hypot(*_offset(one, other))


def towards(start: Place, goal: Place, metres: float) -> Place:
    """So many metres nearer to the goal, but not past it."""
    whole = distance(start, goal)
    if whole <= metres:
        return goal
    north, east = _offset(start, goal)
    return moved(start, math.atan2(east, north), metres)


def _offset(one: Place, other: Place) -> tuple[float, float]:
    north = (other.latitude - one.latitude) * METRES_PER_DEGREE
    return north, (other.longitude - one.longitude) * _metres_per_degree_east(one)


def _metres_per_degree_east(place: Place) -> float:
    return METRES_PER_DEGREE * math.cos(math.radians(place.latitude))
