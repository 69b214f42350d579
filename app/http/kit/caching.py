"""Caching and compression: ETags for all reads, compression for clients that accept it.

A list that is requested repeatedly (positions on a map) costs a hash, some milliseconds per megabyte, and no
transfer while nothing changes. ETags are weak: they identify the content, however it is compressed.
"""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, Response, g, request
from flask_compress import Compress

# Levels that cost a few milliseconds a megabyte: who waits for an answer waits for its compression, too.
_COMPRESSION: dict[str, Any] = {
    "COMPRESS_ALGORITHM": ["zstd", "br", "gzip"],
    "COMPRESS_ZSTD_LEVEL": 3,
    "COMPRESS_BR_LEVEL": 3,
    "COMPRESS_LEVEL": 3,
    "COMPRESS_MIN_SIZE": 1_400,  # bytes: what fits into one packet anyway stays as it is
    "COMPRESS_STREAMS": False,
    "COMPRESS_EVALUATE_CONDITIONAL_REQUEST": False,  # done below, before anything is compressed
    "COMPRESS_MIMETYPES": [
        "application/json",
        "application/geo+json",
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
        "text/typescript",
    ],
}


def init_app(app: Flask) -> None:
    """To be called first: what is registered later runs before, on answers that are not compressed yet."""
    app.config.update(_COMPRESSION)
    Compress(app)
    app.after_request(_tag)


def _tag(response: Response) -> Response:
    """Add an ETag to what a caller with credentials reads; 304 if it is unchanged. Private to that caller."""
    if (
        request.method not in ("GET", "HEAD")
        or response.status_code != 200
        or response.is_streamed
        or "principal" not in g
    ):
        return response
    response.add_etag(weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Authorization", "X-API-Key", "Accept"))
    return cast(Response, response.make_conditional(request))
