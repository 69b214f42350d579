"""Every error path answers in the one shape, tells nothing of SQL or the code, and says when to come back."""

from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.errors import ApiError, from_sqlstate
from app.http.application import create_app
from tests._lib.signing_keys import ec_key
from tests.http import callers
from tests.http.stubs import SETTINGS, StubBackend

_AS_READER = callers.as_user(callers.READER)
_AS_GATEWAY = {**callers.with_key(callers.INGEST_KEY), "Content-Type": "application/json"}
_BY_PUBLIC_KEY = {"Authorization": f"Bearer {ec_key('ec-1').token(callers.READER)}"}
_POSITIONS = "/v2/TbPosicaoAtual?cdProduto=1"


def _when(raises: Exception) -> Callable[[Any], TestResponse]:
    """A read while the back end raises this."""
    return lambda _: (
        create_app(SETTINGS, StubBackend(raises)).test_client().get(_POSITIONS, headers=_AS_READER)
    )


def _without_keys() -> FlaskClient:
    """The application while nobody publishes the project's public keys."""
    settings = SETTINGS.model_copy(update={"jwt_keys_url": "http://127.0.0.1:1/jwks.json"})
    return create_app(settings, StubBackend()).test_client()


PATHS: dict[str, tuple[int, Callable[[Any], TestResponse]]] = {
    "missing parameter": (400, lambda c: c.get("/v2/data/points", headers=_AS_READER)),
    "bad flag": (400, lambda c: c.post("/v2/posicoes/lote?validar=x", data=b"[]", headers=_AS_GATEWAY)),
    "not JSON": (400, lambda c: c.post("/v2/posicoes/lote", data=b"?", headers=_AS_GATEWAY)),
    "malformed reading": (400, lambda c: c.post("/v2/posicoes", data=b"?", headers=_AS_GATEWAY)),
    "no credentials": (401, lambda c: c.get(_POSITIONS)),
    "unknown key": (401, lambda c: c.get(_POSITIONS, headers=callers.with_key("rastro_x"))),
    "no permission": (403, lambda c: c.get(_POSITIONS, headers=_AS_GATEWAY)),
    "unknown path": (404, lambda c: c.get("/v2/nowhere")),
    "unknown path, strange": (404, lambda c: c.get("/v2/%00%ff/../..//x")),
    "wrong method": (405, lambda c: c.delete("/v2/posicoes", headers=_AS_GATEWAY)),
    "too large": (413, lambda c: c.post("/v2/posicoes", data=bytes(9_000_000), headers=_AS_GATEWAY)),
    "not as JSON": (
        415,
        lambda c: c.post("/v2/posicoes", data=b"{}", headers=callers.with_key(callers.INGEST_KEY)),
    ),
    "rejected": (
        422,
        lambda c: c.post("/v2/posicoes", data=b'{"cdDispositivo":0,"nrBat":1}', headers=_AS_GATEWAY),
    ),
    "limited": (429, _when(from_sqlstate("PT429", "Slow down", "TOO_MANY_REQUESTS", "7"))),
    "a bug of ours": (500, _when(ZeroDivisionError("select secret from somewhere"))),
    "an unknown SQLSTATE": (500, _when(from_sqlstate("XX000", "select secret from somewhere"))),
    "a strange PT code": (500, _when(from_sqlstate("PT999", "select secret from somewhere"))),
    "a driver's error": (500, _when(psycopg2.ProgrammingError("select secret from somewhere"))),
    "database away": (503, lambda _: create_app(SETTINGS).test_client().get(_POSITIONS, headers=_AS_READER)),
    "keys of tokens away": (503, lambda _: _without_keys().get(_POSITIONS, headers=_BY_PUBLIC_KEY)),
    "not ready": (503, lambda _: create_app(SETTINGS).test_client().get("/health/ready")),
    "told to wait": (503, _when(from_sqlstate("PT503", "Maintenance", "UNAVAILABLE", "30"))),
}


# Seen to fail: without the handler for HTTPException; with str(error) as the text of a 500.
@pytest.mark.parametrize(("status", "ask"), PATHS.values(), ids=PATHS)
def test_every_error_has_the_one_shape(app, status, ask):
    answer = ask(app.test_client())
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert set(answer.json) in ({"error", "error_code"}, {"error", "error_code", "details"})
    assert isinstance(answer.json["error"], str)
    assert answer.json["error"]
    assert answer.json["error_code"].replace("_", "").isupper()
    assert "select" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["X-Request-Id"]
    assert ("Retry-After" in answer.headers) == (status in (429, 503))


@pytest.mark.parametrize(("state", "seconds"), [("PT429", "7"), ("PT503", "30")])
def test_the_database_says_how_long_to_wait(state, seconds):
    answer = _when(from_sqlstate(state, "Later", "LATER", seconds))(None)
    assert answer.headers["Retry-After"] == seconds
    assert answer.json == {"error": "Later", "error_code": "LATER"}


def test_a_wrong_method_names_the_right_ones(app):
    answer = app.test_client().put("/v2/posicoes", headers=_AS_GATEWAY)
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_an_error_names_its_details():
    answer = _when(ApiError(409, "CONFLICT", "Taken.", {"name": "x"}))(None)
    assert answer.json == {"error": "Taken.", "error_code": "CONFLICT", "details": {"name": "x"}}
