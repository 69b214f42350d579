"""Points against large polygons: shapely's answer, at the cost of one look at every vertex."""

import json
import math
import os
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from shapely import Point, Polygon
from shapely.geometry import mapping

from tests._lib.databases import Database

_TICKS = os.sysconf("SC_CLK_TCK")


def _comb(teeth: int) -> Polygon:
    """Narrow teeth side by side: a level line crosses all of them."""
    top = [(n / teeth, 1.0 if n % 2 else 0.01) for n in range(teeth)]
    return Polygon([*top, (1.0, 0.0), (0.0, 0.0)])


def _star(points: int) -> Polygon:
    radii = [1.0 if n % 2 else 0.4 for n in range(points)]
    angles = [2 * math.pi * n / points for n in range(points)]
    return Polygon([(r * math.cos(a), r * math.sin(a)) for r, a in zip(radii, angles, strict=True)])


POLYGONS = {
    "a comb": _comb(3_000),
    "a star": _star(500),
    "a ring": _star(100).difference(_star(60).buffer(-0.2)),
}
_INSIDE = """
    select n, private.is_inside_geofence(t.area, null, null, p[1], p[2])
    from unnest(%s::float8[], %s::float8[]) with ordinality as x(long, lat, n)
    cross join lateral (select array[long, lat] as p) y
    cross join fences t
    order by n"""


@pytest.fixture
def cursor(database: Database) -> Iterator[Any]:
    with closing(psycopg2.connect(database.owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute("create temp table fences (area extensions.geometry)")
        cursor.execute("alter table fences alter column area set storage external")
        yield cursor


def _store(cursor: Any, polygon: Polygon) -> None:
    cursor.execute("truncate fences")
    text = json.dumps(mapping(polygon))
    cursor.execute("insert into fences values (extensions.st_geomfromgeojson(%s::jsonb))", (text,))


def _found(cursor: Any, places: list[tuple[float, float]]) -> list[bool]:
    cursor.execute(_INSIDE, ([x for x, _ in places], [y for _, y in places]))
    return [inside for _, inside in cursor.fetchall()]


# Seen to fail: with st_containsproperly, on the edges.
@pytest.mark.parametrize("polygon", POLYGONS.values(), ids=POLYGONS)
def test_inside_is_what_shapely_says(cursor, polygon):
    rng = random.Random(1)
    places = [(rng.uniform(-1.2, 1.2), rng.uniform(-1.2, 1.2)) for _ in range(1_000)]
    corners = list(polygon.exterior.coords)[:200]
    _store(cursor, polygon)
    assert _found(cursor, places) == [polygon.covers(Point(place)) for place in places]
    assert _found(cursor, corners) == [True] * len(corners), "the edge is inside"


def test_without_coordinates_nothing_is_known(cursor):
    _store(cursor, POLYGONS["a star"])
    cursor.execute("select private.is_inside_geofence(area, 1, 1, null, null) from fences")
    assert cursor.fetchone() == (None,)


# Seen to fail: with compressed storage, which took six times as long where two sites came in turn.
def test_a_geofence_is_stored_as_it_is_compared(cursor):
    cursor.execute(
        "select attstorage from pg_attribute"
        """ where attrelid = 'public."TbDestinatario"'::regclass and attname = 'geoCerca'"""
    )
    assert cursor.fetchone() == ("e",)


# Seen to fail: with st_covers.
def test_a_comb_costs_no_more_than_a_star_of_as_many_points(cursor):
    """By the processor time of the backend: a busy machine does not matter, and five times is generous."""
    rng = random.Random(2)
    places = [(rng.uniform(0.0, 1.0), rng.uniform(0.0, 0.9)) for _ in range(2_000)]
    cursor.execute("select pg_backend_pid()")
    stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    spent = {}
    for name, polygon in {"star": _star(3_000), "comb": _comb(3_000)}.items():
        _store(cursor, polygon)
        before = _processor(stat)
        for _ in range(3):
            _found(cursor, places)
        spent[name] = _processor(stat) - before
    assert spent["comb"] < 5 * spent["star"] + 0.3, spent


def _processor(stat: Path) -> float:
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


# Seen to fail: without the limit.
def test_a_polygon_has_a_limited_number_of_vertices(cursor):
    for points, error in ((4_999, None), (5_001, "it has 5002 vertices; the limit is 5000")):
        ring = [[round(n / points, 4), 0] for n in range(points - 2)]
        text = json.dumps({"type": "Polygon", "coordinates": [[*ring, [1, 1], [0, 1], [0, 0]]]})
        cursor.execute("select private.polygon_error(%s)", (text.replace(" ", ""),))
        assert cursor.fetchone() == (error,)
