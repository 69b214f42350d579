"""GET /v2/HistoricoPaginaDispositivo: what devices reported, page by page."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import Field

from app.errors import ApiError
from app.files.exports import columns
from app.http.kit.blueprint import json_response, of, resource
from app.http.kit.call import reply, rpc
from app.http.kit.downloads import TABLES, content, days, pages, table, wanted
from app.http.kit.parameters import (
    MAX_PAGE,
    End,
    Id,
    IdOrAll,
    Ids,
    Instant,
    Page,
    PageSize,
    Query,
    Separator,
    TableFormat,
    Text,
    in_order,
)

from .schemas import HistoryPage

history = resource("HistoricoPaginaDispositivo", "History of devices, newest first")


class HistoricoPath(Query):
    """Which device."""

    cdDispositivo: IdOrAll = Field(
        json_schema_extra={"example": 7}, description="The device; 0 means all of a client."
    )


class HistoricoQuery(Query):
    """Which reports, and which page of them."""

    cdCliente: Id | None = Field(
        default=None, description="Only data received for this client; required if the device is 0."
    )
    dtRegistroComeco: Instant | None = Field(
        default=None,
        description="Start, inclusive: ISO 8601, or YYYYMMDD for the beginning of that day in São Paulo.",
    )
    dtRegistroFim: End | None = Field(
        default=None, description="End, inclusive: ISO 8601, or YYYYMMDD for the end of that day."
    )
    page: Page = Field(
        default=1, description="Page number, from 1. Pages shift while data arrives; cursors do not."
    )
    pageSize: PageSize = Field(default=50, description="Rows per page.")
    cdDispositivos: Ids | None = Field(default=None, description="Only these devices, separated by commas.")
    cursor: Text | None = Field(
        default=None, description="`nextCursor` of the previous page; replaces `page`."
    )
    formato: TableFormat | None = Field(
        default=None,
        description="`csv`, `xlsx` or `parquet` (or Accept): all pages in one file; `page`, `pageSize` and "
        "`cursor` are ignored.",
    )
    separador: Separator = Field(
        default=",",
        description="Separator of CSV. `;` (in a URL better `%3B`) also writes decimal commas, as "
        "spreadsheets in Brazil expect. Other formats ignore it.",
    )


_ANSWER = json_response("A page as JSON, or all pages in one file", of(HistoryPage))
_ANSWER["content"] |= content(TABLES)


@history.get("/HistoricoPaginaDispositivo/<cdDispositivo>", responses={200: _ANSWER})
def get_historico(path: HistoricoPath, query: HistoricoQuery) -> Response:
    """A page of a device's or a client's history; empty where nothing is visible."""
    if not path.cdDispositivo and query.cdCliente is None:
        details = {"parameter": "cdCliente"}
        raise ApiError(400, "MISSING_PARAMETER", "cdCliente parameter is required", details)
    in_order(query.dtRegistroComeco, query.dtRegistroFim, "dtRegistroComeco")
    asked = _asked(path.cdDispositivo, query)
    formato = wanted(TABLES, query.formato)
    if formato != "json":
        return _file(formato, path.cdDispositivo or f"client-{query.cdCliente}", query, asked)
    page, size, cursor = query.page, query.pageSize, query.cursor
    return reply(rpc("get_historico_paginado", p_page=page, p_page_size=size, p_cursor=cursor, **asked))


def _asked(device: int, query: HistoricoQuery) -> dict[str, Any]:
    return {
        "p_cd_cliente": query.cdCliente,
        "p_cd_dispositivo": device,
        "p_cd_dispositivos": query.cdDispositivos,
        "p_dt_registro_comeco": query.dtRegistroComeco,
        "p_dt_registro_fim": query.dtRegistroFim,
        "p_coordenadas": True,
    }


def _file(formato: str, whose: int | str, query: HistoricoQuery, asked: dict[str, Any]) -> Response:
    all_pages = pages("get_historico_paginado", p_page_size=MAX_PAGE, **asked)
    name = f"history-{whose}{days(query.dtRegistroComeco, query.dtRegistroFim)}"
    return table(formato, name, columns.HISTORY, (page["data"] for page in all_pages), query.separador)
