"""Readings and verdicts, for the API description. Readings are judged by the database, not by these."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

_STRICT = ConfigDict(extra="forbid")


class SensorReading(BaseModel):
    """One value of one sensor, which is named by cdSensor or dsPonto; exactly one of the three values."""

    model_config = _STRICT

    cdSensor: int | None = Field(default=None, description="The sensor's id.")
    dsPonto: str | None = Field(default=None, description="The sensor's point name, unique per device.")
    nrValor: float | None = Field(default=None, description="A number, in the unit of the sensor's type.")
    blValor: bool | None = Field(default=None, description="A yes or no.")
    dsValor: str | None = Field(default=None, description="A text.")
    cdProdutoItem: int | None = Field(default=None, description="The product item; by default the sensor's.")
    nrQualidade: Literal[0, 1, 2] | None = Field(
        default=None, description="0 ok (default), 1 suspect, 2 fault."
    )


class Reading(BaseModel):
    """What a device saw at one moment. An absent field and null are the same."""

    model_config = _STRICT

    cdDispositivo: int = Field(description="The device's id.")
    dtRegistro: str | None = Field(
        default=None,
        description="ISO 8601; without offset it is UTC. Without it the time of receipt is used, and sending "
        "the reading again stores it again.",
    )
    latitude: float | None = Field(default=None, ge=-90, le=90, description="Degrees WGS 84; with longitude.")
    longitude: float | None = Field(
        default=None, ge=-180, le=180, description="Degrees WGS 84; with latitude."
    )
    nrBat: float | None = Field(default=None, description="Battery, volts.")
    nrSeq: int | None = Field(default=None, description="Tells apart readings of one device and time.")
    cdCliente: int | None = Field(default=None, description="Asserts who owns the device.")
    sensores: list[SensorReading] | None = Field(default=None, description="Its sensors' values.")


class Stored(BaseModel):
    """The verdict on a reading that is stored now or was already there."""

    verdict: Literal["stored", "duplicate"]
    cdPosicao: int | None = Field(description="Its position, unless it has sensor values only.")
    blArea: bool | None = Field(
        description="Inside the site's geofence; null where site or coordinates are missing."
    )
    nrDistancia: float | None = Field(description="Metres from the site; null as above.")


class Verdict(BaseModel):
    """The verdict on one reading of a batch."""

    index: int = Field(description="Its place in the batch, from 0.")
    verdict: Literal["stored", "duplicate", "conflict", "rejected"]
    cdPosicao: int | None = None
    blArea: bool | None = None
    nrDistancia: float | None = None
    error_code: str | None = Field(default=None, description="Why, for conflict and rejected.")
    error: str | None = None


class BatchVerdicts(BaseModel):
    """Counts and verdicts of a batch, in its order. What is not stored or a duplicate is in quarantine."""

    total: int
    stored: int
    duplicate: int
    conflict: int
    rejected: int
    untimed: int = Field(description="Readings without dtRegistro, dated by their receipt.")
    results: list[Verdict]
