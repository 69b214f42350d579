"""Positions: those stored, the current ones, and new ones from trackers."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from app.http.kit.call import reply, rpc
from app.http.kit.parameters import Id, Number, Query

from .blueprint import ROWS, old_resource
from .parameters import Day, OldPath, end_of
from .rows import rows, with_texts

positions = old_resource("positions")


class PositionsQuery(Query):
    """Which positions: exactly these coordinates, this voltage, of this day."""

    dsLat: Number | None = Field(default=None, description="Degrees WGS 84.")
    dsLong: Number | None = Field(default=None, description="Degrees WGS 84.")
    nrBat: Number | None = Field(default=None, description="Volts.")
    dtRegistro: Day | None = Field(default=None, description="A day in São Paulo, YYYYMMDD.")


class CurrentQuery(Query):
    """Which devices."""

    cdProduto: Id | None = Field(default=None, description="Devices of this product.")


@positions.get("/Posicao/<codigo>", responses=ROWS)
def old_get_posicao(path: OldPath, query: PositionsQuery) -> Response:
    """The newest 1,000 positions of a device."""
    day = query.dtRegistro
    found = rpc(
        "get_posicoes",
        p_cd_dispositivo=path.codigo,
        p_ds_lat=query.dsLat,
        p_ds_long=query.dsLong,
        p_nr_bat=query.nrBat,
        p_dt_inicio=day,
        p_dt_fim=end_of(day),
    )
    return reply(found)


@positions.get("/TbPosicaoAtual/<codigo>", responses=ROWS)
def old_posicao_atual(path: OldPath, query: CurrentQuery) -> Response:
    """Current positions of devices."""
    found = rpc(
        "get_posicoes_atuais",
        p_cd_produto=query.cdProduto,
        p_cd_dispositivos=[path.codigo] if path.codigo else None,
    )
    # as in the legacy application, only of products that are visible, and without the precision
    visible = [row for row in rows(found) if row["cdProduto"] is not None]
    for row in visible:
        del row["nrPrecisao"]
    return reply(with_texts(visible))
