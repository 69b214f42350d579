"""People and invitations over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.parameters import Id

_STRICT = ConfigDict(extra="forbid")


class Person(BaseModel):
    """Somebody who belongs to a client."""

    id: UUID
    nome: str | None
    sobrenome: str | None
    cargo: str | None
    cdCliente: int | None
    dtRegistro: datetime
    role: Literal["default", "admin", "service"] = Field(description="default reads; admin also writes.")


class PersonPage(BaseModel):
    """A page of people, by id."""

    data: list[Person]
    nextCursor: UUID | None = Field(description="Goes into `cursor` for the next page; null on the last.")


class Role(BaseModel):
    """What somebody may do from now on."""

    model_config = _STRICT

    role: Literal["default", "admin", "service"]


class Invitation(BaseModel):
    """By which people join a client."""

    id: int
    dsChave: str = Field(description="What they sign up with (metadata `dsChave`) or accept.")
    cdCliente: int
    nrLimite: int = Field(description="How many may join.")
    dtRegistro: datetime
    dtExpiracao: datetime | None = Field(description="Good until then; null: without end.")


class UsedInvitation(Invitation):
    """An invitation and its use."""

    nrUsados: int = Field(description="How many have joined.")


class InvitationPage(BaseModel):
    """A page of invitations, newest first."""

    data: list[UsedInvitation]
    nextCursor: int | None = Field(description="Goes into `cursor` for the next page; null on the last.")


class InvitationWanted(BaseModel):
    """Whom to invite, and for how long."""

    model_config = _STRICT

    cdCliente: Id | None = Field(default=None, description="The client; by default the caller's own.")
    nrLimite: Annotated[int, Field(ge=1, le=999, strict=True)] = Field(
        default=1, description="How many may join."
    )
    nrDias: Annotated[int, Field(ge=1, le=90, strict=True)] = Field(
        default=7, description="For how many days it is good."
    )


class Acceptance(BaseModel):
    """Which invitation."""

    model_config = _STRICT

    dsChave: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
