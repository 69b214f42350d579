"""A tiny HTTP server that plays a script, where a REST server would be."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.identity.tokens import Signer
from app.rpc.supabase import SupabaseBackend
from tests.contract.conftest import SIGNER, rest_backend

Reply = Callable[["Handler"], None]


@dataclass
class Script:
    """What the server answers, in turn (the last one again and again), and what it was sent."""

    replies: list[Reply] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """Plays the script of its server."""

    protocol_version = "HTTP/1.1"
    script: Script

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        script = self.script
        script.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        script.replies[min(len(script.requests), len(script.replies)) - 1](self)

    def log_message(self, *_: Any) -> None:
        pass

    def answer(self, status: int, body: bytes, promised: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(promised if promised is not None else len(body)))
        self.end_headers()
        self.wfile.write(body)


def says(status: int, body: bytes = b"[]", **headers: str) -> Reply:
    return lambda handler: handler.answer(status, body, None, **headers)


def tells(status: int, code: str, **more: str | None) -> Reply:
    return says(status, json.dumps({"code": code, "message": "as it says", **more}).encode())


def hangs_up(handler: Handler) -> None:
    """Without a word."""
    handler.close_connection = True
    handler.connection.close()


def breaks_off(handler: Handler) -> None:
    """In the middle of an answer."""
    handler.answer(200, b'[{"cdDispositivo":', promised=1_000)
    hangs_up(handler)


def hesitates(handler: Handler) -> None:
    """Until the test is over."""
    handler.script.release.wait(30)
    hangs_up(handler)


@dataclass
class Stage:
    """A back end, and the script of the server behind it."""

    script: Script
    url: str

    @contextmanager
    def backend(self, *replies: Reply, signer: Signer = SIGNER, **changes: Any) -> Iterator[SupabaseBackend]:
        self.script.replies = list(replies)
        with rest_backend(self.url, signer, **changes) as backend:
            yield backend


@contextmanager
def opened() -> Iterator[Stage]:
    """A stage with nothing on it yet; whoever hesitates goes when it closes."""
    script = Script()
    handler = type("Scripted", (Handler,), {"script": script})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Stage(script, f"http://127.0.0.1:{server.server_port}")
        script.release.set()
        server.shutdown()
        thread.join()
