"""Products of a client, and what their devices add up to."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response
from pydantic import Field

from app.http.kit.call import reply, rpc
from app.http.kit.parameters import Ids, Number, Query, Text, in_order

from .blueprint import OBJECT, ROWS, OldError, old_resource
from .parameters import Day, DayEnd, OfClient, OldPath, YesOrNo
from .rows import data

products = old_resource("products")

_MAX_ID = 2**31 - 1


class ClientPath(Query):
    """Whose products."""

    cdCliente: str = Field(json_schema_extra={"example": "1"}, description="The client.")


class ProductPath(ClientPath):
    """Which product of whom."""

    cdProduto: str = Field(json_schema_extra={"example": "1"}, description="The product.")


class ProductsQuery(Query):
    """Which products."""

    dsNome: Text | None = Field(default=None, description="Part of the name; case-insensitive.")
    cdStatus: Text | None = Field(default=None, description="Status of the product.")


class DevicesQuery(Query):
    """Which devices of the product, and which of their readings."""

    dt_registro_inicio: Day | None = Field(default=None, description="First day of the readings, YYYYMMDD.")
    dt_registro_fim: DayEnd | None = Field(default=None, description="Last day of the readings.")
    cd_status: Text | None = Field(default=None, description="Status of the device.")
    ds_uf: Text | None = Field(default=None, description="State of the device's site.")
    bl_area: YesOrNo | None = Field(default=None, description="Inside its geofence: true/false, 1/0, yes/no.")
    nr_bateria_min: Number | None = Field(default=None, description="Volts at least.")
    nr_bateria_max: Number | None = Field(default=None, description="Volts at most.")


class GroupedQuery(Query):
    """Which devices, and when."""

    cdDispositivo: Ids | None = Field(
        default=None, json_schema_extra={"example": "7"}, description="Devices, separated by commas."
    )
    dtRegistroComeco: Day | None = Field(default=None, description="Start day, YYYYMMDD.")
    dtRegistroFim: DayEnd | None = Field(default=None, description="End: end of this day.")


class _Summaries(msgspec.Struct):
    """What is answered; where the next page begins, which v2 has, is not."""

    dispositivos: msgspec.Raw
    nomeProduto: msgspec.Raw
    tiposSensores: msgspec.Raw
    dsCaminhoImagem: msgspec.Raw
    cdCodigoImagem: msgspec.Raw


@products.get("/TbProdutoTotalStatus/<codigo>", responses=ROWS)
def old_produto_total_status(path: OldPath, query: OfClient) -> Response:
    """Products with their devices counted by status."""
    if not path.codigo and query.cdCliente is None:
        raise OldError(400, "cdCliente deve ser incluido quando buscando todos os produtos")
    return reply(
        rpc("get_produtos_por_status", p_cd_produto=path.codigo or None, p_cd_cliente=query.cdCliente)
    )


@products.get("/cliente/<cdCliente>/produtos", responses=ROWS)
def old_produtos(path: ClientPath, query: ProductsQuery) -> Response:
    """Products of a client that have devices, newest first."""
    found = rpc(
        "get_produtos_completos",
        p_cd_cliente=_codes(path.cdCliente, error="cdCliente must be a valid integer")[0],
        p_ds_nome=query.dsNome,
        p_cd_status=query.cdStatus,
        p_page_size=None,
    )
    return reply(data(found))


@products.get("/cliente/<cdCliente>/produto/<cdProduto>/dispositivos-resumo", responses=OBJECT)
def old_dispositivos_resumo(path: ProductPath, query: DevicesQuery) -> Response:
    """Devices of a product with site, state and sums of their sensors."""
    client, product = _codes(
        path.cdCliente, path.cdProduto, error="cdCliente and cdProduto must be valid integers"
    )
    in_order(query.dt_registro_inicio, query.dt_registro_fim, "dt_registro_inicio")
    found = rpc(
        "get_lista_dispositivos_resumo",
        cd_cliente=client,
        cd_produto=product,
        p_exigir=False,
        **dict(query),
    )
    return reply(msgspec.json.decode(found, type=_Summaries))


@products.get("/GroupedSensorData", responses=OBJECT)
def old_grouped_sensor_data(query: GroupedQuery) -> Response:
    """Sum and mean of devices by type of sensor."""
    if not query.cdDispositivo:
        raise OldError(400, "Pelo menos um cdDispositivo é necessário")
    in_order(query.dtRegistroComeco, query.dtRegistroFim, "dtRegistroComeco")
    found = rpc(
        "get_grouped_sensor_data",
        dispositivos=query.cdDispositivo,
        dt_registro_comeco=query.dtRegistroComeco,
        dt_registro_fim=query.dtRegistroFim,
        p_cd_cliente=None,
    )
    return reply({"cdDispositivos": _by_device(msgspec.json.decode(found))})


def _by_device(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    devices: dict[str, dict[str, Any]] = {}
    for row in found:
        numbers = {name: row[name] for name in ("mediaLeitura", "totalLeitura")}
        devices.setdefault(str(row["cdDispositivo"]), {})[row["dsTipoSensor"]] = numbers
    return devices


def _codes(*texts: str, error: str) -> list[int]:
    if not all(text.isascii() and text.isdigit() and 0 < int(text) <= _MAX_ID for text in texts):
        raise OldError(400, error)
    return [int(text) for text in texts]
