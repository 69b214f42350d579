"""What logins of devices at the MQTT broker look like over the wire, and what is asked for to make one."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.schemas import NextCursor, Utc

_LOGIN: dict[str, Any] = {
    "cdCredencial": "0b8f4c1a-5a51-4f0e-8f7e-2f1d0c9b8a77",
    "cdDispositivo": 7,
    "cdCliente": 1,
    "dsUsuario": "7-3f9a01bc",
    "dtRegistro": "2026-01-31T12:00:00Z",
    "dtExpiracao": None,
    "cdUsuario": "0d7c8e52-2c4c-4c0f-8b6c-6a3f1f0e9d21",
    "cdApiKey": None,
}


class Login(BaseModel):
    """A login of a device at the broker; its secret is not stored."""

    model_config = ConfigDict(json_schema_extra={"example": _LOGIN})

    cdCredencial: UUID
    cdDispositivo: int
    cdCliente: int | None = Field(description="Whose device it was when the login was made.")
    dsUsuario: str = Field(description="User name at the broker.")
    dtRegistro: Utc
    dtExpiracao: Utc | None = Field(description="Expiry; null means it does not expire.")
    cdUsuario: UUID | None = Field(description="Who made it, or the owner of the key that did.")
    cdApiKey: UUID | None = Field(description="The key that made it, if any: the login ends with that key.")


class LoginPage(BaseModel):
    """A page of logins, newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"data": [_LOGIN], "nextCursor": None}})

    data: list[Login]
    nextCursor: NextCursor


class NewLogin(Login):
    """A new login with its secret, which is shown only once."""

    model_config = ConfigDict(json_schema_extra={"example": _LOGIN | {"dsSegredo": "9fKq2…"}})

    dsSegredo: str = Field(description="Shown only once.")


class LoginWanted(BaseModel):
    """How to create a login."""

    model_config = ConfigDict(extra="forbid")

    nrHoras: Annotated[int, Field(ge=0, le=8760, strict=True)] = Field(
        default=24, description="Hours for which existing logins stay valid."
    )
