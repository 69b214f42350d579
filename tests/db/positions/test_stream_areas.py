"""The stream compares positions with areas in its memory; PostGIS decides the same for current positions.

Seen to fail: with one side of the 180th meridian only; with circles on a sphere; with polygons without edge.
"""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from app.jobs.stream.areas import Area
from tests._lib.databases import Database

_EDGES = [-180.0, 180.0, 179.99999, -179.99999, 0.0, -46.6, -46.5]
_LATITUDES = [-90.0, 90.0, 0.0, -23.5, -23.4]
_L = [[-46.6, -23.6], [-46.4, -23.6], [-46.4, -23.5], [-46.5, -23.5], [-46.5, -23.4], [-46.6, -23.4]]
_HOLE = [[-46.58, -23.58], [-46.55, -23.58], [-46.55, -23.55], [-46.58, -23.58]]
_FIJI = [[177, -19], [-178, -19], [-178, -15], [177, -15], [177, -19]]
AREAS: list[dict[str, Any]] = [
    {"circulo": [-23.5, -46.6, 11_000]},
    {"circulo": [-23.5, -46.6, 0]},
    {"circulo": [0, 180, 400_000]},
    {"circulo": [90, 0, 10_001_965]},
    {"circulo": [23.5, 133.4, 20_000_000]},
    {"circulo": [-23.5, -46.6, 20_100_000]},
    {"caixa": [-23.5, -46.6, -23.4, -46.5]},
    {"caixa": [-20, 170, 20, -170]},
    {"caixa": [-90, -180, 90, 180]},
    {"caixa": [-20, 170, 20, 180]},
    {"poligono": {"type": "Polygon", "coordinates": [_L]}},
    {"poligono": {"type": "Polygon", "coordinates": [[*_L, _L[0]], _HOLE]}},
    {"poligono": {"type": "Polygon", "coordinates": [_FIJI]}},
    {"poligono": {"type": "Feature", "properties": {}, "geometry": {"type": "MultiPolygon",
     "coordinates": [[_FIJI], [[*_L, _L[0]]]]}}},
    {"poligono": {"type": "Polygon", "coordinates": [_L]}, "circulo": [-23.55, -46.55, 5_000],
     "caixa": [-23.6, -46.6, -23.5, -46.5]},
]  # fmt: skip


def _points() -> list[tuple[float, float]]:
    """Latitude and longitude: corners, edges, and places near and far."""
    chance = random.Random(7)
    found = [(y, x) for x in _EDGES for y in _LATITUDES]
    found += [(point[1], point[0]) for point in [*_L, *_HOLE, *_FIJI]]
    found += [
        (round(chance.uniform(-23.7, -23.3), 5), round(chance.uniform(-46.7, -46.3), 5)) for _ in range(300)
    ]
    found += [(round(chance.uniform(-90, 90), 5), round(chance.uniform(-180, 180), 5)) for _ in range(300)]
    return list(dict.fromkeys(found))


POINTS = _points()


@pytest.fixture(scope="module")
def cursor(database: Database) -> Iterator[Any]:
    """As the owner, where a device of the service stands at each of the points."""
    with closing(psycopg2.connect(database.owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute("""insert into "TbCliente" ("cdCliente", "dsNome") values (1, 'x')""")
        cursor.execute('insert into "TbDispositivo" ("cdDispositivo", "cdCliente") select d, 1 from '
                       'generate_series(1, %s) d', (len(POINTS),))  # fmt: skip
        cursor.execute(
            """insert into "TbPosicaoAtual"
                 ("cdDispositivo", "cdCliente", "cdPosicao", "dtRegistro", "dsLat", "dsLong")
               select o, 1, 1, now(), lat, long
               from unnest(%s::float8[], %s::float8[]) with ordinality p(lat, long, o)""",
            ([lat for lat, _ in POINTS], [long for _, long in POINTS]),
        )
        cursor.execute('set request.jwt.claims = \'{"role": "service_role"}\'')
        yield cursor


@pytest.mark.parametrize("area", AREAS, ids=lambda area: json.dumps(area)[:50])
def test_the_same_devices(cursor: Any, area: dict[str, Any]) -> None:
    cursor.execute("select array(select private.devices_in_area(%s) order by 1), private.check_area(%s)",
                   (json.dumps(area), json.dumps(area)))  # fmt: skip
    ((expected, polygon),) = cursor.fetchall()
    mine = Area(area.get("circulo"), area.get("caixa"), bytes.fromhex(polygon) if polygon else None)
    assert [code for code, place in enumerate(POINTS, 1) if mine.holds(*place)] == expected
    assert not mine.holds(None, None)
