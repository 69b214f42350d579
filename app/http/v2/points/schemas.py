"""What data points look like over the wire, for the API description."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.schemas import Utc

_BUCKET = {"ts": "2026-01-31T12:00:00", "avg": 4.25, "min": 3.9, "max": 4.6, "sum": 255.0, "count": 60}
_ANSWER: dict[str, Any] = {
    "cdSensor": 702,
    "agg": "1m",
    "degraded": False,
    "thinned": False,
    "expired": False,
    "data": [_BUCKET],
}


class RawPoint(BaseModel):
    """One reading."""

    ts: Utc = Field(description="UTC, without offset.")
    value: float | bool | str
    quality: Literal[0, 1, 2] = Field(description="0 ok, 1 suspect, 2 fault.")


class Bucket(BaseModel):
    """What the readings of a minute, five minutes or an hour add up to."""

    ts: Utc = Field(description="Its start: UTC, without offset.")
    avg: float | None = Field(description="Null where the sum is beyond what a number can hold.")
    min: float
    max: float
    sum: float | None = Field(description="Null where it is beyond what a number can hold.")
    count: int


class DataPoints(BaseModel):
    """Points of one sensor, ascending."""

    model_config = ConfigDict(json_schema_extra={"example": _ANSWER | {"complete": True, "nextCursor": None}})

    cdSensor: int
    agg: Literal["raw", "1m", "5m", "1h"] = Field(description="The resolution of this answer.")
    degraded: bool = Field(description="`raw` was asked for over more than 14 days and became `1m`.")
    thinned: bool = Field(description="Only the points that shape the curve are given, as maxPoints asked.")
    expired: bool = Field(description="Some of the window has expired, on this page or another.")
    data: list[Bucket] | list[RawPoint]
    complete: bool = Field(description="Nothing is left out: no further page, and nothing of it has expired.")
    nextCursor: str | None = Field(description="Goes into `cursor` for the next page; null on the last.")
