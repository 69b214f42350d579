"""Retention policies, their dry runs and legal holds over the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.parameters import Id
from app.http.kit.schemas import NextCursor, Utc

_STRICT = ConfigDict(extra="forbid")
_DAYS: dict[str, Any] = {"nrDiasBruto": 730, "nrDias1m": 730, "nrDias5m": 730, "nrDias1h": 1825}
_POLICY: dict[str, Any] = {"cdCliente": 1, **_DAYS, "blPropria": True, "blGuardaLegal": False}
_HOLD: dict[str, Any] = {
    "cdGuardaLegal": 1,
    "cdCliente": 1,
    "cdDispositivo": 7,
    "dsMotivo": "Case 123/2026",
    "dsChamador": "user:0d7c8e52-2c4c-4c0f-8b6c-6a3f1f0e9d21",
    "dtRegistro": "2026-01-31T12:00:00Z",
}
_PREVIEW: dict[str, Any] = {
    "cdCliente": 1,
    **_DAYS,
    "blGuardaLegal": False,
    "nrAmostra": 1,
    "tabelas": [
        {
            "dsTabela": "TbSensorRegistro",
            "dtAte": "2024-01-31T00:00:00Z",
            "dtMaisAntigo": "2024-01-31T00:00:00Z",
            "nrLinhas": 2976,
            "nrBytes": 342_240,
        }
    ],
    "perdas": [{"dsResolucao": "raw", "dtAte": "2024-01-31T00:00:00Z", "nrSensores": 1}],
}
Days = Annotated[int, Field(ge=2, le=36_500, strict=True)]


class _Periods(BaseModel):
    nrDiasBruto: int | None = Field(description="Days that positions and values are kept; null: for ever.")
    nrDias1m: int | None = Field(description="Days that rollups by the minute are kept; null: for ever.")
    nrDias5m: int | None = Field(description="Days that rollups by 5 minutes are kept; null: for ever.")
    nrDias1h: int | None = Field(description="Days that rollups by the hour are kept; null: for ever.")


class RetentionPolicy(_Periods):
    """How long data of a client is kept."""

    model_config = ConfigDict(json_schema_extra={"example": _POLICY})

    cdCliente: int
    blPropria: bool = Field(description="False: the policy for everybody holds, as the client has none.")
    blGuardaLegal: bool = Field(description="The client is under a legal hold: nothing expires.")


class RetentionPolicyWanted(BaseModel):
    """A policy. The finer a resolution the shorter it is kept: 1m, 5m, 1h; and values no longer than 1h."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": _DAYS})

    nrDiasBruto: Days | None = Field(description="Days for positions and values; null: for ever.")
    nrDias1m: Days | None = Field(description="Days for rollups by the minute; null: for ever.")
    nrDias5m: Days | None = Field(description="Days for rollups by 5 minutes; null: for ever.")
    nrDias1h: Days | None = Field(description="Days for rollups by the hour; null: for ever.")


class TableLoss(BaseModel):
    """What would be deleted of one table."""

    dsTabela: str
    dtAte: Utc = Field(description="What is older would be deleted.")
    dtMaisAntigo: Utc | None = Field(description="The oldest time that would be kept; null: no data.")
    nrLinhas: int = Field(description="Rows, added up from counts by day.")
    nrBytes: int | None = Field(description="Bytes, by the measured width of rows; null: not measured yet.")


class AnswerLoss(BaseModel):
    """What could not be answered any more."""

    dsResolucao: Literal["raw", "1m", "5m", "1h"]
    dtAte: Utc = Field(description="Before that time.")
    nrSensores: int = Field(description="For so many sensors.")


class RetentionPreview(_Periods):
    """A dry run of retention."""

    model_config = ConfigDict(json_schema_extra={"example": _PREVIEW})

    cdCliente: int
    blGuardaLegal: bool = Field(description="The client is under a legal hold: nothing expires.")
    nrAmostra: int = Field(description="1: all devices were counted; otherwise every n-th, times n.")
    tabelas: list[TableLoss]
    perdas: list[AnswerLoss]


class LegalHold(BaseModel):
    """A legal hold."""

    model_config = ConfigDict(json_schema_extra={"example": _HOLD})

    cdGuardaLegal: int
    cdCliente: int
    cdDispositivo: int | None = Field(description="The device; null: everything of the client.")
    dsMotivo: str
    dsChamador: str | None = Field(description="Who set it.")
    dtRegistro: Utc


class LegalHoldPage(BaseModel):
    """A page of legal holds, newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"data": [_HOLD], "nextCursor": None}})

    data: list[LegalHold]
    nextCursor: NextCursor


class LegalHoldWanted(BaseModel):
    """A new legal hold."""

    model_config = _STRICT

    cdDispositivo: Id | None = Field(
        default=None, description="A device that is or was the client's; by default everything."
    )
    dsMotivo: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")] = Field(
        description="Why."
    )
