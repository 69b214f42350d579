"""The legacy application's door over HTTP: the REST server of tests/_lib/rest.py."""

import json
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from scripts.devkit.fleet.postgrest_schema import Refused, Unanswered

Row = dict[str, Any]
_SIGNS = {"": "eq", "gte": "gte", "lte": "lte", "in": "in"}


class HttpDoor:
    """One connection, with a key and perhaps the token of a user."""

    def __init__(self, url: str, key: str, token: str | None = None) -> None:
        self._place = urlsplit(url)
        self._headers = {"apikey": key, "Content-Type": "application/json", "Prefer": "return=representation"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._connection = HTTPConnection(self._place.hostname or "", self._place.port, timeout=30)

    def select(self, relation: str, limit: int | None = None, **wanted: Any) -> list[Row]:
        parameters = [("select", "*")] + ([("limit", str(limit))] if limit is not None else [])
        for column, value in wanted.items():
            name, _, test = column.partition("__")
            text = f"({','.join(map(str, value))})" if isinstance(value, list) else value
            parameters.append((name, f"{_SIGNS[test]}.{text}"))
        rows: list[Row] = self._ask("GET", f"/rest/v1/{relation}?{urlencode(parameters)}")
        return rows

    def insert(self, relation: str, rows: Row | Sequence[Row]) -> list[Row]:
        stored: list[Row] = self._ask("POST", f"/rest/v1/{relation}", rows)
        return stored

    def call(self, function: str, **arguments: Any) -> Any:
        return self._ask("POST", f"/rest/v1/rpc/{function}", arguments)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        try:
            sent = None if body is None else json.dumps(body)
            self._connection.request(method, path, sent, self._headers)
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise Unanswered(str(error)) from error
        if answer.status >= 300:
            raise Refused(str(answer.status), text)
        return json.loads(text)
