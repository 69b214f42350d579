"""What products of a client and summaries of their devices look like over the wire."""

from __future__ import annotations

from pydantic import BaseModel, Field

from app.http.kit.parameters import Status
from app.http.kit.schemas import NextCursor, Utc


class CompleteProduct(BaseModel):
    """A product that has devices."""

    cdProduto: int
    dsNomeProduto: str | None
    cdStatusProduto: Status | None
    dtRegistroProduto: Utc | None
    cdCliente: int | None
    dsCaminhoImagem: str | None = Field(description="Folder of its first picture.")
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
    nextCursor: NextCursor


class DeviceSummary(BaseModel):
    """A device with its site, its last known state and its sensors' totals (null on overflow)."""

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
    nrPorta: float | None = Field(description="Times that doors were opened.")
    nrTemp: float | None = Field(description="Mean temperature, °C; 0 where there is none.")
    nrPessoas: float | None = Field(description="People seen.")
    nrItens: float | None = Field(description="Mean number of items, rounded.")
    nrMasculino: float | None
    nrFeminino: float | None
    nrCrianca: float | None
    nrJovem: float | None
    nrAdulto: float | None
    nrSenior: float | None
    nrAlegre: float | None
    nrConcentrado: float | None
    nrNeutro: float | None
    tiposSensores: list[int] = Field(description="Types of the sensors that are on it.")


class DeviceSummaries(BaseModel):
    """A page of the devices of a product, by code."""

    data: list[DeviceSummary]
    nomeProduto: str | None
    tiposSensores: list[int] = Field(description="Types of the sensors of these devices.")
    dsCaminhoImagem: str | None
    cdCodigoImagem: str | None
    complete: bool = Field(description="False if data of that time has expired, or is damaged and left out.")
    nextCursor: NextCursor
