"""GET /v2/TbPosicaoAtual: where every device is now, as rows or as GeoJSON."""

from __future__ import annotations

from flask import Response, request
from pydantic import Field

from .exchange import reply, rpc
from .parameters import Format, Id, Ids, Instant, Query
from .resource import json_response, list_of, resource
from .schemas import CurrentPosition

posicao_atual = resource("TbPosicaoAtual", "The latest known position of each device")


class PosicaoAtualQuery(Query):
    """Which devices."""

    cdProduto: Id = Field(json_schema_extra={"example": 1}, description="Devices of this product.")
    cdDispositivos: Ids | None = Field(default=None, description="Only these devices, separated by commas.")
    desde: Instant | None = Field(
        default=None, description="Only what changed after this moment: ISO 8601, or YYYYMMDD in São Paulo."
    )
    formato: Format | None = Field(
        default=None,
        description="`json`, or `geojson` as with Accept: application/geo+json.",
    )


_GEOJSON = "application/geo+json"
_ROWS = json_response("By device; empty where nothing is visible", list_of(CurrentPosition))
_ROWS["content"][_GEOJSON] = {"schema": {"type": "object", "required": ["type", "features"]}}


@posicao_atual.get("/TbPosicaoAtual", responses={200: _ROWS})
def get_posicoes_atuais(query: PosicaoAtualQuery) -> Response:
    """Current positions of a product's devices."""
    geojson = query.formato == "geojson" or (query.formato is None and _prefers_geojson())
    positions = rpc(
        "get_posicoes_geojson" if geojson else "get_posicoes_atuais",
        p_cd_produto=query.cdProduto,
        p_cd_dispositivos=query.cdDispositivos,
        p_desde=query.desde,
    )
    return reply(positions, mimetype=_GEOJSON if geojson else "application/json")


def _prefers_geojson() -> bool:
    return request.accept_mimetypes.best_match(["application/json", _GEOJSON]) == _GEOJSON
