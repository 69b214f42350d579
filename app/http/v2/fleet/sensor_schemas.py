"""Rows of sensors and of their types, as they are sent and as they are stored."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from app.http.kit.parameters import Id, Status
from app.http.kit.schemas import Utc

from .schemas import Line, Note, Unit, Whole


class Sensor(BaseModel):
    """A sensor of a device."""

    cdDispositivo: Id
    cdTipoSensor: Id = Field(
        description="What it measures, one of `/v2/tipos-sensor`. Once the sensor has values, only one of "
        "the same unit and `dsAgregacao` can take its place (409)."
    )
    cdProdutoItem: Id | None = None
    cdUnidade: Unit | None = None
    nrUnidadeIni: Whole | None = Field(default=None, description="Tare, subtracted before items are counted.")
    nrUnidadeFim: Whole | None = None
    dsPonto: Line | None = Field(default=None, description="Name of the point, unique on its device.")


class NamedSensor(Sensor):
    """A sensor of a device, whose type may be named instead: one of cdTipoSensor and dsTipoSensor."""

    cdTipoSensor: Id | None = Field(  # type: ignore[assignment]  # named instead
        default=None, description="What it measures, one of `/v2/tipos-sensor`."
    )
    dsTipoSensor: Line | None = Field(
        default=None,
        description="Name of its type: one that the client of the device has made, or else one for all.",
    )


class TipoSensor(BaseModel):
    """What sensors measure, in which unit, and what stands for several values. A client has at most 500."""

    dsNome: Annotated[str, Field(min_length=1, max_length=255)]
    dsDescricao: Note | None = None
    dsUnidade: Line | None = Field(
        default=None,
        description="Unit in which values are stored, by its name in SenML (RFC 8428, RFC 8798), such as "
        "`%RH`, `V` or `ppm`. Readings may use other units of the same quantity and are converted. It cannot "
        "change once a sensor has the type. Null: values have no unit.",
    )
    dsAgregacao: Literal["sum", "mean", "last"] = Field(
        default="mean",
        description="What stands for several values, as `value` of the buckets of `/v2/data/points`. It "
        "cannot change once sensors of the type have values.",
    )
    cdStatus: Status | None = Field(
        default=None, description="`encerrado`: retired; new sensors cannot have it."
    )
    cdCliente: Id | None = Field(
        default=None,
        description="The client it belongs to, by default the caller's: its devices alone can use it, and "
        "its people alone see it. It cannot change once a sensor has the type. Null: for all, which only the "
        "service may make.",
    )


class SensorRow(Sensor):
    """A sensor as it is stored."""

    cdSensor: int
    dtRegistro: Utc | None


class TipoSensorRow(TipoSensor):
    """A sensor type as it is stored."""

    id: int
    dtRegistro: Utc
