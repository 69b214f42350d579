"""GET /v2/stream, as the description has it, and POST /v2/stream/tickets.

A program of its own serves the stream (app.jobs.stream). With RASTRO_STREAM_URL the server passes requests on
to it before they get here.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from app.errors import ApiError
from app.http.kit.blueprint import errors, of, resource
from app.http.kit.call import reply, rpc
from app.jobs.stream.query import StreamQuery

from .schemas import StreamEvents, Ticket

stream = resource("stream", "Live positions and values, by server-sent events")

_EVENTS: dict[str, Any] = {
    "description": "Server-sent events. The data of each is JSON; its shape is the property of StreamEvents "
    "that has the name of the event. `open` is the first. `positions` and, with `sensores`, `values` follow: "
    "everything at first, then what changes. `removed` names devices to forget. `end` is the last event if "
    "you may not read any longer; otherwise open the stream again when it ends, after an hour at the latest. "
    "`id` is what to send as Last-Event-ID to get what changed since, with repeats and without gaps. "
    "Comments are heartbeats.",
    "content": {"text/event-stream": {"schema": of(StreamEvents)}},
}


@stream.get("/stream", responses={200: _EVENTS})
def get_stream(query: StreamQuery) -> Response:
    """Current positions, and then what changes, at most once a second for each device."""
    rpc("conferir_chamador", p_permissao="read")
    raise ApiError(
        503, "UNAVAILABLE", "The stream is not served here: see RASTRO_STREAM_URL.", retry_after=60
    )


@stream.post("/stream/tickets", responses={201: Ticket, **errors(408)})
def criar_bilhete() -> Response:
    """A ticket that opens one stream within half a minute, for a browser's EventSource."""
    return reply(rpc("criar_bilhete"), 201)
