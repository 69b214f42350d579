"""What the quarantine looks like over the wire, for the API description, and what a replay asks for."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.parameters import Code, Limit, Text
from app.http.kit.schemas import NextCursor, Utc

_QUARANTINED: dict[str, Any] = {
    "cdErro": 42,
    "dsMotivo": "UNKNOWN_DEVICE",
    "dsTexto": "There is no such device",
    "dsChamador": "key:0f9a…",
    "dsPayload": '{"nrBat": 3.6, "cdDispositivo": 99}',
    "dsPayloadBase64": "eyJuckJhdCI6IDMuNiwgImNkRGlzcG9zaXRpdm8iOiA5OX0=",
    "nrTamanho": 35,
    "blReprocessavel": True,
    "cdCliente": 1,
    "cdDispositivo": 99,
    "dsTopico": None,
    "dsPropriedades": None,
    "nrOcorrencias": 3,
    "dtPrimeira": "2026-01-31T12:00:00Z",
    "dtUltima": "2026-01-31T12:10:00Z",
    "dtExpiracao": "2026-03-02T12:00:00Z",
}


class Quarantined(BaseModel):
    """A quarantined payload: the reason and the number of occurrences."""

    model_config = ConfigDict(json_schema_extra={"example": _QUARANTINED})

    cdErro: int
    dsMotivo: str = Field(
        description="Error code. A device of another client is UNKNOWN_DEVICE for all but the service, which "
        "sees FORBIDDEN_DEVICE."
    )
    dsTexto: str = Field(description="Error message.")
    dsChamador: str = Field(description="The sender: user:<id>, key:<SHA-256> or service.")
    dsPayload: str | None = Field(description="As text, its first 16,384 bytes; null when it is not UTF-8.")
    dsPayloadBase64: str = Field(description="The same bytes as base64.")
    nrTamanho: int = Field(description="Full length in bytes.")
    blReprocessavel: bool = Field(
        description="Whether it can be replayed: it is complete, and is JSON or a message of a known topic."
    )
    cdCliente: int | None = Field(
        description="The client it belongs to: the owner of the device if the sender may send for it, "
        "otherwise the sender's. Its admins see it."
    )
    cdDispositivo: int | None = Field(description="The device it names, which need not exist.")
    dsTopico: str | None = Field(description="MQTT topic of a message that could not be read.")
    dsPropriedades: dict[str, Any] | list[Any] | None = Field(
        description="MQTT user properties of that message."
    )
    nrOcorrencias: int
    dtPrimeira: Utc
    dtUltima: Utc
    dtExpiracao: Utc = Field(description="Deleted after this time.")


class QuarantinePage(BaseModel):
    """A page of quarantined payloads, newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"data": [_QUARANTINED], "nextCursor": None}})

    data: list[Quarantined]
    nextCursor: NextCursor


class Discarded(BaseModel):
    """Result of discarding."""

    model_config = ConfigDict(json_schema_extra={"example": {"discarded": 3}})

    discarded: int = Field(description="Number of payloads that are deleted, at most 10,000.")


class Replay(BaseModel):
    """Which quarantined payloads to replay; by default all that can be replayed."""

    model_config = ConfigDict(extra="forbid")

    cdErros: Annotated[list[Code], Field(max_length=5_000)] | None = Field(
        default=None, description="Only these."
    )
    motivo: Text | None = Field(default=None, description="Only payloads with this dsMotivo.")
    limite: Limit = Field(
        default=1_000, description="Maximum number of payloads; the oldest are replayed first."
    )


class Replayed(BaseModel):
    """Results of a replay. Payloads that are now stored or duplicates have left the quarantine."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"total": 3, "stored": 2, "duplicate": 0, "conflict": 0, "rejected": 1, "skipped": 0}
        }
    )

    total: int
    stored: int
    duplicate: int
    conflict: int
    rejected: int
    skipped: int = Field(description="Number that cannot be replayed: truncated or not JSON.")
