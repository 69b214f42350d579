"""The requests of `scripts/bench http`: reads, by HTTP and as the same RPC, and posts."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .fleet import Fleet, client_of, person

WINDOW = timedelta(days=30)
SERVICE = 0


@dataclass(frozen=True)
class Question:
    """One read: the user, the route, and the arguments that the route passes to the RPC."""

    client: int
    path: str | None
    arguments: Mapping[str, Any]

    @property
    def person(self) -> str:
        return person(self.client)


@dataclass(frozen=True)
class Read:
    """A kind of read; `ask` makes a random one. Without a path there is no route."""

    name: str
    title: str
    rpc: str
    demand: str
    ask: Callable[[random.Random, Fleet], Question] = field(repr=False)


@dataclass(frozen=True)
class Post:
    """Posts of readings, `size` in a body; 0: a single one, not in a list."""

    name: str
    title: str
    demand: str
    size: int

    @property
    def path(self) -> str:
        return "/v2/posicoes/lote" if self.size else "/v2/posicoes"

    @property
    def readings(self) -> int:
        """Readings in a request."""
        return self.size or 1


def _product(rng: random.Random, fleet: Fleet) -> Question:
    client = rng.randint(1, fleet.clients)
    return Question(client, f"/v2/TbPosicaoAtual?cdProduto={client}", _positions(client))


def _everything(_rng: random.Random, _fleet: Fleet) -> Question:
    return Question(SERVICE, None, _positions(None))


def _positions(product: int | None) -> dict[str, Any]:
    return {"p_cd_produto": product, "p_cd_dispositivos": None, "p_desde": None}


def _device(rng: random.Random, fleet: Fleet) -> Question:
    device = rng.randint(1, fleet.devices)
    return _history(client_of(device), device)


def _device_window(rng: random.Random, fleet: Fleet) -> Question:
    device = rng.randint(1, fleet.devices)
    return _history(client_of(device), device, _begin(rng, fleet))


def _client(rng: random.Random, fleet: Fleet) -> Question:
    return _history(rng.randint(1, fleet.clients), 0)


def _client_window(rng: random.Random, fleet: Fleet) -> Question:
    return _history(rng.randint(1, fleet.clients), 0, _begin(rng, fleet))


def _begin(rng: random.Random, fleet: Fleet) -> datetime:
    """A random day that at least thirty days of history follow."""
    return fleet.end - WINDOW - timedelta(days=rng.randint(0, max(0, fleet.days - WINDOW.days)))


def _history(client: int, device: int, begin: datetime | None = None) -> Question:
    path = f"/v2/HistoricoPaginaDispositivo/{device}?pageSize=50"
    path += f"&cdCliente={client}" if device == 0 else ""
    end = begin + WINDOW if begin else None
    if begin and end:
        path += f"&dtInicio={begin.isoformat()}Z&dtFim={end.isoformat()}Z"
    arguments = {
        "p_cd_cliente": client if device == 0 else None,
        "p_cd_dispositivo": device,
        "p_cd_dispositivos": None,
        "p_dt_registro_comeco": begin and f"{begin.isoformat()}Z",
        "p_dt_registro_fim": end and f"{end.isoformat()}Z",
        "p_page": 1,
        "p_page_size": 50,
        "p_cursor": None,
    }
    return Question(client, path, arguments)


def _chart(route: str, **axis: str) -> Callable[[random.Random, Fleet], Question]:
    """A summary of the 20 devices of a product over thirty random days."""

    def ask(rng: random.Random, fleet: Fleet) -> Question:
        product, begin = rng.randint(1, fleet.clients), _begin(rng, fleet)
        begins, ends = f"{begin.isoformat()}Z", f"{(begin + WINDOW).isoformat()}Z"
        path = f"/v2/summary/{route}?cdProduto={product}&dtInicio={begins}&dtFim={ends}"
        path += "".join(f"&aggregation={value}" for value in axis.values())
        arguments = {
            "p_cd_produto": product,
            "p_dt_inicio": begins,
            "p_dt_fim": ends,
            "p_cd_dispositivos": None,
            "p_cd_cliente": None,
            "p_fuso": "America/Sao_Paulo",
            **axis,
        }
        return Question(product, path, arguments)

    return ask


def _devices(rng: random.Random, fleet: Fleet) -> Question:
    product, begin = rng.randint(1, fleet.clients), _begin(rng, fleet)
    path = f"/v2/cliente/{product}/produto/{product}/dispositivos-resumo"
    path += f"?dtInicio={begin.isoformat()}Z&dtFim={(begin + WINDOW).isoformat()}Z"
    return Question(product, path, _summed(begin, product))


def _all_devices(rng: random.Random, fleet: Fleet) -> Question:
    return Question(SERVICE, None, _summed(_begin(rng, fleet), None))


def _summed(begin: datetime, product: int | None) -> dict[str, Any]:
    return {
        "dt_registro_inicio": f"{begin.isoformat()}Z",
        "dt_registro_fim": f"{(begin + WINDOW).isoformat()}Z",
        "cd_status": None,
        "ds_uf": None,
        "bl_area": None,
        "nr_bateria_min": None,
        "nr_bateria_max": None,
        "cd_cliente": product,
        "cd_produto": product,
    }


_POSITIONS, _HISTORY = "get_posicoes_atuais", "get_historico_paginado"
_DEVICES, _SUMMARY = "get_lista_dispositivos_resumo", "100 ms (goal 30)"
_PRODUCT = "SQL 5 / HTTP p95 20 ms (goal 1 / 10)"
_ONE, _TWENTY = "10 ms (goal 5), at 35 M rows", "50 ms (goal 20), at 35 M rows"

READS = (
    Read("positions-product", "current positions of one product", _POSITIONS, _PRODUCT, _product),
    Read("positions-all", "current positions of every device, SQL only", _POSITIONS, "", _everything),
    Read("history-device", "history page of one device", _HISTORY, _ONE, _device),
    Read("history-device-30d", "the same, any 30 days", _HISTORY, _ONE, _device_window),
    Read("history-client", "history page of a client of 20", _HISTORY, _TWENTY, _client),
    Read("history-client-30d", "the same, any 30 days", _HISTORY, _TWENTY, _client_window),
    Read(
        "temperatura", "temperatures of 20 devices, 30 days, by day", "get_temperatura_aggregation", "",
        _chart("temperatura", p_aggregation_type="daily"),
    ),
    Read(
        "abertura-porta", "doors of 20 devices, 30 days, by hour", "get_abertura_porta_aggregation", "",
        _chart("abertura-porta", p_aggregation_type="hourly"),
    ),
    Read(
        "movimento-pessoas", "people, 20 devices, 30 days, by day of the week",
        "get_movimento_pessoas_aggregation", "",
        _chart("movimento-pessoas", p_aggregation_type="by_day_of_week"),
    ),
    Read(
        "camera-categorias", "cameras of 20 devices, 30 days", "get_camera_categorias_aggregation", "",
        _chart("camera-categorias"),
    ),
    Read("resumo", "summary of 20 devices, 30 days", _DEVICES, "", _devices),
    Read("resumo-all", "summary of every device, 30 days, SQL only", _DEVICES, _SUMMARY, _all_devices),
)  # fmt: skip
POSTS = (
    Post("post-single", "single POST", "1,000/s (goal 2,000)", 0),
    Post("post-100", "POST of 100 readings", "", 100),
    Post("post-800", "POST of 800 readings", "", 800),
)
CASES = (*READS, *POSTS)
