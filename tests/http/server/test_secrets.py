"""No secret in any log: neither the application's nor the server's, whatever goes wrong."""

import json
import logging
from collections.abc import Callable

import jwt
import pytest

from app import logs
from app.environment import SettingsError
from app.http.application import create_app
from app.settings import Settings
from tests._lib import identities
from tests.http import callers
from tests.http.serving import serving
from tests.http.stubs import SETTINGS, StubBackend

_PASSWORD = "a-password-that-is-secret"
_TOKEN = callers.as_user(callers.SERVICE)["Authorization"].split()[1]
_SECRETS = {
    _PASSWORD,
    identities.JWT_SECRET,
    callers.INGEST_KEY,
    callers.READ_KEY,
    _TOKEN,
    _TOKEN.rpartition(".")[2],
}
_CREDENTIALS = {
    "a token": {"Authorization": f"Bearer {_TOKEN}"},
    "a token without scheme": {"Authorization": _TOKEN},
    "a token in the wrong header": {"X-API-Key": _TOKEN},
    "a forged token": {"Authorization": f"Bearer {_TOKEN}x"},
    "a token of another key": {
        "Authorization": f"Bearer {jwt.encode({'sub': callers.READ_KEY}, 'x' * 32, algorithm='HS256')}"
    },
    "a key": callers.with_key(callers.INGEST_KEY),
    "a key as token": {"Authorization": f"Bearer {callers.INGEST_KEY}"},
    "a key with a space": callers.with_key(f"{callers.INGEST_KEY} x"),
    "both": callers.with_key(callers.INGEST_KEY) | {"Authorization": f"Bearer {_TOKEN}"},
    "a key as request id": callers.with_key(callers.READ_KEY) | {"X-Request-Id": f"{_TOKEN} x"},
}
_BACKENDS: dict[str, Callable[[], StubBackend]] = {
    "that answers": StubBackend,
    "with a bug": lambda: StubBackend(ZeroDivisionError("x")),
}


@pytest.fixture
def logged(caplog):
    """Everything that any logger said, as it would be written, with traces."""
    caplog.set_level(logging.DEBUG)
    caplog.handler.setFormatter(logs.JsonLines())
    return lambda: "\n".join(caplog.handler.format(record) for record in caplog.records)


def _secrets_in(text: str) -> set[str]:
    return {secret for secret in _SECRETS if secret in text}


# Seen to fail: with the key in the line of the request; with full_path for path.
@pytest.mark.parametrize("backend", _BACKENDS.values(), ids=_BACKENDS)
@pytest.mark.parametrize("headers", _CREDENTIALS.values(), ids=_CREDENTIALS)
def test_credentials_are_not_logged(logged, headers, backend):
    client = create_app(SETTINGS, backend()).test_client()
    for path in (
        "/v2/TbPosicaoAtual?cdProduto=1",
        f"/v2/TbPosicaoAtual?apikey={callers.READ_KEY}",
        "/nowhere",
    ):
        client.get(path, headers=headers)
    for body in (b"[]", b"?", json.dumps({"dsNome": callers.READ_KEY}).encode()):
        for path in ("/v2/posicoes", "/v2/posicoes/lote", "/v2/api-keys"):
            client.post(path, data=body, headers={"Content-Type": "application/json", **headers})
    assert "request" in logged()
    assert _secrets_in(logged()) == set()


# Seen to fail: with the answer in the line.
def test_a_key_that_is_made_is_not_logged(app, logged):
    admin = callers.Api(app.test_client(), callers.as_user(callers.ADMIN))
    made = admin.post("/v2/api-keys", {"dsNome": "x"}).json
    again = admin.post(f"/v2/api-keys/{made['cdApiKey']}/rotacionar", {}).json
    assert made["cdApiKey"] in logged()
    assert made["dsKey"] not in logged()
    assert again["dsKey"] not in logged()


