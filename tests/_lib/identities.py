"""Tokens as Supabase Auth would issue them."""

import time
from typing import Any

import jwt

JWT_SECRET = "a-secret-for-tests-only-of-at-least-32-bytes"
ISSUER = "http://127.0.0.1/auth/v1"


def token(sub: str, **claims: Any) -> str:
    """An access token of this user (auth.users.id), good for an hour unless `exp` says otherwise."""
    now = int(time.time())
    usual = {"sub": sub, "role": "authenticated", "aud": "authenticated", "iss": ISSUER}
    times = {"iat": now, "exp": now + 3600}
    return jwt.encode(usual | times | claims, JWT_SECRET, algorithm="HS256")
