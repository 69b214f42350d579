"""Limits at their edges: what is just small enough is taken, one more is refused."""

import json
from typing import Any

import pytest

from app.readings import json_text
from tests.http import callers
from tests.http.callers import Api


def _padded(reading: dict[str, Any], size: int) -> bytes:
    """The reading as JSON of this many bytes; spaces are no content."""
    text = json.dumps(reading).encode()
    return text[:-1] + b" " * (size - len(text)) + b"}"


def _text_of(size: int) -> dict[str, str]:
    return {"dsPonto": "temperatura", "dsValor": "x" * size}


# Seen to fail: with >= in _read of app/http/kit/bodies.py.
@pytest.mark.parametrize(("more", "status"), [(0, 201), (1, 413)])
def test_bytes_of_a_body(make_app, reading, more, status):
    gateway = Api(make_app(max_body_bytes=4_096).test_client(), callers.with_key(callers.INGEST_KEY))
    assert gateway.post("/v2/posicoes", _padded(reading(), 4_096 + more)).status_code == status


# Seen to fail: with twice the bytes in _passable of app/readings/json_text.py.
@pytest.mark.parametrize(("more", "told"), [(0, "stored"), (1, "rejected")])
def test_bytes_of_an_element_for_the_parser(gateway, reading, more, told):
    element = _padded(reading(), json_text.MAX_ELEMENT_BYTES + more)
    answer = gateway.post("/v2/posicoes/lote", b"[" + element + b"]")
    assert [one["verdict"] for one in answer.json["results"]] == [told]


# Seen to fail: with twice the bytes in private.shape_error.
@pytest.mark.parametrize(("size", "status"), [(65_000, 201), (66_000, 413)])
def test_bytes_of_an_element_for_the_database(gateway, reading, size, status):
    """What jsonb makes of it counts, some bytes more than its text: so only near the edge of 65,536."""
    answer = gateway.post("/v2/posicoes", reading(sensores=[_text_of(size)]))
    assert answer.status_code == status


# Seen to fail: with >= in _is_deeper_than of app/readings/json_text.py.
@pytest.mark.parametrize(("levels", "told"), [(64, "nrBat"), (65, "deeper than 64")])
def test_levels_of_an_element(gateway, levels, told):
    """Deep is never good, but only too deep goes unread."""
    inner = b"[" * (levels - 1) + b"]" * (levels - 1)
    answer = gateway.post("/v2/posicoes", b'{"cdDispositivo":7,"sensores":[],"nrBat":%b}' % inner)
    assert answer.status_code == 400
    assert told in answer.json["error"]


# What makes the batch be split in another way: nothing, a text that jsonb cannot hold, no JSON.
_ODD = {"plain": b"", "unusual": b',{"cdDispositivo":7,"nrBat":"\\u0000"}', "broken": b',{"nrBat": 01}'}


# Seen to fail: with >= in batch and in _split of app/readings/json_text.py, and with > in _split_broken.
@pytest.mark.parametrize(("many", "status"), [(3, 200), (4, 413)])
@pytest.mark.parametrize("odd", _ODD.values(), ids=_ODD)
def test_readings_of_a_batch(make_app, reading, odd, many, status):
    gateway = Api(make_app(max_batch=3).test_client(), callers.with_key(callers.INGEST_KEY))
    usual = b",".join(json.dumps(reading()).encode() for _ in range(many - bool(odd)))
    assert gateway.post("/v2/posicoes/lote", b"[" + usual + odd + b"]").status_code == status


EDGES = {
    "pageSize": ("/v2/erros-ingestao", "1000", "1001"),
    "motivo": ("/v2/erros-ingestao", "x" * 1_000, "x" * 1_001),
    "cursor": ("/v2/erros-ingestao", str(2**63 - 1), str(2**63)),
    "cdProduto": ("/v2/TbPosicaoAtual", str(2**31 - 1), str(2**31)),
    "cdDispositivos": ("/v2/TbPosicaoAtual?cdProduto=1", ",".join(["1"] * 1_000), ",".join(["1"] * 1_001)),
}


# Seen to fail: with one more or one less, for each of the bounds in kit/parameters.py. The database refuses
# what is more, too, but does not know the name of the parameter.
@pytest.mark.parametrize(
    ("name", "path", "most", "more"), [(n, *edge) for n, edge in EDGES.items()], ids=EDGES
)
def test_parameters(app, name, path, most, more):
    client, headers = app.test_client(), callers.as_user(callers.SERVICE)
    path += f"{'&' if '?' in path else '?'}{name}="
    assert client.get(path + most, headers=headers).status_code == 200
    refused = client.get(path + more, headers=headers)
    assert (refused.status_code, refused.json["error_code"]) == (400, "INVALID_PARAMETER")
    assert refused.json["details"] == {"parameter": name}
