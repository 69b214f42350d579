"""POST, PATCH and DELETE of what is kept about a fleet: /v2/dispositivos, /v2/sensores … by admins.

A body is checked by the schema of its kind, then by the database, which decides whose rows it may touch. With
``If-Match`` a row is changed or deleted only while it still is what the caller read.
"""

from __future__ import annotations

import re
from typing import Any, get_type_hints

import msgspec
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field, create_model

from app.errors import ApiError
from app.http.kit import bodies
from app.http.kit.blueprint import errors, json_body, json_response, of
from app.http.kit.call import reply, rpc
from app.http.kit.parameters import Id, Query

from .reads import ROW_MODELS, CodePath, SensorPath, cadastros, versioned, written
from .schemas import Cliente, Destinatario, Dispositivo, Endereco, Item, Produto, Sensor

_MAX_BODY = 128 << 10  # bytes; the largest fence fits
_EXAMPLES: dict[str, dict[str, Any]] = {
    "clientes": {"dsNome": "Filial Sul"},
    "destinatarios": {"dsNome": "Loja nova", "nrRaio": 250.5},
    "dispositivos": {"dsDispositivo": "Novo", "cdStatus": "estoque"},
    "enderecos": {"dsLogradouro": "Rua Augusta", "nrNumero": "100", "dsLat": -23.55, "dsLong": -46.65},
    "itens": {"dsNome": "Garrafa", "nrPesoUnit": 350.0},
    "produtos": {"dsNome": "Geladeira", "nrCodigo": "GEL-77"},
    "sensores": {"cdDispositivo": 7, "cdTipoSensor": 4, "dsPonto": "porta-fria"},
}


class ItemLinkPath(Query):
    """Which item of which product."""

    cdProduto: Id = Field(json_schema_extra={"example": 1}, description="The product.")
    cdProdutoItem: Id = Field(json_schema_extra={"example": 2}, description="The item.")


class ItemLink(BaseModel):
    """An item of a product."""

    cdProduto: int
    cdProdutoItem: int


def _wanted(model: type[BaseModel]) -> type[BaseModel]:
    """The model of a new row: as it is, and nothing else."""
    return type(f"{model.__name__}New", (model,), {"model_config": _STRICT, "__doc__": model.__doc__})


def _changes(model: type[BaseModel]) -> type[BaseModel]:
    """The model of a change: any of the columns."""
    fields: dict[str, Any] = {
        name: (kind | None, None)
        for name, kind in get_type_hints(model, include_extras=True).items()
        if name in model.model_fields
    }
    told = "Columns to change; null takes a value away."
    return create_model(f"{model.__name__}Changes", __config__=_STRICT, __doc__=told, **fields)


_STRICT = ConfigDict(extra="forbid")
NEW = {
    "clientes": _wanted(Cliente),
    "destinatarios": _wanted(Destinatario),
    "dispositivos": _wanted(Dispositivo),
    "enderecos": _wanted(Endereco),
    "itens": _wanted(Item),
    "produtos": _wanted(Produto),
    "sensores": _wanted(Sensor),
}
CHANGES = {kind: _changes(model.__bases__[0]) for kind, model in NEW.items()}


def _sent(model: type[BaseModel]) -> str:
    """The columns that the body names, as JSON."""
    row = bodies.document(model, _MAX_BODY)
    return msgspec.json.encode(row.model_dump(mode="json", exclude_unset=True)).decode()


def _version() -> str | None:
    """The version that If-Match names; null where any will do. Raises ApiError 400."""
    told = request.headers.get("If-Match", "*").strip()
    if told == "*":
        return None
    # A server in between marks what it compressed: the row is the same.
    named = re.fullmatch(r'(?:W/)?"([^",:]*)(?:[:-][a-z]+)?"', told)
    if not named:
        raise ApiError(400, "INVALID_PARAMETER", "If-Match is one ETag, as the row was sent with, or *.")
    return named[1]


def _serve(kind: str) -> None:
    """The three routes of a kind."""
    one = json_response("The row", of(ROW_MODELS[kind]))
    name, new, changes = kind.replace("-", "_"), NEW[kind], CHANGES[kind]

    def post() -> Response:
        """Make one. Where it can have a client and names none, it gets the caller's."""
        made = written(rpc("criar_cadastro", p_cadastro=kind, p_dados=_sent(new)))
        return versioned(made.linha, made.versao, 201)

    def patch(path: CodePath) -> Response:
        """Change the columns that the body names; with If-Match (an ETag) only if the row still is that."""
        version, changed = _version(), _sent(changes)
        asked: dict[str, Any] = {
            "p_cadastro": kind,
            "p_codigo": path.codigo,
            "p_dados": changed,
            "p_versao": version,
        }
        now = written(rpc("mudar_cadastro", **asked))
        return versioned(now.linha, now.versao)

    def delete(path: CodePath) -> Response:
        """Delete one to which nothing refers (If-Match as for PATCH); what has history is retired instead."""
        return reply(rpc("apagar_cadastro", p_cadastro=kind, p_codigo=path.codigo, p_versao=_version()))

    model = SensorPath if kind == "sensores" else CodePath
    for handler in (patch, delete):
        handler.__annotations__ = get_type_hints(handler) | {"path": model}
        handler.__name__ = f"{handler.__name__}_{name}"
    post.__name__ = f"post_{name}"
    cadastros.post(
        f"/{kind}",
        responses={201: one, **errors(404, 408, 409, 413, 415)},
        openapi_extensions=json_body(new, usual=_EXAMPLES[kind]),
    )(post)
    cadastros.patch(
        f"/{kind}/<codigo>",
        responses={200: one, **errors(404, 408, 409, 412, 413, 415)},
        openapi_extensions=json_body(changes, usual=_first(_EXAMPLES[kind])),
    )(patch)
    cadastros.delete(f"/{kind}/<codigo>", responses={200: one, **errors(404, 409, 412)})(delete)


def _first(example: dict[str, Any]) -> dict[str, Any]:
    return dict([next(iter(example.items()))])


for _kind in NEW:
    _serve(_kind)


@cadastros.put("/produtos/<cdProduto>/itens/<cdProdutoItem>", responses={200: ItemLink, **errors(404)})
def put_item_do_produto(path: ItemLinkPath) -> Response:
    """Link an item to a product."""
    return _link(path, True)


@cadastros.delete("/produtos/<cdProduto>/itens/<cdProdutoItem>", responses={200: ItemLink, **errors(404)})
def delete_item_do_produto(path: ItemLinkPath) -> Response:
    """Take an item from a product. Both stay."""
    return _link(path, False)


def _link(path: ItemLinkPath, linked: bool) -> Response:
    product, item = path.cdProduto, path.cdProdutoItem
    return reply(rpc("vincular_item", p_cd_produto=product, p_cd_produto_item=item, p_bl_vinculo=linked))
