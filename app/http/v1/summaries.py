"""/v1/summary/…: charts of a product. Errors are those of v2, in their old words."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from flask import Response, request
from pydantic import Field

from app.errors import ApiError
from app.http.kit.blueprint import resource
from app.http.kit.call import as_api_error, error_response, reply, rpc
from app.http.kit.parameters import (
    DATE_TIME,
    TODAY,
    WEEK_AGO,
    Axis,
    Id,
    Ids,
    Query,
    WeekAxis,
    Zone,
    in_order,
    time_as,
)
from app.http.kit.successors import mark_deprecated
from app.times import LOCAL, in_zone, parse_end, parse_instant

from .blueprint import OBJECT

old_summaries = resource(
    "v1 summaries", "Legacy routes, kept for existing applications", prefix="/v1/summary"
)

old_summaries.after_request(mark_deprecated)

_GROUPS = {
    "gender": ("masculino", "feminino"),
    "age": ("crianca", "jovem", "adulto", "senior"),
    "emotion": ("alegre", "concentrado", "neutro"),
}
_AVERAGES = {"hourly": ("average_hourly", 24), "by_day_of_week": ("average_per_day_of_week", 7)}
_FORMAT = "Invalid date format. Expected ISO 8601 format (YYYY-MM-DDTHH:MM:SSZ)"
OldInstant = Annotated[datetime, time_as(partial(parse_instant, iso_days=False)), DATE_TIME]
OldEnd = Annotated[datetime, time_as(partial(parse_end, iso_days=False)), DATE_TIME]


class OldChartQuery(Query):
    """Which product, when, in which time zone."""

    cdProduto: Id = Field(json_schema_extra={"example": 1}, description="The product.")
    dt_registro_inicio: OldInstant = Field(
        json_schema_extra={"example": WEEK_AGO},
        description="Start: YYYYMMDD (a day in São Paulo) or ISO 8601.",
    )
    dt_registro_fim: OldEnd = Field(json_schema_extra={"example": TODAY}, description="End, inclusive.")
    cdCliente: Id | None = Field(default=None, description="Only devices of this client.")
    cdDispositivos: Ids | None = Field(default=None, description="Only these devices, separated by commas.")
    fuso: Zone = Field(
        default="America/Sao_Paulo",
        description="IANA time zone of the labels; days asked for are São Paulo's.",
    )


class OldSumQuery(OldChartQuery):
    """And along which axis."""

    aggregation: Axis = Field(default="hourly", description="`hourly` or `by_day_of_week`.")


class OldMeanQuery(OldChartQuery):
    """And along which axis."""

    aggregation: WeekAxis = Field(default="daily", description="`daily` or `by_day_of_week`.")


@old_summaries.errorhandler(Exception)
def tell(error: Exception) -> Response:
    """The error in v2's shape and the old words."""
    known = as_api_error(error)
    return error_response(known, known.body() | {"error": _words(known)})


@old_summaries.get("/abertura-porta", responses=OBJECT)
def old_abertura_porta(query: OldSumQuery) -> Response:
    """Number of door openings of a product."""
    return _sums("get_abertura_porta_aggregation", query)


@old_summaries.get("/movimento-pessoas", responses=OBJECT)
def old_movimento_pessoas(query: OldSumQuery) -> Response:
    """Number of people who passed a product."""
    return _sums("get_movimento_pessoas_aggregation", query)


@old_summaries.get("/temperatura", responses=OBJECT)
def old_temperatura(query: OldMeanQuery) -> Response:
    """Mean temperatures of a product."""
    found = _found("get_temperatura_aggregation", query, p_aggregation_type=query.aggregation)
    means = [round(value, 2) if value is not None else 0 for value in found["overall"]]
    total = sum(value for value in found["overall"] if value is not None)
    name, divisor = _AVERAGES.get(query.aggregation, ("average_daily", len(means)))
    return _chart(query, found, query.aggregation, means, name, total, divisor)


@old_summaries.get("/camera-categorias", responses=OBJECT)
def old_camera_categorias(query: OldChartQuery) -> Response:
    """People counted by the cameras of a product, by hour of the day."""
    found = _found("get_camera_categorias_aggregation", query)
    totals = {group: {name: found["total"][name] for name in names} for group, names in _GROUPS.items()}
    hourly = {
        group: {
            hour: {name: found["overall"][name][place] for name in names}
            for place, hour in enumerate(found["labels"])
        }
        for group, names in _GROUPS.items()
    }
    content = {"hourly": hourly, "totals": totals, "emotion_by_age": _emotion_by_age(totals)}
    return _told(query, found, {"has_category_sensors": found["has_category_sensors"]}, content)


def _sums(name: str, query: OldSumQuery) -> Response:
    found = _found(name, query, p_aggregation_type=query.aggregation)
    average, divisor = _AVERAGES[query.aggregation]
    return _chart(query, found, query.aggregation, found["overall"], average, found["total"], divisor)


def _emotion_by_age(totals: dict[str, dict[str, float | None]]) -> dict[str, dict[str, int]]:
    """Each emotion split by the ages' shares of all ages, rounded down."""
    everybody = sum(people or 0 for people in totals["age"].values())
    return {
        age: {
            emotion: int((total or 0) * (people or 0) / everybody) if everybody else 0
            for emotion, total in totals["emotion"].items()
        }
        for age, people in totals["age"].items()
    }


def _found(name: str, query: OldChartQuery, **axis: str) -> dict[str, Any]:
    begin, end = (in_zone(one, LOCAL) for one in (query.dt_registro_inicio, query.dt_registro_fim))
    in_order(begin, end, "dt_registro_inicio")
    answer = rpc(
        name,
        p_cd_produto=query.cdProduto,
        p_dt_inicio=begin,
        p_dt_fim=end,
        p_cd_dispositivos=query.cdDispositivos,
        p_cd_cliente=query.cdCliente,
        p_fuso=query.fuso.key,
        **axis,
    )
    found: dict[str, Any] = msgspec.json.decode(answer)
    return found


def _chart(
    query: OldChartQuery,
    found: dict[str, Any],
    axis: str,
    values: list[float],
    average: str,
    total: float | None,
    divisor: int,
) -> Response:
    """``total`` is null where the sum overflows."""
    content = {axis: dict(zip(found["labels"], values, strict=True)), "record_count": found["record_count"]}
    content["total"] = None if total is None else round(total, 2)
    content[average] = None if total is None else round(total / (divisor or 1), 2)
    return _told(query, found, {"aggregation_type": axis}, content)


def _told(
    query: OldChartQuery, found: dict[str, Any], more: dict[str, Any], content: dict[str, Any]
) -> Response:
    dates = {"start": request.args["dt_registro_inicio"], "end": request.args["dt_registro_fim"]}
    return reply(
        {"metadata": {"last_read": found["last_read"], "date_range": dates, **more}, "data": content}
    )


def _words(error: ApiError) -> str:
    if error.error_code == "INVALID_DATE_FORMAT":
        return _FORMAT
    if error.error_code == "INVALID_DATE_RANGE":
        return "dtRegistroInicio must be before dtRegistroFim"
    return error.error
