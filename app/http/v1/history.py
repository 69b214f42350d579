"""What devices reported: as one row for each position, as one for each reading, and where they are now."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import Field

from app.http.kit.call import reply, rpc
from app.http.kit.parameters import Id, Query, in_order

from .blueprint import ROWS, old_resource
from .parameters import Day, Days, OldPath, end_of
from .rows import rows, with_texts

history = old_resource("history")


class HistoryQuery(Days):
    """Of whom, and of which days."""

    cdCliente: Id | None = Field(default=None, description="The client.")


class DataQuery(Query):
    """Which devices."""

    dtRegistro: Day | None = Field(default=None, description="Devices whose last position is of this day.")


@history.get("/HistoricoPaginaDispositivo/<codigo>", responses=ROWS)
def old_historico(path: OldPath, query: HistoryQuery) -> Response:
    """One object for each position, newest first; more than 20,000 at once are refused (400)."""
    return reply(_wide(rows(_asked("get_historico_completo", path, query))))


@history.get("/VwRelHistoricoDispositivoProduto/<codigo>", responses=ROWS)
def old_rel_historico(path: OldPath, query: HistoryQuery) -> Response:
    """One object for each reading of a position, newest first; of more than 50,000 it is refused (400)."""
    return reply(_asked("get_historico_leituras", path, query))


@history.get("/VwRelDadosDispositivo/<codigo>", responses=ROWS)
def old_rel_dados(path: OldPath, query: DataQuery) -> Response:
    """Devices with their site and current position."""
    day = query.dtRegistro
    found = rpc(
        "get_dados_dispositivos",
        p_cd_dispositivo=path.codigo,
        p_dt_inicio=day,
        p_dt_fim=end_of(day),
    )
    return reply(with_texts(rows(found)))


def _asked(name: str, path: OldPath, query: HistoryQuery) -> Any:
    in_order(query.begin, query.end, "dtRegistroComeco")
    return rpc(
        name,
        p_cd_cliente=query.cdCliente,
        p_cd_dispositivo=path.codigo,
        p_dt_inicio=query.begin,
        p_dt_fim=query.end,
    )


def _wide(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their items as members of their own, the same in every row.

    An item that a row lacks is 0, or null if the row has no items.
    """
    counts = [
        {f"{item['dsProdutoItem']}_{item['cdSensor']}": item["nrQtdItens"] for item in row["itens"]}
        for row in found
    ]
    names = dict.fromkeys(name for count in counts for name in count)
    return [
        row | dict.fromkeys(names, 0 if count else None) | count
        for row, count in zip(found, counts, strict=True)
    ]
