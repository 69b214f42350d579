"""Rows in the format of the legacy routes."""

from __future__ import annotations

from typing import Any

import msgspec

_COORDINATES = ("dsLat", "dsLong", "dsLatAtual", "dsLongAtual", "dsLatDest", "dsLongDest")


def rows(answer: msgspec.Raw) -> list[dict[str, Any]]:
    """What an RPC found, decoded."""
    found: list[dict[str, Any]] = msgspec.json.decode(answer)
    return found


def with_texts(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows, with coordinates as the texts they used to be."""
    for row in found:
        for name in _COORDINATES:
            if row.get(name) is not None:
                row[name] = str(row[name])
    return found


class Page(msgspec.Struct):
    """A page of which only the rows matter."""

    data: msgspec.Raw


def data(answer: msgspec.Raw) -> msgspec.Raw:
    """The rows of a page, undecoded."""
    return msgspec.json.decode(answer, type=Page).data
