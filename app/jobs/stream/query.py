"""The parameters of GET /v2/stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, Field, ValidationError

from app.errors import ApiError
from app.http.kit.parameters import Flag, GeoJson, Id, Ids, Numbers, Query, Text, refuse

MAX_SENSORS = 200  # of a stream, and of all streams of a caller


class StreamQuery(Query):
    """Which devices, and of which sensors the values too."""

    model_config = ConfigDict(extra="forbid")

    cdCliente: Id | None = Field(default=None, description="Devices of this client.")
    cdProduto: Id | None = Field(default=None, description="Devices of this product.")
    cdDispositivos: Ids | None = Field(default=None, description="Only these devices, separated by commas.")
    circulo: Numbers | None = Field(
        default=None, description="Devices in this circle: latitude, longitude and radius in metres."
    )
    caixa: Numbers | None = Field(
        default=None, description="Devices in this box: south, west, north and east in degrees."
    )
    poligono: GeoJson | None = Field(
        default=None,
        description="Devices in this polygon: a GeoJSON geometry, Polygon or MultiPolygon, or one Feature.",
    )
    fora: Flag | None = Field(
        default=None,
        description="`1`: devices outside the current geofence of their site; `0`: devices inside it.",
    )
    sensores: Ids | None = Field(
        default=None, description="The latest values of these sensors too, separated by commas; at most 200."
    )
    ticket: Text | None = Field(
        default=None, description="A ticket of POST /v2/stream/tickets, instead of credentials in headers."
    )
    lastEventId: Text | None = Field(
        default=None, description="As the header Last-Event-ID, which takes precedence: where to resume."
    )

    @property
    def area(self) -> dict[str, Any]:
        """What private.check_area is to check."""
        return self.model_dump(include={"circulo", "caixa", "poligono"}, exclude_none=True)


def parse(parameters: Mapping[str, str]) -> StreamQuery:
    """A query; its area is not checked yet. Raises ApiError 400."""
    try:
        query = StreamQuery.model_validate(parameters)
    except ValidationError as invalid:
        refuse(invalid)
        raise
    if len(query.sensores or ()) > MAX_SENSORS:
        raise ApiError(
            400,
            "INVALID_PARAMETER",
            f"sensores may name at most {MAX_SENSORS}",
            {"parameter": "sensores"},
        )
    return query
