"""Query parameters: types that say what is wrong in the API's own error codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import msgspec
from pydantic import BaseModel, BeforeValidator, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.errors import ApiError
from app.times import LOCAL, parse_before, parse_end, parse_instant

_MAX_ID = 2**31 - 1
_MAX_CODE = 2**63 - 1
_MAX_IDS = 1_000
MAX_PAGE = 1_000
_MAX_LIMIT = 5_000
_MAX_POINTS = 100_000
_MAX_THINNED = 10_000
_MAX_TEXT = 1_000
_MAX_GEOJSON = 8 << 10  # bytes; servers take no longer lines

# For examples that show something on the demo.
TODAY = f"{datetime.now(LOCAL):%Y%m%d}"
WEEK_AGO = f"{datetime.now(LOCAL) - timedelta(days=7):%Y%m%d}"


class Query(BaseModel):
    """Base of query models."""

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """See BaseModel. Made once: the framework asks for it at every request."""
        return _schema(cls, args, tuple(kwargs.items()))


@cache
def _schema(model: type[Query], args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    return super(Query, model).model_json_schema(*args, **dict(kwargs))


def in_order(begin: datetime | None, end: datetime | None, parameter: str) -> None:
    """Refuse a range whose begin, ``parameter``, lies after its end. Raises ApiError 400."""
    if begin and end and begin > end:
        raise ApiError(
            400, "INVALID_DATE_RANGE", f"{parameter} must not be after the end", {"parameter": parameter}
        )


def refuse(invalid: ValidationError) -> None:
    """Answer the first thing wrong with a query. Raises ApiError 400."""
    first = invalid.errors(include_url=False, include_context=False, include_input=False)[0]
    name = str(first["loc"][0]) if first["loc"] else "body"
    if first["type"] == "extra_forbidden":
        raise ApiError(400, "INVALID_PARAMETER", f"{name} is not known", {"parameter": name})
    if first["type"] == "missing":
        raise ApiError(400, "MISSING_PARAMETER", f"{name} parameter is required", {"parameter": name})
    error_code = first["type"] if first["type"].isupper() else "INVALID_PARAMETER"
    raise ApiError(400, error_code, f"{name} {first['msg']}", {"parameter": name})


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def parse(text: Any) -> int:
        if not re.fullmatch(r"-?[0-9]{1,40}", str(text)):
            raise PydanticCustomError("INVALID_PARAMETER", "must be a valid integer")
        if least <= int(text) <= most:
            return int(text)
        told = "must be a whole number from {least} to {most}"
        raise PydanticCustomError("INVALID_PARAMETER", told, {"least": least, "most": most})

    return parse


_id = _whole(1, _MAX_ID)


def _ids(text: Any) -> list[int]:
    parts = str(text).split(",")
    if len(parts) > _MAX_IDS:
        raise PydanticCustomError("INVALID_PARAMETER", "may name at most 1000")
    return [_id(part.strip()) for part in parts]


def _time(parse: Callable[[str], datetime]) -> Callable[[Any], datetime]:
    def instant(text: Any) -> datetime:
        try:
            return parse(str(text))
        except ValueError:
            raise PydanticCustomError(
                "INVALID_DATE_FORMAT",
                "must be ISO 8601, such as 2026-01-31T12:00:00Z, or a day such as 20260131",
            ) from None

    return instant


def _text(text: Any) -> str:
    if isinstance(text, str) and len(text) <= _MAX_TEXT and "\x00" not in text:
        return text
    raise PydanticCustomError("INVALID_PARAMETER", "must be a text of at most 1000 characters without NUL")


def _uuid(text: Any) -> str:
    try:
        return str(UUID(str(text)))
    except ValueError:
        raise PydanticCustomError("INVALID_PARAMETER", "must be a UUID") from None


def _one_of(*choices: str) -> Callable[[Any], str]:
    def choose(text: Any) -> str:
        if text in choices:
            return str(text)
        *others, last = (f"'{choice}'" for choice in choices)
        told = f"must be {', '.join(others)} or {last}"
        raise PydanticCustomError("INVALID_PARAMETER", "{told}", {"told": told})

    return choose


def _number(text: Any) -> float:
    if re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,15})?", str(text)):
        return float(text)
    raise PydanticCustomError("INVALID_PARAMETER", "must be a number, such as 3.45")


def _numbers(text: Any) -> list[float]:
    return [_number(part.strip()) for part in str(text).split(",", 4)]


def _geojson(text: Any) -> dict[str, Any]:
    try:
        return msgspec.json.decode(str(text)[: _MAX_GEOJSON + 1].encode(), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        raise PydanticCustomError("INVALID_PARAMETER", "must be a GeoJSON geometry of at most 8 kB") from None


def _flag(text: Any) -> bool:
    if str(text) in ("0", "1", "false", "true"):
        return str(text) in ("1", "true")
    raise PydanticCustomError("INVALID_PARAMETER", "must be 1, 0, true or false")


Id = Annotated[
    int, BeforeValidator(_id), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _MAX_ID})
]
IdOrAll = Annotated[
    int,
    BeforeValidator(_whole(0, _MAX_ID)),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": _MAX_ID}),
]
Page = Annotated[
    int, BeforeValidator(_id), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _MAX_ID})
]
Code = Annotated[
    int, BeforeValidator(_whole(1, _MAX_CODE)), WithJsonSchema({"type": "integer", "minimum": 1})
]
PageSize = Annotated[
    int,
    BeforeValidator(_whole(1, MAX_PAGE)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_PAGE}),
]
Limit = Annotated[
    int,
    BeforeValidator(_whole(1, _MAX_LIMIT)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _MAX_LIMIT}),
]
Text = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": "string", "maxLength": _MAX_TEXT})]
Uuid = Annotated[str, BeforeValidator(_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
Ids = Annotated[
    list[int], BeforeValidator(_ids), WithJsonSchema({"type": "string", "pattern": r"^\d+(,\d+)*$"})
]
Instant = Annotated[
    datetime,
    BeforeValidator(_time(parse_instant)),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
End = Annotated[
    datetime, BeforeValidator(_time(parse_end)), WithJsonSchema({"type": "string", "format": "date-time"})
]
Before = Annotated[
    datetime,
    BeforeValidator(_time(parse_before)),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Resolution = Annotated[
    Literal["raw", "1m", "5m", "1h", "auto"], BeforeValidator(_one_of("raw", "1m", "5m", "1h", "auto"))
]
Status = Literal["ativo", "inativo", "suspenso", "bloqueado", "encerrado", "estoque"]
KnownStatus = Annotated[Status, BeforeValidator(_one_of(*get_args(Status)))]
TableFormat = Annotated[
    Literal["json", "csv", "xlsx", "parquet"], BeforeValidator(_one_of("json", "csv", "xlsx", "parquet"))
]
TrackFormat = Annotated[Literal["geojson", "gpx", "kml"], BeforeValidator(_one_of("geojson", "gpx", "kml"))]
Format = Annotated[Literal["json", "geojson"], BeforeValidator(_one_of("json", "geojson"))]
Axis = Annotated[Literal["hourly", "by_day_of_week"], BeforeValidator(_one_of("hourly", "by_day_of_week"))]
WeekAxis = Annotated[Literal["daily", "by_day_of_week"], BeforeValidator(_one_of("daily", "by_day_of_week"))]
DailyAxis = Annotated[
    Literal["hourly", "daily", "by_day_of_week"],
    BeforeValidator(_one_of("hourly", "daily", "by_day_of_week")),
]
Points = Annotated[
    int,
    BeforeValidator(_whole(1, _MAX_POINTS)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _MAX_POINTS}),
]
Thinned = Annotated[
    int,
    BeforeValidator(_whole(3, _MAX_THINNED)),
    WithJsonSchema({"type": "integer", "minimum": 3, "maximum": _MAX_THINNED}),
]
Number = Annotated[float, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Numbers = Annotated[
    list[float],
    BeforeValidator(_numbers),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?(,-?\d+(\.\d+)?)*$"}),
]
GeoJson = Annotated[
    dict[str, Any], BeforeValidator(_geojson), WithJsonSchema({"type": "string", "maxLength": _MAX_GEOJSON})
]
