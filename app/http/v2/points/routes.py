"""GET /v2/data/points: values of sensors, raw or by minute, five minutes or hour; GET /v2/data/latest."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response
from pydantic import Field

from app.errors import ApiError
from app.files.exports import columns
from app.http.kit import exact
from app.http.kit.blueprint import errors, json_response, of, resource
from app.http.kit.call import reply, rpc
from app.http.kit.downloads import TABLES, content, days, pages, table, wanted
from app.http.kit.parameters import (
    MAX_PAGE,
    Cursor,
    Id,
    Ids,
    PageSize,
    Points,
    Query,
    Resolution,
    Separator,
    TableFormat,
    Text,
    Thinned,
)
from app.http.kit.periods import Period

from .schemas import DataPoints, LatestValues, SeveralDataPoints

points = resource("data", "Sensor values, exact at any resolution")


class DataPointsQuery(Period):
    """Which sensor or sensors, when, how fine."""

    cdSensor: Id | None = Field(
        default=None, json_schema_extra={"example": 702}, description="One sensor, by its code."
    )
    cdSensores: Ids | None = Field(
        default=None, description="Several sensors, separated by commas; those you do not see are left out."
    )
    cdDispositivo: Id | None = Field(
        default=None, description="With `dsPonto` one sensor; without, all sensors of this device."
    )
    dsPonto: Text | None = Field(default=None, description="Name of the sensor on `cdDispositivo`.")
    agg: Resolution = Field(
        default="auto",
        description="`raw`, `1m`, `5m` or `1h`; `auto` is the finest with at most `maxPoints` (3,000).",
    )
    pageSize: Points | None = Field(
        default=None,
        description="Points per page, 10,000 if not given; of several sensors points of each, 2,000 if not "
        "given, at most 5,000.",
    )
    cursor: Cursor = None
    maxPoints: Thinned | None = Field(
        default=None,
        description="`raw`: thin the data of one sensor to this many points that preserve the curve, in one "
        "page. More than 100,000 values become `1m` instead. `auto`: the most points.",
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


_ANSWER = json_response(
    "A page as JSON, or all pages of one sensor in one file",
    {"anyOf": [of(DataPoints), of(SeveralDataPoints)]},
)
_ANSWER["content"] |= content(TABLES)
_A_PAGE = 1_000  # points of a file at a time


@points.get("/data/points", responses={200: _ANSWER, **errors(404, 409)})
def get_data_points(query: DataPointsQuery) -> Response:
    """Values of a sensor in ascending order, empty if there are none; or of several, 20 at a time.

    Name one sensor by `cdSensor`, or by `cdDispositivo` and `dsPonto`; several by `cdSensores`, or by
    `cdDispositivo` alone.
    """
    begin, end = query.span()
    window: dict[str, Any] = {"p_dt_inicio": begin, "p_dt_fim": end, "p_agg": query.agg}
    formato = wanted(TABLES, query.formato)
    if _is_one(query):
        asked = window | _named(query) | {"p_max_points": query.maxPoints, "p_exigir": True}
        if formato != "json":
            return _file(formato, query, asked)
        found = rpc("get_data_points", p_limit=query.pageSize or 10_000, p_cursor=query.cursor, **asked)
    elif formato != "json":
        raise _refused("formato", "A file has the values of one sensor: name it.")
    else:
        found = rpc(
            "get_series",
            p_cd_sensores=query.cdSensores,
            p_cd_dispositivo=query.cdDispositivo,
            p_limit=query.pageSize or 2_000,
            p_max_points=query.maxPoints,
            p_cursor=query.cursor,
            **window,
        )
    return reply(msgspec.Raw(exact.points(bytes(found))))


def _is_one(query: DataPointsQuery) -> bool:
    """Whether one sensor is named, not several. Raises ApiError 400."""
    given = [query.cdSensor, query.cdSensores, query.cdDispositivo]
    if given == [None] * 3:
        text = "cdSensor parameter is required, or cdSensores, or cdDispositivo (with dsPonto for one sensor)"
        raise ApiError(400, "MISSING_PARAMETER", text, {"parameter": "cdSensor"})
    if given.count(None) < 2:
        raise _refused("cdSensor", "Give one of cdSensor, cdSensores and cdDispositivo.")
    if query.dsPonto is not None and query.cdDispositivo is None:
        raise _refused("dsPonto", "dsPonto is a sensor of a device: give cdDispositivo.")
    return query.cdSensor is not None or query.dsPonto is not None


def _refused(parameter: str, text: str) -> ApiError:
    return ApiError(400, "INVALID_PARAMETER", text, {"parameter": parameter})


def _named(query: DataPointsQuery) -> dict[str, Any]:
    if query.cdSensor is not None:
        return {"p_cd_sensor": query.cdSensor}
    return {"p_cd_dispositivo": query.cdDispositivo, "p_ds_ponto": query.dsPonto}


def _file(formato: str, query: DataPointsQuery, asked: dict[str, Any]) -> Response:
    all_pages = pages("get_data_points", p_limit=_A_PAGE, **asked)
    agg = all_pages.first["agg"]
    name = f"sensor-{all_pages.first['cdSensor']}-{agg}{days(*query.moments())}"
    name += "-incomplete" * all_pages.first["expired"]
    shape = columns.RAW if agg == "raw" else columns.BUCKETS
    return table(formato, name, shape, (page["data"] for page in all_pages), query.separador)


class LatestQuery(Query):
    """Sensors of which devices, and which page of them."""

    cdCliente: Id | None = Field(default=None, description="Devices of this client.")
    cdProduto: Id | None = Field(
        default=None, json_schema_extra={"example": 1}, description="Devices of this product."
    )
    cdDispositivos: Ids | None = Field(default=None, description="Only these devices, separated by commas.")
    cdTiposSensor: Ids | None = Field(
        default=None, description="Only sensors of these types, separated by commas."
    )
    pageSize: PageSize = Field(default=MAX_PAGE, description="Sensors per page.")
    cursor: Cursor = None


@points.get("/data/latest", responses={200: LatestValues})
def get_latest_values(query: LatestQuery) -> Response:
    """The latest value of every sensor of many devices: all that you see, or by client, product or code."""
    return reply(
        rpc(
            "get_ultimos_valores",
            p_cd_cliente=query.cdCliente,
            p_cd_produto=query.cdProduto,
            p_cd_dispositivos=query.cdDispositivos,
            p_cd_tipos_sensor=query.cdTiposSensor,
            p_page_size=query.pageSize,
            p_cursor=query.cursor,
        )
    )
