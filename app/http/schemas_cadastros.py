"""What is sent to register or change sites, devices, products and sensors."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from .parameters import Id

Status = Literal["ativo", "inativo", "suspenso", "bloqueado", "encerrado", "estoque"]
Unit = Literal["peso", "unidade", "distancia"]
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
    horarioMedicaoInicio: time | None = Field(default=None, description="UTC time of day.")
    horarioMedicaoFim: time | None = Field(default=None, description="UTC time of day.")


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
