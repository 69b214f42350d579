"""What the server refuses by itself, in the one error shape."""

from __future__ import annotations

from http.client import responses

import msgspec
from gunicorn.http import errors

from app.errors import ApiError, from_status
from app.http.kit.headers import ALWAYS

_STATUS = {
    errors.LimitRequestLine: 414,
    errors.LimitRequestHeaders: 431,
    errors.ExpectationFailed: 417,
    errors.UnsupportedTransferCoding: 501,
}


def refusal(exc: Exception) -> ApiError:
    """What went wrong, for the client."""
    if isinstance(exc, ApiError):
        return exc
    if isinstance(exc, errors.ParseException):
        return from_status(_STATUS.get(type(exc), 400), "The HTTP request is invalid.")
    return from_status(500, "An internal error occurred.")


def written(error: ApiError, request_id: str) -> bytes:
    """The whole response."""
    body = msgspec.json.encode(error.body())
    headers = {
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "X-Request-Id": request_id,
        **error.headers(),
        **ALWAYS,
    }
    lines = (f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {error.status} {responses[error.status]}\r\n{''.join(lines)}\r\n"
    return head.encode("ascii") + body
