"""GET /v2/dispositivos/<cdDispositivo>/trajeto: the way of a device, for maps and navigators."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import Field

from app.files.exports import tracks
from app.http.kit.blueprint import resource
from app.http.kit.downloads import content, days, download, pages, wanted
from app.http.kit.parameters import MAX_PAGE, TODAY, WEEK_AGO, End, Instant, Query, TrackFormat, in_order
from app.http.v2.device_logins.routes import DevicePath

trajeto = resource("trajeto", "The ways of devices")

_KINDS = {
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml",
    "kml": "application/vnd.google-earth.kml+xml",
}
_ANSWER: dict[str, Any] = {"description": "A file, sent while it is made", "content": content(_KINDS)}
_ANSWER["content"]["application/geo+json"] = {"schema": {"type": "object", "required": ["type", "features"]}}


class TrajetoQuery(Query):
    """From when to when, and as what."""

    dtInicio: Instant = Field(
        json_schema_extra={"example": WEEK_AGO},
        description="From this moment on: ISO 8601, or YYYYMMDD: that day in São Paulo.",
    )
    dtFim: End = Field(
        json_schema_extra={"example": TODAY},
        description="Up to and with this moment: ISO 8601, or YYYYMMDD: to the end of that day.",
    )
    formato: TrackFormat | None = Field(
        default=None, description="`geojson` (the default), `gpx` or `kml`, as Accept may say, too."
    )


@trajeto.get("/dispositivos/<cdDispositivo>/trajeto", responses={200: _ANSWER})
def get_trajeto(path: DevicePath, query: TrajetoQuery) -> Response:
    """Where a device was, in the order of time; no point where nothing is visible."""
    in_order(query.dtInicio, query.dtFim, "dtInicio")
    formato = wanted(_KINDS, query.formato)
    kind = "geojson" if formato == "json" else formato
    asked = {
        "p_cd_dispositivo": path.cdDispositivo,
        "p_dt_inicio": query.dtInicio,
        "p_dt_fim": query.dtFim,
        "p_page_size": MAX_PAGE,
    }
    points = (page["data"] for page in pages("get_trajeto", **asked))
    name = f"device-{path.cdDispositivo}{days(query.dtInicio, query.dtFim)}"
    return download(f"track-{name}.{kind}", _KINDS[kind], tracks.WRITERS[kind](name, points))
