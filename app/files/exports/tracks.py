"""The way of a device as GPX 1.1, KML 2.2 (gx:Track) and GeoJSON (RFC 7946)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

Point = dict[str, Any]
"""{"ts": UTC without offset, "lat": degrees, "long": degrees}."""

_GPX = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="Rastro" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>{}</name><trkseg>\n'
)
_KML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>'
    "<name>{0}</name><Placemark><name>{0}</name><gx:MultiTrack><gx:interpolate>1</gx:interpolate>\n"
)


def gpx(name: str, pages: Iterable[Sequence[Point]]) -> Iterator[bytes]:
    """One segment."""
    yield _GPX.format(escape(name)).encode()
    for page in pages:
        yield "".join(
            f"<trkpt lat={quoteattr(str(one['lat']))} lon={quoteattr(str(one['long']))}>"
            f"<time>{one['ts']}Z</time></trkpt>\n"
            for one in page
        ).encode()
    yield b"</trkseg></trk></gpx>\n"


def kml(name: str, pages: Iterable[Sequence[Point]]) -> Iterator[bytes]:
    """A track a page, drawn as one: a track has all its times before all its places."""
    yield _KML.format(escape(name)).encode()
    for page in _joined(pages):
        times = "".join(f"<when>{one['ts']}Z</when>" for one in page)
        places = "".join(f"<gx:coord>{one['long']} {one['lat']} 0</gx:coord>" for one in page)
        yield f"<gx:Track>{times}{places}</gx:Track>\n".encode()
    yield b"</gx:MultiTrack></Placemark></Document></kml>\n"


def geojson(name: str, pages: Iterable[Sequence[Point]]) -> Iterator[bytes]:
    """A line a page, each beginning where the one before ended; times are in coordTimes."""
    yield b'{"type":"FeatureCollection","features":['
    for number, page in enumerate(_joined(pages)):
        places = [[one["long"], one["lat"]] for one in page]
        line = {"type": "LineString", "coordinates": places}
        feature = {
            "type": "Feature",
            "geometry": line if len(places) > 1 else {"type": "Point", "coordinates": places[0]},
            "properties": {"name": name, "coordTimes": [f"{one['ts']}Z" for one in page]},
        }
        yield (b"," if number else b"") + msgspec.json.encode(feature)
    yield b"]}\n"


def _joined(pages: Iterable[Sequence[Point]]) -> Iterator[Sequence[Point]]:
    """Pages with points in them, each with the last point of the one before."""
    last: list[Point] = []
    for page in pages:
        if page:
            yield [*last, *page]
            last = [page[-1]]


WRITERS = {"geojson": geojson, "gpx": gpx, "kml": kml}
