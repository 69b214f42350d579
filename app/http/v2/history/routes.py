"""GET /v2/HistoricoPaginaDispositivo: what devices reported, page by page."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response
from pydantic import Field

from app.errors import ApiError
from app.files.exports import columns
from app.http.kit.blueprint import errors, json_response, of, resource
from app.http.kit.call import reply, rpc
from app.http.kit.downloads import TABLES, content, days, pages, table, wanted
from app.http.kit.parameters import (
    MAX_PAGE,
    Cursor,
    Id,
    IdOrAll,
    Ids,
    PageSize,
    Query,
    Separator,
    TableFormat,
)
from app.http.kit.periods import Range

from .schemas import HistoryPage

history = resource("HistoricoPaginaDispositivo", "History of devices, newest first")


class HistoricoPath(Query):
    """Which device."""

    cdDispositivo: IdOrAll = Field(
        json_schema_extra={"example": 7}, description="The device; 0 means all of a client."
    )


class HistoricoQuery(Range):
    """Which reports, and which page of them."""

    cdCliente: Id | None = Field(
        default=None, description="Only data received for this client; required if the device is 0."
    )
    pageSize: PageSize = Field(default=50, description="Rows per page.")
    cdDispositivos: Ids | None = Field(default=None, description="Only these devices, separated by commas.")
    cursor: Cursor = None
    formato: TableFormat | None = Field(
        default=None,
        description="`csv`, `xlsx` or `parquet` (or Accept): all pages in one file; `pageSize` and `cursor` "
        "are ignored.",
    )
    separador: Separator = Field(
        default=",",
        description="Separator of CSV. `;` (in a URL better `%3B`) also writes decimal commas, as "
        "spreadsheets in Brazil expect. Other formats ignore it.",
    )


class _Page(msgspec.Struct):
    """What is answered of a page; its number, which legacy callers of the RPC use, is not."""

    data: msgspec.Raw
    total: int
    pageSize: int
    complete: bool
    nextCursor: str | None


_ANSWER = json_response("A page as JSON, or all pages in one file", of(HistoryPage))
_ANSWER["content"] |= content(TABLES)


@history.get("/HistoricoPaginaDispositivo/<cdDispositivo>", responses={200: _ANSWER, **errors(404, 409)})
def get_historico(path: HistoricoPath, query: HistoricoQuery) -> Response:
    """A page of a device's or a client's history; empty where there is none."""
    if not path.cdDispositivo and query.cdCliente is None:
        details = {"parameter": "cdCliente"}
        raise ApiError(400, "MISSING_PARAMETER", "cdCliente parameter is required", details)
    begin, last = query.moments()
    asked = _asked(path.cdDispositivo, query) | {"p_dt_registro_comeco": begin, "p_dt_registro_fim": last}
    formato = wanted(TABLES, query.formato)
    if formato != "json":
        return _file(formato, path.cdDispositivo or f"client-{query.cdCliente}", query, asked)
    found = rpc("get_historico_paginado", p_page_size=query.pageSize, p_cursor=query.cursor, **asked)
    return reply(msgspec.json.decode(found, type=_Page))


def _asked(device: int, query: HistoricoQuery) -> dict[str, Any]:
    return {
        "p_cd_cliente": query.cdCliente,
        "p_cd_dispositivo": device,
        "p_cd_dispositivos": query.cdDispositivos,
        "p_coordenadas": True,
        "p_exigir": True,
    }


def _file(formato: str, whose: int | str, query: HistoricoQuery, asked: dict[str, Any]) -> Response:
    all_pages = pages("get_historico_paginado", p_page_size=MAX_PAGE, **asked)
    name = f"history-{whose}{days(asked['p_dt_registro_comeco'], asked['p_dt_registro_fim'])}"
    name += "-incomplete" * (not all_pages.first["complete"])
    return table(formato, name, columns.HISTORY, (page["data"] for page in all_pages), query.separador)
