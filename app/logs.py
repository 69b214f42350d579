"""Logs: one JSON line an event, each with an ``action``; one event ``request`` for every request answered."""

from __future__ import annotations

import logging
import re
import sys
import time
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

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


def note(**fields: Any) -> None:
    """Add to the line of the current request; what is None stays out."""
    g.line.update(fields)


def _begin() -> None:
    g.began = time.perf_counter()
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _SANE_ID.fullmatch(given) else token_hex(16)
    g.line = {"request_id": g.request_id, "method": request.method, "path": request.path[:_MAX_PATH]}


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    note(status=response.status_code, ms=round((time.perf_counter() - g.began) * 1_000, 2))
    _log.info(
        "request", extra={"fields": {name: value for name, value in g.line.items() if value is not None}}
    )
    return response
