"""Tokens as Supabase Auth would issue them."""

import time
from typing import Any

import jwt

JWT_SECRET = "a-secret-for-tests-only-of-at-least-32-bytes"
ISSUER = "http://127.0.0.1/auth/v1"


def claims(sub: str, **changes: Any) -> dict[str, Any]:
    """The claims of an access token of this user (auth.users.id); those that are None are omitted."""
    now = int(time.time())
    usual = {"sub": sub, "role": "authenticated", "aud": "authenticated", "iss": ISSUER}
    times = {"iat": now, "exp": now + 3600}
    return {name: value for name, value in (usual | times | changes).items() if value is not None}


def token(sub: str, **changes: Any) -> str:
    """An access token of this user, valid for an hour unless `exp` is given."""
    return jwt.encode(claims(sub, **changes), JWT_SECRET, algorithm="HS256")
