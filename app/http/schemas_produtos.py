"""What products of a client and summaries of their devices look like over the wire."""

from __future__ import annotations

from pydantic import BaseModel, Field

from .schemas import Utc
from .schemas_cadastros import Status


class CompleteProduct(BaseModel):
    """A product that has devices."""

    cdProduto: int
    dsNomeProduto: str | None
    cdStatusProduto: Status | None
    dtRegistroProduto: Utc | None
    cdCliente: int | None
    dsCaminhoImagem: str | None = Field(description="Where its first picture lies.")
    cdCodigoImagem: str | None = Field(description="Name of the picture's file.")
    nrImagem: int | None
    dsTiposSensores: str | None = Field(description="Names of its sensor types, separated by commas.")
    nrDispositivosAtivos: int
    nrDispositivosInativos: int
    nrDispositivosSuspensos: int
    nrDispositivosBloqueados: int
    nrDispositivosEncerrados: int
    nrDispositivosEstoque: int
    nrDispositivosSemStatus: int
    nrTotalDispositivos: int


class ProductPage(BaseModel):
    """A page of products, newest first."""

    data: list[CompleteProduct]
    nextCursor: int | None = Field(description="Goes into `cursor` for the next page; null on the last.")


class DeviceSummary(BaseModel):
    """A device: its site, its state as last known, and what its sensors add up to."""

    cdDispositivo: int
    dsDispositivo: str | None
    cdStatus: Status | None
    dsLogradouro: str | None
    nrNumero: str | None
    dsComplemento: str | None
    dsCidade: str | None
    dsUF: str | None
    blArea: bool | None = Field(description="Inside its geofence.")
    nrBat: float | None = Field(description="Volts.")
    dsNomeProduto: str | None
    nrPorta: float = Field(description="Times that doors were opened.")
    nrTemp: float = Field(description="Mean temperature, °C; 0 where there is none.")
    nrPessoas: float = Field(description="People seen.")
    nrItens: float = Field(description="Mean number of items, rounded.")
    nrMasculino: float
    nrFeminino: float
    nrCrianca: float
    nrJovem: float
    nrAdulto: float
    nrSenior: float
    nrAlegre: float
    nrConcentrado: float
    nrNeutro: float
    tiposSensores: list[int] = Field(description="Types of its sensors that read something.")


class DeviceSummaries(BaseModel):
    """The devices of a product."""

    dispositivos: list[DeviceSummary]
    nomeProduto: str | None
    tiposSensores: list[int] = Field(description="Types of sensors that read something.")
    dsCaminhoImagem: str | None
    cdCodigoImagem: str | None
