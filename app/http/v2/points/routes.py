"""GET /v2/data/points: values of a sensor, raw or by minute, five minutes or hour."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response
from pydantic import Field

from app.files.exports import columns
from app.http.kit import exact
from app.http.kit.blueprint import errors, json_response, of, resource
from app.http.kit.call import reply, rpc
from app.http.kit.downloads import TABLES, content, days, pages, table, wanted
from app.http.kit.parameters import (
    Id,
    Points,
    Resolution,
    Separator,
    TableFormat,
    Text,
    Thinned,
)
from app.http.kit.periods import Period

from .schemas import DataPoints

points = resource("data", "Sensor values, exact at any resolution")


class DataPointsQuery(Period):
    """Which sensor, when, how fine."""

    cdSensor: Id = Field(json_schema_extra={"example": 702}, description="The sensor.")
    agg: Resolution = Field(
        default="auto",
        description="`raw`, `1m`, `5m` or `1h`; `auto` is the finest with at most `maxPoints` (3,000).",
    )
    pageSize: Points = Field(default=10_000, description="Points per page.")
    cursor: Text | None = Field(default=None, description="`nextCursor` of the previous page.")
    maxPoints: Thinned | None = Field(
        default=None,
        description="`raw` only: thin the data to this many points that preserve the curve, in one page. "
        "More than 100,000 values become `1m` instead.",
    )
    formato: TableFormat | None = Field(
        default=None,
        description="`csv`, `xlsx` or `parquet` (or Accept): all pages in one file; `pageSize` and `cursor` "
        "are ignored. The file name has `incomplete` if part of the range has expired.",
    )
    separador: Separator = Field(
        default=",",
        description="Separator of CSV. `;` (in a URL better `%3B`) also writes decimal commas, as "
        "spreadsheets in Brazil expect. Other formats ignore it.",
    )


_ANSWER = json_response("A page as JSON, or all pages in one file", of(DataPoints))
_ANSWER["content"] |= content(TABLES)
_A_PAGE = 1_000  # points of a file at a time


@points.get("/data/points", responses={200: _ANSWER, **errors(404)})
def get_data_points(query: DataPointsQuery) -> Response:
    """Values of a sensor in ascending order; empty if there are none."""
    begin, end = query.span()
    asked: dict[str, Any] = {
        "p_cd_sensor": query.cdSensor,
        "p_dt_inicio": begin,
        "p_dt_fim": end,
        "p_agg": query.agg,
        "p_max_points": query.maxPoints,
        "p_exigir": True,
    }
    formato = wanted(TABLES, query.formato)
    if formato != "json":
        return _file(formato, query, asked)
    found = rpc("get_data_points", p_limit=query.pageSize, p_cursor=query.cursor, **asked)
    return reply(msgspec.Raw(exact.points(bytes(found))))


def _file(formato: str, query: DataPointsQuery, asked: dict[str, Any]) -> Response:
    all_pages = pages("get_data_points", p_limit=_A_PAGE, **asked)
    agg = all_pages.first["agg"]
    name = f"sensor-{query.cdSensor}-{agg}{days(*query.moments())}"
    name += "-incomplete" * all_pages.first["expired"]
    shape = columns.RAW if agg == "raw" else columns.BUCKETS
    return table(formato, name, shape, (page["data"] for page in all_pages), query.separador)
