"""What a SQLSTATE means to an HTTP caller."""

import pytest

from app.errors import ApiError, from_sqlstate, from_status


# Seen to fail: with any "PT" for ours; without 42501, 28, 53, 57014 or 25006; with classes alone.
@pytest.mark.parametrize(
    ("state", "status", "error_code"),
    [
        ("PT401", 401, "UNAUTHORIZED"),
        ("PT404", 404, "NOT_FOUND"),
        ("PT418", 418, "ERROR"),
        ("42501", 403, "FORBIDDEN"),
        ("22003", 400, "INVALID_PARAMETER"),
        ("23505", 409, "CONFLICT"),
        ("23514", 400, "INVALID_PARAMETER"),
        ("40P01", 503, "BUSY"),
        ("55P03", 503, "BUSY"),
        ("57014", 503, "TIMEOUT"),
        ("57P01", 503, "UNAVAILABLE"),
        ("28P01", 503, "UNAVAILABLE"),
        ("08006", 503, "UNAVAILABLE"),
        ("53300", 503, "UNAVAILABLE"),
        ("25006", 503, "UNAVAILABLE"),
        ("42P01", 503, "SCHEMA_BEHIND"),
        ("42703", 503, "SCHEMA_BEHIND"),
        ("42883", 503, "SCHEMA_BEHIND"),
        ("42704", 503, "SCHEMA_BEHIND"),
        ("3F000", 503, "SCHEMA_BEHIND"),
        ("42601", 500, "INTERNAL"),
        ("PT200", 500, "INTERNAL"),
        ("P0001", 500, "INTERNAL"),
        ("", 500, "INTERNAL"),
    ],
)
def test_status_and_code(state, status, error_code):
    error = from_sqlstate(state, "text of the database")
    assert (error.status, error.error_code) == (status, error_code)
    assert (error.error == "text of the database") == (state.startswith("PT") and status != 500)
    assert (error.retry_after is not None) == (status == 503)


# Seen to fail: with the state alone, and without it.
@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("cache lookup failed for function 16723", 503),
        ("could not open relation with OID 16723", 503),
        ("unexpected chunk number 0", 500),
    ],
)
def test_a_plan_that_lost_what_it_needs_can_be_made_again(text, status):
    assert from_sqlstate("XX000", text).status == status


# Seen to fail: with null details, and with empty ones.
def test_our_own_errors_speak_for_themselves():
    error = from_sqlstate("PT422", "No such point", "UNKNOWN_POINT", "point 7")
    assert error.body() == {"error": "No such point", "error_code": "UNKNOWN_POINT", "details": "point 7"}
    assert error.headers() == {}
    assert "details" not in from_sqlstate("PT422", "No such point", "UNKNOWN_POINT").body()


# Seen to fail: with any text for a number.
@pytest.mark.parametrize(("detail", "seconds"), [("90", 90), ("0", 1), ("", 1), ("soon", 1)])
def test_seconds_to_wait(detail, seconds):
    error = from_sqlstate("PT429", "Full", "TOO_MANY_REQUESTS", detail)
    assert error.headers() == {"Retry-After": str(seconds)}
    assert "details" not in error.body()


# Seen to fail: with any hint.
def test_a_hint_that_is_no_code_is_not_one():
    assert from_sqlstate("PT409", "Taken", "perhaps you meant x").error_code == "CONFLICT"


def test_bare_statuses():
    assert from_status(404).body() == {"error": "Not Found.", "error_code": "NOT_FOUND"}
    assert from_status(499).body() == {"error": "Error.", "error_code": "ERROR"}


# Seen to fail: with Retry-After for all.
def test_only_429_and_503_say_when_to_come_back():
    assert ApiError(409, "X", "x", retry_after=5).headers() == {}
