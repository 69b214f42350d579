"""Tickets and events of the stream, for the API description."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from app.http.kit.schemas import Error, Utc
from app.http.v2.positions.schemas import CurrentPosition


class Ticket(BaseModel):
    """Opens one stream."""

    dsBilhete: str = Field(description="Pass as `ticket` of GET /v2/stream. Valid once.")
    dtExpiracao: datetime = Field(description="Until then; half a minute after it was made.")


class StreamOpen(BaseModel):
    """The first event of a stream. Devices that are not listed are to be forgotten."""

    resumed: bool = Field(description="Whether only what changed since Last-Event-ID follows.")
    cdDispositivos: list[int] = Field(description="All devices that you see and the filters let through.")


class StreamPositions(BaseModel):
    """Rows, each of which replaces the one before of its device; at most 200."""

    data: list[CurrentPosition]


class StreamRemoved(BaseModel):
    """Devices that you do not see any more, or that left the filters; some you may never have seen."""

    cdDispositivos: list[int]


class StreamValue(BaseModel):
    """The latest value of a sensor of `sensores`."""

    cdSensor: int
    cdDispositivo: int
    dtRegistro: Utc
    nrValor: float | None
    blValor: bool | None
    dsValor: str | None
    nrQualidade: Literal[0, 1, 2] = Field(description="0 ok, 1 suspect, 2 fault.")


class StreamValues(BaseModel):
    """Values, each of which replaces the one before of its sensor."""

    data: list[StreamValue]


class StreamEvents(BaseModel):
    """The data of each event of GET /v2/stream, by the name of the event."""

    open: StreamOpen
    positions: StreamPositions
    removed: StreamRemoved
    values: StreamValues
    end: Error
