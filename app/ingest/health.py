"""/metrics, /health/live and /health/ready of the gateway, on a thread of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

Checks = Callable[[], dict[str, bool]]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], registry: CollectorRegistry, checks: Checks) -> None:
        super().__init__(address, _Handler)
        self.registry, self.checks = registry, checks


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5

    def do_GET(self) -> None:
        """One of the three."""
        if self.path == "/metrics":
            self._answer(HTTPStatus.OK, generate_latest(self.server.registry), CONTENT_TYPE_LATEST)
        elif self.path == "/health/live":
            self._answer_json(HTTPStatus.OK, {"status": "ok"})
        elif self.path == "/health/ready":
            checks = self.server.checks()
            well = all(checks.values())
            status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
            self._answer_json(status, {"status": "ok" if well else "unavailable", **checks})
        else:
            self._answer_json(
                HTTPStatus.NOT_FOUND,
                {
                    "error": "Not found; available: /metrics, /health/live and /health/ready.",
                    "error_code": "NOT_FOUND",
                },
            )

    def log_message(self, *_args: object) -> None:
        """Log nothing: monitoring asks every few seconds."""

    def _answer_json(self, status: HTTPStatus, content: dict[str, object]) -> None:
        self._answer(status, json.dumps(content).encode(), "application/json")

    def _answer(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(port: int, registry: CollectorRegistry, checks: Checks) -> None:
    """Answer on this port from now on, until the process ends. Raises OSError when the port is taken."""
    server = _Server(("", port), registry, checks)
    Thread(target=server.serve_forever, name="health", daemon=True).start()
