"""The way of a device as GPX 1.1, KML 2.2 (lines, and gx:Track with times) and GeoJSON (RFC 7946).

Points that are far apart in time are not joined: a gap is longer than an hour, and than four times the usual
time between two points (the median of the page), so that a device that reports twice a day has a way too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from tempfile import SpooledTemporaryFile
from typing import Any
from xml.sax.saxutils import escape

import msgspec

Point = dict[str, Any]
"""{"ts": UTC without offset, "lat": degrees, "long": degrees, "nrPrecisao": metres or None}.

"ts" is None where a way crosses 180°; such a point has no precision.
"""

_GAP = timedelta(hours=1)
_USUAL = 4  # times the usual interval
_BLOCK = 64 << 10  # bytes
_IN_MEMORY = 1 << 20  # bytes
_GPX = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="Rastro" xmlns="http://www.topografix.com/GPX/1/1" xmlns:r="urn:rastro">'
    "<trk><name>{}</name>\n"
)
_KML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>'
    "<name>{0}</name><Placemark><name>{0}</name><gx:MultiTrack><gx:interpolate>0</gx:interpolate>\n"
)


def gpx(name: str, pages: Iterable[Sequence[Point]]) -> Iterator[bytes]:
    """A segment up to each gap, and up to 180°: programs draw a line around the world otherwise."""
    yield _GPX.format(escape(name)).encode()
    is_open = False
    for goes_on, piece in _pieces(pages):
        for number, part in enumerate(_cut(piece)):
            begins = number or not goes_on
            points = part if begins else part[1:]  # the first one ended the piece before
            yield (
                "</trkseg>\n" * (is_open and bool(begins))
                + "<trkseg>\n" * bool(begins)
                + "".join(_trkpt(one) for one in points if one["ts"])
            ).encode()
            is_open = True
    yield b"</trkseg></trk></gpx>\n" if is_open else b"</trk></gpx>\n"


def _trkpt(point: Point) -> str:
    east = -180.0 if point["long"] == 180 else point["long"]  # GPX has no +180
    place = f'<trkpt lat="{_plain(point["lat"])}" lon="{_plain(east)}"><time>{point["ts"]}Z</time>'
    metres = point.get("nrPrecisao")
    if metres is not None:  # not hdop, which is a factor and no distance
        place += f"<extensions><r:nrPrecisao>{_plain(metres)}</r:nrPrecisao></extensions>"
    return place + "</trkpt>\n"


def kml(name: str, pages: Iterable[Sequence[Point]]) -> Iterator[bytes]:
    """A gx:MultiTrack with all times, then the same as lines for programs that do not know it."""
    yield _KML.format(escape(name)).encode()
    with SpooledTemporaryFile(_IN_MEMORY) as lines:
        for _, piece in _pieces(pages):
            times = "".join(f"<when>{one['ts']}Z</when>" for one in piece)
            places = "".join(
                f"<gx:coord>{_plain(one['long'])} {_plain(one['lat'])} 0</gx:coord>" for one in piece
            )
            yield f"<gx:Track>{times}{places}</gx:Track>\n".encode()
            lines.write("".join(_placemark(name, piece, part) for part in _cut(piece)).encode())
        yield b"</gx:MultiTrack></Placemark>\n"
        lines.seek(0)
        while block := lines.read(_BLOCK):
            yield block
    yield b"</Document></kml>\n"


def _placemark(name: str, piece: Sequence[Point], part: Sequence[Point]) -> str:
    kind = "LineString" if len(part) > 1 else "Point"
    places = " ".join(f"{_plain(one['long'])},{_plain(one['lat'])}" for one in part)
    return (
        f"<Placemark><name>{escape(name)}</name>"
        f"<TimeSpan><begin>{piece[0]['ts']}Z</begin><end>{piece[-1]['ts']}Z</end></TimeSpan>"
        f"<{kind}><coordinates>{places}</coordinates></{kind}></Placemark>\n"
    )


def geojson(name: str, pages: Iterable[Sequence[Point]]) -> Iterator[bytes]:
    """A line up to each gap and each end of a page, where the next begins at its last point.

    Times are in coordTimes, metres of precision in coordPrecisions where a device says them. Across 180° it
    is a MultiLineString; the points on the meridian have neither.
    """
    yield b'{"type":"FeatureCollection","features":['
    for number, (_, piece) in enumerate(_pieces(pages)):
        lines = [[[one["long"], one["lat"]] for one in part] for part in _cut(piece)]
        times = [[one["ts"] and f"{one['ts']}Z" for one in part] for part in _cut(piece)]
        precisions = [[one.get("nrPrecisao") for one in part] for part in _cut(piece)]
        properties = {"name": name, "coordTimes": times if len(lines) > 1 else times[0]}
        if any(metres is not None for part in precisions for metres in part):
            properties["coordPrecisions"] = precisions if len(lines) > 1 else precisions[0]
        feature = {"type": "Feature", "geometry": _geometry(lines), "properties": properties}
        yield (b"," if number else b"") + msgspec.json.encode(feature)
    yield b"]}\n"


def _geometry(lines: list[list[list[float]]]) -> dict[str, Any]:
    if len(lines) > 1:
        return {"type": "MultiLineString", "coordinates": lines}
    (line,) = lines
    if len(line) > 1:
        return {"type": "LineString", "coordinates": line}
    return {"type": "Point", "coordinates": line[0]}


def _plain(degrees: float) -> str:
    """A number without an exponent, as the schema of GPX (xsd:decimal) demands."""
    text = str(degrees)
    return f"{Decimal(text):f}" if "e" in text else text


def _pieces(pages: Iterable[Sequence[Point]]) -> Iterator[tuple[bool, list[Point]]]:
    """The way between gaps, page by page. True: it begins with the last point of the piece before."""
    last: list[Point] = []
    for page in pages:
        points = [*last, *page]
        times = [datetime.fromisoformat(one["ts"]) for one in points]
        passed = [after - before for before, after in pairwise(times)]
        usual = sorted(passed)[(len(passed) - 1) // 2] if len(passed) > 1 else timedelta()
        longest = max(_GAP, _USUAL * usual)
        goes_on, start = bool(last), 0
        for place, time in enumerate(passed, 1):
            if time > longest:
                if not goes_on or place - start > 1:
                    yield goes_on, points[start:place]
                goes_on, start = False, place
        if page and (not goes_on or len(points) - start > 1):
            yield goes_on, points[start:]
        last = points[-1:]


def _cut(piece: Sequence[Point]) -> list[list[Point]]:
    """The piece in parts that do not cross 180°, each ending on it (RFC 7946, 3.1.9)."""
    points = _beside(piece)
    parts = [points[:1]]
    for before, after in pairwise(points):
        turn = after["long"] - before["long"]
        if abs(turn) > 180:
            edge = math.copysign(180.0, before["long"])
            share = (edge - before["long"]) / (turn + 2 * edge)
            lat = round(before["lat"] + share * (after["lat"] - before["lat"]), 7)
            if share:
                parts[-1].append({"ts": None, "lat": lat, "long": edge})
            parts.append([{"ts": None, "lat": lat, "long": -edge}])
        parts[-1].append(after)
    return parts


def _beside(piece: Sequence[Point]) -> list[Point]:
    """The same points; on 180° each has the sign of the one before, the first ones that of the next."""
    signed = next((one["long"] for one in piece if abs(one["long"]) != 180), piece[0]["long"])
    points = []
    for one in piece:
        east = one["long"] if abs(one["long"]) != 180 else math.copysign(180.0, signed)
        points.append(one if east == one["long"] else one | {"long": east})
        signed = east
    return points


WRITERS = {"geojson": geojson, "gpx": gpx, "kml": kml}
