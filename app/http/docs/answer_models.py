"""Answers of RPCs that no route of v2 gives as they are: see answers.py."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, WithJsonSchema

from app.http.kit.parameters import Status
from app.http.v2.history.schemas import HistoryRow
from app.http.v2.people.schemas import UsedInvitation
from app.http.v2.products.schemas import CompleteProduct, DeviceSummary
from app.http.v2.quarantine.schemas import Quarantined
from app.http.v2.readings.schemas import BatchVerdicts, Verdict
from app.http.v2.retention.schemas import LegalHold


def rows(*names: str) -> WithJsonSchema:
    """Rows of tables or views, whose columns the generated types have already: kind, then names."""
    return WithJsonSchema({"type": "object", "x-row": names})


Entity = Annotated[
    dict[str, Any],
    rows(
        "Tables", "TbCliente", "TbDestinatario", "TbDispositivo", "TbEndereco", "TbImagens", "TbProduto",
        "TbProdutoItem", "TbSensor", "TbTipoSensor",
    ),
]  # fmt: skip

Row = TypeVar("Row")


class NumberedPage(BaseModel, Generic[Row]):
    """A page of an RPC whose cursors are numbers; v2 writes them as text."""

    data: list[Row]
    nextCursor: int | None


class EntityPage(NumberedPage[Entity]):
    """Rows of an entity."""

    versao: str | None


class InvitationPage(NumberedPage[UsedInvitation]):
    """Invitations, newest first."""


class LegalHoldPage(NumberedPage[LegalHold]):
    """Legal holds, newest first."""


class ProductPage(NumberedPage[CompleteProduct]):
    """Products, newest first."""


class QuarantinePage(NumberedPage[Quarantined]):
    """Quarantined payloads, newest first."""


class DeletedSince(BaseModel):
    """Whether rows of a series were deleted on request while it is read."""

    marca: str
    blExcluida: bool


class WrittenEntity(BaseModel):
    """A row that was written, and its version."""

    linha: Entity
    versao: str


class ItemLink(BaseModel):
    """An item of a product."""

    cdProduto: int
    cdProdutoItem: int


class HistoryEntry(HistoryRow):
    """A row of history; the members here only where coordinates were asked for."""

    latitude: float | None = None
    longitude: float | None = None
    nrPrecisao: float | None = None
    nrBat: float | None = None
    nrBatPorcento: float | None = None
    blArea: bool | None = None


class NumberedHistoryPage(BaseModel):
    """A page of history with its number."""

    data: list[HistoryEntry]
    total: int
    page: int
    pageSize: int
    complete: bool
    nextCursor: str | None


class ProductDevices(BaseModel):
    """Devices of a product; nextCursor where pages were asked for."""

    dispositivos: list[DeviceSummary]
    nomeProduto: str | None
    tiposSensores: list[int]
    dsCaminhoImagem: str | None
    cdCodigoImagem: str | None
    complete: bool
    nextCursor: int | None


class DeviceTotals(BaseModel):
    """What the sensors of a device add up to."""

    cdDispositivo: int
    nrPorta: float | None
    nrTemp: float | None
    nrPessoas: float | None
    nrItens: float | None
    nrMasculino: float | None
    nrFeminino: float | None
    nrCrianca: float | None
    nrJovem: float | None
    nrAdulto: float | None
    nrSenior: float | None
    nrAlegre: float | None
    nrConcentrado: float | None
    nrNeutro: float | None
    tiposSensores: list[int]


class TypeTotals(BaseModel):
    """Sum and mean of a device by the name of a sensor type."""

    cdDispositivo: int
    dsTipoSensor: str
    totalLeitura: float | None
    mediaLeitura: float | None


class TrackPoint(BaseModel):
    """A point of a track; nrPrecisao is metres."""

    ts: str
    lat: float
    long: float
    nrPrecisao: float | None


class Track(BaseModel):
    """A page of a track."""

    cdDispositivo: int
    data: list[TrackPoint]
    complete: bool
    nextCursor: str | None


class MessageVerdict(BaseModel):
    """What became of a message, where it was not stored."""

    index: int
    verdict: Literal["conflict", "rejected"]
    error_code: str
    error: str


class ReplayVerdicts(BatchVerdicts):
    """Verdicts of readings and messages."""

    messages: list[MessageVerdict]


class MessageVerdicts(ReplayVerdicts):
    """The same, and when it was committed, in seconds since 1970."""

    committedAt: float


class RegisteredPosition(Verdict):
    """The verdict of one reading, and what was stored of it."""

    posicao: dict[str, Any] | None


class StatusCount(BaseModel):
    """How many devices have a status."""

    cdStatus: Status | None
    nrQtde: int


class PictureName(BaseModel):
    """Where a picture is."""

    cdCodigo: str | None
    dsCaminho: str | None


class ProductByStatus(BaseModel):
    """A product with its devices by status; nrFora where some are outside their geofence."""

    cdProduto: int
    dsDescricao: str | None
    dsNome: str | None
    nrAlt: float | None
    nrCodigo: str | None
    nrComp: float | None
    nrLarg: float | None
    QtdeTotal: int
    status: list[StatusCount]
    imagens: list[PictureName]
    nrFora: int = 0


class Features(BaseModel):
    """Current positions as GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


class KeptPayload(BaseModel):
    """A payload in quarantine."""

    cdErro: int
    nrOcorrencias: int
