"""The legacy functions and views give the recorded answers, on the data set as it was: before any conversion.

What the application did with them in Python is not tested: answers are taken apart into what SQL gave. Some
lists are asked for with the user's token, as they were; the rest with the service key, as policies that look
at each row take longer than the timeout.

Seen to fail: with charts an hour late, a page without its first row, current positions of the lowest code.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from scripts.devkit.fleet.postgrest import Rest
from tests._lib.databases import Database
from tests._lib.legacy import legacy
from tests.conversion._installation import schema_of
from tests.http import recorded
from tests.http.recorded.legacy import day, load_legacy
from tests.http.recorded.replay import same, same_page

Rows = list[dict[str, Any]]
Ask = Callable[[Rest], Any]
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
SEEN = recorded.visible(1)
PRODUCTS = {row["cdProduto"] for row in recorded.dataset()["TbProduto"] if row["cdCliente"] in (1, 3)}


def select(relation: str, **wanted: Any) -> Ask:
    """Rows that person 1 may see."""

    def ask(door: Rest) -> Rows:
        rows = door.select(relation, **wanted)
        return [
            row
            for row in rows
            if row.get("cdDispositivo", 100) in SEEN and row.get("cdProduto", 10) in PRODUCTS
        ]

    return ask


def select_as_user(relation: str, **wanted: Any) -> Ask:
    def ask(door: Rest) -> Rows:
        claims = {"sub": recorded.person(1), "role": "authenticated"}
        with closing(Rest(door.schema, "authenticated", claims)) as user:
            return user.select(relation, **wanted)

    return ask


def call(function: str, **arguments: Any) -> Ask:
    return lambda door: door.call(function, **arguments)


def grouped(door: Rest) -> Any:
    begin, end = day("20260302", "20260305")
    rows = door.call(
        "get_grouped_sensor_data", dispositivos=[100, 102, 104], dt_registro_comeco=begin, dt_registro_fim=end
    )
    found: dict[str, Any] = {}
    for row in rows:
        sums = {name: row[name] for name in ("totalLeitura", "mediaLeitura")}
        found.setdefault(str(row["cdDispositivo"]), {})[row["dsTipoSensor"]] = sums
    return {"cdDispositivos": found}


def chart(function: str, product: int, days: tuple[str, str], kind: str, **more: Any) -> Ask:
    begin, end = day(*days)

    def ask(door: Rest) -> Any:
        rows = door.call(
            function, p_cd_produto=product, p_dt_inicio=f"{begin}Z", p_dt_fim=f"{end}Z",
            p_aggregation_type=kind, **more,
        )  # fmt: skip
        names = [f"{hour:02}" for hour in range(24)] if kind == "hourly" else DAYS
        sums = dict.fromkeys(names, 0) | {names[row["time_period"]]: row["total_value"] for row in rows}
        count = sum(row["record_count"] for row in rows)
        data = {kind: sums, "total": sum(sums.values()), "record_count": count}
        return {"data": data, "metadata": {"last_read": max(row["last_read"] for row in rows)}}

    return ask


def listed(product: int, **wanted: Any) -> Ask:
    """The columns of the list, which the application filled up with sums of its own."""

    def ask(door: Rest) -> Any:
        rows = door.call("get_lista_dispositivos_resumo", cd_produto=product, **wanted)
        return {"dispositivos": rows}

    return ask


def page(first: str | None = None, last: str | None = None, **arguments: Any) -> Ask:
    begin, end = day(first, last) if first else (None, None)
    return call("get_historico_paginado", p_dt_registro_comeco=begin, p_dt_registro_fim=end, **arguments)


# The policy of pictures compares codes of products with codes of clients; where this was recorded it did not.
HIDDEN = {"dsCaminhoImagem", "cdCodigoImagem", "nrImagem"}
DOORS, PEOPLE = "get_abertura_porta_aggregation", "get_movimento_pessoas_aggregation"
WEEK = ("20260302", "20260306")
TUESDAY = dict(zip(("dtRegistro__gte", "dtRegistro__lte"), day("20260303"), strict=True))
# The path of a request of person 1, or 2 where it says so, and what gives its answer.
CASES: dict[tuple[int, str], Ask] = {
    (1, "/Destinatario/0?cdCliente=1"): select("TbDestinatario", cdCliente=1),
    (1, "/Destinatario/1?cdCliente=1"): select("TbDestinatario", cdCliente=1, cdDestinatario=1),
    (1, "/Dispositivo/0"): select_as_user("TbDispositivo"),
    (1, "/Dispositivo/100"): select("TbDispositivo", cdDispositivo=100),
    (1, "/Imagens/10"): select("TbImagens", cdProduto=10),
    (1, "/Posicao/100?dtRegistro=20260303"): select("TbPosicao", cdDispositivo=100, **TUESDAY),
    (1, "/TbProdutoTipo/0"): select_as_user("VwTbProdutoTipo"),
    (1, "/TbProdutoTipo/12"): select("VwTbProdutoTipo", cdProduto=12),
    (1, "/VwRelHistoricoDispositivoProduto/100?dtRegistro=20260303"): select(
        "VwRelHistoricoDispositivoProduto", cdDispositivo=100, **TUESDAY
    ),
    (1, "/VwRelDadosDispositivo/0"): select("VwRelDadosDispositivo"),
    (1, "/VwRelDadosDispositivo/105"): select("VwRelDadosDispositivo", cdDispositivo=105),
    (1, "/TbPosicaoAtual/0"): select("VwTbPosicaoAtual"),
    (1, "/TbPosicaoAtual/0?cdProduto=12"): select("VwTbPosicaoAtual", cdProduto=12),
    (1, "/cliente/1/produtos"): select_as_user("VwProdutoCompleto", cdCliente=1),
    (
        1,
        "/GroupedSensorData?cdDispositivo=100,102,104&dtRegistroComeco=20260302&dtRegistroFim=20260305",
    ): grouped,
    (1, "/cliente/1/produto/10/dispositivos-resumo"): listed(10, cd_cliente=1),
    (
        1,
        "/cliente/1/produto/12/dispositivos-resumo?dt_registro_inicio=20260302&dt_registro_fim=20260306",
    ): listed(12, cd_cliente=1),
    (2, "/cliente/2/produto/11/dispositivos-resumo?bl_area=true&nr_bateria_min=3.0"): listed(
        11, cd_cliente=2, bl_area=True, nr_bateria_min=3.0
    ),
    (
        1,
        "/v1/summary/abertura-porta?cdProduto=10&dt_registro_inicio=20260302&dt_registro_fim=20260306",
    ): chart(DOORS, 10, WEEK, "hourly"),
    (
        1,
        "/v1/summary/abertura-porta?cdProduto=14&dt_registro_inicio=20260302&dt_registro_fim=20260306"
        "&aggregation=by_day_of_week",
    ): chart(DOORS, 14, WEEK, "by_day_of_week"),
    (
        1,
        "/v1/summary/movimento-pessoas?cdProduto=12&dt_registro_inicio=20260302&dt_registro_fim=20260306",
    ): chart(PEOPLE, 12, WEEK, "hourly"),
    (
        1,
        "/v1/summary/movimento-pessoas?cdProduto=11&dt_registro_inicio=20260301&dt_registro_fim=20260310"
        "&aggregation=by_day_of_week&cdDispositivos=106",
    ): chart(PEOPLE, 11, ("20260301", "20260310"), "by_day_of_week", p_cd_dispositivos=[106]),
    (
        1,
        "/v2/HistoricoPaginaDispositivo/0?cdCliente=1&page=2&pageSize=7&dtRegistroComeco=20260302"
        "&dtRegistroFim=20260306",
    ): page(*WEEK, p_cd_cliente=1, p_page=2, p_page_size=7),
    (1, "/v2/HistoricoPaginaDispositivo/103?cdCliente=1&pageSize=5"): page(
        p_cd_cliente=1, p_cd_dispositivo=103, p_page_size=5
    ),
}


@pytest.fixture(scope="module")
def door(project: Database) -> Iterator[Rest]:
    """PostgREST with the service key, in front of the data set as it was."""
    with legacy(project) as database:
        load_legacy(database)
        with closing(schema_of(database)) as schema, closing(Rest(schema)) as rest:
            yield rest


@pytest.mark.parametrize(("user", "path"), CASES, ids=str)
def test_the_recorded_answers(door: Rest, user: int, path: str) -> None:
    holds_of_sql(door, user, path)


def holds_of_sql(door: Rest, user: int, path: str) -> None:
    """Functions and views answer what was recorded."""
    (one,) = [one for one in recorded.answers() if (one["user"], one["path"]) == (user, path)]
    given, wanted = CASES[user, path](door), one["body"]
    if "page=2" in path:
        same_page(given, wanted)
    else:
        same(given, _of_sql(wanted, given), HIDDEN)


def _of_sql(wanted: Any, given: Any) -> Any:
    """What was recorded, less what the application added: fields of objects that SQL does not give."""
    if isinstance(wanted, dict) and isinstance(given, dict):
        return {name: _of_sql(value, given[name]) for name, value in wanted.items() if name in given}
    if isinstance(wanted, list) and isinstance(given, list) and given and isinstance(given[0], dict):
        return [{name: row[name] for name in row.keys() & given[0].keys()} for row in wanted]
    return wanted
