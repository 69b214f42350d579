"""Every endpoint asks the database once: one message there, one answer back."""

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from app.http.application import create_app
from app.http.kit import known
from tests.http import callers
from tests.http.conftest import settings_for
from tests.http.kit.test_routes import PUBLIC
from tests.http.v2.fleet.test_pictures import picture

WITHOUT_DATABASE = {"health.live", "metrics.get_metrics"}
CHART = {"dt_registro_inicio": "20260101", "dt_registro_fim": "20260102"}
QUERY = {
    "cdProduto": 1, "cdCliente": 1, "cdDispositivo": "7", "cdSensor": 702, "dtInicio": "20260101",
    "dtFim": "20260102", **CHART,
}  # fmt: skip
BODIES: dict[str, Any] = {
    "/v2/posicoes": {"cdDispositivo": 7, "nrBat": 3.5},
    "/v2/posicoes/lote": [{"cdDispositivo": 7, "nrBat": 3.5}],
    "/v2/api-keys": {"dsNome": "x"},
    "/v2/erros-ingestao/reprocessar": {"cdErros": [1]},
    "/Posicao": {"cdDispositivo": 7, "dsLat": -23.5, "dsLong": -46.6, "sensores": []},
    "/Sensor": {"cdDispositivo": 7, "cdTipoSensor": 4},
    "/v2/pessoas/5f0c1c5e-8a60-4c0e-9a53-0d5a4f6f3c11": {"role": "admin"},
    "/v2/convites": {"cdCliente": 1},
    "/v2/convites/aceitar": {"dsChave": "x"},
    "/v2/clientes/<cdCliente>/retencao": dict.fromkeys(("nrDiasBruto", "nrDias1m", "nrDias5m", "nrDias1h")),
    "/v2/exclusoes/5f0c1c5e-8a60-4c0e-9a53-0d5a4f6f3c11": {"cdDispositivo": 7, "dsMotivo": "x"},
    "/v2/clientes/<cdCliente>/guardas-legais": {"cdDispositivo": 7, "dsMotivo": "x"},
    "/v2/sensores": {"cdDispositivo": 7, "cdTipoSensor": 4},
    "/v2/tipos-sensor": {"dsNome": "x"},
}

TABLES = {
    "/v2/dispositivos/lote": "dsObs\nx\n",
    "/v2/sensores/lote": "cdDispositivo,cdTipoSensor\n7,4\n",
    "/v2/historico/lote": "cdDispositivo,dtRegistro,nrBat\n7,2026-01-01T00:00:00Z,3.6\n",
}

_DOWNLOADS = {"/v2/dispositivos/<cdDispositivo>/trajeto"}  # which get a mark first: app/http/kit/downloads.py


