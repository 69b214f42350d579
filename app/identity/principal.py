"""The caller of a request: who it is, never what it may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

_CLAIMS = {"user": "sub", "key": "key_sha256", "device": "cd_dispositivo"}


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller: ``identity`` is the uuid of a user, the SHA-256 (hex) of an API key, or a tracker's code.

    PostgreSQL decides whether the caller exists and which clients and permissions it has.
    """

    kind: Literal["user", "key", "device"]
    identity: str
    request_id: str = ""

    @property
    def label(self) -> str:
        """A name for logs: enough to find the caller, no secret."""
        return f"{self.kind}:{self.identity[:12] if self.kind == 'key' else self.identity}"

    def claims(self) -> str:
        """The JSON that row-level security reads as ``request.jwt.claims``."""
        claims = {"role": "authenticated", _CLAIMS[self.kind]: self.identity, "request_id": self.request_id}
        return msgspec.json.encode(claims).decode()


NOBODY = Principal("key", "", "health")
"""The caller of questions that need no credentials."""
