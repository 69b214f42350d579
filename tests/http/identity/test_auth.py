"""Who is let in, and as whom."""

import base64
import hashlib
import json
import time
import warnings
from typing import Any

import jwt
import pytest

from app.http.application import create_app
from tests._lib import identities
from tests.http import callers
from tests.http.stubs import SETTINGS, StubBackend

PATH = "/v2/TbPosicaoAtual?cdProduto=1"
_HOUR = 3_600


@pytest.fixture
def backend() -> StubBackend:
    return StubBackend()


@pytest.fixture
def get(backend: StubBackend) -> Any:
    client = create_app(SETTINGS, backend).test_client()
    return lambda headers: client.get(PATH, headers=headers)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _signed(secret: str = identities.JWT_SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    claims = {
        "sub": callers.READER,
        "role": "authenticated",
        "aud": "authenticated",
        "iss": identities.ISSUER,
        "exp": int(time.time()) + _HOUR,
    }
    kept = {name: value for name, value in (claims | changes).items() if value is not None}
    with warnings.catch_warnings():  # the secret is short for HS512, which is the point
        warnings.simplefilter("ignore")
        return jwt.encode(kept, secret, algorithm=algorithm)


def _unsigned() -> str:
    claims = jwt.decode(_signed(), options={"verify_signature": False})
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
        + "."
    )


# Seen to fail: with another kind, or another sub, in app/identity/auth.py.
def test_a_token_names_its_user(get, backend):
    assert get(_bearer(_signed())).status_code == 200
    assert [(caller.kind, caller.identity) for caller in backend.callers] == [("user", callers.READER)]


# Seen to fail: with the key itself, or the hash of something else.
def test_a_key_is_hashed_and_left_to_the_database(get, backend):
    assert get({"X-API-Key": "some_key"}).status_code == 200
    expected = hashlib.sha256(b"some_key").hexdigest()
    assert [(caller.kind, caller.identity) for caller in backend.callers] == [("key", expected)]


# Seen to fail: without issuer, audience or algorithms, or with an hour of leeway, in init_app; without the
# checks in _user; without each check of _subject and _hashed; with two credentials.
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {base64.b64encode(b'a:b').decode()}"},
        {"Authorization": _signed()},
        {"Authorization": f"Basic {_signed()}"},
        _bearer("x"),
        _bearer("a.b.c"),
        _bearer("a" * 10_000),
        _bearer(_signed(more="a" * 10_000)),
        _bearer("é"),
        _bearer(_unsigned()),
        _bearer(_signed(secret="another-secret-of-at-least-32-bytes-length")),
        _bearer(_signed(algorithm="HS512")),
        _bearer(_signed(exp=int(time.time()) - _HOUR)),
        _bearer(_signed(exp=None)),
        _bearer(_signed(nbf=int(time.time()) + _HOUR)),
        _bearer(_signed(iss="https://elsewhere.example/auth/v1")),
        _bearer(_signed(iss=None)),
        _bearer(_signed(aud="anon")),
        _bearer(_signed(aud=None)),
        _bearer(_signed(role="anon")),
        _bearer(_signed(role="service_role")),
        _bearer(_signed(role=None)),
        _bearer(_signed(sub="someone")),
        _bearer(_signed(sub=None)),
        {"X-API-Key": ""},
        {"X-API-Key": "two words"},
        {"X-API-Key": "k" * 1_000},
        {"X-API-Key": "rastro_x", **_bearer(_signed())},
    ],
    ids=lambda headers: str(headers)[:60],
)
def test_anything_else_is_turned_away_before_the_database_is_asked(get, backend, headers):
    answer = get(headers)
    assert (answer.status_code, answer.json["error_code"]) == (401, "UNAUTHORIZED")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert backend.callers == []


# Seen to fail: without blAtiva or dtExpiracao in key_identity(); without the 401 in require_permission().
@pytest.mark.parametrize("key", ["rastro_unknown", callers.EXPIRED_KEY, callers.SWITCHED_OFF_KEY])
def test_the_database_turns_keys_away(app, key):
    answer = app.test_client().get(PATH, headers=callers.with_key(key))
    assert (answer.status_code, answer.json["error_code"]) == (401, "UNAUTHORIZED")


# Seen to fail: without the 401 in require_permission().
def test_a_valid_token_of_nobody_is_turned_away(app):
    answer = app.test_client().get(PATH, headers=callers.as_user(callers.STRANGER))
    assert answer.status_code == 401
