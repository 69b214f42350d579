"""Query parameters: types that say what is wrong in the API's own error codes."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from ..errors import ApiError
from ..times import parse_instant

_MAX_ID = 2**31 - 1
_MAX_IDS = 1_000


class Query(BaseModel):
    """Base of query models."""

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """See BaseModel. Made once: the framework asks for it at every request."""
        return _schema(cls, args, tuple(kwargs.items()))


@cache
def _schema(model: type[Query], args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    return super(Query, model).model_json_schema(*args, **dict(kwargs))


def refuse(invalid: ValidationError) -> None:
    """Answer the first thing wrong with a query. Raises ApiError 400."""
    first = invalid.errors(include_url=False, include_context=False, include_input=False)[0]
    name = str(first["loc"][0])
    if first["type"] == "missing":
        raise ApiError(400, "MISSING_PARAMETER", f"{name} is required.", {"parameter": name})
    error_code = first["type"] if first["type"].isupper() else "INVALID_PARAMETER"
    raise ApiError(400, error_code, f"{name} {first['msg']}.", {"parameter": name})


def _id(text: Any) -> int:
    if re.fullmatch(r"\d{1,10}", str(text)) and 1 <= int(text) <= _MAX_ID:
        return int(text)
    raise PydanticCustomError("INVALID_PARAMETER", "must be a whole number from 1 to 2147483647")


def _ids(text: Any) -> list[int]:
    parts = str(text).split(",")
    if len(parts) > _MAX_IDS:
        raise PydanticCustomError("INVALID_PARAMETER", "may name at most 1000")
    return [_id(part.strip()) for part in parts]


def _instant(text: Any) -> datetime:
    try:
        return parse_instant(str(text))
    except ValueError:
        raise PydanticCustomError(
            "INVALID_DATE_FORMAT", "must be ISO 8601, such as 2026-01-31T12:00:00Z, or a day such as 20260131"
        ) from None


def _flag(text: Any) -> bool:
    if str(text) in ("0", "1", "false", "true"):
        return str(text) in ("1", "true")
    raise PydanticCustomError("INVALID_PARAMETER", "must be 1, 0, true or false")


Id = Annotated[
    int, BeforeValidator(_id), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _MAX_ID})
]
Ids = Annotated[
    list[int], BeforeValidator(_ids), WithJsonSchema({"type": "string", "pattern": r"^\d+(,\d+)*$"})
]
Instant = Annotated[
    datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
