"""GET /v2/stream with what its description allows and what it does not, by the process that serves it.

The rest of the description: tests/http/docs/test_fuzz.py.
"""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from app.http.application import create_app
from tests._lib.databases import Database
from tests.http import callers
from tests.http.jobs.stream import Server, Viewer, streaming
from tests.http.stubs import SETTINGS, StubBackend

_CALLERS: list[dict[str, str]] = [
    {},
    callers.with_key(callers.READ_KEY),
    callers.with_key(callers.INGEST_KEY),
    callers.as_user(callers.READER),
    callers.as_user(callers.SERVICE),
]
_DOCUMENT = create_app(SETTINGS, StubBackend()).api_doc
_SCHEMA = schemathesis.openapi.from_dict(
    _DOCUMENT | {"paths": {"/v2/stream": _DOCUMENT["paths"]["/v2/stream"]}}
)
(_OPERATION,) = [found.ok() for found in _SCHEMA.get_all_operations()]
_CASES = st.one_of(
    *(
        _OPERATION.as_strategy(generation_mode=mode)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    )
)
_KNOWN = set(_DOCUMENT["paths"]["/v2/stream"]["get"]["responses"])


@pytest.fixture(scope="module")
def stream(database: Database) -> Iterator[Server]:
    """The running stream."""
    with streaming(callers.settle(database).api_url, RASTRO_STREAM_MAX_PER_CALLER="500") as server:
        yield server


# Seen to fail: with errors of parameters that are raised as they are.
@settings(
    max_examples=60, deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(_CASES, st.sampled_from(_CALLERS))
def test_it_opens_or_says_why_not(stream: Server, case: Any, caller: dict[str, str]) -> None:
    given_headers = {name: value for name, value in (case.headers or {}).items() if name == "Last-Event-ID"}
    query = {name: str(value) for name, value in (case.query or {}).items()}
    try:
        request = httpx.Request(
            "GET", f"{stream.base}/v2/stream", params=query, headers=given_headers | caller
        )
    except (UnicodeError, ValueError, TypeError):
        return  # cannot be sent
    answer = stream.send(request)
    try:
        assert str(answer.status_code) in _KNOWN
        assert answer.headers["X-Request-Id"]
        if answer.status_code == 200:
            assert caller
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            assert Viewer(answer).event().name == "open"
        else:
            assert {"error", "error_code"} <= json.loads(answer.read()).keys()
            assert answer.status_code < 500
    finally:
        answer.close()


# Seen to fail: HEAD, with the methods that a route has by itself.
@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS", "DELETE"])
def test_only_get(stream: Server, method: str) -> None:
    """HEAD would hold a stream of which nothing is sent."""
    request = httpx.Request(method, f"{stream.base}/v2/stream", headers=callers.as_user(callers.READER))
    answer = stream.send(request)
    answer.close()
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert stream.get("/health/live").status_code == 200
