"""Sites, devices, products and sensors: what is sent to register them, and rows as they are told."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from .parameters import Id, Status
from .schemas import Utc

Unit = Literal["milimetros", "gramas", "celcius", "abertura", "unidade"]
TimeOfDay = Annotated[time, WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d(:\d\d(\.\d{1,6})?)?$"})]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Destinatario(BaseModel):
    """A site: where devices are meant to be."""

    dsNome: str | None = None
    nrCnpj: str | None = None
    nrIe: str | None = None
    nrInscMun: str | None = None
    dsObs: str | None = None
    cdStatus: Status | None = None
    nrRaio: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = Field(
        default=None, description="Radius of the geofence in metres."
    )
    cdCliente: Id | None = None
    cdEndereco: Id | None = None


class Dispositivo(BaseModel):
    """A field device."""

    dsDispositivo: str | None = None
    dsModelo: int | None = None
    dsDescricao: str | None = None
    dsObs: str | None = None
    dsLayout: str | None = None
    nrChip: int | None = None
    cdStatus: Status | None = None
    cdDestinatario: Id | None = Field(default=None, description="Its site.")
    cdProduto: Id | None = None
    cdCliente: Id | None = None
    horarioMedicaoInicio: TimeOfDay | None = Field(default=None, description="UTC time of day.")
    horarioMedicaoFim: TimeOfDay | None = Field(default=None, description="UTC time of day.")


class Produto(BaseModel):
    """What devices are mounted on."""

    dsNome: str | None = None
    dsDescricao: str | None = None
    nrCodigo: str | None = None
    nrLarg: Number | None = None
    nrComp: Number | None = None
    nrAlt: Number | None = None
    cdStatus: Status | None = None
    cdCliente: Id | None = None


class Sensor(BaseModel):
    """A sensor of a device."""

    cdDispositivo: Id
    cdTipoSensor: Id
    cdProdutoItem: Id | None = None
    cdUnidade: Unit | None = None
    nrUnidadeIni: int | None = Field(default=None, description="Tare, subtracted before items are counted.")
    nrUnidadeFim: int | None = None
    dsPonto: str | None = Field(default=None, description="Name of the point, unique on its device.")


class DestinatarioRow(Destinatario):
    """A site as it is stored."""

    cdDestinatario: int
    dtRegistro: Utc


class DispositivoRow(Dispositivo):
    """A device as it is stored."""

    cdDispositivo: int
    dtRegistro: Utc


class ProdutoRow(Produto):
    """A product as it is stored."""

    cdProduto: int
    dtRegistro: Utc | None


class SensorRow(Sensor):
    """A sensor as it is stored."""

    cdSensor: int
    dtRegistro: Utc | None


class ImagemRow(BaseModel):
    """A picture of a product; `/v2/imagens/<cdImagens>/arquivo` has its bytes."""

    cdImagens: int
    cdProduto: int | None
    nrImagem: int | None = Field(description="Its place among the pictures of the product.")
    dsCaminho: str
    cdCodigo: str = Field(description="Name of the file.")
    dtRegistro: Utc | None


class EnderecoRow(BaseModel):
    """An address of a site."""

    cdEndereco: int
    dsLogradouro: str | None
    nrNumero: str | None
    dsComplemento: str | None
    dsBairro: str | None
    dsCep: str | None
    dsCidade: str | None
    dsUF: str | None
    dsLat: float | None = Field(description="Degrees WGS 84.")
    dsLong: float | None = Field(description="Degrees WGS 84.")
    dtRegistro: Utc


class ClienteRow(BaseModel):
    """A client."""

    cdCliente: int
    dsNome: str | None
    nrCnpj: str | None
    nrIe: str | None
    nrInscMun: str | None
    dsLogradouro: str | None
    nrNumero: str | None
    dsComplemento: str | None
    dsBairro: str | None
    dsCep: str | None
    dsCidade: str | None
    dsUF: str | None
    dsObs: str | None
    cdStatus: Status | None
    cdClientePai: int | None = Field(description="Its parent, whose people see this client too.")
    dtRegistro: Utc | None


class ItemRow(BaseModel):
    """An item that is counted on a product."""

    cdProdutoItem: int
    dsNome: str | None
    dsDescricao: str | None
    nrCodigo: str | None
    nrLarg: float | None
    nrComp: float | None
    nrAlt: float | None = Field(description="Millimetres.")
    nrPesoUnit: float | None = Field(description="Grams.")
    nrUnidade: str | None
    nrEmpilhamento: int | None
    nrLastro: int | None
    nrQtdeTotalSensor: int | None
    cdStatus: Status | None
    dtRegistro: Utc | None


class TipoSensorRow(BaseModel):
    """A kind of sensor."""

    id: int
    dsNome: str
    dsDescricao: str | None
    dsUnidade: str | None
    dtRegistro: str