class Wire:
    """Between the application and PostgreSQL: counts the messages that ask something."""

    def __init__(self, host: str, port: int) -> None:
        self.target, self.asked = (host, port), 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            threading.Thread(target=self._ask, args=(client, server), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        """Messages of the client, whole: the first kinds have no letter, later ones begin with one."""
        stream, begun = client.makefile("rb"), False
        while head := stream.read(5 if begun else 4):
            length = int.from_bytes(head[-4:], "big")
            rest = stream.read(length - 4)
            self.asked += begun and head[:1] in b"QSF"  # a sync ends the statements that go together
            begun = begun or not (length == 8 and rest[:2] == b"\x04\xd2")  # asks for TLS, or its kind
            server.sendall(head + rest)
        server.close()

    @staticmethod
    def _pass(server: socket.socket, client: socket.socket) -> None:
        while data := server.recv(65_536):
            client.sendall(data)
        client.close()


@contextmanager
def counted(fleet: Any, **changes: Any) -> Iterator[tuple[Any, Wire]]:
    """The application, and what counts its questions."""
    url = urlsplit(fleet.api_url)
    wire = Wire(url.hostname or "", url.port or 0)
    through = url._replace(netloc=f"{url.username}:{url.password}@127.0.0.1:{wire.port}").geturl()
    app = create_app(
        settings_for(fleet, database_url=f"{through}?sslmode=disable&gssencmode=disable", **changes)
    )
    try:
        yield app, wire
    finally:
        app.extensions["rastro.backend"].close()
        wire.close()


# Seen to fail: with a second call in any handler; with the claims in a statement of their own.
def test_one_question_a_request(fleet, tmp_path):
    with counted(fleet, image_folder=str(tmp_path)) as (app, wire):
        client = app.test_client()
        client.get("/v2/dispositivos", headers=callers.as_user(callers.SERVICE))  # the connection is there
        for path in ("/v2/posicoes", "/v2/dispositivos/lote"):  # and the caller is known
            client.post(path, headers=callers.as_user(callers.SERVICE))
        for rule in app.url_map.iter_rules():
            if rule.endpoint in PUBLIC - {"health.ready", "health.timeseries"}:
                continue
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                before = wire.asked
                answer = _ask(client, method, rule.rule)
                wanted = 2 if rule.rule in _DOWNLOADS else 1
                assert wire.asked - before == wanted, (method, rule.rule, answer.status_code, answer.data)


def _known(client: Any, rule: str) -> dict[str, Any]:
    """Those of QUERY that a route has; v1 ignores others."""
    (view,) = {
        client.application.view_functions[one.endpoint]
        for one in client.application.url_map.iter_rules()
        if one.rule == rule and "GET" in one.methods
    }
    taken = {"cdDispositivo"} if rule == "/v2/data/points" else set()  # a sensor is named already
    return {
        name: value
        for name, value in QUERY.items()
        if (rule[:3] != "/v2" or name in known.names(view)) and name not in taken
    }


def _ask(client: Any, method: str, rule: str) -> Any:
    known_of_it = _known(client, rule) if method == "GET" else {}
    for name in ("<cdApiKey>", "<cdCredencial>", "<cdExclusao>", "<id>"):
        rule = rule.replace(name, "5f0c1c5e-8a60-4c0e-9a53-0d5a4f6f3c11")
    path = rule
    for name in (
        "codigo", "cdErro", "cdProdutoItem", "cdConvite", "cdDispositivo", "cdCliente", "cdProduto",
        "cdGuardaLegal",
    ):  # fmt: skip
        path = path.replace(f"<{name}>", "7" if name == "cdDispositivo" else "1")
    more: dict[str, Any] = {"query_string": known_of_it} if method == "GET" else {}
    if rule == "/v2/imagens" and method == "POST":
        more = {"query_string": {"cdProduto": 1}, "data": picture(), "content_type": "image/png"}
    elif rule == "/CadastraImgProduto":
        more = {"data": {"arquivo": (io.BytesIO(picture()), "1-1.png")}}
    elif rule in TABLES:
        more = {"data": TABLES[rule], "content_type": "text/csv"}
    elif method in ("POST", "PUT", "PATCH"):
        more = {"json": BODIES.get(rule, {"dsNome": "x"} if rule[1] != "v" else {})}
    return client.open(path, method=method, headers=callers.as_user(callers.SERVICE), **more)


# Seen to fail: without the look at Known in require_admission; without _known().add in _ask.
def test_a_caller_is_looked_up_once_and_a_stranger_every_time(fleet):
    headers = callers.with_key(callers.INGEST_KEY)
    with counted(fleet) as (app, wire):
        client = app.test_client()
        asked = []
        for who in (headers, headers, callers.with_key("nobody"), callers.with_key("nobody")):
            before = wire.asked
            client.post("/v2/posicoes", json={"cdDispositivo": 7, "nrBat": 3.5}, headers=who)
            asked.append(wire.asked - before)
        assert asked == [2, 1, 1, 1]


def test_the_counter_counts(fleet):
    with counted(fleet) as (app, wire):
        backend = app.extensions["rastro.backend"]
        assert backend.ready()
        first = wire.asked
        assert backend.ready()
        assert backend.ready()
        assert wire.asked == first + 2
