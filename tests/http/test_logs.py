"""One JSON line for every request, and no secret in it."""

import json
import logging

import pytest

from app import create_app, logs
from tests.http import callers
from tests.http.stubs import SETTINGS, StubBackend


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO)
    caplog.handler.setFormatter(logs.JsonLines())
    return lambda: [json.loads(caplog.handler.format(record)) for record in caplog.records]


def test_a_request_is_one_line(gateway, reading, lines):
    gateway.post("/v2/posicoes/lote", [reading(), 5], headers={"X-Request-Id": "trace-1"})
    (line,) = lines()
    expected = {
        "level": "info",
        "action": "request",
        "request_id": "trace-1",
        "method": "POST",
        "path": "/v2/posicoes/lote",
        "status": 200,
        "verdicts": {"stored": 1, "duplicate": 0, "conflict": 0, "rejected": 1, "untimed": 1},
    }
    assert line.items() >= expected.items()
    assert line["caller"].startswith("key:")
    assert line["ms"] > 0


def test_no_secret_is_logged(app, lines):
    headers = callers.as_user(callers.READER)
    client = app.test_client()
    client.get("/v2/TbPosicaoAtual?cdProduto=1&apikey=hidden", headers=headers)
    client.get("/v2/TbPosicaoAtual?cdProduto=1", headers=callers.with_key(callers.INGEST_KEY))
    text = json.dumps(lines())
    for secret in (headers["Authorization"].split()[1], callers.INGEST_KEY, "hidden"):
        assert secret not in text


def test_the_clients_acted_for_are_logged(lines):
    client = create_app(SETTINGS, StubBackend(clients="1,3")).test_client()
    client.get("/v2/TbPosicaoAtual?cdProduto=1", headers=callers.as_user(callers.READER))
    assert lines()[0]["clients"] == "1,3"


def test_a_bug_is_logged_with_its_trace_and_the_request(lines):
    client = create_app(SETTINGS, StubBackend(ZeroDivisionError("x"))).test_client()
    answer = client.get("/v2/TbPosicaoAtual?cdProduto=1", headers=callers.as_user(callers.READER))
    unexpected, *_ = (line for line in lines() if line["action"] == "unexpected")
    assert "ZeroDivisionError" in unexpected["trace"]
    assert unexpected["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "é", '{"a":1}', "-rf"])
def test_a_strange_request_id_is_replaced(app, given):
    answer = app.test_client().get("/health/live", headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] != given
    assert len(answer.headers["X-Request-Id"]) == 32
