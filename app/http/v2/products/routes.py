"""GET /v2/cliente/<id>/…: products of a client, and totals of the devices of one product."""

from __future__ import annotations

import msgspec
from flask import Response
from pydantic import Field

from app.http.kit.blueprint import errors, resource
from app.http.kit.call import as_cursor, reply, reply_page, rpc
from app.http.kit.parameters import MAX_PAGE, Flag, Id, IdCursor, Number, PageSize, Query, Status, Text
from app.http.kit.periods import Range

from .schemas import DeviceSummaries, ProductPage

products = resource("cliente", "Products of a client and their devices")


class ClientPath(Query):
    """Whose."""

    cdCliente: Id = Field(json_schema_extra={"example": 1}, description="The client.")


class ProductPath(ClientPath):
    """Which product of whom."""

    cdProduto: Id = Field(json_schema_extra={"example": 1}, description="The product.")


class ProductsQuery(Query):
    """Which products, and which page of them."""

    dsNome: Text | None = Field(default=None, description="Part of the name; case-insensitive.")
    cdStatus: Status | None = Field(default=None, description="Of the product.")
    pageSize: PageSize = Field(default=50, description="Rows per page.")
    cursor: IdCursor = None


class DevicesQuery(Range):
    """Which devices, and which of their readings."""

    cdStatus: Status | None = Field(default=None, description="Of the device.")
    dsUF: Text | None = Field(default=None, description="State of its site.")
    blArea: Flag | None = Field(
        default=None, description="Whether it was inside its geofence, as last known."
    )
    nrBatMin: Number | None = Field(default=None, description="Volts at least, as last known.")
    nrBatMax: Number | None = Field(default=None, description="Volts at most, as last known.")
    pageSize: PageSize = Field(default=MAX_PAGE, description="Devices per page.")
    cursor: IdCursor = None


class _Summaries(msgspec.Struct):
    """A page as v2 answers it: its rows are named as those of every list."""

    data: msgspec.Raw = msgspec.field(name="dispositivos")
    nomeProduto: msgspec.Raw
    tiposSensores: msgspec.Raw
    dsCaminhoImagem: msgspec.Raw
    cdCodigoImagem: msgspec.Raw
    complete: bool
    nextCursor: int | None


@products.get("/cliente/<cdCliente>/produtos", responses={200: ProductPage, **errors(404)})
def get_produtos_do_cliente(path: ClientPath, query: ProductsQuery) -> Response:
    """Products that have devices, newest first: first picture, sensor types, devices by status."""
    found = rpc(
        "get_produtos_completos",
        p_cd_cliente=path.cdCliente,
        p_ds_nome=query.dsNome,
        p_cd_status=query.cdStatus,
        p_page_size=query.pageSize,
        p_cursor=query.cursor,
        p_exigir=True,
    )
    return reply_page(found)


@products.get(
    "/cliente/<cdCliente>/produto/<cdProduto>/dispositivos-resumo",
    responses={200: DeviceSummaries, **errors(404)},
)
def get_dispositivos_resumo(path: ProductPath, query: DevicesQuery) -> Response:
    """The devices of a product with site, state and totals of their sensors."""
    begin, last = query.moments()
    found = rpc(
        "get_lista_dispositivos_resumo",
        dt_registro_inicio=begin,
        dt_registro_fim=last,
        cd_status=query.cdStatus,
        ds_uf=query.dsUF,
        bl_area=query.blArea,
        nr_bateria_min=query.nrBatMin,
        nr_bateria_max=query.nrBatMax,
        cd_cliente=path.cdCliente,
        cd_produto=path.cdProduto,
        p_exigir=True,
        p_page_size=query.pageSize,
        p_cursor=query.cursor,
    )
    page = msgspec.json.decode(found, type=_Summaries)
    members = {name: getattr(page, name) for name in page.__struct_fields__}
    return reply(members | {"nextCursor": as_cursor(page.nextCursor)})
