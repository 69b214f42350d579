"""People and invitations over the wire."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.parameters import Id
from app.http.kit.schemas import NextCursor, Utc

_STRICT = ConfigDict(extra="forbid")


class Person(BaseModel):
    """A person who belongs to a client."""

    id: UUID
    nome: str | None
    sobrenome: str | None
    cargo: str | None
    cdCliente: int | None
    dtRegistro: Utc
    role: Literal["default", "admin", "service"] = Field(
        description="`default` may read; `admin` may also write."
    )


class PersonPage(BaseModel):
    """A page of people, by id."""

    data: list[Person]
    nextCursor: NextCursor


class Role(BaseModel):
    """The new role of a person."""

    model_config = _STRICT

    role: Literal["default", "admin", "service"]


class Invitation(BaseModel):
    """Lets people join a client."""

    id: int
    dsChave: str = Field(description="The code to sign up with (metadata `dsChave`) or to accept.")
    cdCliente: int
    nrLimite: int = Field(description="Number of people who may join.")
    dtRegistro: Utc
    dtExpiracao: Utc | None = Field(description="Expiry; null means it does not expire.")


class UsedInvitation(Invitation):
    """An invitation and how often it was used."""

    nrUsados: int = Field(description="Number of people who have joined.")


class InvitationPage(BaseModel):
    """A page of invitations, newest first."""

    data: list[UsedInvitation]
    nextCursor: NextCursor


class InvitationWanted(BaseModel):
    """A new invitation."""

    model_config = _STRICT

    cdCliente: Id | None = Field(default=None, description="The client; by default the caller's own.")
    nrLimite: Annotated[int, Field(ge=1, le=999, strict=True)] = Field(
        default=1, description="Number of people who may join."
    )
    nrDias: Annotated[int, Field(ge=1, le=90, strict=True)] = Field(
        default=7, description="Days until it expires."
    )


class Acceptance(BaseModel):
    """Which invitation."""

    model_config = _STRICT

    dsChave: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
