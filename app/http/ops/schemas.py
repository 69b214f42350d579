"""Health, for the API description."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from app.http.kit.schemas import Utc

Reason = Literal[
    "MAINTENANCE_NEVER_RAN",
    "MAINTENANCE_LATE",
    "WATERMARK_LATE",
    "NO_PARTITION_AHEAD",
    "DIRTY_HOURS_WAITING",
    "STEP_FAILED",
]


class Health(BaseModel):
    """Liveness or readiness of the service."""

    status: Literal["ok"]


class MaintenanceRun(BaseModel):
    """The last maintenance run."""

    startedAt: datetime
    endedAt: datetime


class MaintenanceStep(BaseModel):
    """The last run of a maintenance step."""

    step: str
    lastStart: datetime | None
    seconds: float | None
    rows: int | None = Field(description="Number of rows or other units processed.")
    error: str | None
    failures24h: int


class LegacyCall(BaseModel):
    """A table that the legacy application inserts into, or a function that it calls."""

    call: str
    calls: int = Field(description="Since the switch.")
    lastAt: datetime


class LegacyUse(BaseModel):
    """What a converted database still answers in the name of the legacy application."""

    until: datetime | None = Field(description="It is refused from then on; null: until the conversion ends.")
    calls: list[LegacyCall]


class SeriesHealth(BaseModel):
    """Health of time-series maintenance."""

    status: Literal["ok", "degraded"]
    reasons: list[Reason] = Field(description="Reasons for the status degraded.")
    watermark: Utc | None = Field(
        description="Watermark: rollups are complete up to this time; newer data is read from readings."
    )
    floor: Utc | None = Field(description="Rollups begin at this time.")
    lagSeconds: float | None = Field(description="Seconds since the watermark; up to about 3,900 is normal.")
    dirtyWindows: int = Field(description="Dirty hours that must be recomputed, counted up to 10,000.")
    partitionsAhead: int = Field(description="Number of future months that have partitions.")
    lastRun: MaintenanceRun | None
    failingSteps: int = Field(description="Number of maintenance steps whose last run failed.")
    failures24h: int = Field(description="Failures of maintenance steps in the last 24 hours.")
    quarantineLost: int = Field(
        description="Payloads that have given way to newer ones in full quarantines, of all clients."
    )
    legacyUse: LegacyUse | None = Field(
        description="Calls of the legacy application, from the switch of a conversion to its end; else null."
    )
    steps: list[MaintenanceStep] | None = Field(
        description="Each step with its last error, for callers with the role service; null for others."
    )
