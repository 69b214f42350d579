"""GET /v2/stream as an ASGI application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from secrets import token_hex
from typing import Any

import msgspec
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import ApiError, from_status
from app.http.kit.headers import ALWAYS
from app.http.kit.log import SANE_ID
from app.jobs import gauges

from .admission import Admission
from .asking import Asking
from .events import HEARTBEAT, Progress, ended
from .filters import Filter
from .hub import Hub
from .query import StreamQuery, parse
from .settings import StreamSettings
from .viewer import NOWHERE, Viewer

_log = logging.getLogger("app.jobs.stream")
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_MAX_ID = 60  # characters of a Last-Event-ID
_MAX_LOGGED = 20  # clients of a viewer


class Stream:
    """The handlers, and the task that reads for all of them."""

    def __init__(self, hub: Hub, admission: Admission, settings: StreamSettings) -> None:
        self._hub, self._admission, self._settings = hub, admission, settings
        self._threads, self._asking = ThreadPoolExecutor(settings.pool_size), Asking()
        self._registry = gauges.registry(self._gauges)

    async def open(self, request: Request) -> Response:
        """A stream, or the error that prevents it."""
        query = parse(_single(request))
        caller, wanted = await self._admitted(request, query)
        viewer = await self._hub.enter(caller, wanted)
        last_id = (request.headers.get("last-event-id") or query.lastEventId or "")[:_MAX_ID]
        events = self._events(viewer, last_id, request.scope["rastro.request_id"])
        return _Events(events, lambda: self._hub.leave(viewer))

    async def _admitted(self, request: Request, query: StreamQuery) -> tuple[str, Filter]:
        with self._asking.one(request.headers, query.ticket):
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, self._admission.admit, request.headers, query
            )

    async def live(self, _: Request) -> Response:
        """Whether the process lives."""
        return _json(200, {"status": "ok"})

    async def ready(self, _: Request) -> Response:
        """Whether the database answered the last time."""
        return _json(503 if self._hub.failures else 200, {"streams": len(self._hub.viewers)})

    async def metrics(self, _: Request) -> Response:
        """For Prometheus."""
        return Response(generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _gauges(self) -> Iterable[tuple[str, str, float]]:
        failures = "Reads of the database that failed since the last that did not"
        yield "rastro_stream_open", "Streams that are open", len(self._hub.viewers)
        yield "rastro_stream_most", "Streams that may be open", self._settings.max_streams
        yield "rastro_stream_read_failures", failures, self._hub.failures

    @asynccontextmanager
    async def reading(self, _: Starlette) -> AsyncIterator[None]:
        """Read while the application runs."""
        task = asyncio.create_task(self._hub.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _events(self, viewer: Viewer, last_id: str, request_id: str) -> AsyncIterator[bytes]:
        fields = {"request_id": request_id, "caller": viewer.label}
        clients = sorted(viewer.clients or ())[:_MAX_LOGGED]
        _log.info("stream_opened", extra={"fields": {**fields, "clients": clients}})
        try:
            async for part in self._parts(viewer, last_id):
                yield part
        finally:
            seconds = round(self._hub.clock() - viewer.opened_at, 1)
            _log.info("stream_closed", extra={"fields": {**fields, "seconds": seconds}})

    async def _parts(self, viewer: Viewer, last_id: str) -> AsyncIterator[bytes]:
        hub, clients = self._hub, frozenset[int]()
        sent_at = hub.clock()
        progress: Progress | None = None
        opening = hub.encoder.opening(clients, viewer.wanted, last_id)
        while True:
            if not viewer.clients:
                yield ended(ApiError(401, "UNAUTHORIZED", "Missing or invalid credentials"))
                return
            if hub.is_ending() or hub.clock() - viewer.opened_at > self._settings.lifetime_s:
                return
            if viewer.clients != clients:  # it sees others now, and begins anew
                opening = hub.encoder.opening(viewer.clients, viewer.wanted, "" if clients else last_id)
                clients, progress, viewer.reached = viewer.clients, None, NOWHERE
            part, is_behind = b"", False
            if hub.work.may(viewer.share):
                with hub.work.of(viewer.share):
                    if progress:
                        part = hub.encoder.more(progress, clients, viewer.wanted)
                    elif opened := next(opening):
                        progress, part = opened
                is_behind = progress is None or bool(progress.left)
                if progress and not is_behind:
                    viewer.reached = progress.mark.number
            if not part and hub.clock() - sent_at >= self._settings.heartbeat_s:
                part = HEARTBEAT
            if part:
                yield part
                sent_at = hub.clock()
            if not is_behind:
                await viewer.changed()
            if part or is_behind:  # others have something to send, too; who waited for a turn is first
                await asyncio.sleep(0)


class _Named:
    """Gives every request an id, and every answer X-Request-Id and the headers of all answers of the API."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        scope["rastro.request_id"] = given if SANE_ID.fullmatch(given) else token_hex(16)

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = scope["rastro.request_id"]
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_named)


class _Events(StreamingResponse):
    """Ends with its events, or as soon as the viewer is gone, whether or not there was something to send."""

    def __init__(self, events: AsyncIterator[bytes], ended: Callable[[], None]) -> None:
        super().__init__(events, 200, _HEADERS, "text/event-stream")
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See StreamingResponse."""
        tasks = [
            asyncio.create_task(self.stream_response(send)),
            asyncio.create_task(self.listen_for_disconnect(receive)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            failed, _ = await asyncio.gather(*tasks, return_exceptions=True)
            self._ended()
            if isinstance(failed, Exception) and not isinstance(failed, OSError):
                _log.error("unexpected", exc_info=failed)


def create_app(hub: Hub, admission: Admission, settings: StreamSettings) -> ASGIApp:
    """The application."""
    stream = Stream(hub, admission, settings)
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(settings.cors_origins),
        allow_methods=["GET"],
        allow_headers=["Authorization", "X-API-Key", "Last-Event-ID", "X-Request-Id"],
        expose_headers=["Retry-After", "X-Request-Id"],
        max_age=600,
    )
    opened = Route("/v2/stream", stream.open)
    opened.methods = {"GET"}  # HEAD would hold a stream of which nothing is sent
    application = Starlette(
        routes=[
            opened,
            Route("/health/live", stream.live),
            Route("/health/ready", stream.ready),
            Route("/metrics", stream.metrics),
        ],
        middleware=[cors] if settings.cors_origins else [],
        exception_handlers={ApiError: _refuse, 404: _unknown, 405: _unknown, Exception: _fail},
        lifespan=stream.reading,
    )
    return _Named(application)  # around Starlette's answer to an unexpected error, too


def _single(request: Request) -> dict[str, str]:
    """The parameters; of one that is given twice the first counts, as in the API."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        found.setdefault(name, value)
    return found


def _json(status: int, content: object, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(content), status, headers, "application/json")


def _refuse(_: Request, error: Any) -> Response:
    return _json(error.status, error.body(), error.headers())


def _unknown(_: Request, error: Any) -> Response:
    known = from_status(error.status_code)
    return _json(known.status, known.body(), dict(error.headers or {}))


def _fail(_: Request, error: Exception) -> Response:
    _log.error("unexpected", exc_info=error)
    known = from_status(500, "An internal error occurred.")
    return _json(known.status, known.body())
