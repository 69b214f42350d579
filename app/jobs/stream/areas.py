"""Whether a position is in an area, as private.devices_in_area decides it: circles are on the ellipsoid,
boxes and polygons are plane, edges are inside, and -180 and 180 degrees are one meridian.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

import shapely
from geopy.distance import geodesic

_RADIUS_M = 6_371_009.0
_ELLIPSOID = 0.007  # the sphere is wrong by less than this part


class Area:
    """All of circle, box and polygon that are given, as private.check_area took them."""

    def __init__(
        self, circle: Sequence[float] | None, box: Sequence[float] | None, polygon: bytes | None
    ) -> None:
        self._circle = tuple(circle) if circle else None
        self._box = tuple(box) if box else None
        self._polygon = shapely.from_wkb(polygon) if polygon else None
        self.key = (self._circle, self._box, polygon)
        if self._polygon:
            shapely.prepare(self._polygon)

    @property
    def is_anywhere(self) -> bool:
        """Whether nothing was given."""
        return not (self._circle or self._box or self._polygon)

    def holds(self, latitude: float | None, longitude: float | None) -> bool:
        """Whether a position is in it; one that is not known is not."""
        if self.is_anywhere:
            return True
        if latitude is None or longitude is None:
            return False
        sides = (longitude, -longitude) if abs(longitude) == 180 else (longitude,)
        return (
            (self._box is None or any(_is_in_box(self._box, latitude, one) for one in sides))
            and (self._polygon is None or any(self._is_in_polygon(latitude, one) for one in sides))
            and (self._circle is None or _is_in_circle(self._circle, latitude, longitude))
        )

    def _is_in_polygon(self, latitude: float, longitude: float) -> bool:
        return bool(shapely.intersects_xy(self._polygon, longitude, latitude))


def _is_in_box(box: tuple[float, ...], latitude: float, longitude: float) -> bool:
    """One whose west is above its east crosses the 180th meridian."""
    south, west, north, east = box
    if not south <= latitude <= north:
        return False
    if west <= east:
        return west <= longitude <= east
    return longitude >= west or longitude <= east


def _is_in_circle(circle: tuple[float, ...], latitude: float, longitude: float) -> bool:
    """By the sphere where that is clear: the ellipsoid takes a hundred times as long."""
    north, east, metres = circle
    about = _on_sphere(radians(north), radians(latitude), radians(longitude - east))
    if abs(about - metres) > about * _ELLIPSOID:
        return about <= metres
    return bool(geodesic((north, east), (latitude, longitude)).meters <= metres)


def _on_sphere(here: float, there: float, turn: float) -> float:
    half = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(turn / 2) ** 2
    return 2 * _RADIUS_M * asin(min(1.0, sqrt(half)))
