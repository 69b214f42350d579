"""Every v2 route refuses query parameters that it does not know, or gets twice."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.http.application import create_app
from tests.http import callers
from tests.http.stubs import SETTINGS, StubBackend

_APP = create_app(SETTINGS, StubBackend())
_CODE = "00000000-0000-4000-8000-000000000001"


def _operations() -> Iterator[Any]:
    for rule in _APP.url_map.iter_rules():
        if rule.rule.startswith("/v2/"):
            for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
                path = rule.rule
                for name in rule.arguments:
                    code = _CODE if name in ("id", "cdApiKey", "cdCredencial") else "1"
                    path = path.replace(f"<{name}>", code)
                yield pytest.param(method, path, _known(rule.rule, method), id=f"{method} {rule.rule}")


def _known(rule: str, method: str) -> list[str]:
    path = rule.replace("<", "{").replace(">", "}")
    parameters = _APP.api_doc["paths"][path][method.lower()].get("parameters", [])
    return [one["name"] for one in parameters if one["in"] == "query"]


def _refused(method: str, path: str, query: str) -> dict[str, Any]:
    answer = _APP.test_client().open(
        f"{path}?{query}", method=method, json={}, headers=callers.as_user(callers.ADMIN)
    )
    assert answer.status_code == 400, (method, path, query, answer.text)
    assert answer.json["error_code"] == "INVALID_PARAMETER", answer.text
    return answer.json


# Seen to fail: without require_known_parameters in app/http/kit/blueprint.py; with names given twice.
@pytest.mark.parametrize(("method", "path", "known"), list(_operations()))
def test_nothing_in_a_query_is_ignored(method, path, known):
    refused = _refused(method, path, "foo=1")
    assert refused["details"] == {"parameter": "foo"}
    assert all(name in refused["error"] for name in known)
    for name in known:
        for near in (name.lower(), name.upper(), f"{name}s"):
            if near not in known:
                refused = _refused(method, path, f"{near}=1")
                assert refused["details"] == {"parameter": near}
                others = [other for other in known if other.startswith(near[:-1])]  # as near as that
                assert any(f"Did you mean {one}?" in refused["error"] for one in (name, *others))
        refused = _refused(method, path, f"{name}=1&{name}=2")
        assert refused["details"] == {"parameter": name}


# Seen to fail: with the whole name in the text.
def test_a_long_name_is_not_repeated_whole():
    refused = _refused("GET", "/v2/dispositivos", f"{'x' * 4_000}=1")
    assert len(refused["error"]) < 500
    assert len(refused["details"]["parameter"]) == 64
