"""GET /v2/summary/…: charts of a product's devices by hour of the day, day and day of the week."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from app.http.kit.blueprint import resource
from app.http.kit.call import reply, rpc
from app.http.kit.parameters import (
    Axis,
    DailyAxis,
    Id,
    Ids,
)
from app.http.kit.periods import Period

from .schemas import CategoryChart, Chart

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
