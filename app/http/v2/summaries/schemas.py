"""What summaries look like over the wire, for the API description."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.http.kit.schemas import Utc

COMPLETE = "False if data of that time has expired, or is damaged and left out."
_WEEK = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
_SUMS = [0.0, 12.0, 9.0, 14.0, 8.0, 21.0, 17.0]
_CHART: dict[str, Any] = {
    "labels": _WEEK,
    "datasets": [{"cdDispositivo": 7, "data": _SUMS}],
    "overall": _SUMS,
    "total": 81.0,
    "record_count": 40,
    "last_read": "2026-01-31T12:00:00Z",
    "complete": True,
}


class Dataset(BaseModel):
    """Values of one device, one per label."""

    cdDispositivo: int
    data: list[float | None] = Field(description="Null if there are no readings.")


class Chart(BaseModel):
    """Totals or means of one sensor type, by device and overall."""

    model_config = ConfigDict(json_schema_extra={"example": _CHART})

    labels: list[str] = Field(description="Hours 00 to 23, days of the week, or days that have data.")
    datasets: list[Dataset]
    overall: list[float | None] = Field(description="Means are weighted by readings.")
    total: float | None
    record_count: int = Field(description="Readings.")
    last_read: Utc | None
    complete: bool = Field(description=COMPLETE)


class Categories(BaseModel):
    """People by sex, age and mood; null if a sum overflows."""

    masculino: float | None
    feminino: float | None
    crianca: float | None
    jovem: float | None
    adulto: float | None
    senior: float | None
    alegre: float | None
    concentrado: float | None
    neutro: float | None


class HourlyCategories(BaseModel):
    """The same, of each hour of the day."""

    masculino: list[float | None]
    feminino: list[float | None]
    crianca: list[float | None]
    jovem: list[float | None]
    adulto: list[float | None]
    senior: list[float | None]
    alegre: list[float | None]
    concentrado: list[float | None]
    neutro: list[float | None]


class CategoryDataset(BaseModel):
    """People counted by the camera of one device."""

    cdDispositivo: int
    data: Categories


class CategoryChart(BaseModel):
    """People counted by the cameras of a product, by hour of the day."""

    labels: list[str] = Field(description="Hours 00 to 23.")
    overall: HourlyCategories
    datasets: list[CategoryDataset]
    total: Categories
    record_count: int = Field(description="Readings.")
    last_read: Utc | None
    complete: bool = Field(description=COMPLETE)
    has_category_sensors: bool = Field(description="Whether a device has a camera that counts by category.")


_DAYS: dict[str, Any] = {
    "dias": ["2026-01-30", "2026-01-31"],
    "data": [{"cdDispositivo": 7, "cdTipoSensor": 4, "nrQtd": [96, 48], "nrSoma": [403.2, 198.0]}],
    "complete": True,
    "nextCursor": None,
}


class DeviceDays(BaseModel):
    """Values of one device and type of sensor, one for each of `dias`."""

    cdDispositivo: int
    cdTipoSensor: int
    nrQtd: list[int] = Field(description="Numeric values that are not faults.")
    nrSoma: list[float | None] = Field(
        description="Their sum, 0 without values, null on overflow. The mean is nrSoma / nrQtd."
    )


class DailySums(BaseModel):
    """Counts and sums by day; a row for each device and type of sensor that was ever on it."""

    model_config = ConfigDict(json_schema_extra={"example": _DAYS})

    dias: list[date] = Field(description="Days of `fuso`.")
    data: list[DeviceDays]
    complete: bool = Field(description=COMPLETE)
    nextCursor: str | None = Field(
        description="Pass as `cursor` to get the next page of devices; null on the last page."
    )
