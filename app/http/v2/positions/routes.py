"""GET /v2/TbPosicaoAtual: current positions, as rows or as GeoJSON."""

from __future__ import annotations

import msgspec
from flask import Response, request
from pydantic import Field

from app.errors import ApiError
from app.http.kit.blueprint import json_response, list_of, resource
from app.http.kit.call import reply, rpc
from app.http.kit.parameters import Flag, Format, GeoJson, Id, Ids, Instant, Numbers, Query

from .schemas import CurrentPosition

positions = resource("TbPosicaoAtual", "The latest known position of each device")


class PosicaoAtualQuery(Query):
    """Which devices."""

    cdProduto: Id | None = Field(
        default=None,
        json_schema_extra={"example": 1},
        description="Devices of this product; required unless an area is given.",
    )
    cdDispositivos: Ids | None = Field(default=None, description="Only these devices, separated by commas.")
    desde: Instant | None = Field(
        default=None,
        description="Only positions that changed after this time: ISO 8601, or YYYYMMDD in São Paulo.",
    )
    circulo: Numbers | None = Field(
        default=None, description="Devices in this circle: latitude, longitude and radius in metres."
    )
    caixa: Numbers | None = Field(
        default=None, description="Devices in this box: south, west, north and east in degrees."
    )
    poligono: GeoJson | None = Field(
        default=None,
        description="Devices in this polygon: a GeoJSON geometry, Polygon or MultiPolygon, or one Feature.",
    )
    fora: Flag | None = Field(
        default=None,
        description="`1`: devices outside the current geofence of their site; `0`: devices inside it.",
    )
    formato: Format | None = Field(
        default=None,
        description="`json` or `geojson`; Accept: application/geo+json works too.",
    )


_GEOJSON = "application/geo+json"
_ROWS = json_response("Rows ordered by device; empty if nothing is visible", list_of(CurrentPosition))
_ROWS["content"][_GEOJSON] = {"schema": {"type": "object", "required": ["type", "features"]}}


@positions.get("/TbPosicaoAtual", responses={200: _ROWS})
def get_posicoes_atuais(query: PosicaoAtualQuery) -> Response:
    """Current positions of devices by product, by area, or outside their geofence."""
    area = query.model_dump(include={"circulo", "caixa", "poligono", "fora"}, exclude_none=True)
    if query.cdProduto is None and not area:
        details = {"parameter": "cdProduto"}
        raise ApiError(400, "MISSING_PARAMETER", "cdProduto parameter is required", details)
    geojson = query.formato == "geojson" or (query.formato is None and _prefers_geojson())
    positions = rpc(
        "get_posicoes_geojson" if geojson else "get_posicoes_atuais",
        p_cd_produto=query.cdProduto,
        p_cd_dispositivos=query.cdDispositivos,
        p_desde=query.desde,
        p_area=msgspec.json.encode(area).decode() if area else None,
    )
    return reply(positions, mimetype=_GEOJSON if geojson else "application/json")


def _prefers_geojson() -> bool:
    return request.accept_mimetypes.best_match(["application/json", _GEOJSON]) == _GEOJSON
