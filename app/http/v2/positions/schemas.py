"""Current positions, for the API description."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from app.http.kit.schemas import Utc


class CurrentPosition(BaseModel):
    """The latest known position of a device, with its device and product. Times are UTC."""

    cdPosicao: int | None
    dtRegistro: Utc = Field(description="UTC, without offset.")
    cdDispositivo: int
    dsLat: float | None = Field(description="Degrees WGS 84.")
    dsLong: float | None = Field(description="Degrees WGS 84.")
    dsEndereco: str | None = Field(
        description="Street. Geocoded addresses are data of OpenStreetMap: show © OpenStreetMap contributors."
    )
    dsNum: str | None
    dsCep: str | None
    dsBairro: str | None
    dsCidade: str | None
    dsUF: str | None
    nrBat: float | None = Field(description="Battery, volts.")
    nrCodigo: str | None
    cdProduto: int | None
    dsProduto: str | None
    dsDescricao: str | None
    cdStatus: Literal["ativo", "inativo", "suspenso", "bloqueado", "encerrado", "estoque"] | None
    blArea: bool | None = Field(description="Whether it is inside the site's geofence.")
    cdCliente: int | None
    dtCoordenada: Utc | None = Field(description="Time of the coordinates.")
    dtBateria: Utc | None = Field(description="Time of the battery level.")
    dtAlteracao: datetime = Field(description="Time of the last change of this row; compare with `desde`.")
    nrPrecisao: float | None = Field(
        description="Precision of the coordinates, metres. Null: the device did not say."
    )
