"""Distance and area of a report, held against geopy's geodesic."""

import random
from collections.abc import Iterator

import pytest
from geopy.distance import geodesic

from tests._lib.databases import Database
from tests.db import _lab
from tests.db._fleet import CLIENT, Device, Fleet, Site, install
from tests.db._lab import Lab
from tests.db._strategies import NOON, iso

Place = tuple[float, float]


def pairs() -> list[tuple[Place, Place]]:
    """Random pairs on the whole globe; close to each other; near the poles; across 180°; opposite; equal."""
    rng = random.Random(1)
    anywhere = [(_place(rng, 90, 180), _place(rng, 90, 180)) for _ in range(150)]
    starts = [_place(rng, 89, 179) for _ in range(100)]
    close = [(start, _near(rng, start)) for start in starts]
    poles = [(_polar(rng, pole), _polar(rng, pole)) for pole in (90, -90) * 25]
    seam = [((lat, 179.99), (lat + 0.01, -179.99)) for lat in (-75.0, -23.5, 0.0, 23.5, 75.0)]
    seam += [((lat, 180.0), (lat, -180.0)) for lat in (-45.0, 0.0, 45.0)]
    opposite = [((10.0, 20.0), (-10.0, -160.0)), ((90.0, 0.0), (-90.0, 0.0)), ((0.0, 0.0), (0.3, 179.7))]
    return anywhere + close + poles + seam + opposite + [(start, start) for start in starts[:5]]


def _angle(rng: random.Random, limit: float) -> float:
    return round(rng.uniform(-limit, limit), 5)


def _place(rng: random.Random, latitude: float, longitude: float) -> Place:
    return _angle(rng, latitude), _angle(rng, longitude)


def _near(rng: random.Random, place: Place) -> Place:
    return round(place[0] + _angle(rng, 0.01), 5), round(place[1] + _angle(rng, 0.01), 5)


def _polar(rng: random.Random, pole: int) -> Place:
    return round(pole * (1 - rng.random() / 9000), 5), _angle(rng, 180)


PAIRS = pairs()
# A site at (-23, -46) with a circle of 10 km, and others that lack something.
HOME = (-23.0, -46.0)
CIRCLE, NO_RADIUS, NO_COORDINATES, POINT = 901, 902, 903, 904
SITES = (
    Site(CIRCLE, *HOME, 10_000.0),
    Site(NO_RADIUS, *HOME, None),
    Site(NO_COORDINATES, None, None, 500.0),
    Site(POINT, *HOME, 0.0),
)
NO_SITE = 905
FLEET = Fleet(
    parents={CLIENT: None},
    items={},
    devices=(
        *(Device(n, CLIENT, Site(n, *site, 1000.0)) for n, (site, _) in enumerate(PAIRS, 1)),
        *(Device(site.code, CLIENT, site) for site in SITES),
        Device(NO_SITE, CLIENT, None),
    ),
)


@pytest.fixture(scope="module")
def shared_lab(database: Database) -> Iterator[Lab]:
    with _lab.opened(database, lambda owner: install(owner, FLEET)) as opened:
        yield opened


def report(device: int, place: Place, **fields: object) -> dict[str, object]:
    where = {"latitude": place[0], "longitude": place[1]}
    return {"cdDispositivo": device, "dtRegistro": iso(NOON)} | where | fields


def told(lab: Lab, device: int, place: Place) -> tuple[bool | None, float | None]:
    """Area and distance as the caller is told, which must be what is stored and current."""
    lab.reset()
    result = lab.gateway.ingest([report(device, place)])["results"][0]
    answer = (result["blArea"], result["nrDistancia"])
    for table in ("TbPosicao", "TbPosicaoAtual"):
        assert lab.sql(f'select "blArea", "nrDistancia" from "{table}"') == [answer]
    return answer


def north(metres: float) -> Place:
    """A place so far north of HOME, as exactly as five decimals are (a metre)."""
    place = geodesic(meters=metres).destination(HOME, 0)
    return round(place.latitude, 5), HOME[1]


# Fails when st_distance() is asked for a sphere.
def test_distances_agree_with_geopy(lab: Lab) -> None:
    reports = [report(n, there) for n, (_, there) in enumerate(PAIRS, 1)]
    assert lab.gateway.ingest(reports)["stored"] == len(PAIRS)
    rows = lab.sql('select "cdDispositivo", "nrDistancia", "blArea" from "TbPosicao"')
    for device, distance, inside in rows:
        metres = geodesic(*PAIRS[device - 1]).meters
        assert distance == pytest.approx(metres, rel=1e-3, abs=0.01), PAIRS[device - 1]
        assert inside == (metres <= 1000) or abs(metres - 1000) < 1
    assert {inside for _, _, inside in rows} == {True, False}
    assert len(rows) == len(PAIRS)


# Fails with < instead of <=, and on a sphere.
def test_inside_ends_at_the_radius(lab: Lab) -> None:
    assert told(lab, CIRCLE, north(9_997))[0] is True
    assert told(lab, CIRCLE, north(10_003))[0] is False
    assert told(lab, POINT, HOME) == (True, 0)
    assert told(lab, POINT, (HOME[0], HOME[1] + 0.00001))[0] is False


