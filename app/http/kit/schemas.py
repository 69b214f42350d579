"""What goes over the wire, for the API description. Readings are judged by the database, not by these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

_STRICT = ConfigDict(extra="forbid")

# OpenAPI's date-time demands an offset, and these columns have none.
Utc = Annotated[
    datetime,
    WithJsonSchema(
        {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?$"},
        mode="serialization",
    ),
]


class Error(BaseModel):
    """Every error, of any status."""

    error: str = Field(description="What is wrong, for a person.")
    error_code: str = Field(description="What is wrong, for a program.")
    details: Any = Field(default=None, description="More about it, where there is more to say.")


class SensorReading(BaseModel):
    """One value of one sensor, which is named by cdSensor or dsPonto; exactly one of the three values."""

    model_config = _STRICT

    cdSensor: int | None = Field(default=None, description="The sensor's id.")
    dsPonto: str | None = Field(default=None, description="The sensor's point name, unique per device.")
    nrValor: float | None = Field(default=None, description="A number, in the unit of the sensor's type.")
    blValor: bool | None = Field(default=None, description="A yes or no.")
    dsValor: str | None = Field(default=None, description="A text.")
    cdProdutoItem: int | None = Field(default=None, description="The product item; by default the sensor's.")
    nrQualidade: Literal[0, 1, 2] | None = Field(
        default=None, description="0 ok (default), 1 suspect, 2 fault."
    )


class Reading(BaseModel):
    """What a device saw at one moment. An absent field and null are the same."""

    model_config = _STRICT

    cdDispositivo: int = Field(description="The device's id.")
    dtRegistro: str | None = Field(
        default=None,
        description="ISO 8601; without offset it is UTC. Without it the time of receipt is used, and sending "
        "the reading again stores it again.",
    )
    latitude: float | None = Field(default=None, ge=-90, le=90, description="Degrees WGS 84; with longitude.")
    longitude: float | None = Field(
        default=None, ge=-180, le=180, description="Degrees WGS 84; with latitude."
    )
    nrBat: float | None = Field(default=None, description="Battery, volts.")
    nrSeq: int | None = Field(default=None, description="Tells apart readings of one device and time.")
    cdCliente: int | None = Field(default=None, description="Asserts who owns the device.")
    sensores: list[SensorReading] | None = Field(default=None, description="Its sensors' values.")


class Stored(BaseModel):
    """The verdict on a reading that is stored now or was already there."""

    verdict: Literal["stored", "duplicate"]
    cdPosicao: int | None = Field(description="Its position, unless it has sensor values only.")
    blArea: bool | None = Field(
        description="Inside the site's geofence; null where site or coordinates are missing."
    )
    nrDistancia: float | None = Field(description="Metres from the site; null as above.")


class Verdict(BaseModel):
    """The verdict on one reading of a batch."""

    index: int = Field(description="Its place in the batch, from 0.")
    verdict: Literal["stored", "duplicate", "conflict", "rejected"]
    cdPosicao: int | None = None
    blArea: bool | None = None
    nrDistancia: float | None = None
    error_code: str | None = Field(default=None, description="Why, for conflict and rejected.")
    error: str | None = None


class BatchVerdicts(BaseModel):
    """Counts and verdicts of a batch, in its order. What is not stored or a duplicate is in quarantine."""

    total: int
    stored: int
    duplicate: int
    conflict: int
    rejected: int
    untimed: int = Field(description="Readings without dtRegistro, dated by their receipt.")
    results: list[Verdict]


class CurrentPosition(BaseModel):
    """The latest known position of a device, with its device and product. Times are UTC."""

    cdPosicao: int | None
    dtRegistro: Utc = Field(description="UTC, without offset.")
    cdDispositivo: int
    dsLat: float | None = Field(description="Degrees WGS 84.")
    dsLong: float | None = Field(description="Degrees WGS 84.")
    dsEndereco: str | None = Field(
        description="Street; looked up ones are data of OpenStreetMap: show © OpenStreetMap contributors."
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
    blArea: bool | None = Field(description="Inside the site's geofence.")
    cdCliente: int | None
    dtCoordenada: Utc | None = Field(description="When the coordinates are from.")
    dtBateria: Utc | None = Field(description="When the battery is from.")
    dtAlteracao: datetime = Field(description="When this row last changed; compare with `desde`.")


_REPORT: dict[str, Any] = {
    "cdProduto": 1,
    "nrCodigo": "GEL-01",
    "dsDescricao": "Geladeira",
    "dtRegistro": "2026-01-31T12:00:00",
    "cdDispositivo": 7,
    "dsNome": "Loja Santana",
    "dsEndereco": "Rua Voluntários da Pátria",
    "nrBatPercentual": "97.30%",
    "dsStatus": "Dentro da Área",
    "dsStatusDispositivo": "ativo",
    "cdPosicao": 4711,
    "nrPorta": 3,
    "nrTemperatura": 4.25,
    **dict.fromkeys(("nrPessoas", "nrMasculino", "nrFeminino", "nrCrianca", "nrJovem", "nrAdulto")),
    **dict.fromkeys(("nrSenior", "nrAlegre", "nrTriste", "nrNeutro", "nrCategoriaTotal")),
    "itens": [{"cdSensor": 703, "dsProdutoItem": "Garrafa", "nrQtdItens": 12}],
}


class ItemCount(BaseModel):
    """How many items a sensor weighed, measured or counted."""

    cdSensor: int
    dsProdutoItem: str | None
    nrQtdItens: float = Field(description="0 where the item's weight or height is missing.")


class HistoryRow(BaseModel):
    """One report of a device. Values are the highest of its sensors of that type, null where it has none."""

    cdProduto: int | None
    nrCodigo: str | None
    dsDescricao: str | None
    dtRegistro: Utc = Field(description="UTC, without offset.")
    cdDispositivo: int
    dsNome: str | None = Field(description="The site.")
    dsEndereco: str | None
    nrBatPercentual: str | None = Field(description="Of 3.7 volts.")
    dsStatus: Literal["Dentro da Área", "Fora de Área"]
    dsStatusDispositivo: str | None
    cdPosicao: int
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
    """A page of history, newest first. Reports outside a device's measuring window are left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"data": [_REPORT], "total": 1, "page": 1, "pageSize": 50, "nextCursor": None}
        }
    )

    data: list[HistoryRow]
    total: int = Field(description="Rows on all pages together, exactly.")
    page: int
    pageSize: int
    nextCursor: str | None = Field(description="Goes into `cursor` for the next page; null on the last.")


class Health(BaseModel):
    """Whether the service lives, or can serve."""

    status: Literal["ok"]
