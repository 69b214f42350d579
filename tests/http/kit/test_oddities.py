"""Odd values in every field of every route: an answer in good order, and nothing stored by halves."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest

from app.http.application import create_app
from tests.http import callers, oddities
from tests.http.stubs import SETTINGS, StubBackend
from tests.http.watch import QUARANTINE, watching

_API = create_app(SETTINGS, StubBackend()).api_doc
# What a field is among: the rest of the request is good, so that nothing else is refused first.
_GOOD: dict[str, Any] = {
    "/v2/HistoricoPaginaDispositivo/{cdDispositivo}": {"cdCliente": 1},
    "cdDispositivo": "7",
    "cdErro": "1",
    "cdCliente": "1",
    "cdProduto": "1",
    "codigo": "1",
    "cdProdutoItem": "1",
    "cdConvite": "1",
    "id": "00000000-0000-4000-8000-0000000000a2",
    "cdApiKey": "00000000-0000-4000-8000-000000000001",
    "cdCredencial": "00000000-0000-4000-8000-000000000001",
    "cdExclusao": "00000000-0000-4000-8000-000000000001",
    "cdGuardaLegal": "1",
}


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without references or alternatives: the first that is not null."""
    for option in schema.get("anyOf", [schema]):
        if name := option.get("$ref"):
            return _resolved(_API["components"]["schemas"][name.rpartition("/")[2]])
        if option.get("type") != "null":
            return option
    raise AssertionError(schema)


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in _API["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/v2/") and path != "/v2/stream":  # of a program of its own
                yield method.upper(), path, operation


