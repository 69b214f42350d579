"""Who opens a stream: credentials in headers, by the API's own code, or a ticket."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from secrets import token_hex

from flask import Flask, g

from app.errors import ApiError
from app.identity import auth
from app.identity.known import Known
from app.rpc import Backend
from app.settings import Settings

from .database import Database
from .filters import Filter
from .query import StreamQuery

_TICKET = re.compile(r"bilhete_[!-~]{1,200}")
_CREDENTIALS = ("Authorization", "X-API-Key")


class Admission:
    """Identifies callers. Blocks: it is called in threads. Thread-safe."""

    def __init__(self, settings: Settings, backend: Backend, database: Database) -> None:
        self._backend, self._database = backend, database
        self._app = Flask("app.jobs.stream", static_folder=None)
        self._app.extensions["rastro.known"] = Known()
        auth.init_app(self._app, settings)

    def admit(self, headers: Mapping[str, str], query: StreamQuery) -> tuple[str, Filter]:
        """The caller, and what it asked for, which is looked at when the caller is known.

        Raises ApiError 400, 401, 403, 413, 429, 503.
        """
        caller = self.caller(headers, query.ticket)
        area = query.area
        return caller, Filter(query, self._database.check_area(area) if area else None)

    def caller(self, headers: Mapping[str, str], ticket: str | None) -> str:
        """user:<uuid> or key:<sha256>, who may read at this moment; a call of a key is counted.

        Raises ApiError 401, 403, 429, 503.
        """
        given = {name: headers[name] for name in _CREDENTIALS if name in headers}
        if ticket is None:
            return self._by_headers(given)
        if given:
            raise ApiError(401, "UNAUTHORIZED", "Send a ticket or credentials in headers, not both.")
        return self._by_ticket(ticket)

    def _by_headers(self, given: Mapping[str, str]) -> str:
        with self._app.test_request_context(headers=dict(given)):
            g.request_id = token_hex(16)
            principal = auth.authenticate()
        # Asks for the permission and counts the call; there is no need to use the ticket.
        self._backend.call("criar_bilhete", principal)
        return f"{principal.kind}:{principal.identity}"

    def _by_ticket(self, ticket: str) -> str:
        is_one = _TICKET.fullmatch(ticket)
        caller = self._database.use_ticket(hashlib.sha256(ticket.encode()).hexdigest()) if is_one else None
        if caller is None:
            raise ApiError(401, "UNAUTHORIZED", "The ticket is unknown, was used before or has expired.")
        return caller
