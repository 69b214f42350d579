"""The worst reads of `scripts/bench worst`: somebody who sees a whole fleet asks for all of it, all the time.

Nothing bounds how many devices a client has, nor for how long: these figures are for the size that they name.
"""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

from .fleet import Fleet
from .worst_case import Case

# Everything is of one product, there is a picture, and the others who may be listed are many.
BEFORE = """
    update public."TbDispositivo" set "cdProduto" = 1;
    insert into public."TbDispositivo" (
      "cdDispositivo", "dsDispositivo", "cdStatus", "cdCliente", "cdProduto")
      select n, 'x', 'estoque', 1, n % 40 + 2 from generate_series(100001, 105000) n;
    insert into public."TbProduto" ("cdProduto", "dsNome", "cdCliente")
      select n, 'Product ' || n, 1 from generate_series(1001, 2000) n;
    insert into public."TbDispositivo" ("cdDispositivo", "cdStatus", "cdCliente", "cdProduto")
      select n + 200000, 'ativo', 1, n from generate_series(1001, 2000) n;
    insert into auth.users (id)
      select ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid from generate_series(1, 5000) n;
    update public.profiles set "cdCliente" = 1 where id::text like '1%';
    insert into public."TbApiKeys" ("cdUsuario", "dsHash", "cdClientes", "dsNome", "dsPermissoes")
      select '00000000-0000-4000-8000-000000000000', encode(sha256(n::text::bytea), 'hex'), '{1}', 'x',
             '{read}'
      from generate_series(1, 5000) n;
    insert into public."TbClienteChave" ("dsChave", "nrLimite", "cdCliente", "dtExpiracao")
      select 'x' || n, 9, 1, now() + interval '1 day' from generate_series(1, 5000) n;
    analyze
"""
_SUMMARIES = {
    "get_abertura_porta_aggregation": "hourly",
    "get_movimento_pessoas_aggregation": "by_day_of_week",
    "get_temperatura_aggregation": "daily",
    "get_camera_categorias_aggregation": "",
}


def cases(fleet: Fleet) -> Iterator[Case]:
    """All reads of what has a size; each as the service, who sees every client."""
    yield from _positions(fleet)
    yield from _history(fleet)
    yield from _points(fleet)
    yield from _sums(fleet)
    yield from _lists()


def _case(name: str, function: str, **arguments: Any) -> Case:
    return Case(name, function, lambda _: arguments)


def comb(vertices: int, digits: int = 4) -> list[list[float]]:
    """A closed ring with teeth side by side: a level line crosses all of them."""
    top = [[round(n / vertices, digits), 1 if n % 2 else 0] for n in range(vertices - 3)]
    return [*top, [1, -1], [0, -1], [0, 0]]


def _positions(fleet: Fleet) -> Iterator[Case]:
    west, south = -47.5, -24.5  # of the fleet
    ring = [[round(west + x * 3, 5), round(south + y * 3, 1)] for x, y in comb(3_500, 5)]
    areas = {
        "all": None,
        "in a circle": '{"circulo": [-23.5, -46.6, 20000000]}',
        "in a box": '{"caixa": [-90, -180, 90, 180]}',
        "in a polygon of 3,500 vertices": f'{{"poligono": {{"type": "Polygon", "coordinates": [{ring}]}}}}',
        "outside their geofence": '{"fora": true}',
    }
    for name, area in areas.items():
        for function in ("get_posicoes_atuais", "get_posicoes_geojson"):
            yield _case(f"current positions, {name}, {function}", function, p_area=area)
    for name, area in areas.items():
        yield _case(f"a page of 1,000 current positions, {name}", "get_frota", p_area=area)
    yield _case("a page of 1,000 codes", "get_frota", p_cd_dispositivos=[*range(1, 1_001)])
    yield _case(
        "current positions of 1,000 codes", "get_posicoes_atuais", p_cd_dispositivos=[*range(1, 1_001)]
    )
    yield _case("1,000 positions, in no order, by a battery that none has", "get_posicoes", p_nr_bat=1.5)
    yield _case("1,000 positions of a device", "get_posicoes", p_cd_dispositivo=1)


def _cursor(*parts: object) -> str:
    return base64.b64encode(",".join(map(str, parts)).encode()).decode()


