"""GET /v2/TbPosicaoAtual: where every device is now."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from .exchange import reply, rpc
from .parameters import Id, Ids, Instant, Query
from .resource import json_response, list_of, resource
from .schemas import CurrentPosition

posicao_atual = resource("TbPosicaoAtual", "The latest known position of each device")


class PosicaoAtualQuery(Query):
    """Which devices."""

    cdProduto: Id = Field(description="Devices of this product.")
    cdDispositivos: Ids | None = Field(default=None, description="Only these devices, separated by commas.")
    desde: Instant | None = Field(
        default=None, description="Only what changed after this moment: ISO 8601, or YYYYMMDD in São Paulo."
    )


@posicao_atual.get(
    "/TbPosicaoAtual",
    responses={200: json_response("By device; empty where nothing is visible", list_of(CurrentPosition))},
)
def get_posicoes_atuais(query: PosicaoAtualQuery) -> Response:
    """Current positions of a product's devices."""
    positions = rpc(
        "get_posicoes_atuais",
        p_cd_produto=query.cdProduto,
        p_cd_dispositivos=query.cdDispositivos,
        p_desde=query.desde,
    )
    return reply(positions)
