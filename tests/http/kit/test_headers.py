"""Security headers on whatever is answered."""

import base64
import hashlib
import re

import pytest

from app.http.application import create_app
from tests.http import callers
from tests.http.stubs import SETTINGS, StubBackend

_AS_READER = callers.as_user(callers.READER)
_POSITIONS = "/v2/TbPosicaoAtual?cdProduto=1"
PATHS = {
    "an answer": (200, _POSITIONS, _AS_READER),
    "a bad parameter": (400, "/v2/TbPosicaoAtual?cdProduto=0", _AS_READER),
    "no credentials": (401, _POSITIONS, {}),
    "an unknown path": (404, "/nowhere", {}),
    "health": (200, "/health/live", {}),
    "the description": (200, "/openapi.json", {}),
    "a redirect": (302, "/docs", {}),
    "the page": (200, "/docs/swagger", {}),
    "its script": (200, "/docs/swagger/js/swagger-ui-bundle.js", {}),
}


@pytest.fixture(scope="module")
def client():
    return create_app(SETTINGS, StubBackend()).test_client()


# Seen to fail: without nosniff; with Strict-Transport-Security always.
@pytest.mark.parametrize(("status", "path", "headers"), PATHS.values(), ids=PATHS)
def test_every_answer_carries_them(client, status, path, headers):
    answer = client.get(path, headers=headers)
    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


def test_errors_of_ours_carry_them_too():
    client = create_app(SETTINGS, StubBackend(ZeroDivisionError())).test_client()
    answer = client.get(_POSITIONS, headers=_AS_READER)
    assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (500, "nosniff")


# Seen to fail: without Cache-Control.
@pytest.mark.parametrize(
    "headers", [_AS_READER, callers.with_key(callers.READ_KEY), {}], ids=["token", "key", "-"]
)
def test_no_cache_answers_for_us(client, headers):
    """A caller's own may keep it, and asks each time whether it still holds."""
    told = client.get(_POSITIONS, headers=headers).headers["Cache-Control"]
    assert told == ("private, no-cache" if headers else "no-store")


# Seen to fail: with 'unsafe-inline' for the digests.
def test_the_page_runs_its_own_scripts_only(client):
    page = client.get("/docs/swagger")
    policy = dict(part.split(maxsplit=1) for part in page.headers["Content-Security-Policy"].split(";"))
    inline = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    digests = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline}
    assert len(inline) == 1
    assert set(policy["script-src"].split()) == {"'self'"} | {f"'sha256-{digest}'" for digest in digests}
    assert not re.search(r"\son\w+=", page.text), "handlers in attributes would not run"
    assert policy["connect-src"] == "'self'"
    assert "http" not in page.headers["Content-Security-Policy"]


# Seen to fail: without _HTTPS.
def test_browsers_are_bound_to_https_where_it_was_used(client):
    answer = client.get("/health/live", base_url="https://api.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
