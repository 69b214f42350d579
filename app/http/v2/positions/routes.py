"""GET /v2/TbPosicaoAtual: current positions in pages, as rows or as GeoJSON."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec
from flask import Response, request
from pydantic import Field

from app.http.kit.blueprint import json_response, of, resource
from app.http.kit.call import reply, rpc
from app.http.kit.parameters import (
    MAX_PAGE,
    Cursor,
    Flag,
    Format,
    GeoJson,
    Id,
    Ids,
    Numbers,
    PageSize,
    Query,
    Since,
)

from .schemas import CurrentFeatures, CurrentPositions

positions = resource("TbPosicaoAtual", "The latest known position of each device")


class PosicaoAtualQuery(Query):
    """Which devices, and which page of them."""

    cdCliente: Id | None = Field(default=None, description="Devices of this client.")
    cdProduto: Id | None = Field(
        default=None, json_schema_extra={"example": 1}, description="Devices of this product."
    )
    cdDispositivos: Ids | None = Field(default=None, description="Only these devices, separated by commas.")
    desde: Since | None = Field(
        default=None,
        description="Only what changed since: `nextDesde` of the answer before, which misses nothing and may "
        "repeat rows. To begin with, also an instant or a day; what was written before it and committed "
        "after it is then left out.",
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
    pageSize: PageSize = Field(default=MAX_PAGE, description="Devices per page.")
    cursor: Cursor = None
    formato: Format | None = Field(
        default=None,
        description="`json` or `geojson`; Accept: application/geo+json works too.",
    )


_GEOJSON = "application/geo+json"
_ROWS = json_response("A page of rows, ordered by device; empty if nothing is visible", of(CurrentPositions))
_ROWS["content"][_GEOJSON] = {"schema": of(CurrentFeatures)}
_NEXT = re.compile(rb'"nextDesde"\s*:\s*"[^"]*"')


@positions.get("/TbPosicaoAtual", responses={200: _ROWS})
def get_posicoes_atuais(query: PosicaoAtualQuery) -> Response:
    """Current positions of devices: all that you see, or by client, product, area or geofence.

    To follow them, ask again with `desde`: the `nextDesde` of the last answer with status 200.
    """
    area = query.model_dump(include={"circulo", "caixa", "poligono", "fora"}, exclude_none=True)
    geojson = query.formato == "geojson" or (query.formato is None and _prefers_geojson())
    is_instant = isinstance(query.desde, datetime)
    found = rpc(
        "get_frota",
        p_cd_cliente=query.cdCliente,
        p_cd_produto=query.cdProduto,
        p_cd_dispositivos=query.cdDispositivos,
        p_area=msgspec.json.encode(area).decode() if area else None,
        p_desde=None if is_instant else query.desde,
        p_apos=query.desde if is_instant else None,
        p_page_size=query.pageSize,
        p_cursor=query.cursor,
        p_geojson=geojson,
    )
    return _tagged(reply(found, mimetype=_GEOJSON if geojson else "application/json"))


def _tagged(response: Response) -> Response:
    """With an ETag of all but nextDesde, which moves on by itself; an older one goes on from further back."""
    shown = Response(_NEXT.sub(b"", response.get_data()))
    shown.add_etag()
    response.set_etag(shown.get_etag()[0] or "", weak=True)
    return response


def _prefers_geojson() -> bool:
    return request.accept_mimetypes.best_match(["application/json", _GEOJSON]) == _GEOJSON
