"""Errors: the one shape they are answered in, and what a database error means to an HTTP caller.

Every error is ``{"error": text, "error_code": CODE}``, with ``details`` where there is more to say.
"""

from __future__ import annotations

import re
from http.client import responses
from typing import Any

RETRY_AFTER_S = 1  # what a caller is asked to wait by default

CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    408: "TIMEOUT",
    409: "CONFLICT",
    412: "PRECONDITION_FAILED",
    413: "TOO_LARGE",
    414: "URI_TOO_LONG",
    415: "UNSUPPORTED_MEDIA_TYPE",
    417: "EXPECTATION_FAILED",
    422: "REJECTED",
    429: "TOO_MANY_REQUESTS",
    431: "HEADERS_TOO_LARGE",
    500: "INTERNAL",
    501: "NOT_IMPLEMENTED",
    503: "UNAVAILABLE",
}

ERROR_CODES = sorted(
    {
        *CODES.values(),
        "BUSY",
        "DAMAGED_HISTORY",
        "INVALID_AREA",
        "INVALID_COORDINATES",
        "INVALID_DATE_FORMAT",
        "INVALID_DATE_RANGE",
        "INVALID_FENCE",
        "INVALID_PARAMETER",
        "INVALID_TIMESTAMP",
        "INVALID_VALUE",
        "MALFORMED",
        "MISSING_PARAMETER",
        "QUOTA_EXCEEDED",
        "RANGE_TOO_WIDE",
        "RATE_LIMITED",
        "SCHEMA_BEHIND",
        "SCHEMA_MISSING",
        "TIMESTAMP_OUT_OF_RANGE",
        "UNKNOWN_DEVICE",
        "UNKNOWN_POINT",
        "UNKNOWN_SENSOR",
    }
)
"""Every error_code of v2, whether the API or the database says it."""

_AWAY = (503, "UNAVAILABLE", "The database is not available.")
_BUSY = (503, "BUSY", "The database is busy; try again.")
_CHANGED = (503, "SCHEMA_BEHIND", "The schema of the database is another one at this moment; try again.")
_INVALID = (400, "INVALID_PARAMETER", "A parameter has a value that is out of range or of the wrong type.")
_FORBIDDEN = (403, "FORBIDDEN", "You do not have permission to do this.")
_INTERNAL = (500, "INTERNAL", "An internal error occurred.")

# By SQLSTATE, then by its class, the first two characters. The texts are ours: PostgreSQL's could show SQL.
_STATES: dict[str, tuple[int, str, str]] = {
    "42501": _FORBIDDEN,
    "28": _AWAY,
    "08": _AWAY,
    "53": _AWAY,
    "57": _AWAY,
    "XX001": (500, "DAMAGED_HISTORY", "Stored data is damaged: scripts/doctor --verify-packs says where."),
    "57014": (503, "TIMEOUT", "The database took too long."),
    "25006": _AWAY,  # a standby: the primary is about to return
    "40": _BUSY,
    "55P03": _BUSY,
    # What a function uses, or the function itself, is gone: a relation, a column, a type, a schema.
    "42P01": _CHANGED,
    "42703": _CHANGED,
    "42883": _CHANGED,
    "PGRST202": _CHANGED,
    "42704": _CHANGED,
    "3F": _CHANGED,
    "22": _INVALID,
    "23514": _INVALID,  # a condition on the values themselves
    "23": (409, "CONFLICT", "The request conflicts with stored data."),
}
# How PostgreSQL says it of a plan that was made before something it uses was dropped: never translated.
_LOST_PLAN = re.compile("(cache lookup failed for|could not open relation with OID) ")


class ApiError(Exception):
    """An answer other than success. ``retry_after`` is in seconds and sent with 429 and 503 only."""

    def __init__(
        self, status: int, error_code: str, error: str, details: Any = None, retry_after: int | None = None
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error_code = error_code
        self.error = error
        self.details = details
        self.retry_after = (retry_after or RETRY_AFTER_S) if status in (429, 503) else None

    def body(self) -> dict[str, Any]:
        """The one error shape."""
        shape = {"error": self.error, "error_code": self.error_code}
        return shape if self.details is None else {**shape, "details": self.details}

    def headers(self) -> dict[str, str]:
        """Retry-After where the caller may try again, WWW-Authenticate where credentials are asked for."""
        if self.retry_after is not None:
            return {"Retry-After": str(self.retry_after)}
        return {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}


def from_sqlstate(state: str, message: str = "", hint: str = "", detail: str = "") -> ApiError:
    """What a database error means: ``PTxyz`` is HTTP xyz in our own words, anything else by its class.

    A ``PTxyz`` has its error_code in HINT and details in DETAIL; with 429 and 503 these are seconds to wait.
    """
    if re.fullmatch(r"PT[45]\d\d", state):
        return _raised_by_us(int(state[2:]), message, hint, detail)
    if state == "XX000" and _LOST_PLAN.match(message):
        return ApiError(*_CHANGED)
    status, error_code, error = _STATES.get(state) or _STATES.get(state[:2]) or _INTERNAL
    return ApiError(status, error_code, error)


def from_status(status: int, error: str = "") -> ApiError:
    """The error for a bare HTTP status, as the framework raises it."""
    return ApiError(status, CODES.get(status, "ERROR"), error or f"{responses.get(status, 'Error')}.")


def _raised_by_us(status: int, message: str, hint: str, detail: str) -> ApiError:
    error_code = hint if re.fullmatch(r"[A-Z][A-Z0-9_]*", hint) else CODES.get(status, "ERROR")
    if status in (429, 503):
        return ApiError(status, error_code, message, retry_after=_whole_seconds(detail))
    return ApiError(status, error_code, message, details=detail or None)


def _whole_seconds(detail: str) -> int | None:
    return max(1, int(detail)) if re.fullmatch(r"\d{1,6}", detail) else None
