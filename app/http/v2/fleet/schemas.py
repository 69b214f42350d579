"""Sites, devices, products and sensors: bodies that create or change them, and their rows."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.http.kit.parameters import Id, Status
from app.http.kit.schemas import Utc

Unit = Literal[
    "volts",
    "kilos",
    "gramas",
    "centimetros",
    "metros",
    "kilometros",
    "aberturas",
    "unidades",
    "temperatura",
    "pessoas",
]
TimeOfDay = Annotated[
    time,
    WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d(:\d\d(\.\d{1,6})?)?$", "example": "08:00:00"}),
]


def _not_tiny(size: float) -> float:
    if 0 < size < _LEAST:
        raise PydanticCustomError("notation", "must be {wanted}", {"wanted": f"0 or at least {_LEAST:f}"})
    return size


_LEAST = 1e-6
Size = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False), AfterValidator(_not_tiny)]
"""Of a thing: 0, which means unknown, or 0.000001 to 1,000,000,000 millimetres or grams."""
Line = Annotated[str, Field(max_length=255)]
Note = Annotated[str, Field(max_length=4_000)]
"""Texts as long as their columns take: tests/db/access/test_text_bounds.py compares the two."""
_LONGEST = 2**63 - 1


def _chip(value: Any) -> str:
    """Digits; of numbers only those that every JSON parser reads without loss."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value) and abs(int(value)) <= _LONGEST:
        return value
    is_whole = isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
    if is_whole and abs(value) <= 2**53:
        return str(int(value))
    raise PydanticCustomError("notation", "must be {wanted}", {"wanted": "a text of at most 19 digits"})


Chip = Annotated[
    str,
    BeforeValidator(_chip),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,19}$", "example": "8955000000000000001"}),
]
Whole = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]


class Destinatario(BaseModel):
    """A site: where devices are meant to be."""

    dsNome: Line | None = None
    nrCnpj: Line | None = None
    nrIe: Line | None = None
    nrInscMun: Line | None = None
    dsObs: Note | None = None
    cdStatus: Status | None = None
    nrRaio: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = Field(
        default=None, description="Radius of the geofence in metres."
    )
    cdCliente: Id | None = None
    cdEndereco: Id | None = None
    dsCerca: dict[str, Any] | None = Field(
        default=None,
        description="Geofence as a GeoJSON geometry, Polygon or MultiPolygon, or a Feature with one: at most "
        "65,536 bytes of geometry without spaces, and 5,000 vertices; replaces the circle. It is stored as a "
        "bare geometry; an edge that changes the longitude by more than 180 degrees crosses 180°.",
    )


class Dispositivo(BaseModel):
    """A field device."""

    dsDispositivo: Line | None = None
    dsModelo: Whole | None = None
    dsDescricao: Note | None = None
    dsObs: Note | None = None
    dsLayout: Note | None = None
    nrChip: Chip | None = Field(default=None, description="A text of digits: JavaScript rounds such numbers.")
    cdStatus: Status | None = None
    cdDestinatario: Id | None = Field(default=None, description="Its site.")
    cdProduto: Id | None = None
    cdCliente: Id | None = None
    horarioMedicaoInicio: TimeOfDay | None = Field(default=None, description="UTC time of day.")
    horarioMedicaoFim: TimeOfDay | None = Field(default=None, description="UTC time of day.")
    cdUnidadeBat: Literal["V", "mV", "%"] = Field(
        default="V", description="What the device sends as nrBat; `%` is of 3.7 V."
    )


class Produto(BaseModel):
    """What devices are mounted on."""

    dsNome: Line | None = None
    dsDescricao: Note | None = None
    nrCodigo: Line | None = None
    nrLarg: Size | None = None
    nrComp: Size | None = None
    nrAlt: Size | None = None
    cdStatus: Status | None = None
    cdCliente: Id | None = None


_WHOSE = "The client it belongs to; by default the caller's. Null for legacy rows without a client."


class _Place(BaseModel):
    """An address."""

    dsLogradouro: Line | None = None
    nrNumero: Line | None = None
    dsComplemento: Line | None = None
    dsBairro: Line | None = None
    dsCep: Line | None = None
    dsCidade: Line | None = None
    dsUF: Line | None = None


class Cliente(_Place):
    """A client. Without a parent it becomes a child of the caller's client."""

    dsNome: Line | None = None
    nrCnpj: Line | None = None
    nrIe: Line | None = None
    nrInscMun: Line | None = None
    dsObs: Note | None = None
    cdStatus: Status | None = None
    cdClientePai: Id | None = Field(
        default=None, description="Parent client, whose people can see this client too."
    )


class Endereco(_Place):
    """An address of a site."""

    dsLat: Annotated[float, Field(ge=-90, le=90)] | None = Field(
        default=None, description="Degrees WGS 84; with dsLong."
    )
    dsLong: Annotated[float, Field(ge=-180, le=180)] | None = Field(
        default=None, description="Degrees WGS 84; with dsLat."
    )
    cdCliente: Id | None = Field(default=None, description=_WHOSE)


class Item(BaseModel):
    """An item that is counted on a product."""

    dsNome: Annotated[str, Field(max_length=200)] | None = None
    dsDescricao: Annotated[str, Field(max_length=200)] | None = None
    nrCodigo: Annotated[str, Field(max_length=45)] | None = None
    nrLarg: Size | None = None
    nrComp: Size | None = None
    nrAlt: Size | None = Field(default=None, description="Millimetres: 0 (unknown), or from 0.000001.")
    nrPesoUnit: Size | None = Field(default=None, description="Grams: 0 (unknown), or from 0.000001.")
    nrUnidade: Annotated[str, Field(max_length=20)] | None = None
    nrEmpilhamento: Whole | None = None
    nrLastro: Whole | None = None
    nrQtdeTotalSensor: Whole | None = None
    cdStatus: Status | None = None
    cdCliente: Id | None = Field(default=None, description=_WHOSE)


class DestinatarioRow(Destinatario):
    """A site as it is stored."""

    cdDestinatario: int
    dtRegistro: Utc


class DispositivoRow(Dispositivo):
    """A device as it is stored, and what it last said of itself."""

    cdDispositivo: int
    dtRegistro: Utc
    jsMeta: dict[str, Any] | None = Field(
        default=None,
        description="What its readings said beside values (`meta`), such as signal strength and firmware, "
        "each member as last known. It does not change the ETag, and is left out of answers to changes.",
    )
    dtMeta: Utc | None = Field(default=None, description="Time of the latest reading with `meta`.")


class ProdutoRow(Produto):
    """A product as it is stored."""

    cdProduto: int
    dtRegistro: Utc | None


class ImagemRow(BaseModel):
    """A picture of a product; `/v2/imagens/<cdImagens>/arquivo` has its bytes."""

    cdImagens: int
    cdProduto: int | None
    nrImagem: int | None = Field(description="Position among the pictures of the product.")
    dsCaminho: str
    cdCodigo: str = Field(description="Name of the file.")
    dtRegistro: Utc | None


class EnderecoRow(Endereco):
    """An address as it is stored."""

    cdEndereco: int
    dsFonte: str | None = Field(description="Attribution of a geocoded address; it must be shown.")
    dtRegistro: Utc


class ClienteRow(Cliente):
    """A client as it is stored."""

    cdCliente: int
    dtRegistro: Utc | None


class ItemRow(Item):
    """An item as it is stored."""

    cdProdutoItem: int
    dtRegistro: Utc | None