AWAY = {
    "nobody listens": "postgresql://rastro_api:{}@127.0.0.1:1/x",
    "no such host": "postgresql://rastro_api:{}@no-such-host.invalid/x",
    "no such socket": "postgresql://rastro_api:{}@/x?host=/nowhere",
    "a slash before": "postgresql://rastro_api:%2F{}@127.0.0.1:1/x",
}
UNREADABLE = {
    "half an address": "postgresql://rastro_api:{}@[::1/x",
    "a percent sign": "postgresql://rastro_api:{}%zz@127.0.0.1:1/x",
    "an unknown option": "postgresql://rastro_api:{}@127.0.0.1:1/x?nothing=1",
    "an at in the password": "postgresql://rastro_api:x@{}@127.0.0.1:1/x",
    "a slash in the password": "postgresql://rastro_api:{}/x@127.0.0.1:1/x",
    "another database": "mysql://rastro_api:{}@127.0.0.1/x",
}


def _environ(url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": url.format(_PASSWORD),
        "SUPABASE_JWT_SECRET": identities.JWT_SECRET,
        "RASTRO_JWT_ISSUER": identities.ISSUER,
    }


# Seen to fail: with the address in the line `connect`.
@pytest.mark.parametrize("url", AWAY.values(), ids=AWAY)
def test_the_password_is_not_logged_when_there_is_no_connection(logged, url):
    client = create_app(Settings.from_env(_environ(url))).test_client()
    answer = client.get("/v2/TbPosicaoAtual?cdProduto=1", headers=_CREDENTIALS["a token"])
    ready = client.get("/health/ready")
    assert (answer.status_code, ready.status_code) == (503, 503)
    assert '"action":"connect"' in logged()
    assert _secrets_in(logged() + answer.text + ready.text) == set()


# Seen to fail: without _is_readable.
@pytest.mark.parametrize("url", UNREADABLE.values(), ids=UNREADABLE)
def test_an_address_that_libpq_would_show_with_its_password_is_refused_at_the_start(url):
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(_environ(url))
    assert "DATABASE_URL" in str(refused.value)
    assert _secrets_in(str(refused.value)) == set()


def test_settings_that_are_wrong_are_named_without_their_values():
    environ = {"DATABASE_URL": f"mysql://x:{_PASSWORD}@x/x", "SUPABASE_JWT_SECRET": "a-password"}
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(environ)
    assert "DATABASE_URL" in str(refused.value)
    assert _PASSWORD not in str(refused.value)
    assert "a-password" not in str(refused.value)
    assert identities.JWT_SECRET not in repr(SETTINGS)


# Seen to fail: with the address in the line `connect`.
def test_the_server_logs_none_of_it_either(tmp_path):
    """At its most talkative, with a database that is away and what it refuses by itself."""
    url = f"postgresql://rastro_api:{_PASSWORD}@127.0.0.1:1/x"
    with serving(
        url, tmp_path / "log", RASTRO_LOG_LEVEL="DEBUG", GUNICORN_CMD_ARGS="--log-level=debug"
    ) as server:
        for headers in _CREDENTIALS.values():
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            for query, odd in (
                ("", ""),
                (f"&key={callers.READ_KEY}", ""),
                (f"&key={callers.READ_KEY}", "X-Odd\r\n"),
                (f"&key={callers.READ_KEY}", f"X: {callers.READ_KEY}\x00\r\n"),
                (f"&key={callers.READ_KEY}", f"X: {'x' * 20_000}\r\n"),
                (f"&key={callers.READ_KEY}", "Connection: close\r\n"),
            ):
                path = f"/v2/TbPosicaoAtual?cdProduto=1{query}"
                request = f"GET {path} HTTP/1.1\r\nHost: x\r\n{lines}{odd}Connection: close\r\n\r\n"
                assert server.told(request.encode()).startswith(b"HTTP/1.1 ")
        log = server.log.read_text()
    assert '"action":"request"' in log
    assert '"action":"refused"' in log
    assert '"action":"connect"' in log
    assert _secrets_in(log) == set()
