"""What a viewer asked to see of what it may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import ConfigDict, Field, ValidationError

from app.errors import ApiError
from app.http.kit.parameters import Flag, Id, Ids, Numbers, Query, Text, refuse

from .database import Position

MAX_SENSORS = 200  # of a stream, and of all streams of a caller
_BOX = (90.0, 180.0, 90.0, 180.0)  # degrees, at most


class StreamQuery(Query):
    """Which devices, and of which sensors the values too."""

    model_config = ConfigDict(extra="forbid")

    cdProduto: Id | None = Field(default=None, description="Devices of this product.")
    cdDispositivos: Ids | None = Field(default=None, description="Only these devices, separated by commas.")
    caixa: Numbers | None = Field(
        default=None, description="Devices in this box: south, west, north and east in degrees."
    )
    fora: Flag | None = Field(
        default=None, description="`1`: devices whose position is outside the geofence; `0`: inside it."
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


class Filter:
    """Which positions a viewer wants. Equal filters are equal keys."""

    def __init__(self, query: StreamQuery) -> None:
        self._product, self._is_outside = query.cdProduto, query.fora
        self._devices = frozenset(query.cdDispositivos) if query.cdDispositivos else None
        self._box = tuple(query.caixa) if query.caixa else None
        self.sensors = frozenset(query.sensores or ())
        self.key = (self._product, self._is_outside, self._devices, self._box, self.sensors)

    def wants(self, position: Position, clients: Collection[int]) -> bool:
        """Whether a position is among those that a viewer of these clients asked for."""
        product = position.product if position.shows_product(clients) else None
        return (
            (self._product is None or product == self._product)
            and (self._devices is None or position.device in self._devices)
            and (self._is_outside is None or position.is_inside is (not self._is_outside))
            and (self._box is None or _is_in(self._box, position))
        )

    @property
    def may_lose(self) -> bool:
        """Whether a device that matched may cease to match."""
        return self._product is not None or self._is_outside is not None or self._box is not None


def parse(parameters: Mapping[str, str]) -> tuple[Filter, StreamQuery]:
    """The filter of a query, and the query. Raises ApiError 400."""
    try:
        query = StreamQuery.model_validate(parameters)
    except ValidationError as invalid:
        refuse(invalid)
        raise
    if len(query.sensores or ()) > MAX_SENSORS:
        raise _invalid("sensores", f"may name at most {MAX_SENSORS}")
    if query.caixa and not _is_box(query.caixa):
        raise _invalid("caixa", "must be south, west, north and east in degrees, south below north")
    return Filter(query), query


def _is_box(numbers: list[float]) -> bool:
    if len(numbers) != len(_BOX) or numbers[0] > numbers[2]:
        return False
    return all(-most <= number <= most for number, most in zip(numbers, _BOX, strict=True))


def _is_in(box: tuple[float, ...], position: Position) -> bool:
    """Whether a position is in the box; one whose west is above its east crosses the 180th meridian."""
    if position.latitude is None or position.longitude is None:
        return False
    south, west, north, east = box
    if not south <= position.latitude <= north:
        return False
    if west <= east:
        return west <= position.longitude <= east
    return position.longitude >= west or position.longitude <= east


def _invalid(parameter: str, text: str) -> ApiError:
    return ApiError(400, "INVALID_PARAMETER", f"{parameter} {text}", {"parameter": parameter})
