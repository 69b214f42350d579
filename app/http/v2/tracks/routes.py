"""GET /v2/dispositivos/<cdDispositivo>/trajeto: the track of a device, as GeoJSON, GPX or KML."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import Field

from app.files.exports import tracks
from app.http.kit.blueprint import errors, resource
from app.http.kit.downloads import content, days, download, pages, wanted
from app.http.kit.parameters import MAX_PAGE, TrackFormat
from app.http.kit.periods import Period
from app.http.v2.device_logins.routes import DevicePath

track = resource("trajeto", "Tracks of devices")

_KINDS = {
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml",
    "kml": "application/vnd.google-earth.kml+xml",
}
_ANSWER: dict[str, Any] = {"description": "A file, streamed", "content": content(_KINDS)}
_ANSWER["content"]["application/geo+json"] = {
    "schema": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": {"type": "object"}},
        },
        "example": {"type": "FeatureCollection", "features": []},
    }
}


class TrajetoQuery(Period):
    """From when to when, and as what."""

    formato: TrackFormat | None = Field(
        default=None, description="`geojson` (default), `gpx` or `kml`; Accept works too."
    )


@track.get("/dispositivos/<cdDispositivo>/trajeto", responses={200: _ANSWER, **errors(404, 409)})
def get_trajeto(path: DevicePath, query: TrajetoQuery) -> Response:
    """The track of a device in order of time; no points if there are none."""
    begin, last = query.moments()
    formato = wanted(_KINDS, query.formato)
    kind = "geojson" if formato == "json" else formato
    asked = {
        "p_cd_dispositivo": path.cdDispositivo,
        "p_dt_inicio": begin,
        "p_dt_fim": last,
        "p_page_size": MAX_PAGE,
        "p_exigir": True,
    }
    all_pages = pages("get_trajeto", **asked)
    points = (page["data"] for page in all_pages)
    name = f"device-{path.cdDispositivo}{days(begin, last)}" + "-incomplete" * (
        not all_pages.first["complete"]
    )
    return download(f"track-{name}.{kind}", _KINDS[kind], tracks.WRITERS[kind](name, points))
