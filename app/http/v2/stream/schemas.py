"""Tickets, for the API description."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field


class Ticket(BaseModel):
    """Opens one stream."""

    dsBilhete: str = Field(description="Pass as `ticket` of GET /v2/stream. Valid once.")
    dtExpiracao: datetime = Field(description="Until then; half a minute after it was made.")
