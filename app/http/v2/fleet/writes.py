"""POST, PATCH and DELETE of the entities of a fleet: /v2/dispositivos, /v2/sensores, … by admins.

A body is checked by the schema of its kind, then by the database, which decides whose rows it may touch. With
``If-Match`` a row is changed or deleted only while it still is what the caller read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, get_type_hints

import msgspec
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field, create_model

from app.errors import ApiError
from app.http.kit import bodies
from app.http.kit.blueprint import errors, json_body, json_response, of
from app.http.kit.call import reply, rpc
from app.http.kit.parameters import Id, Query

from .reads import PATHS, ROW_MODELS, CodePath, fleet, versioned, written
from .schemas import (
    Cliente,
    Destinatario,
    Dispositivo,
    Endereco,
    Item,
    Produto,
)
from .sensor_schemas import NamedSensor, Sensor, TipoSensor

_MAX_BODY = 128 << 10  # bytes; the largest fence fits
_EXAMPLES: dict[str, dict[str, Any]] = {
    "clientes": {"dsNome": "Filial Sul"},
    "destinatarios": {"dsNome": "Loja nova", "nrRaio": 250.5},
    "dispositivos": {"dsDispositivo": "Novo", "cdStatus": "estoque"},
    "enderecos": {"dsLogradouro": "Rua Augusta", "nrNumero": "100", "dsLat": -23.55, "dsLong": -46.65},
    "itens": {"dsNome": "Garrafa", "nrPesoUnit": 350.0},
    "produtos": {"dsNome": "Geladeira", "nrCodigo": "GEL-77"},
    "sensores": {"cdDispositivo": 7, "cdTipoSensor": 4, "dsPonto": "porta-fria"},
    "tipos-sensor": {"dsDescricao": "Relativa", "dsNome": "Umidade do ar", "dsUnidade": "%RH"},
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
    about = "Columns to change; null removes a value."
    return create_model(f"{model.__name__}Changes", __config__=_STRICT, __doc__=about, **fields)


_STRICT = ConfigDict(extra="forbid")
NEW = {
    "clientes": _wanted(Cliente),
    "destinatarios": _wanted(Destinatario),
    "dispositivos": _wanted(Dispositivo),
    "enderecos": _wanted(Endereco),
    "itens": _wanted(Item),
    "produtos": _wanted(Produto),
    "sensores": _wanted(NamedSensor),
    "tipos-sensor": _wanted(TipoSensor),
}
CHANGES = {kind: _changes(model.__bases__[0]) for kind, model in NEW.items()} | {"sensores": _changes(Sensor)}


def _sent(model: type[BaseModel]) -> str:
    """The columns that the body names, as JSON."""
    row = bodies.document(model, _MAX_BODY)
    return msgspec.json.encode(row.model_dump(mode="json", exclude_unset=True)).decode()


def _version() -> str | None:
    """The version that If-Match names; null where any will do. Raises ApiError 400."""
    sent = request.headers.get("If-Match", "*").strip()
    if sent == "*":
        return None
    # A server in between marks what it compressed: the row is the same.
    named = re.fullmatch(r'(?:W/)?"([^",:]*)(?:[:-][a-z]+)?"', sent)
    if not named:
        raise ApiError(400, "INVALID_PARAMETER", "If-Match must be the ETag of the row, or *.")
    return named[1]


def _serve_post(kind: str) -> None:
    """POST /v2/<kind>."""
    new = NEW[kind]

    @_named("post", kind)
    def post() -> Response:
        """Create a row. Without a client it belongs to the caller's client."""
        made = written(rpc("criar_cadastro", p_cadastro=kind, p_dados=_sent(new)))
        return versioned(made.linha, made.versao, 201)

    fleet.post(
        f"/{kind}",
        responses={201: _row(kind), **errors(404, 408, 409, 413, 415)},
        openapi_extensions=json_body(new, usual=_EXAMPLES[kind]),
    )(post)


def _serve_patch(kind: str) -> None:
    """PATCH /v2/<kind>/<codigo>."""
    changes = CHANGES[kind]

    @_named("patch", kind)
    def patch(path: CodePath) -> Response:
        """Change the columns named in the body; with If-Match (an ETag) only if the row has not changed."""
        version, changed = _version(), _sent(changes)
        asked: dict[str, Any] = {"p_codigo": path.codigo, "p_dados": changed, "p_versao": version}
        now = written(rpc("mudar_cadastro", p_cadastro=kind, **asked))
        return versioned(now.linha, now.versao)

    fleet.patch(
        f"/{kind}/<codigo>",
        responses={200: _row(kind), **errors(404, 408, 409, 412, 413, 415)},
        openapi_extensions=json_body(changes, usual=_first(_EXAMPLES[kind])),
    )(patch)


def _serve_delete(kind: str) -> None:
    """DELETE /v2/<kind>/<codigo>."""

    @_named("delete", kind)
    def delete(path: CodePath) -> Response:
        """Delete a row that no other row refers to (If-Match as for PATCH). Retire one with history."""
        return reply(rpc("apagar_cadastro", p_cadastro=kind, p_codigo=path.codigo, p_versao=_version()))

    fleet.delete(f"/{kind}/<codigo>", responses={200: _row(kind), **errors(404, 409, 412)})(delete)


def _named(verb: str, kind: str) -> Callable[[Any], Any]:
    """Names a handler after its kind, and gives its path the model of that kind."""

    def name(handler: Any) -> Any:
        hints = get_type_hints(handler)
        if "path" in hints:
            hints["path"] = PATHS.get(kind, CodePath)
        handler.__annotations__ = hints
        handler.__name__ = f"{verb}_{kind.replace('-', '_')}"
        return handler

    return name


def _row(kind: str) -> dict[str, Any]:
    return json_response("The row", of(ROW_MODELS[kind]))


def _first(example: dict[str, Any]) -> dict[str, Any]:
    return dict([next(iter(example.items()))])


for _kind in NEW:
    _serve_post(_kind)
    _serve_patch(_kind)
    _serve_delete(_kind)


@fleet.put("/produtos/<cdProduto>/itens/<cdProdutoItem>", responses={200: ItemLink, **errors(404)})
def put_item_do_produto(path: ItemLinkPath) -> Response:
    """Link an item to a product."""
    return _link(path, True)


@fleet.delete("/produtos/<cdProduto>/itens/<cdProdutoItem>", responses={200: ItemLink, **errors(404)})
def delete_item_do_produto(path: ItemLinkPath) -> Response:
    """Unlink an item from a product. Both stay."""
    return _link(path, False)


def _link(path: ItemLinkPath, linked: bool) -> Response:
    product, item = path.cdProduto, path.cdProdutoItem
    return reply(rpc("vincular_item", p_cd_produto=product, p_cd_produto_item=item, p_bl_vinculo=linked))