def _body(operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return content and next(iter(content["examples"].values()))["value"]


def _places(schema: dict[str, Any], way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every field in a body, into the first element of lists."""
    schema = _resolved(schema)
    if way:
        yield way
    if "items" in schema:
        yield from _places(schema["items"], (*way, 0))
    for name, field in schema.get("properties", {}).items():
        yield from _places(field, (*way, name))


_METHODS: dict[str, list[str]] = {}
for _method, _at, _ in _operations():
    _METHODS.setdefault(_at, []).append(_method)
PARAMETERS = [
    (method, path, parameter["name"], parameter["in"])
    for method, path, operation in _operations()
    for parameter in operation.get("parameters", [])
]
BODIES = [
    (method, path, operation) for method, path, operation in _operations() if _body(operation) is not None
]
FIELDS = [
    (method, path, operation, way)
    for method, path, operation in BODIES
    for way in _places(operation["requestBody"]["content"]["application/json"]["schema"])
]


def _written(operation: dict[str, Any], way: tuple[Any, ...], fragment: bytes) -> bytes:
    """The example body with this JSON at that place."""
    holder = [json.loads(json.dumps(_body(operation)))]
    inner: Any = holder
    for here, there in zip((0, *way), (*way, None), strict=True):
        if there is None:
            inner[here] = "@here@"
        elif not isinstance(inner[here] if isinstance(here, int) else inner.get(here), dict | list):
            inner[here] = [None] if there == 0 else {}
        elif there == 0 and not inner[here]:
            inner[here] = [None]
        inner = inner[here]
    return json.dumps(holder[0]).encode().replace(b'"@here@"', fragment)


def _turn(texts: dict[str, Any], number: int) -> dict[str, Any]:
    """Half of the texts, the other half for the next field: fields of a kind are read by the same code."""
    return {what: text for at, (what, text) in enumerate(texts.items()) if at % 2 == number % 2}


def _fragments(path: str, way: tuple[Any, ...], number: int) -> dict[str, bytes]:
    """JSON to be tried in a field; in a batch texts fare as in a single reading, so they are left out."""
    heavy = oddities.HEAVY if len(way) == 1 else {}
    if path.endswith("/lote"):
        return oddities.FRAGMENTS | heavy
    some = _turn(oddities.TEXTS, number).items()
    texts = {what: json.dumps(text, ensure_ascii=False) for what, text in some}
    written = {what: text.encode("utf-8", "surrogatepass") for what, text in texts.items()}
    return written | oddities.FRAGMENTS | heavy


@pytest.fixture(scope="module")
def ask(app, fleet):
    """Sends a request as the service, which may do all, and looks at the answer and at what it left."""
    client = app.test_client()
    with watching(fleet) as watch:

        def ask(method: str, path: str, keeps: bool = False, **more: Any) -> int:
            watch.changed()
            headers = callers.as_user(callers.SERVICE) | more.pop("headers", {})
            answer = client.open(path, method=method, headers=headers, **more)
            changed = watch.changed()
            if path != "/v2/stream" or answer.status_code != 503:  # which is a program of its own
                assert answer.status_code < 500, answer.text
            assert answer.mimetype == "application/json"
            assert re.fullmatch(r"[\w.-]{1,64}", answer.headers["X-Request-Id"])
            assert "X-Injected" not in answer.headers
            if answer.status_code >= 400:
                assert set(answer.json) in ({"error", "error_code"}, {"error", "error_code", "details"})
                assert len(answer.json["error"]) < 1_000
                assert changed <= (QUARANTINE if keeps else set())
                assert not re.search(
                    r"Traceback|psycopg|pydantic|syntax error|PL/pgSQL", answer.json["error"]
                )
            return int(answer.status_code)

        yield ask


@contextmanager
def _told_as(what: str) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        error.add_note(f"with {what}")
        raise


def _path(path: str, **given: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: given.get(name[1], _GOOD[name[1]]), path)


def _json(body: bytes) -> dict[str, Any]:
    return {"data": body, "headers": {"Content-Type": "application/json"}}


def _escaped(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


# Seen to fail: without the check for NUL in parameters._text.
@pytest.mark.parametrize(
    ("number", "method", "path", "name", "place"),
    [(number, *one) for number, one in enumerate(PARAMETERS)],
    ids=lambda value: str(value),
)
def test_in_a_parameter(ask, number, method, path, name, place):
    for what, text in _turn(oddities.TEXTS, number).items():
        with _told_as(what):
            if place == "path":
                ask(method, _path(path, **{name: _escaped(text)}), **_json(b"{}"))
            else:
                others = "".join(f"&{n}={v}" for n, v in _GOOD.get(path, {}).items() if n != name)
                query = f"{name}={_escaped(text)}{others}"
                ask(method, _path(path), query_string=query, **_json(b"[]"))


# Seen to fail: without the check for NUL in parameters._text.
@pytest.mark.parametrize(
    ("number", "method", "path", "operation", "way"),
    [(number, *one) for number, one in enumerate(FIELDS)],
    ids=[f"{method} {path} {'.'.join(map(str, way))}" for method, path, _, way in FIELDS],
)
def test_in_a_field_of_a_body(ask, number, method, path, operation, way):
    for what, fragment in _fragments(path, way, number).items():
        with _told_as(what):
            ask(method, _path(path), keeps="posicoes" in path, **_json(_written(operation, way, fragment)))


# Seen to fail: without RecursionError and UnicodeDecodeError in bodies.document; with a key made before
# the body is read.
@pytest.mark.parametrize(("method", "path", "operation"), BODIES, ids=[f"{m} {p}" for m, p, _ in BODIES])
def test_as_a_body(ask, method, path, operation):
    for what, body in oddities.bodies(json.dumps(_body(operation)).encode()):
        with _told_as(what):
            ask(method, _path(path), keeps="posicoes" in path, **_json(body))


@pytest.mark.parametrize("path", sorted({path for _, path, _ in _operations()}))
def test_as_a_query(ask, path):
    for what, query in oddities.QUERIES.items():
        for method in (*_METHODS[path], "TRACE"):
            with _told_as(f"{method} {what}"):
                ask(method, _path(path), keeps="posicoes" in path, query_string=query, **_json(b"{}"))
