"""Pages of history, for the API description."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.schemas import NextCursor, Utc

_REPORT: dict[str, Any] = {
    "cdProduto": 1,
    "nrCodigo": "GEL-01",
    "dsDescricao": "Geladeira",
    "dtRegistro": "2026-01-31T12:00:00Z",
    "cdDispositivo": 7,
    "dsNome": "Loja Santana",
    "dsEndereco": "Rua Voluntários da Pátria",
    "nrBatPercentual": "97.30%",
    "dsStatus": "Dentro da Área",
    "dsStatusDispositivo": "ativo",
    "cdPosicao": 4711,
    "latitude": -23.50312,
    "longitude": -46.62518,
    "nrPrecisao": 12.5,
    "nrBat": 3.6,
    "nrBatPorcento": 97.3,
    "blArea": True,
    "nrPorta": 3,
    "nrTemperatura": 4.25,
    **dict.fromkeys(("nrPessoas", "nrMasculino", "nrFeminino", "nrCrianca", "nrJovem", "nrAdulto")),
    **dict.fromkeys(("nrSenior", "nrAlegre", "nrTriste", "nrNeutro", "nrCategoriaTotal")),
    "itens": [{"cdSensor": 703, "dsProdutoItem": "Garrafa", "nrQtdItens": 12}],
}


class ItemCount(BaseModel):
    """Number of items that a sensor weighed, measured or counted."""

    cdSensor: int
    dsProdutoItem: str | None
    nrQtdItens: float = Field(description="0 where the item's weight or height is missing.")


class HistoryRow(BaseModel):
    """One reading of a device. Each value is the highest of its sensors of that type, null without one."""

    cdProduto: int | None
    nrCodigo: str | None
    dsDescricao: str | None
    dtRegistro: Utc
    cdDispositivo: int
    dsNome: str | None = Field(description="The site.")
    dsEndereco: str | None
    nrBatPercentual: str | None = Field(description="Of 3.7 volts.")
    dsStatus: Literal["Dentro da Área", "Fora de Área"]
    dsStatusDispositivo: str | None
    cdPosicao: int
    latitude: float | None = Field(description="Degrees WGS 84.")
    longitude: float | None = Field(description="Degrees WGS 84.")
    nrBat: float | None = Field(description="Battery, volts.")
    nrBatPorcento: float | None = Field(
        description="Battery as a percentage of 3.7 volts: nrBatPercentual as a number."
    )
    blArea: bool | None = Field(
        description="Whether it was inside the site's geofence; null if that is not known, where dsStatus "
        "says Dentro da Área."
    )
    nrPrecisao: float | None = Field(description="Precision of the coordinates, metres; null: not stated.")
    nrPorta: float | None
    nrTemperatura: float | None
    nrPessoas: float | None
    nrMasculino: float | None
    nrFeminino: float | None
    nrCrianca: float | None
    nrJovem: float | None
    nrAdulto: float | None
    nrSenior: float | None
    nrAlegre: float | None
    nrTriste: float | None
    nrNeutro: float | None
    nrCategoriaTotal: float | None
    itens: list[ItemCount]


class HistoryPage(BaseModel):
    """A page of history, newest first. Readings outside a device's measuring window are excluded."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"data": [_REPORT], "total": 1, "pageSize": 50, "complete": True, "nextCursor": None}
        }
    )

    data: list[HistoryRow]
    total: int = Field(description="Exact number of rows on all pages.")
    pageSize: int
    complete: bool = Field(description="False if stored history of that time is damaged and left out.")
    nextCursor: NextCursor
