"""What the quarantine keeps of bytes that cannot be stored: head, length and hash. Pure."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec

HEAD_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Digest:
    """What is kept of bytes: base64 of the head, length in bytes, SHA-256 in hex."""

    head: str
    size: int
    sha256: str

    @classmethod
    def of(cls, raw: bytes) -> Digest:
        """The digest of these bytes."""
        head = base64.b64encode(raw[:HEAD_BYTES]).decode()
        return cls(head, len(raw), hashlib.sha256(raw).hexdigest())


def wrapper(element: bytes, error_code: str, error: str, **more: Any) -> str:
    """Bytes that cannot be stored, wrapped as an element for the quarantine.

    ``more`` may have cdCliente, cdDispositivo, ``$topico`` and ``$propriedades`` (an object of texts).
    """
    kept = Digest.of(element)
    wrapped = {
        "$payload": kept.head,
        "$tamanho": kept.size,
        "$hash": kept.sha256,
        "$error_code": error_code,
        "$error": error,
        **more,
    }
    return msgspec.json.encode(wrapped).decode()
