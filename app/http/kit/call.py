"""What every handler uses: RPC calls, JSON replies, and errors in one shape."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.errors import ApiError, from_status
from app.files.images import Images
from app.identity.known import Known
from app.identity.share import CONFIRMED
from app.rpc import Answer, Argument, Backend
from app.settings import Settings

from .log import note
from .turns import Turns

_log = logging.getLogger(__name__)
_MAX_CAUSE = 500  # characters of what a driver said that are logged


def init_app(app: Flask, settings: Settings, backend: Backend, images: Images) -> None:
    """Give handlers what they need, and register the error handlers."""
    app.extensions["rastro.settings"] = settings
    app.extensions["rastro.backend"] = backend
    app.extensions["rastro.images"] = images
    app.extensions["rastro.known"] = Known()
    app.extensions["rastro.turns"] = Turns()
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _answer)


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.extensions["rastro.settings"]
    return found


def backend() -> Backend:
    """The backend of the running application."""
    found: Backend = current_app.extensions["rastro.backend"]
    return found


def image_store() -> Images:
    """Where the running application keeps pictures."""
    found: Images = current_app.extensions["rastro.images"]
    return found


def require_admission(permission: str | None) -> None:
    """Ask PostgreSQL, unless it said so a moment ago, whether the caller is known and has the permission.

    To be called before a body is read. Raises ApiError 401, 403, 503.
    """
    g.permission = permission
    if _known().has(g.principal, permission):
        request.environ[CONFIRMED] = g.principal.share
    else:
        _ask("conferir_chamador", p_permissao=permission)


def rpc(name: str, /, **arguments: Argument) -> msgspec.Raw:
    """Call an RPC as the caller of this request; its JSON, undecoded. Raises ApiError."""
    answer = _ask(name, **arguments)
    note(clients=answer.clients or None)
    return answer.json


def _ask(name: str, /, **arguments: Argument) -> Answer:
    """The answer of an RPC, which also shows whether the caller still is known."""
    permission = g.get("permission")
    try:
        answer = backend().call(name, g.principal, **arguments)
    except ApiError as refused:
        if refused.status in (401, 403, 429):
            _known().drop(g.principal, permission)
        if refused.status == 401:
            _known().forget(g.principal)
        raise
    _known().add(g.principal, permission, answer.clients)
    g.principal = _known().recognised(g.principal)  # what follows is of its own share
    request.environ[CONFIRMED] = g.principal.share
    return answer


def _known() -> Known:
    found: Known = current_app.extensions["rastro.known"]
    return found


def reply(content: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    """A JSON response; what is JSON already (msgspec.Raw) is passed on as it is."""
    return Response(msgspec.json.encode(content), status, mimetype=mimetype)


class _Page(msgspec.Struct):
    data: msgspec.Raw
    nextCursor: int | None


def reply_page(found: msgspec.Raw) -> Response:
    """A page of an RPC whose cursors are numbers, as v2 writes it."""
    page = msgspec.json.decode(found, type=_Page)
    return reply({"data": page.data, "nextCursor": as_cursor(page.nextCursor)})


def as_cursor(number: int | None) -> str | None:
    """The cursor of an RPC as v2 writes it: a text, as all of its cursors."""
    return None if number is None else str(number)


def as_api_error(error: Exception) -> ApiError:
    """The error that an exception means to the caller. An unexpected one is logged."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, HTTPException) and error.code is not None:
        return from_status(error.code)
    _log.error("unexpected", exc_info=error, extra={"fields": {"request_id": g.request_id}})
    return from_status(500, "An internal error occurred.")


def error_response(error: ApiError, body: Any) -> Response:
    """The response to an error, with its status and headers; its cause is logged."""
    note(error_code=error.error_code)
    if error.status >= 500 and error.__cause__:
        cause = str(error.__cause__).strip()[:_MAX_CAUSE]
        _log.error("failed", extra={"fields": {"request_id": g.request_id, "cause": cause}})
    response = reply(body, error.status)
    response.headers.update(error.headers())
    return response


def _answer(error: Exception) -> Response:
    known = as_api_error(error)
    return error_response(known, known.body())


def _http_error(error: HTTPException) -> ResponseReturnValue:
    """What the framework refuses: unknown paths, methods and the like. The header Allow stays."""
    if error.code is None or error.code < 400:  # a redirect is an exception to Flask, no error to us
        return error
    response = _answer(error)
    response.headers.update({name: value for name, value in error.get_headers() if name == "Allow"})
    return response
