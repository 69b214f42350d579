"""Whatever bytes come in, what json_text makes of them is text that PostgreSQL's jsonb takes."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.readings import json_text
from tests.unit.readings.test_json_text import GOOD, almost_json, bodies

slow = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def as_jsonb(module_db: Any) -> Callable[[str], list[Any]]:
    """The elements that PostgreSQL sees in a text."""

    def elements(text: str) -> list[Any]:
        with module_db.cursor() as cursor:
            cursor.execute("select array(select e::text from jsonb_array_elements(%s::jsonb) e)", (text,))
            (found,) = cursor.fetchone()
        return list(found)

    return elements


# Seen to fail: without one of _ODD_MARKS, _GOOD_ESCAPES, _may_hold_a_huge_number, MAX_DEPTH, _CONSTANT.
@slow
@given(body=bodies)
@example(body=b'["\\ud83d"]')
@example(body=b'["\\u0000"]')
@example(body=b"[0e99999999999]")
@example(body=b"[0E99999999999]")
@example(body=b"[1e-20000]")
@example(body=b"[1E-20000]")
@example(body=b"[0.%b]" % (b"7" * 17_000))
@example(body=b"[NaN]")
@example(body=b"[%b%b]" % (b"[" * 20_000, b"]" * 20_000))
def test_jsonb_takes_every_batch(as_jsonb, body):
    try:
        text = json_text.batch(body)
    except (json_text.NotJson, json_text.TooMany):
        return
    as_jsonb(text)


@slow
@given(body=almost_json)
def test_jsonb_takes_every_single_reading(as_jsonb, body):
    assert len(as_jsonb(json_text.single(body))) == 1


@slow
@given(pieces=st.lists(almost_json, min_size=1, max_size=4))
def test_neighbours_stay_what_they_are(as_jsonb, pieces):
    """Bad elements with whole strings and brackets, each between good ones."""
    bad = [piece if _is_whole(piece) else b"?" for piece in pieces]
    body = b"[%b,%b]" % (GOOD, b",".join(b"%b,%b" % (piece, GOOD) for piece in bad))
    good = as_jsonb(f"[{GOOD.decode()}]")[0]
    assert as_jsonb(json_text.batch(body)).count(good) >= len(bad) + 1


def _is_whole(piece: bytes) -> bool:
    try:
        json_text.batch(b"[%b]" % piece)
    except (json_text.NotJson, json_text.TooMany):
        return False
    return True