def _history(fleet: Fleet) -> Iterator[Case]:
    middle = fleet.start + (fleet.end - fleet.start) / 2
    page = {"p_cd_dispositivo": 0, "p_page_size": 1_000}
    name = "history, 1,000 rows of all devices"
    yield _case(f"{name}, first page", "get_historico_paginado", **page)
    deep = _cursor(1, f"{middle:%Y-%m-%d %H:%M:%S}.000000", 1, 1)
    yield _case(f"{name}, by a cursor in the middle", "get_historico_paginado", **page, p_cursor=deep)
    last = fleet.reports // 1_000
    yield _case(f"{name}, page {last:,} by its number", "get_historico_paginado", **page, p_page=last)
    yield _case(
        "history, 1,000 rows of 1,000 codes",
        "get_historico_paginado",
        **page,
        p_cd_dispositivos=[*range(1, 1_001)],
    )
    end = fleet.end.replace(tzinfo=UTC)
    for function, rows in (("get_historico_completo", 19_800), ("get_historico_leituras", 49_000)):
        begin = end - timedelta(days=rows / (fleet.devices * fleet.per_day))
        yield _case(f"{rows:,} rows of history, {function}", function, p_dt_inicio=begin, p_dt_fim=end)
        yield _case(f"the count that refuses all of it, {function}", function)
    track = {"p_dt_inicio": fleet.start.replace(tzinfo=UTC), "p_dt_fim": fleet.end.replace(tzinfo=UTC)}
    yield _case("track, 1,000 points", "get_trajeto", p_cd_dispositivo=1, **track)
    deep = _cursor(1, f"{middle:%Y-%m-%d %H:%M:%S}", 1)
    yield _case("track, by a cursor", "get_trajeto", p_cd_dispositivo=1, p_cursor=deep, **track)


def _points(fleet: Fleet) -> Iterator[Case]:
    ever = {"p_dt_inicio": "1970-01-01T00:00:00Z", "p_dt_fim": "2100-01-01T00:00:00Z"}
    for width in ("raw", "1m", "5m", "1h", "auto"):
        sensor = {"p_cd_sensor": 4, "p_agg": width, "p_limit": 100_000}
        yield _case(f"points of a sensor at all times, {width}", "get_data_points", **sensor, **ever)
        yield _case(
            f"points of a sensor at all times, {width}, thinned",
            "get_data_points",
            **sensor,
            p_max_points=10_000,
            **ever,
        )
    end = fleet.end.replace(tzinfo=UTC)
    several = {"p_cd_sensores": [*range(1, 1_001)], "p_limit": 5_000}
    for width, days in (("1h", 416), ("auto", 416), ("raw", 41), ("1m", 41), ("5m", 41)):
        window = {"p_dt_inicio": end - timedelta(days=days), "p_dt_fim": end}
        yield _case(
            f"points of 20 sensors, {days} days, {width}", "get_series", **several, p_agg=width, **window
        )
    yield _case("the latest values of 1,000 sensors", "get_ultimos_valores")


def _sums(fleet: Fleet) -> Iterator[Case]:
    window = {"p_dt_inicio": fleet.start.replace(tzinfo=UTC), "p_dt_fim": fleet.end.replace(tzinfo=UTC)}
    ever = {"p_dt_inicio": "1970-01-01T00:00:00Z", "p_dt_fim": "2100-01-01T00:00:00Z"}
    for function, axis in _SUMMARIES.items():
        more = {"p_aggregation_type": axis} if axis else {}
        yield _case(f"all devices, all days, {function}", function, p_cd_produto=1, **more, **window)
        yield _case(f"the same from 1970 to 2100, {function}", function, p_cd_produto=1, **more, **ever)
    zone = {"p_fuso": "Asia/Kathmandu", "p_aggregation_type": "daily"}
    yield _case(
        "days of a zone of quarters of an hour",
        "get_temperatura_aggregation",
        p_cd_produto=1,
        **zone,
        **window,
    )
    devices = [*range(1, 1_001)]
    end = fleet.end.replace(tzinfo=UTC)
    for days, size in ((36, 1_000), (365, 100)):
        range_ = {"p_dt_inicio": end - timedelta(days=days - 1), "p_dt_fim": end}
        yield _case(
            f"sums by day, {size:,} devices, {days} days", "get_somas_diarias", p_page_size=size, **range_
        )
    yield _case("sums of 1,000 devices", "get_device_aggregations", p_dispositivos=devices)
    yield _case("sums of 1,000 devices by kind", "get_grouped_sensor_data", dispositivos=devices)
    yield _case("site, state and sums of all devices", "get_lista_dispositivos_resumo", cd_produto=1)


def _lists() -> Iterator[Case]:
    page = {"p_page_size": 1_000}
    text = json.dumps({"dsCidade": "x" * 1_000, "dsUF": "x" * 1_000})
    yield _case("1,000 devices", "get_cadastros", p_cadastro="dispositivos", **page)
    yield _case("addresses of a city that none has", "get_cadastros", p_cadastro="enderecos", p_filtros=text)
    yield _case("1,000 products", "get_produtos_completos", p_cd_cliente=1, **page)
    yield _case("1,000 products by a name that none has", "get_produtos_completos", p_cd_cliente=1,
                p_ds_nome="x" * 1_000, **page)  # fmt: skip
    yield _case("all products by state", "get_produtos_por_status")
    yield _case("data of all devices", "get_dados_dispositivos")
    yield _case("1,000 keys", "get_api_keys", **page)
    yield _case("1,000 people", "get_pessoas", **page)
    yield _case("1,000 invitations", "get_convites", **page)
    yield _case("logins of a device", "get_credenciais", p_cd_dispositivo=1, **page)
    yield _case("health of the time series", "get_saude_series")
