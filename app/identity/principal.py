"""The caller of a request: who it is, never what it may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from .share import NEWCOMERS, STRANGERS, TRACKERS, Share

_CLAIMS = {"user": "sub", "key": "key_sha256", "device": "cd_dispositivo"}


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller: ``identity`` is the uuid of a user, the SHA-256 (hex) of an API key, or a tracker's code.

    PostgreSQL decides whether the caller exists and which clients and permissions it has. ``is_stranger``:
    nobody has confirmed it lately; ``client``: for whom it acted then, to share fairly and for nothing else.
    """

    kind: Literal["user", "key", "device"]
    identity: str
    request_id: str = ""
    is_stranger: bool = False
    client: str = ""

    @property
    def share(self) -> Share:
        """Whose share of threads, connections and downloads it takes."""
        if self.kind == "device":
            return TRACKERS
        if self.is_stranger:
            return STRANGERS if self.kind == "key" else NEWCOMERS
        return Share(self.client or self.identity, self.identity)

    @property
    def label(self) -> str:
        """A name for logs: enough to find the caller, no secret."""
        return f"{self.kind}:{self.identity[:12] if self.kind == 'key' else self.identity}"

    def claims(self) -> str:
        """The JSON that row-level security reads as ``request.jwt.claims``."""
        claims = {"role": "authenticated", _CLAIMS[self.kind]: self.identity, "request_id": self.request_id}
        return msgspec.json.encode(claims).decode()


NOBODY = Principal("key", "", "health", is_stranger=True)
"""The caller of questions that need no credentials."""
