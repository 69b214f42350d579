"""What API keys look like over the wire, for the API description, and what is asked for when one is made."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.parameters import Id, Instant, Text
from app.http.kit.schemas import NextCursor, Utc

_KEY: dict[str, Any] = {
    "cdApiKey": "5f0c1c5e-8a60-4c0e-9a53-0d5a4f6f3c11",
    "cdUsuario": "00000000-0000-4000-8000-000000000001",
    "dsPrefixo": "rastro_9fKq2",
    "dsNome": "gateway of the north",
    "cdClientes": [1],
    "blAtiva": True,
    "dtRegistro": "2026-01-31T12:00:00Z",
    "dtExpiracao": None,
    "dsPermissoes": ["ingest"],
    "nrLimiteMinuto": 600,
    "nrCotaDiaria": None,
    "cdCliente": 1,
    "cdApiKeyMae": None,
    "cdPortador": None,
    "dtUltimoUso": "2026-01-31T12:10:00Z",
    "nrUsoHoje": 42,
}
_TEXT = {"dsKey": "rastro_9fKq2…"}

Permission = Literal["read", "ingest", "admin"]


class ApiKey(BaseModel):
    """An API key of an integration or a gateway; its text is not stored."""

    model_config = ConfigDict(json_schema_extra={"example": _KEY})

    cdApiKey: UUID
    cdUsuario: UUID = Field(description="Its owner; the key can never see more than this person.")
    dsPrefixo: str | None = Field(description="Beginning of the key, to recognise it.")
    dsNome: str | None
    cdClientes: list[int] | None = Field(
        description="Clients it may act for while its owner does; null (keys of the service) means all."
    )
    blAtiva: bool
    dtRegistro: Utc
    dtExpiracao: Utc | None
    dsPermissoes: list[Permission]
    nrLimiteMinuto: int | None = Field(description="Calls per minute; null means no limit.")
    nrCotaDiaria: int | None = Field(description="Calls per day (UTC); null means no limit.")
    cdCliente: int | None = Field(
        description="Client of its owner when it was made: the key ends when its owner leaves it."
    )
    cdApiKeyMae: UUID | None = Field(
        description="The key that made it, if any: it never does more, nor lasts longer, than that one."
    )
    cdPortador: UUID | None = Field(
        description="Who made it by rotating somebody else's key: it ends when either of them leaves."
    )
    dtUltimoUso: Utc | None = Field(description="Time of last use, accurate to a minute.")
    nrUsoHoje: int | None = Field(description="Calls today (UTC); null for a key without limits.")


class KeyPage(BaseModel):
    """A page of keys, newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"data": [_KEY], "nextCursor": None}})

    data: list[ApiKey]
    nextCursor: NextCursor


class NewApiKey(ApiKey):
    """A new key with its text, which is shown only once."""

    model_config = ConfigDict(json_schema_extra={"example": _KEY | _TEXT})

    dsKey: str = Field(description="The text of the key. It is shown only once.")


class Limits(BaseModel):
    """Limits of a key."""

    model_config = ConfigDict(extra="forbid")

    nrLimiteMinuto: Id | None = Field(default=None, description="Calls per minute; null means no limit.")
    nrCotaDiaria: Id | None = Field(default=None, description="Calls per day (UTC); null means no limit.")


class KeyWanted(Limits):
    """A new key. It cannot have more permissions than its creator."""

    dsNome: Text = Field(description="Purpose.")
    dsPermissoes: Annotated[list[Permission], Field(min_length=1, max_length=3)] = Field(default=["read"])
    cdClientes: Annotated[list[Id], Field(max_length=1_000)] | None = Field(
        default=None, description="Clients it may act for; null means all that you act for now."
    )
    dtExpiracao: Instant | None = Field(
        default=None,
        description="Expiry, ISO 8601; null means it does not expire, or expires with the key that makes it.",
    )


class Rotation(BaseModel):
    """How to replace a key."""

    model_config = ConfigDict(extra="forbid")

    nrHoras: Annotated[int, Field(ge=0, le=720)] = Field(
        default=24, description="Hours for which the old key stays valid; 0 ends it now."
    )
