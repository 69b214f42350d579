"""Downloads: all pages of an answer, fetched while they are sent; the first one before the response begins.

An error after that cannot be reported: the connection is closed, so that nobody takes a part for the whole.
It is also closed if rows are deleted on request meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from flask import Response, current_app, g, request

from app.errors import ApiError
from app.files.exports.columns import Column
from app.identity.principal import Principal
from app.rpc import Argument, Backend
from app.times import LOCAL

from .call import backend, rpc
from .turns import Turns

TABLES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_log = logging.getLogger(__name__)
_SERIES = ("p_cd_dispositivo", "p_cd_dispositivos", "p_cd_sensor", "p_cd_cliente")
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
    series = {key: arguments[key] for key in _SERIES if key in arguments}
    mark = msgspec.json.decode(rpc("get_exclusoes_desde", **series))["marca"]
    first = msgspec.json.decode(rpc(name, p_cursor=None, **arguments))
    whole = _Whole(backend(), g.principal, series | {"p_desde": mark}, g.request_id)
    return Pages(first, _more(whole, name, arguments, first["nextCursor"]))


@dataclass(frozen=True, slots=True)
class _Whole:
    """Asks as the caller, and whether all that was answered belongs together."""

    door: Backend
    principal: Principal
    series: dict[str, Argument]
    request_id: str

    def call(self, name: str, **arguments: Argument) -> Any:
        return msgspec.json.decode(self.door.call(name, self.principal, **arguments).json)

    def require(self) -> None:
        """Raises ApiError 409 if rows of the series were deleted on request since the first page."""
        if self.call("get_exclusoes_desde", **self.series)["blExcluida"]:
            asked = {key.removeprefix("p_"): value for key, value in self.series.items() if value is not None}
            _log.warning("download_broken_off", extra={"fields": {"request_id": self.request_id} | asked})
            raise ApiError(
                409, "CONFLICT", "Rows of this were deleted on request while it was read. Ask again."
            )


def _more(
    whole: _Whole, name: str, arguments: dict[str, Any], cursor: str | None
) -> Iterator[dict[str, Any]]:
    """Needs no request: it may run when that has been answered."""
    while cursor is not None:
        page = whole.call(name, p_cursor=cursor, **arguments)
        whole.require()
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
