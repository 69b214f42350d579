"""Downloads: all pages of an answer, fetched while they are sent; the first one before the response begins.

An error after that cannot be reported: the connection is closed, so that nobody takes a part for the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from flask import Response, current_app, g, request

from app.files.exports.columns import Column
from app.identity.principal import Principal
from app.rpc import Backend
from app.times import LOCAL

from .call import backend, rpc
from .turns import Turns

TABLES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_BINARY = {"type": "string", "format": "binary"}


def content(kinds: Mapping[str, str]) -> dict[str, Any]:
    """The formats, for the API description."""
    return {mimetype.partition(";")[0]: {"schema": _BINARY} for mimetype in kinds.values()}


def wanted(kinds: Mapping[str, str], formato: str | None) -> str:
    """``json`` or one of the kinds: as the parameter says, otherwise as Accept does."""
    if formato is not None:
        return formato
    names = {mimetype.partition(";")[0]: name for name, mimetype in kinds.items()}
    best = request.accept_mimetypes.best_match(["application/json", *names], "application/json")
    return names.get(best, "json")


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of an RPC; the first has been fetched."""

    first: dict[str, Any]
    more: Iterator[dict[str, Any]]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        yield self.first
        yield from self.more


def pages(name: str, **arguments: Any) -> Pages:
    """All pages of an RPC as the caller of this request. Raises ApiError where the first is refused."""
    first = msgspec.json.decode(rpc(name, p_cursor=None, **arguments))
    return Pages(first, _more(backend(), g.principal, name, arguments, first["nextCursor"]))


def _more(
    door: Backend, principal: Principal, name: str, arguments: dict[str, Any], cursor: str | None
) -> Iterator[dict[str, Any]]:
    """Needs no request: it may run when that has been answered."""
    while cursor is not None:
        page = msgspec.json.decode(door.call(name, principal, p_cursor=cursor, **arguments).json)
        yield page
        cursor = page["nextCursor"]


def table(
    kind: str, name: str, columns: Sequence[Column], rows: Iterator[Sequence[Any]], separator: str
) -> Response:
    """A download of rows; the separator is that of CSV."""
    from app.files.exports import tables

    frames = (tables.frame(page, columns) for page in rows)
    return download(f"{name}.{kind}", TABLES[kind], _writer(kind, separator)(frames, columns))


def _writer(kind: str, separator: str) -> Callable[..., Iterator[bytes]]:
    if kind == "xlsx":
        from app.files.exports.workbook import xlsx

        return xlsx
    from app.files.exports import tables

    return partial(tables.csv, separator=separator) if kind == "csv" else tables.parquet


def download(name: str, mimetype: str, parts: Iterator[bytes]) -> Response:
    """A response that is sent while it is made. Raises ApiError 429, 503 if too many are open."""
    turns: Turns = current_app.extensions["rastro.turns"]
    end = turns.take(g.principal.share)
    response = Response(_until_the_end(parts, end), content_type=mimetype)
    response.call_on_close(end)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _until_the_end(parts: Iterator[bytes], end: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from parts
    finally:
        end()


def days(begin: datetime | None, end: datetime | None) -> str:
    """The part of a file's name that says from when to when, in local days."""
    texts = [f"{one.astimezone(LOCAL):%Y-%m-%d}" for one in (begin, end) if one]
    return "".join(f"-{day}" for day in texts)
