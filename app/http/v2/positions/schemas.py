"""Current positions, for the API description."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from app.http.kit.schemas import NextCursor, Utc


class CurrentPosition(BaseModel):
    """The latest known position of a device, with its device and product. Times are UTC."""

    cdPosicao: int | None
    dtRegistro: Utc = Field(description="Time of the latest report.")
    cdDispositivo: int = Field(description="Its name is `dsDispositivo` of GET /v2/dispositivos.")
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
    nrCodigo: str | None = Field(description="Code of the product, as people know it.")
    cdProduto: int | None
    dsProduto: str | None = Field(description="Name of the product.")
    dsDescricao: str | None = Field(description="Description of the product.")
    cdStatus: Literal["ativo", "inativo", "suspenso", "bloqueado", "encerrado", "estoque"] | None
    blArea: bool | None = Field(
        description="Whether it is inside the site's geofence; null without a geofence or coordinates."
    )
    cdCliente: int | None
    dtCoordenada: Utc | None = Field(description="Time of the coordinates.")
    dtBateria: Utc | None = Field(description="Time of the battery level.")
    dtAlteracao: Utc = Field(description="Time of the last change of this row.")
    nrPrecisao: float | None = Field(
        description="Precision of the coordinates, metres. Null: the device did not say."
    )


_NEXT_DESDE = (
    "Pass as `desde` to get what changes from now on; with the last page, null on others. It goes back to "
    "the oldest transaction that was open at the first page, so rows may be repeated, but none is missed."
)


class CurrentPositions(BaseModel):
    """A page of current positions, by device."""

    data: list[CurrentPosition]
    nextCursor: NextCursor
    nextDesde: str | None = Field(description=_NEXT_DESDE)


class CurrentFeatures(BaseModel):
    """The same as GeoJSON, without devices whose coordinates are not known."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]] = Field(
        description="A point for each device, with the columns of a row as properties."
    )
    nextCursor: NextCursor
    nextDesde: str | None = Field(description=_NEXT_DESDE)
