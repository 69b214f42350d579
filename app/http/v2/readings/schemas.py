"""Readings and verdicts, for the API description. Readings are judged by the database, not by these."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_STRICT = ConfigDict(extra="forbid")


class SensorReading(BaseModel):
    """One value of one sensor: cdSensor or dsPonto, and exactly one of nrValor, blValor and dsValor."""

    model_config = _STRICT

    cdSensor: int | None = Field(default=None, description="The sensor's id.")
    dsPonto: str | None = Field(
        default=None,
        description="The sensor's point name, unique per device. A name such as urn:dev:…:temp that is not "
        "registered is looked up by what follows the device.",
    )
    nrValor: float | None = Field(
        default=None,
        description="A number in the unit of the sensor type: whole numbers up to 2^53, others up to "
        "1.34e154 in size; what is beyond is INVALID_VALUE.",
    )
    blValor: bool | None = Field(default=None, description="A boolean value.")
    dsValor: str | None = Field(default=None, description="A text value.")
    dsUnidade: str | None = Field(
        default=None,
        description="The unit of nrValor, if it is not the sensor type's, such as K, degF or kg: the value "
        "is converted, or refused (INVALID_VALUE) when the sensor measures something else.",
    )
    cdProdutoItem: int | None = Field(default=None, description="The product item; by default the sensor's.")
    nrQualidade: Literal[0, 1, 2] | None = Field(
        default=None, description="0 ok (default), 1 suspect, 2 fault: kept, but not summed up."
    )


class Reading(BaseModel):
    """A reading: what a device measured at one time. Absent and null are the same."""

    model_config = _STRICT

    cdDispositivo: int = Field(description="The device's id.")
    dtRegistro: str | None = Field(
        default=None,
        description="ISO 8601, in extended or basic form; without offset it is UTC. 24:00 is the next day, "
        "and second 60, a leap second, the next second. If absent, the time of receipt is used, and "
        "resending the reading stores it again.",
    )
    latitude: float | None = Field(default=None, ge=-90, le=90, description="Degrees WGS 84; with longitude.")
    longitude: float | None = Field(
        default=None, ge=-180, le=180, description="Degrees WGS 84; with latitude."
    )
    nrPrecisao: float | None = Field(
        default=None,
        ge=0,
        le=100_000_000,
        description="Precision of the coordinates in metres. A device is inside its geofence where it may "
        "be: when its distance less this is within the radius.",
    )
    nrBat: float | None = Field(
        default=None,
        description="Battery in the unit of the device (cdUnidadeBat: V, mV or %); 0 to 60 V. Volts are "
        "stored.",
    )
    nrSeq: int | None = Field(
        default=None,
        description="Sequence number, up to 2^53, that distinguishes readings of one device and time.",
    )
    cdCliente: int | None = Field(
        default=None,
        description="The client that owns the device; the reading is rejected if another one does.",
    )
    sensores: list[SensorReading] | None = Field(default=None, description="Values of its sensors.")
    meta: dict[str, Any] | None = Field(
        default=None,
        description="What the device says of itself, such as rssi and fw, at most 8 kB: members named as "
        "points of the device are values of these, all are kept as last known (`jsMeta` of the device).",
    )
    rssi: Any = Field(default=None, description="Signal strength: as a member of meta.")
    fw: Any = Field(default=None, description="Firmware: as a member of meta.")


class Stored(BaseModel):
    """The verdict on a reading that is stored now or was already there."""

    verdict: Literal["stored", "duplicate"]
    cdPosicao: int | None = Field(description="Code of its position; null if it has sensor values only.")
    blArea: bool | None = Field(
        description="Whether it is inside the site's geofence; null if the site or coordinates are missing."
    )
    nrDistancia: float | None = Field(description="Distance from the site in metres; null as for blArea.")


class Verdict(BaseModel):
    """The verdict on one reading of a batch."""

    index: int = Field(description="Index in the batch, from 0.")
    verdict: Literal["stored", "duplicate", "conflict", "rejected"]
    cdPosicao: int | None = None
    blArea: bool | None = None
    nrDistancia: float | None = None
    error_code: str | None = Field(default=None, description="Error code of a conflict or rejection.")
    error: str | None = None


class BatchVerdicts(BaseModel):
    """Counts and verdicts of a batch, in its order. Rejected and conflicting readings are quarantined."""

    total: int
    stored: int
    duplicate: int
    conflict: int
    rejected: int
    untimed: int = Field(description="Readings without dtRegistro, stored with the time of receipt.")
    results: list[Verdict]
