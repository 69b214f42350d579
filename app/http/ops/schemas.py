"""Health, for the API description."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from app.http.kit.schemas import Utc


class Health(BaseModel):
    """Whether the service lives, or can serve."""

    status: Literal["ok"]


class UpkeepRun(BaseModel):
    """The last run of the upkeep."""

    startedAt: datetime
    endedAt: datetime


class UpkeepStep(BaseModel):
    """How a step of the upkeep last went."""

    step: str
    lastStart: datetime | None
    seconds: float | None
    rows: int | None = Field(description="What it did, in its own units.")
    error: str | None
    failures24h: int


class SeriesHealth(BaseModel):
    """How the upkeep of the time series gets on."""

    status: Literal["ok", "degraded"]
    reasons: list[str] = Field(description="Why it is degraded.")
    watermark: Utc | None = Field(description="Rollups end here; what is newer is read from readings.")
    floor: Utc | None = Field(description="Rollups begin here.")
    lagSeconds: float | None = Field(description="Since the watermark; up to about 3,900 is as it must be.")
    dirtyWindows: int = Field(description="Hours to be summed up anew, counted up to 10,000.")
    partitionsAhead: int = Field(description="Months after this one that have partitions.")
    lastRun: UpkeepRun | None
    steps: list[UpkeepStep]
