"""What the quarantine looks like over the wire, for the API description, and what a replay asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.parameters import Code, Limit, Text

_QUARANTINED: dict[str, Any] = {
    "cdErro": 42,
    "dsMotivo": "UNKNOWN_DEVICE",
    "dsTexto": "There is no such device",
    "dsChamador": "key:0f9a…",
    "dsPayload": '{"nrBat": 3.6, "cdDispositivo": 99}',
    "dsPayloadBase64": "eyJuckJhdCI6IDMuNiwgImNkRGlzcG9zaXRpdm8iOiA5OX0=",
    "nrTamanho": 35,
    "blReprocessavel": True,
    "cdClientes": [1],
    "nrOcorrencias": 3,
    "dtPrimeira": "2026-01-31T12:00:00+00:00",
    "dtUltima": "2026-01-31T12:10:00+00:00",
    "dtExpiracao": "2026-03-02T12:00:00+00:00",
}


class Quarantined(BaseModel):
    """What could not be stored, why, and how often it came."""

    model_config = ConfigDict(json_schema_extra={"example": _QUARANTINED})

    cdErro: int
    dsMotivo: str = Field(description="Error code. FORBIDDEN_DEVICE: told to its sender as UNKNOWN_DEVICE.")
    dsTexto: str = Field(description="What was wrong, for a person.")
    dsChamador: str = Field(description="Who sent it: user:<id>, key:<SHA-256> or service.")
    dsPayload: str | None = Field(description="As text, its first 16,384 bytes; null when it is not UTF-8.")
    dsPayloadBase64: str = Field(description="The same bytes, in any case.")
    nrTamanho: int = Field(description="Full length, bytes.")
    blReprocessavel: bool = Field(description="It is whole and JSON, so that it can be replayed.")
    cdClientes: list[int] = Field(description="Clients whose admins see it.")
    nrOcorrencias: int
    dtPrimeira: datetime
    dtUltima: datetime
    dtExpiracao: datetime = Field(description="Kept until then.")


class QuarantinePage(BaseModel):
    """A page of what is in quarantine, newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"data": [_QUARANTINED], "nextCursor": None}})

    data: list[Quarantined]
    nextCursor: int | None = Field(description="Goes into `cursor` for the next page; null on the last.")


class Replay(BaseModel):
    """What of the quarantine is to be replayed: all that can be, or less."""

    model_config = ConfigDict(extra="forbid")

    cdErros: Annotated[list[Code], Field(max_length=5_000)] | None = Field(
        default=None, description="Only these."
    )
    motivo: Text | None = Field(default=None, description="Only those with this dsMotivo.")
    limite: Limit = Field(default=1_000, description="At most so many, the oldest first.")


class Replayed(BaseModel):
    """How the replayed payloads fared. What is stored or a duplicate has left quarantine."""

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
    skipped: int = Field(description="Cannot be replayed: not whole, or no JSON.")
