"""GET /v2/dispositivos, /v2/sensores, …: entities of a fleet as paged lists, and one by its code.

Every kind has the same two routes; they differ in the columns of a row, and in those that filter a list.
"""

from __future__ import annotations

from typing import Any, get_type_hints

import msgspec
from flask import Response
from pydantic import BaseModel, Field, TypeAdapter

from app.errors import from_status
from app.files.images import MIMETYPES, kind_of, product_of
from app.http.kit.blueprint import errors, json_response, list_of, of, resource
from app.http.kit.call import image_store, reply, reply_page, rpc
from app.http.kit.parameters import Id, IdCursor, PageSize, Query, Status, Text
from app.http.kit.schemas import NextCursor

from .schemas import (
    ClienteRow,
    DestinatarioRow,
    DispositivoRow,
    EnderecoRow,
    ImagemRow,
    ItemRow,
    ProdutoRow,
)
from .sensor_schemas import SensorRow, TipoSensorRow

fleet = resource("cadastros", "Devices, sensors, sites and other records of a fleet")


class _Page(msgspec.Struct):
    data: list[msgspec.Raw]
    versao: str | None


class Written(msgspec.Struct):
    """What an RPC says that wrote a row."""

    linha: msgspec.Raw
    versao: str


class CodePath(Query):
    """Which one."""

    codigo: Id = Field(json_schema_extra={"example": 1}, description="Its code.")


class SensorPath(CodePath):
    """Which one."""

    codigo: Id = Field(json_schema_extra={"example": 702}, description="Its code.")


class TypePath(CodePath):
    """Which one."""

    codigo: Id = Field(json_schema_extra={"example": 20}, description="Its code.")


PATHS = {"sensores": SensorPath, "tipos-sensor": TypePath}


class ListQuery(Query):
    """Which page."""

    pageSize: PageSize = Field(default=50, description="Rows per page.")
    cursor: IdCursor = None


class ClientesQuery(ListQuery):
    """Which clients."""

    cdClientePai: Id | None = Field(default=None, description="Children of this client.")
    cdStatus: Status | None = None


class DestinatariosQuery(ListQuery):
    """Which sites."""

    cdCliente: Id | None = None
    cdEndereco: Id | None = None
    cdStatus: Status | None = None


class DispositivosQuery(ListQuery):
    """Which devices."""

    cdCliente: Id | None = None
    cdProduto: Id | None = None
    cdDestinatario: Id | None = Field(default=None, description="The site.")
    cdStatus: Status | None = None


class EnderecosQuery(ListQuery):
    """Which addresses."""

    cdCliente: Id | None = Field(default=None, description="Of this client.")
    dsUF: Text | None = Field(default=None, description="State.")
    dsCidade: Text | None = Field(default=None, description="City.")


class ImagensQuery(ListQuery):
    """Which pictures."""

    cdProduto: Id | None = None


class ItensQuery(ListQuery):
    """Which items."""

    cdCliente: Id | None = Field(default=None, description="Of this client.")
    cdStatus: Status | None = None


class ProdutosQuery(ListQuery):
    """Which products."""

    cdCliente: Id | None = None
    cdStatus: Status | None = None


class SensoresQuery(ListQuery):
    """Which sensors."""

    cdDispositivo: Id | None = None
    cdTipoSensor: Id | None = None
    cdProdutoItem: Id | None = None


class TiposSensorQuery(ListQuery):
    """Which sensor types."""

    cdCliente: Id | None = Field(default=None, description="Made by this client.")
    cdStatus: Status | None = None


KINDS: dict[str, tuple[type[BaseModel], type[ListQuery]]] = {
    "clientes": (ClienteRow, ClientesQuery),
    "destinatarios": (DestinatarioRow, DestinatariosQuery),
    "dispositivos": (DispositivoRow, DispositivosQuery),
    "enderecos": (EnderecoRow, EnderecosQuery),
    "imagens": (ImagemRow, ImagensQuery),
    "itens": (ItemRow, ItensQuery),
    "produtos": (ProdutoRow, ProdutosQuery),
    "sensores": (SensorRow, SensoresQuery),
    "tipos-sensor": (TipoSensorRow, TiposSensorQuery),
}


def one(kind: str, code: int) -> tuple[msgspec.Raw, str | None]:
    """The row with this code, and its version. Raises ApiError 404 if it is unknown or not visible."""
    page = msgspec.json.decode(rpc("get_cadastros", p_cadastro=kind, p_codigo=code), type=_Page)
    if not page.data:
        raise from_status(404, "The row does not exist or is not visible to you.")
    return page.data[0], page.versao


def written(answer: msgspec.Raw) -> Written:
    """The row that was written, undecoded."""
    return msgspec.json.decode(answer, type=Written)


def versioned(row: msgspec.Raw, version: str | None, status: int = 200) -> Response:
    """A row with its version as ETag."""
    response = reply(row, status)
    if version is not None:
        response.set_etag(version)
    return response


def _serve_list(kind: str, row: type[BaseModel], query_model: type[ListQuery]) -> None:
    """GET /v2/<kind>."""
    page = {
        "type": "object",
        "properties": {
            "data": list_of(row),
            "nextCursor": TypeAdapter(NextCursor).json_schema(),
        },
        "required": ["data", "nextCursor"],
    }

    def get_list(query: ListQuery) -> Response:
        """A page of rows, ordered by code."""
        filters = query.model_dump(exclude={"pageSize", "cursor"}, exclude_none=True)
        found = rpc(
            "get_cadastros",
            p_cadastro=kind,
            p_filtros=msgspec.json.encode(filters).decode(),
            p_page_size=query.pageSize,
            p_cursor=query.cursor,
        )
        return reply_page(found)

    answer = json_response("A page of rows, ordered by code", page)
    _route(get_list, f"/{kind}", f"get_{kind.replace('-', '_')}", answer, {"query": query_model})


def _serve_one(kind: str, row: type[BaseModel]) -> None:
    """GET /v2/<kind>/<codigo>."""

    def get_one(path: CodePath) -> Response:
        """One row by its code. Send its ETag in If-Match when you change it."""
        return versioned(*one(kind, path.codigo))

    name = f"get_{kind.replace('-', '_')}_codigo"
    path = PATHS.get(kind, CodePath)
    _route(get_one, f"/{kind}/<codigo>", name, json_response("The row", of(row)), {"path": path})


def _route(
    handler: Any, path: str, name: str, answer: dict[str, Any], models: dict[str, type[Query]]
) -> None:
    """Add a route whose handler has these models for parameters."""
    handler.__annotations__ = get_type_hints(handler) | models
    handler.__name__ = name
    more: dict[Any, Any] = errors(404) if "path" in models else {}
    fleet.get(path, responses={200: answer, **more})(handler)


@fleet.get(
    "/imagens/<codigo>/arquivo",
    responses={
        200: {
            "description": "The picture",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MIMETYPES},
        },
        **errors(404),
    },
)
def get_imagem_arquivo(path: CodePath) -> Response:
    """The bytes of a picture."""
    found, _ = one("imagens", path.codigo)
    row = msgspec.json.decode(found)
    name = row["dsCaminho"] + row["cdCodigo"]
    if product_of(name) not in (None, row["cdProduto"]):
        raise from_status(404)
    content = image_store().get(name)
    kind = kind_of(content)
    if kind is None:
        raise from_status(404, "The stored file is not a picture.")
    return Response(content, mimetype=kind[1])


ROW_MODELS = {kind: row for kind, (row, _) in KINDS.items()}
for _kind, (_row, _query) in KINDS.items():
    _serve_list(_kind, _row, _query)
    _serve_one(_kind, _row)