# Seen to fail: before there was nrPrecisao.
@pytest.mark.parametrize(("far", "precision", "inside"), [
    (10_003, None, False), (10_003, 0, False), (10_503, 499, False), (10_503, 510, True), (12_000, 2500, True)
])  # fmt: skip
def test_who_may_be_inside_is_inside(lab: Lab, far: float, precision: float | None, inside: bool) -> None:
    lab.reset()
    result = lab.gateway.ingest([report(CIRCLE, north(far), nrPrecisao=precision)])["results"][0]
    assert (result["blArea"], result["nrDistancia"]) == (inside, pytest.approx(far, abs=2))
    for table in ("TbPosicao", "TbPosicaoAtual"):
        assert lab.sql(f'select "blArea", "nrPrecisao" from "{table}"') == [(inside, precision)]
    outside = lab.sql("select private.devices_by_geofence(%s, true)", [CIRCLE])
    assert outside == ([] if inside else [(CIRCLE,)])


# Seen to fail: before there was nrPrecisao.
@pytest.mark.parametrize(("east", "precision", "inside"), [
    (900, None, True), (1_100, None, False), (1_100, 150, True), (1_100, 50, False), (90_000, 95_000, True),
])  # fmt: skip
def test_who_may_be_inside_a_polygon_is_inside(
    lab: Lab, east: float, precision: float | None, inside: bool
) -> None:
    corner = geodesic(meters=1_000).destination(HOME, 90).longitude
    box = (HOME[1] - 0.01, HOME[0] - 0.01, corner, HOME[0] + 0.01)
    change = 'update "TbDestinatario" set "dsCerca" = {} where "cdDestinatario" = %s'
    lab.sql(change.format("st_asgeojson(st_makeenvelope(%s, %s, %s, %s, 4326))::jsonb"), *box, POINT)
    try:
        place = geodesic(meters=east).destination(HOME, 90)
        sent = report(POINT, (HOME[0], round(place.longitude, 5)), nrPrecisao=precision)
        assert lab.gateway.ingest([sent])["results"][0]["blArea"] is inside
    finally:
        lab.sql(change.format("null"), POINT)


# Seen to fail: before there was the setting.
def test_zero_zero_is_a_place_only_by_setting(lab: Lab) -> None:
    nowhere = report(CIRCLE, (0, -0.0), nrPrecisao=5)
    (refused,) = lab.gateway.ingest([nowhere])["results"]
    assert (refused["error_code"], "no fix" in refused["error"]) == ("MALFORMED", True)
    (stored,) = lab.gateway.ingest([nowhere | {"nrBat": 3.5}])["results"]
    assert (stored["verdict"], stored["blArea"], stored["nrDistancia"]) == ("stored", None, None)
    assert lab.sql('select "dsLat", "dsLong", "nrPrecisao" from "TbPosicao"') == [(None, None, None)]
    assert lab.gateway.ingest([report(CIRCLE, (0, 0.00001))])["conflict"] == 1
    lab.reset()
    lab.sql('update private."TbConfiguracao" set "blZeroZero" = true')
    try:
        assert lab.gateway.ingest([nowhere])["results"][0]["blArea"] is False
    finally:
        lab.sql('update private."TbConfiguracao" set "blZeroZero" = false')
    assert lab.sql('select "dsLat", "dsLong", "nrPrecisao" from "TbPosicao"') == [(0, 0, 5)]


# Fails with six decimals.
def test_rounding_comes_before_the_distance(lab: Lab) -> None:
    assert told(lab, POINT, (HOME[0] + 0.000004, HOME[1] - 0.000004)) == (True, 0)
    assert lab.sql('select "dsLat", "dsLong" from "TbPosicao"') == [HOME]


def test_what_is_missing_makes_the_answer_null(lab: Lab) -> None:
    assert told(lab, NO_COORDINATES, HOME) == (None, None)
    assert told(lab, NO_SITE, HOME) == (None, None)
    inside, distance = told(lab, NO_RADIUS, north(1_000))
    assert inside is None
    assert distance == pytest.approx(1_000, rel=1e-3)


def test_a_report_without_coordinates_has_no_area(lab: Lab) -> None:
    result = lab.gateway.ingest([{"cdDispositivo": CIRCLE, "dtRegistro": iso(NOON), "nrBat": 3.5}])[
        "results"
    ][0]
    assert (result["blArea"], result["nrDistancia"]) == (None, None)


# Fails when judge_elements() answers the area of today.
def test_history_keeps_the_site_it_was_measured_from(lab: Lab) -> None:
    lab.gateway.ingest([report(CIRCLE, HOME)])
    move = 'update "TbDispositivo" set "cdDestinatario" = %s where "cdDispositivo" = %s'
    lab.sql(move, NO_RADIUS, CIRCLE)
    try:
        again = lab.gateway.ingest([report(CIRCLE, HOME), report(CIRCLE, HOME, nrSeq=1)])["results"]
    finally:
        lab.sql(move, CIRCLE, CIRCLE)
    assert [(one["verdict"], one["blArea"]) for one in again] == [("duplicate", True), ("stored", None)]
    rows = lab.sql('select "cdDestinatario", "blArea" from "TbPosicao" order by "nrSeq" nulls first')
    assert rows == [(CIRCLE, True), (NO_RADIUS, None)]
