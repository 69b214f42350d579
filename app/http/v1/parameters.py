"""Parameters as the old routes take them: 0 means all, and a day is YYYYMMDD in São Paulo."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.http.kit.parameters import Id, IdOrAll, Query
from app.times import parse_end, parse_instant

_YES, _NO = ("true", "1", "yes"), ("false", "0", "no")


def _day(parse: Callable[[str], datetime]) -> BeforeValidator:
    def read(text: Any) -> datetime:
        if re.fullmatch(r"\d{8}", str(text)):
            return parse(str(text))
        raise ValueError("must be a day such as 20260131")

    return BeforeValidator(read)


def _yes_or_no(text: Any) -> bool:
    if str(text).lower() in _YES + _NO:
        return str(text).lower() in _YES
    raise PydanticCustomError("OLD", "deve ser true/false, 1/0, ou yes/no")


_DAY_SCHEMA = WithJsonSchema({"type": "string", "pattern": r"^\d{8}$"})
Day = Annotated[datetime, _day(parse_instant), _DAY_SCHEMA]
DayEnd = Annotated[datetime, _day(parse_end), _DAY_SCHEMA]
YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no), WithJsonSchema({"type": "boolean"})]


def end_of(day: datetime | None) -> datetime | None:
    """The last moment of a day that a caller named."""
    return parse_end(f"{day:%Y%m%d}") if day else None


class OldPath(Query):
    """Which one."""

    codigo: IdOrAll = Field(json_schema_extra={"example": 1}, description="Its code; 0 means all.")


class OfClient(Query):
    """Whose."""

    cdCliente: Id | None = Field(default=None, json_schema_extra={"example": 1}, description="The client.")


class Days(Query):
    """Of one day, or from one to another."""

    dtRegistro: Day | None = Field(default=None, description="This day only.")
    dtRegistroComeco: Day | None = Field(default=None, description="Start: beginning of this day.")
    dtRegistroFim: DayEnd | None = Field(default=None, description="End: end of this day.")

    @property
    def begin(self) -> datetime | None:
        """The first moment asked for."""
        return self.dtRegistro or self.dtRegistroComeco

    @property
    def end(self) -> datetime | None:
        """The last moment asked for."""
        return end_of(self.dtRegistro) or self.dtRegistroFim
