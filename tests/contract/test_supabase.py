"""The REST back end when its server is away, slow, broken, or no PostgREST at all."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import jwt
import pytest

from app.errors import ApiError
from app.identity.tokens import Signer
from app.rpc.slots import Slots
from app.rpc.supabase import SupabaseBackend, connect
from tests._lib import databases, identities, rest
from tests._lib.databases import Database
from tests.contract import _stage
from tests.contract._dialogue import ADMIN, GATEWAY, READER
from tests.contract._stage import Stage, breaks_off, hangs_up, hesitates, says, tells
from tests.contract.conftest import SIGNER, Side, rest_backend
from tests.http import callers

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with _stage.opened() as opened:
        yield opened


def _read(backend: SupabaseBackend) -> bytes:
    return bytes(backend.call("get_posicoes_atuais", READER).json)


def _write(backend: SupabaseBackend) -> bytes:
    return bytes(backend.call("insert_device_readings", GATEWAY, p_readings="[]").json)


def _told(call: Callable[[], Any]) -> ApiError:
    with pytest.raises(ApiError) as told:
        call()
    return told.value


# Seen to fail: when jsonb goes into the body as a text, not as Raw.
def test_bodies_and_answers_pass_as_they_are(stage):
    text = '[ {"nrBat": 3.50000000000000000001e0, "x": "\\u00e7"} ]'
    with stage.backend(says(200, b' [1.10, "\\u00e7"] ')) as backend:
        answer = backend.call("insert_device_readings", GATEWAY, p_readings=text, p_validar=None)
    assert bytes(answer.json).strip() == b'[1.10, "\\u00e7"]'
    ((path, headers, body),) = stage.script.requests
    assert path == "/rest/v1/rpc/insert_device_readings"
    assert body == b'{"p_readings":%b,"p_validar":null}' % text.encode()
    assert headers["content-type"] == "application/json"
    assert headers["content-profile"] == "public"


# Seen to fail: without aud in Signer.token; with LIFETIME_S = 3600.
def test_each_request_carries_a_short_lived_token_of_its_caller_and_the_projects_key(stage):
    with stage.backend(
        says(200), signer=Signer(identities.JWT_SECRET, "us", "them", lambda: 1000)
    ) as backend:
        for caller in (GATEWAY, READER, ADMIN):
            backend.call("get_posicoes_atuais", caller)
    for (_, headers, _), caller in zip(stage.script.requests, (GATEWAY, READER, ADMIN), strict=True):
        token = headers["authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims == json.loads(caller.claims()) | {"iss": "us", "aud": "them", "exp": 1060}
        assert headers["apikey"] == rest.PUBLISHABLE_KEY


# Seen to fail: with the client's own headers instead of a copy in _post.
def test_nothing_of_a_caller_stays_in_the_client(stage):
    stage.script.replies = [says(200)]
    client = connect(stage.url, "a-key", size=1, wait_s=1, connect_timeout_s=2, timeout_s=5)
    before = dict(client.postgrest.headers)
    with closing(SupabaseBackend(client, SIGNER, Slots(4, 1))) as backend:
        _read(backend)
    assert dict(client.postgrest.headers) == before
    assert before["authorization"] == "Bearer a-key"


def test_callers_at_one_moment_are_not_taken_for_each_other(supabase: Side):
    people = [READER, ADMIN, GATEWAY] * 20

    def who(caller: Any) -> str:
        told = _told(lambda: supabase.backend.call("revogar_api_key", caller, p_cd_api_key=callers.READER))
        return told.error_code

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(who, people))
    assert found == ["FORBIDDEN", "NOT_FOUND", "FORBIDDEN"] * 20


# Seen to fail: without _CLIENTS_HEADER.
def test_the_clients_are_told_where_the_database_tells_them(stage):
    with stage.backend(says(200, Rastro_Clientes="1,3"), says(200)) as backend:
        assert backend.call("get_posicoes_atuais", READER).clients == "1,3"
        assert backend.call("get_posicoes_atuais", READER).clients is None


# Seen to fail: with more or fewer codes in _TOLD; without _NO_FREE_CONNECTION; without hint.
@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (400, "PT400", (400, "MALFORMED")),
        (401, "PT401", (401, "MALFORMED")),
        (422, "PT422", (422, "MALFORMED")),
        (400, "22003", (400, "INVALID_PARAMETER")),
        (403, "42501", (403, "FORBIDDEN")),
        (409, "23503", (409, "CONFLICT")),
        (500, "40P01", (503, "BUSY")),
        (500, "57014", (503, "TIMEOUT")),
        (400, "P0001", (500, "INTERNAL")),
        (404, "PGRST202", (503, "SCHEMA_BEHIND")),
        (400, "PGRST102", (500, "INTERNAL")),
        (503, "PGRST001", (503, "UNAVAILABLE")),
        (504, "PGRST003", (503, "BUSY")),
        (401, "PGRST301", (503, "UNAVAILABLE")),
        (401, "PGRST303", (503, "UNAVAILABLE")),
        (500, "PGRST300", (503, "UNAVAILABLE")),
        (401, "bad_key", (503, "UNAVAILABLE")),
    ],
)
def test_errors_are_told_as_over_a_direct_connection(stage, status, code, told):
    with stage.backend(tells(status, code, hint="MALFORMED")) as backend:
        error = _told(lambda: _write(backend))
    assert (error.status, error.error_code) == told
    assert error.retry_after == (1 if error.status == 503 else None)
    assert str(error.__cause__) == f"{status} {code} as it says"
    if not code.startswith("PT"):
        assert "as it says" not in error.error


# Seen to fail: without details, message or hint in Refused.error.
def test_details_and_seconds_to_wait_are_passed_on(stage):
    replies = tells(409, "PT409", details="why", hint="X"), tells(429, "PT429", details="77")
    with stage.backend(*replies) as backend:
        conflict, full = _told(lambda: _write(backend)), _told(lambda: _write(backend))
    assert conflict.body() == {"error": "as it says", "error_code": "X", "details": "why"}
    assert (full.headers(), full.error_code) == ({"Retry-After": "77"}, "TOO_MANY_REQUESTS")


# Seen to fail: when a body is not looked at; when any status below 500 is an answer.
@pytest.mark.parametrize(
    "reply",
    [
        says(502, b"<html>Bad gateway</html>"),
        says(500, b""),
        says(503, b'{"message": "no Route matched"}'),
        says(401, b'{"message": "Invalid API key", "hint": "PT403"}'),
        says(302, b"", Location="http://127.0.0.1:1/"),
        says(404, b"[]"),
        says(403, b'{"code": 1020}'),
        says(200, b"<html>Welcome</html>"),
        says(200, b'[{"cut": '),
        says(200, b""),
        says(204, b""),
    ],
    ids=["html", "empty 500", "gateway", "key", "redirect", "list", "number", "page", "cut", "empty", "204"],
)
def test_what_is_no_answer_of_an_rpc_means_that_nobody_is_there(stage, reply):
    with stage.backend(reply) as backend:
        for call in (_read, _write):
            error = _told(lambda call=call: call(backend))
            assert (error.status, error.error_code, error.retry_after) == (503, "UNAVAILABLE", 1)
        assert len(stage.script.requests) == 2
        assert not backend.ready()


# Seen to fail: with the page's text in told; without repr=False in Signer.
def test_neither_tokens_nor_keys_nor_pages_are_in_what_is_logged(stage):
    with stage.backend(says(502, b"you sent: Bearer abc")) as backend:
        assert str(_told(lambda: _write(backend)).__cause__) == "502  no JSON"
    assert identities.JWT_SECRET not in repr(SIGNER)


# Seen to fail: without reads_only; without RemoteProtocolError; without the second attempt.
@pytest.mark.parametrize("fault", [hangs_up, breaks_off], ids=lambda fault: fault.__name__)
def test_a_read_is_tried_again_when_its_connection_breaks_a_write_never(stage, fault):
    with stage.backend(fault, says(200, b"[1]")) as backend:
        assert _read(backend) == b"[1]"
    stage.script.requests.clear()
    with stage.backend(fault, says(200, b"[1]")) as backend:
        error = _told(lambda: _write(backend))
    assert (error.status, error.error_code, error.retry_after) == (503, "UNAVAILABLE", 1)
    assert len(stage.script.requests) == 1


# Seen to fail: without the second attempt.
def test_a_read_is_tried_twice_at_most(stage):
    with stage.backend(hangs_up) as backend:
        assert _told(lambda: _read(backend)).error_code == "UNAVAILABLE"
    assert len(stage.script.requests) == 2


# Seen to fail: without LOST_STATES in _is_lost.
def test_a_read_is_tried_again_when_the_server_lost_its_own_connection(stage):
    with stage.backend(tells(503, "57P01"), says(200, b"[1]")) as backend:
        assert _read(backend) == b"[1]"


# Seen to fail: without timeout_s or _TOO_SLOW; when every fault is a lost connection.
def test_a_server_that_takes_too_long_is_left(stage):
    with stage.backend(hesitates, timeout_s=0.2) as backend:
        for call in (_read, _write):
            error = _told(lambda call=call: call(backend))
            assert (error.status, error.error_code, error.retry_after) == (503, "TIMEOUT", 1)
    assert len(stage.script.requests) == 2


# Seen to fail: without max_connections; without PoolTimeout in _state_of.
def test_when_all_connections_are_taken_the_next_caller_is_told_so(stage):
    with stage.backend(hesitates, says(200), size=1, wait_s=0.1) as backend, ThreadPoolExecutor(1) as thread:
        first = thread.submit(_told, lambda: _write(backend))
        _until(lambda: stage.script.requests)
        assert _told(lambda: _write(backend)).error_code == "BUSY"
        stage.script.release.set()
        assert first.result(10).error_code == "UNAVAILABLE"


def _until(condition: Callable[[], Any]) -> None:
    for _ in range(1_000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def test_a_server_that_is_away_is_said_to_be_so():
    with rest_backend(NOWHERE) as backend:
        for call in (_read, _write):
            error = _told(lambda call=call: call(backend))
            assert (error.status, error.error_code, error.retry_after) == (503, "UNAVAILABLE", 1)
        assert not backend.ready()


# Seen to fail: when ready() is true after an answer.
def test_a_server_that_answers_just_anybody_is_not_ready(stage):
    with stage.backend(says(200)) as backend:
        assert not backend.ready()


# Seen to fail: when ready() is true after any error; with PGRST301 among _TOLD.
def test_it_is_ready_with_the_projects_secret_only(supabase):
    with rest_backend(supabase.url, Signer("x" * 32, identities.ISSUER, "authenticated")) as backend:
        assert not backend.ready()
        assert _told(lambda: _read(backend)).error_code == "UNAVAILABLE"


def test_a_database_without_migrations_is_not_ready(project: Database):
    with databases.clone(project) as bare, rest.serving(bare) as url, rest_backend(url) as backend:
        assert not backend.ready()
        assert _told(lambda: _read(backend)).error_code == "SCHEMA_BEHIND"


def test_the_token_is_of_no_use_a_minute_later(supabase):
    late = Signer(identities.JWT_SECRET, identities.ISSUER, "authenticated", lambda: time.time() - 61)
    with rest_backend(supabase.url, late) as backend:
        assert _told(lambda: _read(backend)).error_code == "UNAVAILABLE"
