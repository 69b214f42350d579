"""Deletion on request over the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from app.http.kit.parameters import Id, Uuid
from app.http.kit.schemas import NextCursor, Utc

_RECEIPT: dict[str, Any] = {
    "cdExclusao": "7a4f1c1e-6d1b-4a57-9a0e-3f9f7f4f2b10",
    "cdDispositivo": 5,
    "dsPessoa": None,
    "cdClientes": [1],
    "dsMotivo": "Request 17 of the owner",
    "dsChamador": "user:0d7c8e52-2c4c-4c0f-8b6c-6a3f1f0e9d21",
    "dsRequisicao": "0b8f4c1a5a514f0e",
    "dtPedido": "2026-01-31T12:00:00Z",
    "dtFim": "2026-01-31T12:00:00Z",
    "cdSensoresPartilhados": [],
    "dsArquivos": ["s3://cold/rastro/client-1/2025-01"],
    "dsSoma": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "tabelas": [
        {
            "dsTabela": "TbPosicao",
            "dsOperacao": "delete",
            "nrLinhas": 2,
            "dtPrimeira": "2026-01-30T12:00:00Z",
            "dtUltima": "2026-01-31T11:45:00Z",
            "dsSoma": "-4611686018427387904",
        }
    ],
}


class DeletionWanted(BaseModel):
    """What is to be deleted, a device's series or a person, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "oneOf": [
                {"required": [one], "properties": {one: {"not": {"type": "null"}}, other: {"type": "null"}}}
                for one, other in (("cdDispositivo", "cdUsuario"), ("cdUsuario", "cdDispositivo"))
            ]
        },
    )

    cdDispositivo: Id | None = Field(default=None, description="Device whose series is deleted.")
    cdUsuario: Uuid | None = Field(default=None, description="Person who is deleted.")
    dsMotivo: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")] = Field(
        description="Why. It is kept, so it must not name the person."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.cdDispositivo is None) == (self.cdUsuario is None):
            raise PydanticCustomError("INVALID_PARAMETER", "must have either cdDispositivo or cdUsuario")
        return self


class DeletedRows(BaseModel):
    """What was deleted of one table."""

    dsTabela: str
    dsOperacao: Literal["delete", "update"] = Field(
        description="update: the rows stay, and do not name the person any more."
    )
    nrLinhas: int
    dtPrimeira: str | None = Field(description="The first time of them: an instant, UTC, or a day.")
    dtUltima: str | None = Field(description="The last time of them.")
    dsSoma: str | None = Field(
        description="Sum of the first 64 bits of the MD5 of each row, in any order; null: of a person."
    )


class DeletionReceipt(BaseModel):
    """The receipt of a deletion."""

    model_config = ConfigDict(json_schema_extra={"example": _RECEIPT})

    cdExclusao: UUID
    cdDispositivo: int | None = Field(description="Null: of a person.")
    dsPessoa: str | None = Field(
        description="SHA-256 (hex) of cdExclusao, a colon and the id of the person; null: of a device."
    )
    cdClientes: list[int] = Field(description="Clients that the device ever had; the person's client.")
    dsMotivo: str
    dsChamador: str = Field(description="Who asked.")
    dsRequisicao: str | None = Field(description="Request id, as in the log.")
    dtPedido: Utc
    dtFim: Utc | None = Field(
        description="When everything was deleted; null: maintenance is at it, or a legal hold has stopped it."
    )
    cdSensoresPartilhados: list[int] = Field(
        description="Sensors that were at other devices too; rollups of hours without values are kept."
    )
    dsArquivos: list[str] = Field(
        description="Months in archives that have rows of the device still, or may have: delete them there."
    )
    dsSoma: str = Field(description="SHA-256 over the counts, times and sums of all tables.")
    tabelas: list[DeletedRows]


class DeletionReceiptPage(BaseModel):
    """A page of receipts, newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"data": [_RECEIPT], "nextCursor": None}})

    data: list[DeletionReceipt]
    nextCursor: NextCursor
