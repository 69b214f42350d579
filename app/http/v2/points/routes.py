"""GET /v2/data/points: values of a sensor, raw or by minute, five minutes or hour."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import Field

from app.files.exports import columns
from app.http.kit.blueprint import json_response, of, resource
from app.http.kit.call import reply, rpc
from app.http.kit.downloads import TABLES, content, days, pages, table, wanted
from app.http.kit.parameters import (
    TODAY,
    WEEK_AGO,
    Before,
    Id,
    Instant,
    Points,
    Query,
    Resolution,
    Separator,
    TableFormat,
    Text,
    Thinned,
    in_order,
)

from .schemas import DataPoints

points = resource("data", "Sensor values, exact at any resolution")


class DataPointsQuery(Query):
    """Which sensor, when, how fine."""

    cdSensor: Id = Field(json_schema_extra={"example": 702}, description="The sensor.")
    dtInicio: Instant = Field(
        json_schema_extra={"example": WEEK_AGO},
        description="Start, inclusive: ISO 8601, or YYYYMMDD for the beginning of that day in São Paulo.",
    )
    dtFim: Before = Field(
        json_schema_extra={"example": TODAY},
        description="End, exclusive: ISO 8601, or YYYYMMDD for the end of that day.",
    )
    agg: Resolution = Field(
        default="auto",
        description="`raw`, `1m`, `5m` or `1h`; `auto` is the finest with at most `maxPoints` (3,000).",
    )
    limit: Points = Field(default=10_000, description="Points per page.")
    cursor: Text | None = Field(default=None, description="`nextCursor` of the previous page.")
    maxPoints: Thinned | None = Field(
        default=None,
        description="`raw` only: thin the data to this many points that preserve the curve, in one page. "
        "More than 100,000 values become `1m` instead.",
    )
    formato: TableFormat | None = Field(
        default=None,
        description="`csv`, `xlsx` or `parquet` (or Accept): all pages in one file; `limit` and `cursor` "
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


@points.get("/data/points", responses={200: _ANSWER})
def get_data_points(query: DataPointsQuery) -> Response:
    """Values of a sensor in ascending order; empty if nothing is visible."""
    in_order(query.dtInicio, query.dtFim, "dtInicio")
    asked: dict[str, Any] = {
        "p_cd_sensor": query.cdSensor,
        "p_dt_inicio": query.dtInicio,
        "p_dt_fim": query.dtFim,
        "p_agg": query.agg,
        "p_max_points": query.maxPoints,
    }
    formato = wanted(TABLES, query.formato)
    if formato != "json":
        return _file(formato, query, asked)
    return reply(rpc("get_data_points", p_limit=query.limit, p_cursor=query.cursor, **asked))


def _file(formato: str, query: DataPointsQuery, asked: dict[str, Any]) -> Response:
    all_pages = pages("get_data_points", p_limit=_A_PAGE, **asked)
    agg = all_pages.first["agg"]
    name = f"sensor-{query.cdSensor}-{agg}{days(query.dtInicio, query.dtFim)}"
    name += "-incomplete" * all_pages.first["expired"]
    shape = columns.RAW if agg == "raw" else columns.BUCKETS
    return table(formato, name, shape, (page["data"] for page in all_pages), query.separador)
