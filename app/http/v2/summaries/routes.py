"""GET /v2/summary/…: charts of a product's devices by hour, day and day of the week; sums by day."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from app.http.kit.blueprint import resource
from app.http.kit.call import reply, rpc
from app.http.kit.parameters import Axis, Cursor, DailyAxis, Id, Ids, PageSize
from app.http.kit.periods import Period

from .schemas import CategoryChart, Chart, DailySums

summaries = resource("summary", "Summaries of the devices of a product")


class SummaryQuery(Period):
    """Which product, when, in which time zone."""

    cdProduto: Id = Field(json_schema_extra={"example": 1}, description="The product.")
    cdDispositivos: Ids | None = Field(default=None, description="Only these devices, separated by commas.")
    cdCliente: Id | None = Field(default=None, description="Only devices of this client.")


class AxisQuery(SummaryQuery):
    """And along which axis."""

    aggregation: Axis = Field(default="hourly", description="`hourly` or `by_day_of_week`.")


class DailyAxisQuery(SummaryQuery):
    """And along which axis, days among them."""

    aggregation: DailyAxis = Field(default="daily", description="`hourly`, `daily` or `by_day_of_week`.")


@summaries.get("/summary/abertura-porta", responses={200: Chart})
def get_abertura_porta(query: AxisQuery) -> Response:
    """Number of door openings of a product."""
    return _chart("get_abertura_porta_aggregation", query, p_aggregation_type=query.aggregation)


@summaries.get("/summary/movimento-pessoas", responses={200: Chart})
def get_movimento_pessoas(query: AxisQuery) -> Response:
    """Number of people who passed a product."""
    return _chart("get_movimento_pessoas_aggregation", query, p_aggregation_type=query.aggregation)


@summaries.get("/summary/temperatura", responses={200: Chart})
def get_temperatura(query: DailyAxisQuery) -> Response:
    """Mean temperatures of a product, weighted by readings."""
    return _chart("get_temperatura_aggregation", query, p_aggregation_type=query.aggregation)


@summaries.get("/summary/camera-categorias", responses={200: CategoryChart})
def get_camera_categorias(query: SummaryQuery) -> Response:
    """People counted by the cameras of a product, by sex, age, mood and hour of the day."""
    return _chart("get_camera_categorias_aggregation", query)


class DaysQuery(Period):
    """Which devices, when, in which time zone, and which page of them."""

    cdCliente: Id | None = Field(default=None, description="Devices of this client.")
    cdProduto: Id | None = Field(
        default=None, json_schema_extra={"example": 1}, description="Devices of this product."
    )
    cdDispositivos: Ids | None = Field(default=None, description="Only these devices, separated by commas.")
    cdTiposSensor: Ids | None = Field(
        default=None, description="Only sensors of these types, separated by commas."
    )
    pageSize: PageSize = Field(
        default=100, description="Devices per page; multiplied by the days at most 36,600."
    )
    cursor: Cursor = None


@summaries.get("/summary/days", responses={200: DailySums})
def get_daily_sums(query: DaysQuery) -> Response:
    """Count and sum of the values of many devices by type of sensor and day of `fuso`, at most 366 days."""
    begin, end = query.span()
    return reply(
        rpc(
            "get_somas_diarias",
            p_dt_inicio=begin,
            p_dt_fim=end,
            p_cd_cliente=query.cdCliente,
            p_cd_produto=query.cdProduto,
            p_cd_dispositivos=query.cdDispositivos,
            p_cd_tipos_sensor=query.cdTiposSensor,
            p_fuso=query.fuso.key,
            p_page_size=query.pageSize,
            p_cursor=query.cursor,
        )
    )


def _chart(name: str, query: SummaryQuery, **axis: str) -> Response:
    begin, last = query.moments()
    return reply(
        rpc(
            name,
            p_cd_produto=query.cdProduto,
            p_dt_inicio=begin,
            p_dt_fim=last,
            p_cd_dispositivos=query.cdDispositivos,
            p_cd_cliente=query.cdCliente,
            p_fuso=query.fuso.key,
            **axis,
        )
    )
