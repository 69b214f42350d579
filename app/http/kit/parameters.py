"""Query parameters: their types, and what an error of pydantic means in the API's error codes."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from app.errors import ApiError
from app.times import parse_before, parse_instant, parse_zone

_MAX_ID = 2**31 - 1
_MAX_CODE = 2**63 - 1
_MAX_IDS = 1_000
MAX_PAGE = 1_000
_MAX_LIMIT = 5_000
_MAX_DAYS = 36_500
_MAX_POINTS = 100_000
_MAX_THINNED = 10_000
_MAX_TEXT = 1_000
_MAX_NUMBERS = 5  # none of the areas has more
_MAX_GEOJSON = 8 << 10  # bytes; servers take no longer lines
_HORIZON = re.compile(rb"\d{1,19},\d{4}-\d\d-\d\d [\d:.]{15}")

# For examples that show something on the demo.
TODAY = f"{datetime.now(UTC):%Y-%m-%dT%H:00:00Z}"
WEEK_AGO = f"{datetime.now(UTC) - timedelta(days=7):%Y-%m-%dT%H:00:00Z}"


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
    """Refuse a range whose begin, ``parameter``, is after its end. Raises ApiError 400."""
    if begin and end and begin > end:
        raise ApiError(
            400, "INVALID_DATE_RANGE", f"{parameter} must not be after the end", {"parameter": parameter}
        )


# What is wrong, by pydantic's type of error: our code, and a text in which {…} is from the error's context.
# Types in capitals are codes themselves; any other type is INVALID_PARAMETER with pydantic's text.
_MEANINGS: dict[str, tuple[str, str]] = {
    "missing": ("MISSING_PARAMETER", "parameter is required"),
    "extra_forbidden": ("INVALID_PARAMETER", "is not known"),
    "notation": ("INVALID_PARAMETER", "must be {wanted}"),
    "greater_than_equal": ("INVALID_PARAMETER", "must be at least {ge}"),
    "less_than_equal": ("INVALID_PARAMETER", "must be at most {le}"),
    "string_type": ("INVALID_PARAMETER", "must be a text"),
    "string_too_long": ("INVALID_PARAMETER", "must be a text of at most {max_length} characters"),
    "literal_error": ("INVALID_PARAMETER", "must be {expected}"),
    "too_long": ("INVALID_PARAMETER", "may name at most {max_length}"),
    "uuid_parsing": ("INVALID_PARAMETER", "must be a UUID"),
    "value_error": (
        "INVALID_DATE_FORMAT",
        "must be ISO 8601, such as 2026-01-31T12:00:00Z, or a day such as 2026-01-31 or 20260131",
    ),
}


def meaning(fault: ErrorDetails) -> tuple[str, str]:
    """The error code for one of pydantic's errors, and a text that follows the parameter's name."""
    kind = fault["type"]
    error_code, text = _MEANINGS.get(kind, (kind if kind.isupper() else "INVALID_PARAMETER", ""))
    return error_code, text.format(**fault.get("ctx", {})) if text else fault["msg"]


def refuse(invalid: ValidationError) -> None:
    """Answer the first thing wrong with a query or body. Raises ApiError 400."""
    first = invalid.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0]) if first["loc"] else "body"
    error_code, text = meaning(first)
    raise ApiError(400, error_code, f"{name} {text}", {"parameter": name})


def _written_as(pattern: str, wanted: str) -> BeforeValidator:
    """Only texts in this notation: pydantic would also take others, such as 1.0 and 1_000 for integers."""

    def check(text: Any) -> Any:
        if not re.fullmatch(pattern, str(text)):
            raise PydanticCustomError("notation", "must be {wanted}", {"wanted": wanted})
        return text

    return BeforeValidator(check)


def _items(separated: Any) -> list[str]:
    return [item.strip() for item in str(separated).split(",", _MAX_IDS)]


def _uuid(text: Any) -> str:
    try:
        return str(UUID(str(text)))
    except ValueError:
        raise PydanticCustomError("uuid_parsing", "must be a UUID") from None


def _cursor_of(kind: Any) -> BeforeValidator:
    """What was answered as `nextCursor` by an RPC whose cursors are of this type."""
    adapter = TypeAdapter(kind)

    def check(text: Any) -> Any:
        try:
            return adapter.validate_python(text)
        except ValidationError:
            wanted = {"wanted": "nextCursor of the previous page"}
            raise PydanticCustomError("notation", "must be {wanted}", wanted) from None

    return BeforeValidator(check)


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("notation", "must be {wanted}", {"wanted": "a text without NUL characters"})
    return text


def _geojson(text: Any) -> dict[str, Any]:
    try:
        return msgspec.json.decode(str(text)[: _MAX_GEOJSON + 1].encode(), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        wanted = {"wanted": "a GeoJSON geometry of at most 8 kB"}
        raise PydanticCustomError("notation", "must be {wanted}", wanted) from None


def time_as(parse: Callable[[str], datetime]) -> BeforeValidator:
    """A text that this function reads as a time."""
    return BeforeValidator(lambda text: parse(str(text)))


def _zone(text: Any) -> ZoneInfo:
    try:
        return parse_zone(str(text))
    except ValueError:
        wanted = {"wanted": "the IANA name of a time zone, such as America/Sao_Paulo, not an offset"}
        raise PydanticCustomError("notation", "must be {wanted}", wanted) from None


def _since(text: Any) -> datetime | str:
    """`nextDesde` of an answer, whose parts the database reads, or else an instant."""
    try:
        if _HORIZON.fullmatch(b64decode(str(text), validate=True)):
            return str(text)
    except ValueError:
        pass
    return parse_instant(str(text))


_INTEGER = _written_as(r"-?[0-9]{1,40}", "a valid integer")
_NUMBER = _written_as(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", "a number, such as 3.45")
DATE_TIME = WithJsonSchema({"type": "string", "format": "date-time"})

Id = Annotated[int, Field(ge=1, le=_MAX_ID), _INTEGER]
IdOrAll = Annotated[int, Field(ge=0, le=_MAX_ID), _INTEGER]
# No maximum in the schema: JavaScript has no number for it.
Code = Annotated[int, Field(ge=1, le=_MAX_CODE), _INTEGER, WithJsonSchema({"type": "integer", "minimum": 1})]
PageSize = Annotated[int, Field(ge=1, le=MAX_PAGE), _INTEGER]
Limit = Annotated[int, Field(ge=1, le=_MAX_LIMIT), _INTEGER]
Days = Annotated[int, Field(ge=2, le=_MAX_DAYS), _INTEGER]
Points = Annotated[int, Field(ge=1, le=_MAX_POINTS), _INTEGER]
Thinned = Annotated[int, Field(ge=3, le=_MAX_THINNED), _INTEGER]
Number = Annotated[float, _NUMBER]
Flag = Annotated[bool, _written_as("0|1|false|true", "1, 0, true or false")]
Text = Annotated[str, Field(max_length=_MAX_TEXT), AfterValidator(_without_nul)]
Uuid = Annotated[str, BeforeValidator(_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
_CURSOR = Field(description="`nextCursor` of the previous page.")
_OPAQUE = WithJsonSchema({"type": "string", "maxLength": _MAX_TEXT})
# One type to callers, an opaque text; to the database the type of cursor that it answers.
Cursor = Annotated[Text | None, _CURSOR]
IdCursor = Annotated[Annotated[int, _cursor_of(Id), _OPAQUE] | None, _CURSOR]
CodeCursor = Annotated[Annotated[int, _cursor_of(Code), _OPAQUE] | None, _CURSOR]
UuidCursor = Annotated[Annotated[str, _cursor_of(Uuid), _OPAQUE] | None, _CURSOR]
Ids = Annotated[
    list[Id],
    Field(max_length=_MAX_IDS),
    BeforeValidator(_items),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(,\d+)*$"}),
]
Codes = Annotated[
    list[Code],
    Field(max_length=_MAX_IDS),
    BeforeValidator(_items),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(,\d+)*$"}),
]
Numbers = Annotated[
    list[Number],
    Field(max_length=_MAX_NUMBERS),
    BeforeValidator(_items),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?(,-?\d+(\.\d+)?)*$"}),
]
GeoJson = Annotated[
    dict[str, Any], BeforeValidator(_geojson), WithJsonSchema({"type": "string", "maxLength": _MAX_GEOJSON})
]
Instant = Annotated[datetime, time_as(parse_instant), DATE_TIME]
Before = Annotated[datetime, time_as(parse_before), DATE_TIME]
"""As Instant, but a day means the beginning of the next: for ranges that exclude their end."""
Since = Annotated[Any, BeforeValidator(_since), WithJsonSchema({"type": "string", "maxLength": _MAX_TEXT})]
"""A datetime, or the text of `nextDesde`."""
Zone = Annotated[
    Any,
    BeforeValidator(_zone),
    WithJsonSchema({"type": "string", "maxLength": 64}),
    Field(validate_default=True),
]
"""A ZoneInfo, written as its IANA name."""

Status = Literal["ativo", "inativo", "suspenso", "bloqueado", "encerrado", "estoque"]
Resolution = Literal["raw", "1m", "5m", "1h", "auto"]
TableFormat = Literal["json", "csv", "xlsx", "parquet"]
Separator = Literal[",", ";"]
TrackFormat = Literal["geojson", "gpx", "kml"]
Format = Literal["json", "geojson"]
Axis = Literal["hourly", "by_day_of_week"]
DailyAxis = Literal["hourly", "daily", "by_day_of_week"]
WeekAxis = Literal["daily", "by_day_of_week"]
