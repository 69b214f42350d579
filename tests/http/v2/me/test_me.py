"""GET /v2/eu."""

import pytest

from app.http.v2.me.schemas import Me
from tests.http import callers
from tests.http.callers import Api

CALLERS = {
    "a reader": (callers.as_user(callers.READER), "user", "default", ["read"], [1, 3]),
    "an admin": (callers.as_user(callers.ADMIN), "user", "admin", ["read", "ingest", "admin"], [1, 3]),
    "a gateway": (callers.with_key(callers.INGEST_KEY), "key", None, ["ingest"], [1, 3]),
    "a key that reads": (callers.with_key(callers.READ_KEY), "key", None, ["read"], [1, 3]),
}


@pytest.mark.parametrize(("headers", "kind", "role", "permissions", "clients"), CALLERS.values(), ids=CALLERS)
def test_callers_learn_who_they_are(app, headers, kind, role, permissions, clients):
    answer = Api(app.test_client(), headers).get("/v2/eu")
    assert answer.status_code == 200, answer.text
    Me.model_validate_json(answer.data, strict=True)
    told = answer.json
    assert set(told) == set(Me.model_fields)
    assert (told["dsTipo"], told["role"], told["permissoes"]) == (kind, role, permissions)
    assert (told["cdCliente"], told["blTodosClientes"]) == (1, False)
    assert [one["cdCliente"] for one in told["clientes"]] == clients
    assert all(one["dsNome"] for one in told["clientes"])
    assert (told["apiKey"] is not None) == (kind == "key")


def test_the_service_acts_for_all(app):
    told = Api(app.test_client(), callers.as_user(callers.SERVICE)).get("/v2/eu").json
    assert (told["role"], told["blTodosClientes"], told["cdCliente"]) == ("service", True, None)
    assert {1, 2, 3} <= {one["cdCliente"] for one in told["clientes"]}


def test_who_is_unknown_is_told_so(app):
    for headers in ({}, callers.with_key("rastro_x"), callers.as_user(callers.STRANGER)):
        assert Api(app.test_client(), headers).get("/v2/eu").status_code == 401
