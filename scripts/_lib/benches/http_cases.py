"""What `scripts/bench http` asks: each read by HTTP and as the very same RPC, and the posts."""

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
    """One read: who asks, the route, and the arguments the route hands to the RPC."""

    client: int
    path: str | None
    arguments: Mapping[str, Any]

    @property
    def person(self) -> str:
        return person(self.client)


@dataclass(frozen=True)
class Read:
    """A kind of read; `ask` draws one at random. Without a path it has no route."""

    name: str
    title: str
    rpc: str
    demand: str
    ask: Callable[[random.Random, Fleet], Question] = field(repr=False)


@dataclass(frozen=True)
class Post:
    """Readings by HTTP; `size` of them in a body, 0 for one that is not in a list."""

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
    """Any day from which on there are thirty days of history."""
    return fleet.end - WINDOW - timedelta(days=rng.randint(0, max(0, fleet.days - WINDOW.days)))


def _history(client: int, device: int, begin: datetime | None = None) -> Question:
    path = f"/v2/HistoricoPaginaDispositivo/{device}?pageSize=50"
    path += f"&cdCliente={client}" if device == 0 else ""
    end = begin + WINDOW if begin else None
    if begin and end:
        path += f"&dtRegistroComeco={begin.isoformat()}Z&dtRegistroFim={end.isoformat()}Z"
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


_POSITIONS, _HISTORY = "get_posicoes_atuais", "get_historico_paginado"
_PRODUCT = "SQL 5 / HTTP p95 20 ms (goal 1 / 10)"
_ONE, _TWENTY = "10 ms (goal 5), at 35 M rows", "50 ms (goal 20), at 35 M rows"

READS = (
    Read("positions-product", "current positions of one product", _POSITIONS, _PRODUCT, _product),
    Read("positions-all", "current positions of every device, SQL only", _POSITIONS, "", _everything),
    Read("history-device", "history page of one device", _HISTORY, _ONE, _device),
    Read("history-device-30d", "the same, any 30 days", _HISTORY, _ONE, _device_window),
    Read("history-client", "history page of a client of 20", _HISTORY, _TWENTY, _client),
    Read("history-client-30d", "the same, any 30 days", _HISTORY, _TWENTY, _client_window),
)
POSTS = (
    Post("post-single", "single POST", "1,000/s (goal 2,000)", 0),
    Post("post-100", "POST of 100 readings", "", 100),
    Post("post-800", "POST of 800 readings", "", 800),
)
CASES = (*READS, *POSTS)
