"""From when to when: dtInicio, dtFim and fuso, which mean the same on every v2 route.

A day is one of ``fuso`` and counts until its end; an instant as the end is not included.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from pydantic import Field

from app.errors import ApiError
from app.times import in_zone

from .parameters import TODAY, WEEK_AGO, Before, Instant, Query, Zone

_BEGIN = (
    "Start, included: an instant in ISO 8601 (without an offset: UTC), or a day (YYYY-MM-DD or YYYYMMDD) of "
    "`fuso`."
)
_END = "End: an instant, which is not included, or a day of `fuso`, which is."
_ZONE = "Time zone of days and hours: an IANA name, such as America/Sao_Paulo."
_TICK = timedelta(microseconds=1)  # the resolution of stored times


class _Zoned(Query):
    fuso: Zone = Field(default="America/Sao_Paulo", description=_ZONE)


class Range(_Zoned):
    """From when to when, perhaps open at either end."""

    dtInicio: Instant | None = Field(default=None, description=_BEGIN)
    dtFim: Before | None = Field(default=None, description=_END)

    def span(self) -> tuple[datetime | None, datetime | None]:
        """Start, included, and end, excluded. Raises ApiError 400."""
        return _span(self)

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """The first and the last moment, both included. Raises ApiError 400."""
        begin, end = _span(self)
        return begin, None if end is None else _last(end)


class Period(_Zoned):
    """From when to when."""

    dtInicio: Instant = Field(json_schema_extra={"example": WEEK_AGO}, description=_BEGIN)
    dtFim: Before = Field(json_schema_extra={"example": TODAY}, description=_END)

    def span(self) -> tuple[datetime, datetime]:
        """Start, included, and end, excluded. Raises ApiError 400."""
        return cast(tuple[datetime, datetime], _span(self))

    def moments(self) -> tuple[datetime, datetime]:
        """The first and the last moment, both included. Raises ApiError 400."""
        begin, end = self.span()
        return begin, _last(end)


def _span(query: Range | Period) -> tuple[datetime | None, datetime | None]:
    begin, end = (None if one is None else in_zone(one, query.fuso) for one in (query.dtInicio, query.dtFim))
    if begin and end and begin >= end:
        details = {"parameter": "dtInicio"}
        raise ApiError(400, "INVALID_DATE_RANGE", "dtInicio must be before dtFim.", details)
    return begin, end


def _last(end: datetime) -> datetime:
    """The moment before an end that is excluded; before midnight, the second one where clocks repeat it."""
    try:
        return (end - _TICK).replace(fold=1)
    except OverflowError:
        return end
