"""What data points look like over the wire, for the API description."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.schemas import NextCursor, Utc

_BUCKET = {
    "ts": "2026-01-31T12:00:00Z",
    "avg": 4.25,
    "min": 3.9,
    "max": 4.6,
    "sum": 255.0,
    "count": 60,
    "value": 4.25,
}
_ANSWER: dict[str, Any] = {
    "cdSensor": 702,
    "cdDispositivo": 7,
    "dsPonto": "temperatura",
    "cdTipoSensor": 4,
    "dsUnidade": "celcius",
    "dsAgregacao": "mean",
    "agg": "1m",
    "degraded": False,
    "thinned": False,
    "expired": False,
    "data": [_BUCKET],
}


class RawPoint(BaseModel):
    """One reading."""

    ts: Utc
    value: float | bool | str
    quality: Literal[0, 1, 2] = Field(description="0 ok, 1 suspect, 2 fault.")


class Bucket(BaseModel):
    """Aggregates of one minute, five minutes or one hour."""

    ts: Utc = Field(description="Start of the bucket.")
    avg: float | None = Field(description="Null if the sum overflows.")
    min: float
    max: float
    sum: float | None = Field(description="Null on overflow.")
    count: int
    value: float | None = Field(
        description="What stands for the bucket, as the sensor's type says (dsAgregacao): its sum, mean or "
        "last value, the mean without a type. Null on overflow, or if the last value has expired."
    )


class DataPoints(BaseModel):
    """Points of one sensor, ascending."""

    model_config = ConfigDict(json_schema_extra={"example": _ANSWER | {"complete": True, "nextCursor": None}})

    cdSensor: int
    cdDispositivo: int | None = Field(description="Where it is; null if that is not visible to you.")
    dsPonto: str | None = Field(description="Its name on the device, if it has one.")
    cdTipoSensor: int | None = Field(description="Null if you may not see the sensor's type.")
    dsUnidade: str | None = Field(description="Unit of the values, as the sensor's type says.")
    dsAgregacao: Literal["sum", "mean", "last"] | None = Field(
        description="What `value` of a bucket is. A page of `last` may end before `pageSize`, after 100,000 "
        "values."
    )
    agg: Literal["raw", "1m", "5m", "1h"] = Field(description="The resolution of this answer.")
    degraded: bool = Field(description="Whether `raw` became `1m` because the range exceeds 14 days.")
    thinned: bool = Field(description="Whether the points were thinned to maxPoints.")
    expired: bool = Field(description="Whether part of the requested range has expired.")
    data: list[Bucket] | list[RawPoint]
    complete: bool = Field(description="Whether nothing is missing: no further page, and no expired data.")
    nextCursor: NextCursor


class SeveralDataPoints(BaseModel):
    """Points of several sensors, by code, at most 20 of them."""

    data: list[DataPoints] = Field(
        description="Each has a `nextCursor` of its own: it goes on with that sensor, named by `cdSensor`."
    )
    nextCursor: str | None = Field(description="Pass as `cursor` to get more sensors; null on the last page.")


_LATEST: dict[str, Any] = {
    "cdDispositivo": 7,
    "cdSensor": 702,
    "cdTipoSensor": 4,
    "dsPonto": "temperatura",
    "dsUnidade": "celcius",
    "dtRegistro": "2026-01-31T12:00:00Z",
    "nrValor": 4.25,
    "blValor": None,
    "dsValor": None,
    "nrQualidade": 0,
}


class LatestValue(BaseModel):
    """A sensor with the latest value that came from the device it is on; nulls if there is none yet."""

    cdDispositivo: int
    cdSensor: int
    cdTipoSensor: int
    dsPonto: str | None = Field(description="Its name on the device, if it has one.")
    dsUnidade: str | None = Field(description="Unit of the value, as the sensor's type says.")
    dtRegistro: Utc | None = Field(description="Time of the value.")
    nrValor: float | None
    blValor: bool | None
    dsValor: str | None
    nrQualidade: Literal[0, 1, 2] | None = Field(description="0 ok, 1 suspect, 2 fault.")


class LatestValues(BaseModel):
    """A page of sensors, by device and code."""

    model_config = ConfigDict(json_schema_extra={"example": {"data": [_LATEST], "nextCursor": None}})

    data: list[LatestValue]
    nextCursor: NextCursor
