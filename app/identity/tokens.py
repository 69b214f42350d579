"""Tokens that the application signs for one call through Supabase's REST API."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
import msgspec

from .principal import Principal

LIFETIME_S = 60  # a call takes a few seconds; clocks differ by some more


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes HS256 tokens of ``issuer`` for ``audience``. ``clock`` returns seconds since 1970."""

    secret: str = field(repr=False)
    issuer: str
    audience: str
    clock: Callable[[], float] = time.time

    def token(self, principal: Principal) -> str:
        """A token for LIFETIME_S seconds that says who calls, a person or a key, and in which request."""
        claims: dict[str, Any] = msgspec.json.decode(principal.claims())
        frame = {"iss": self.issuer, "aud": self.audience, "exp": int(self.clock()) + LIFETIME_S}
        return jwt.encode(claims | frame, self.secret, algorithm="HS256")
