"""Sites, devices, pictures, products and sensors, as rows of their tables."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response
from pydantic import Field

from app.http.kit.blueprint import errors, json_body
from app.http.kit.call import reply, rpc
from app.http.kit.parameters import Id, Query
from app.http.v2.fleet.reads import written

from .blueprint import ROWS, Message, OldError, old_resource
from .parameters import OfClient, OldPath
from .rows import data
from .written import HIDDEN, columns

cadastros = old_resource("entities")

_PRODUCT = {"dsNome": "Geladeira nova", "nrCodigo": "GEL-77", "nrLarg": 600.0, "cdStatus": "ativo"}
_WRITTEN = {**ROWS, **errors(408, 413, 415, shape=Message)}
_BODY = {"type": "object"}


class ProductPath(Query):
    """Which product."""

    codigo: Id = Field(json_schema_extra={"example": 1}, description="Its code.")


@cadastros.get("/Destinatario/<codigo>", responses=ROWS)
def old_destinatarios(path: OldPath, query: OfClient) -> Response:
    """Sites of a client."""
    if query.cdCliente is None:
        raise OldError(400, "cdCliente necessário")
    return _list("destinatarios", path.codigo, cdCliente=query.cdCliente)


@cadastros.get("/Dispositivo/<codigo>", responses=ROWS)
def old_dispositivos(path: OldPath) -> Response:
    """Devices."""
    found = msgspec.json.decode(_found("dispositivos", path.codigo))
    return reply([_as_ever(row) for row in found])


@cadastros.get("/Imagens/<codigo>", responses=ROWS)
def old_imagens(path: OldPath) -> Response:
    """Pictures of a product."""
    return _list("imagens", 0, cdProduto=path.codigo or None)


@cadastros.get("/TbProdutoTipo/<codigo>", responses=ROWS)
def old_produto_tipo(path: OldPath) -> Response:
    """Products with each of their devices."""
    return _list("produtos-dispositivos", 0, cdProduto=path.codigo or None)


@cadastros.post(
    "/Destinatario",
    responses=_WRITTEN,
    openapi_extensions=json_body(_BODY, site={"dsNome": "Loja nova", "nrRaio": 250.5}),
)
def old_post_destinatario() -> Response:
    """A new site."""
    return _create("destinatarios")


@cadastros.post(
    "/Dispositivo",
    responses=_WRITTEN,
    openapi_extensions=json_body(_BODY, device={"dsDispositivo": "Novo", "cdStatus": "estoque"}),
)
def old_post_dispositivo() -> Response:
    """A new device."""
    return _create("dispositivos")


@cadastros.post("/Produto", responses=_WRITTEN, openapi_extensions=json_body(_BODY, product=_PRODUCT))
def old_post_produto() -> Response:
    """A new product."""
    return _create("produtos")


@cadastros.post(
    "/Sensor",
    responses=_WRITTEN,
    openapi_extensions=json_body(_BODY, thermometer={"cdDispositivo": 7, "cdTipoSensor": 4}),
)
def old_post_sensor() -> Response:
    """A new sensor."""
    return _create("sensores")


@cadastros.put(
    "/Produto/<codigo>",
    responses={**_WRITTEN, **errors(404, shape=Message)},
    openapi_extensions=json_body(_BODY, change={"dsDescricao": "Outra"}),
)
def old_put_produto(path: ProductPath) -> Response:
    """Change the given columns of a product."""
    changes = columns("produtos", partial=True)
    if not changes:
        raise OldError(400, "Nenhum campo válido para atualizar.")
    return _row(rpc("mudar_cadastro", p_cadastro="produtos", p_codigo=path.codigo, p_dados=_json(changes)))


def _list(kind: str, code: int, **filters: int | None) -> Response:
    return reply(_found(kind, code, **filters))


def _found(kind: str, code: int, **filters: int | None) -> msgspec.Raw:
    found = rpc(
        "get_cadastros",
        p_cadastro=kind,
        p_codigo=code or None,
        p_filtros=_json(filters),
        p_page_size=None,
    )
    return data(found)


def _as_ever(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in HIDDEN}


def _create(kind: str) -> Response:
    return _row(rpc("criar_cadastro", p_cadastro=kind, p_dados=_json(columns(kind))))


def _row(answer: msgspec.Raw) -> Response:
    return reply([_as_ever(msgspec.json.decode(written(answer).linha))])


def _json(members: dict[str, Any]) -> str:
    return msgspec.json.encode(members).decode()
