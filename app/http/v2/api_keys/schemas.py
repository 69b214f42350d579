"""What API keys look like over the wire, for the API description, and what is asked for when one is made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.parameters import Id, Instant, Text

_KEY: dict[str, Any] = {
    "cdApiKey": "5f0c1c5e-8a60-4c0e-9a53-0d5a4f6f3c11",
    "cdUsuario": "00000000-0000-4000-8000-000000000001",
    "dsPrefixo": "rastro_9fKq2",
    "dsNome": "gateway of the north",
    "cdClientes": [1],
    "blAtiva": True,
    "dtRegistro": "2026-01-31T12:00:00+00:00",
    "dtExpiracao": None,
    "dsPermissoes": ["ingest"],
    "nrLimiteMinuto": 600,
    "nrCotaDiaria": None,
    "dtUltimoUso": "2026-01-31T12:10:00+00:00",
    "nrUsoHoje": 42,
}
_TEXT = {"dsKey": "rastro_9fKq2…"}

Permission = Literal["read", "ingest", "admin"]


class ApiKey(BaseModel):
    """A key of an integration or a gateway; its text is not kept."""

    model_config = ConfigDict(json_schema_extra={"example": _KEY})

    cdApiKey: UUID
    cdUsuario: UUID = Field(description="The person it belongs to; it never sees more than that person.")
    dsPrefixo: str | None = Field(description="How the key begins, to recognise it.")
    dsNome: str | None
    cdClientes: list[int] | None = Field(description="Clients it acts for; null: all of its owner's.")
    blAtiva: bool
    dtRegistro: datetime
    dtExpiracao: datetime | None
    dsPermissoes: list[Permission]
    nrLimiteMinuto: int | None = Field(description="Calls a minute; null: no limit.")
    nrCotaDiaria: int | None = Field(description="Calls a day (UTC); null: no limit.")
    dtUltimoUso: datetime | None = Field(description="Last use, to a minute.")
    nrUsoHoje: int | None = Field(description="Calls today (UTC); null for a key without limits.")


class KeyPage(BaseModel):
    """A page of keys, newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"data": [_KEY], "nextCursor": None}})

    data: list[ApiKey]
    nextCursor: UUID | None = Field(description="Goes into `cursor` for the next page; null on the last.")


class NewApiKey(ApiKey):
    """A key just made, with its text."""

    model_config = ConfigDict(json_schema_extra={"example": _KEY | _TEXT})

    dsKey: str = Field(description="The key itself. Shown this once: keep it now.")


class Limits(BaseModel):
    """How often a key may be used."""

    model_config = ConfigDict(extra="forbid")

    nrLimiteMinuto: Id | None = Field(default=None, description="Calls a minute; null: no limit.")
    nrCotaDiaria: Id | None = Field(default=None, description="Calls a day (UTC); null: no limit.")


class KeyWanted(Limits):
    """The key to be made. It can do no more than whoever makes it."""

    dsNome: Text = Field(description="What it is for.")
    dsPermissoes: Annotated[list[Permission], Field(min_length=1, max_length=3)] = Field(default=["read"])
    cdClientes: Annotated[list[Id], Field(max_length=1_000)] | None = Field(
        default=None, description="Clients it acts for; null: all of yours."
    )
    dtExpiracao: Instant | None = Field(default=None, description="Its last moment, ISO 8601; null: none.")


class Rotation(BaseModel):
    """How a key is replaced."""

    model_config = ConfigDict(extra="forbid")

    nrHoras: Annotated[int, Field(ge=0, le=720)] = Field(
        default=24, description="Hours the old key goes on; 0: it ends now."
    )
