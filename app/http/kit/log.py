"""One log event ``request`` for every request answered, counted too, and its id in ``X-Request-Id``."""

from __future__ import annotations

import logging
import re
import time
from secrets import token_hex
from typing import Any

from flask import Flask, Response, g, request

from app import meters

_log = logging.getLogger("rastro")
SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""The ids of requests that are taken over from callers."""
_MAX_PATH = 200  # characters of a path that are logged


def init_app(app: Flask) -> None:
    """Give every request an id, return it in X-Request-Id, and log the outcome."""
    app.before_request(_begin)
    app.after_request(_end)


def note(**fields: Any) -> None:
    """Add fields to the log line of the current request; None is left out."""
    g.line.update(fields)


def _begin() -> None:
    g.began = time.perf_counter()
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if SANE_ID.fullmatch(given) else token_hex(16)
    g.line = {"request_id": g.request_id, "method": request.method, "path": request.path[:_MAX_PATH]}


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    seconds = time.perf_counter() - g.began
    route = request.url_rule.rule if request.url_rule else None
    error_code = g.line.get("error_code", "")
    meters.answered(route, request.method, response.status_code, error_code, seconds)
    note(status=response.status_code, ms=round(seconds * 1_000, 2))
    _log.info(
        "request", extra={"fields": {name: value for name, value in g.line.items() if value is not None}}
    )
    return response
