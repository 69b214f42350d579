"""A code in a path, and the sensor of data/points, is 404 if unknown or not visible; filters never are."""

import re

import pytest

from tests.http import callers
from tests.http.callers import Api

WINDOW = {"dtInicio": "2026-01-01", "dtFim": "2026-01-02"}
UNKNOWN = "00000000-0000-4000-8000-00000000ffff"
# What a route is asked for beside its path; those that only change or delete are told elsewhere.
QUERIES = {
    "/v2/dispositivos/<cdDispositivo>/trajeto": WINDOW,
    "/v2/HistoricoPaginaDispositivo/<cdDispositivo>": WINDOW,
    "/v2/data/points": WINDOW,
}
# Path -> one that exists, of client 1 and of client 2
OWN = {
    "/v2/cliente/<cdCliente>/produtos": ("1", "2"),
    "/v2/HistoricoPaginaDispositivo/<cdDispositivo>": ("7", "17"),
    "/v2/dispositivos/<cdDispositivo>/trajeto": ("7", "17"),
    "/v2/dispositivos/<cdDispositivo>/credenciais": ("7", "17"),
    "/v2/dispositivos/<codigo>": ("7", "17"),
    "/v2/clientes/<codigo>": ("1", "2"),
}


def _reads(app):
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v2/")
        and rule.arguments
        and "GET" in rule.methods
        and not rule.rule.startswith("/v2/exclusoes/")  # for the service alone
    )


def _with(path, code):
    return re.sub(
        r"<(\w+)>", lambda name: UNKNOWN if name[1] in ("cdApiKey", "cdExclusao", "id") else code, path
    )


def test_what_a_path_names_must_be_there(app, admin):
    for path in _reads(app):
        answer = admin.get(_with(path, "2147483647"), **QUERIES.get(path, {}))
        assert (answer.status_code, answer.json["error_code"]) == (404, "NOT_FOUND"), (path, answer.text)


@pytest.mark.parametrize(("path", "codes"), OWN.items())
def test_what_others_have_is_as_unknown_as_what_nobody_has(app, admin, path, codes):
    mine, theirs = (admin.get(_with(path, code), **QUERIES.get(path, {})) for code in codes)
    nobodys = admin.get(_with(path, "2147483647"), **QUERIES.get(path, {}))
    assert mine.status_code == 200, mine.text
    assert (theirs.status_code, theirs.json) == (404, nobodys.json)


def test_the_one_sensor_of_points_must_be_there(app, admin):
    other = Api(app.test_client(), callers.as_user(callers.OTHER_ADMIN))
    nobodys = admin.get("/v2/data/points", cdSensor=99_999_999, **WINDOW)
    assert (nobodys.status_code, nobodys.json["error_code"]) == (404, "NOT_FOUND")
    assert (
        admin.get("/v2/data/points", cdSensor=702, **WINDOW).status_code == 200
    )  # though it has no values then
    theirs = other.get("/v2/data/points", cdSensor=702, **WINDOW)
    assert (theirs.status_code, theirs.json) == (404, nobodys.json)
    file = admin.get("/v2/data/points", cdSensor=99_999_999, formato="csv", **WINDOW)
    assert (file.status_code, file.json) == (404, nobodys.json)


def test_filters_leave_nothing_over(admin):
    for path, query in {
        "/v2/TbPosicaoAtual": {"cdProduto": 99_999},
        "/v2/dispositivos": {"cdCliente": 99_999},
        "/v2/HistoricoPaginaDispositivo/0": {"cdCliente": 99_999},
        "/v2/HistoricoPaginaDispositivo/7": {"cdCliente": 2},
        "/v2/erros-ingestao": {"cdDispositivo": 99_999},
    }.items():
        answer = admin.get(path, **query)
        assert (answer.status_code, answer.json["data"]) == (200, []), path
    for name in ("temperatura", "camera-categorias"):
        answer = admin.get(f"/v2/summary/{name}", cdProduto=99_999, **WINDOW)
        assert (answer.status_code, answer.json["datasets"]) == (200, [])
