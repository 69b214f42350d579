"""Who calls, for the API description."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.schemas import Utc

_EXAMPLE: dict[str, Any] = {
    "dsTipo": "user",
    "id": "00000000-0000-4000-8000-0000000000a1",
    "nome": "Ana",
    "sobrenome": "Souza",
    "cargo": None,
    "role": "admin",
    "cdCliente": 1,
    "permissoes": ["read", "ingest", "admin"],
    "blTodosClientes": False,
    "clientes": [{"cdCliente": 1, "dsNome": "Rede Fria"}, {"cdCliente": 3, "dsNome": "Filial Rio"}],
    "apiKey": None,
}


class OwnClient(BaseModel):
    """A client that the caller acts for."""

    cdCliente: int
    dsNome: str | None


class OwnKey(BaseModel):
    """The key that calls."""

    cdApiKey: UUID
    dsNome: str | None
    dtExpiracao: Utc | None = Field(description="Expiry; null means it does not expire.")
    nrLimiteMinuto: int | None = Field(description="Calls per minute; null means no limit.")
    nrCotaDiaria: int | None = Field(description="Calls per day (UTC); null means no limit.")


class Me(BaseModel):
    """Who calls, and what for."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    dsTipo: Literal["user", "key", "service"]
    id: UUID | None = Field(description="Of a person.")
    nome: str | None
    sobrenome: str | None
    cargo: str | None
    role: Literal["default", "admin", "service"] | None = Field(description="Null for keys.")
    cdCliente: int | None = Field(description="Own client: new rows belong to it; null for the service.")
    permissoes: list[Literal["read", "ingest", "admin"]]
    blTodosClientes: bool = Field(description="Whether all clients are visible, also those made later.")
    clientes: list[OwnClient] = Field(description="Clients it acts for, by code, at most 1,000.")
    apiKey: OwnKey | None = Field(description="Null without a key.")
