"""Logs: one JSON line an event, each with an ``action``; one event ``request`` for every request answered."""

from __future__ import annotations

import logging
import re
import sys
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
from flask import Flask, Response, g, request

_log = logging.getLogger("rastro")
_SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MAX_PATH = 200  # characters of a path that are logged


class JsonLines(logging.Formatter):
    """``log.info("action", extra={"fields": {...}})`` as one line of JSON. Times are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; an exception becomes the field ``trace``."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "action": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def configure(level: str) -> None:
    """Send the application's events to standard error as JSON lines. For the process that serves."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("app", "rastro"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


def init_app(app: Flask) -> None:
    """Name every request, echo the name in X-Request-Id, and log what became of it."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _SANE_ID.fullmatch(given) else uuid4().hex


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    if _log.isEnabledFor(logging.INFO):
        _log.info("request", extra={"fields": _fields(response)})
    return response


def _fields(response: Response) -> dict[str, Any]:
    principal = g.get("principal")
    known = {
        "request_id": g.request_id,
        "caller": principal.label if principal else None,
        "clients": g.get("clients"),
        "method": request.method,
        "path": request.path[:_MAX_PATH],
        "status": response.status_code,
        "error_code": g.get("error_code"),
        "ms": round((time.perf_counter() - g.began) * 1_000, 2),
        "verdicts": g.get("verdicts"),
    }
    return {field: value for field, value in known.items() if value is not None}
