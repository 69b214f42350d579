"""Request bodies as bytes, read within bounds; what cannot be parsed is quarantined, never lost."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Collection
from contextlib import nullcontext
from typing import Any, TypeVar

import msgspec
from flask import request
from pydantic import BaseModel, ValidationError

from app.errors import ApiError
from app.readings import json_text, packing
from app.readings.digest import HEAD_BYTES, Digest

from .call import rpc
from .parameters import refuse

Model = TypeVar("Model", bound=BaseModel)

_CHUNK = 64 << 10
_LARGE = 64 << 10  # bytes
# The interpreter does one thing at a time, and a decoder gives it back when all is decoded: with many large
# bodies being decoded a small one would wait behind each of them, again and again.
_alone = threading.Lock()
_HARD_CAP = 64 << 20  # bytes read of a body that is refused anyway, to know its hash


class Unreadable(ApiError):
    """A body that cannot be split into readings; ``digest`` is what the quarantine keeps of it."""

    def __init__(self, status: int, error_code: str, error: str, digest: Digest) -> None:
        super().__init__(status, error_code, error)
        self.digest = digest


def readings(parse: Callable[[bytes], str], max_bytes: int, *, packed: bool = True) -> str:
    """The body as text for ``p_readings``. Raises Unreadable (400, 413) or ApiError (400, 415).

    ``packed``: whether it may be compressed; not before the caller is known.
    """
    _require_json()
    body = packing.trimmed(_plain(max_bytes) if packed else _uncompressed(max_bytes))
    try:
        with _alone if len(body) > _LARGE else nullcontext():
            return parse(body)
    except json_text.NotJson:
        raise Unreadable(
            400, "MALFORMED", "The body must be a JSON list of readings.", Digest.of(body)
        ) from None
    except json_text.TooMany:
        raise Unreadable(413, "TOO_LARGE", "The batch has too many readings.", Digest.of(body)) from None


def document(model: type[Model], max_bytes: int) -> Model:
    """The body as a small JSON object, checked by a model. Raises ApiError (400, 413, 415)."""
    try:
        return model.model_validate(members(max_bytes))
    except ValidationError as invalid:
        refuse(invalid)
        raise


def typed(kinds: Collection[str], max_bytes: int) -> tuple[str, bytes]:
    """The body, and which of these media types it has. Raises ApiError (400, 413, 415)."""
    kind = request.mimetype
    if kind not in kinds:
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", f"Send {' or '.join(kinds)} as Content-Type.")
    return kind, _plain(max_bytes)


def members(max_bytes: int) -> dict[str, Any]:
    """The members of a small JSON object. Raises ApiError (400, 413, 415)."""
    try:
        _require_json()
        return msgspec.json.decode(packing.trimmed(_plain(max_bytes)), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise ApiError(400, "MALFORMED", "The body must be a JSON object.") from None


def quarantine(unreadable: Unreadable) -> None:
    """Keep head, length and hash. Raises ApiError when the caller is unknown or may not ingest."""
    kept = unreadable.digest
    rpc(
        "quarentenar_payload",
        p_payload=kept.head,
        p_nr_tamanho=kept.size,
        p_hash=kept.sha256,
        p_motivo=unreadable.error_code,
        p_ds_erro=unreadable.error,
    )


def _plain(max_bytes: int) -> bytes:
    """The body, unpacked: neither what is sent nor what it unpacks to has more bytes than this."""
    kind = _packing()
    body = _whole(max_bytes)
    if not kind:
        return body
    try:
        return packing.unpacked(body, kind, max_bytes)
    except packing.TooLarge:
        raise Unreadable(
            413, "TOO_LARGE", f"The body unpacks to more than {max_bytes} bytes.", Digest.of(body)
        ) from None
    except packing.Broken as broken:
        raise Unreadable(400, "MALFORMED", f"The body is not valid {broken}.", Digest.of(body)) from None


def _uncompressed(max_bytes: int) -> bytes:
    if _packing():
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body uncompressed.")
    return _whole(max_bytes)


def _packing() -> str:
    try:
        return packing.kind_of(request.headers.get("Content-Encoding", ""))
    except ValueError:
        text = "Send the body uncompressed, or with Content-Encoding: gzip or deflate."
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", text) from None


def _whole(max_bytes: int) -> bytes:
    body = _up_to(max_bytes + 1)
    if len(body) > max_bytes:
        raise Unreadable(413, "TOO_LARGE", f"The body has more than {max_bytes} bytes.", _digest(body))
    if request.content_length not in (None, len(body)):
        raise _cut_off()
    return body


def _require_json() -> None:
    if request.content_type != "application/json" and request.mimetype != "application/json":
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", "Send JSON with Content-Type: application/json.")


def _up_to(most: int) -> bytes:
    parts, missing = [], most
    while missing and (part := _next(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _digest(begun: bytes) -> Digest:
    """The digest of a large body, read to its end or to the hard cap, without keeping it in memory."""
    sha256, size = hashlib.sha256(begun), len(begun)
    while size < _HARD_CAP and (part := _next(_CHUNK)):
        sha256.update(part)
        size += len(part)
    head = base64.b64encode(begun[:HEAD_BYTES]).decode()
    return Digest(head, max(size, request.content_length or 0), sha256.hexdigest())


def _next(most: int) -> bytes:
    """More of the body. Each server has its own exceptions for senders that disconnect or frame it badly."""
    try:
        return request.stream.read(most)
    except ApiError:  # of the worker: its sender took too long
        raise
    except Exception as error:
        raise _cut_off() from error


def _cut_off() -> ApiError:
    return ApiError(400, "BAD_REQUEST", "The body is incomplete, or in too many chunks.")
