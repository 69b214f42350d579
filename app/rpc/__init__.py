"""The only way to the database: ``backend.call("get_posicoes_atuais", principal, p_cd_produto=7)``.

It has two implementations behind one Protocol: direct PostgreSQL (``postgres``) and Supabase's REST API
(``supabase``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from app.identity.principal import Principal

Argument = int | float | bool | str | datetime | Sequence[int] | Sequence[str] | None


class Answer(NamedTuple):
    """What an RPC answered: its JSON, undecoded (pass it on or decode it), and the clients it acted for."""

    json: msgspec.Raw
    clients: str | None = None


class Backend(Protocol):
    """Calls RPCs as a caller. Thread-safe."""

    def call(self, name: str, principal: Principal, /, **arguments: Argument) -> Answer:
        """Call the RPC ``name`` of the registry, in one transaction, committed when this returns.

        jsonb arguments are JSON text. Raises ApiError: what the RPC raised, or 503 when the database is away.
        """

    def require_ready(self) -> None:
        """Raises ApiError 503 if the database does not answer at this moment, or lacks migrations."""

    def ready(self) -> bool:
        """Whether the database answers at this moment and has been migrated."""

    def close(self) -> None:
        """Close all connections."""
