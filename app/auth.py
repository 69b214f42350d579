"""Credentials -> Principal: a bearer token of Supabase Auth, or an API key in X-API-Key.

A token is verified here: HS256, signature, issuer, audience, expiry. A key is only hashed: whether it is
known, active and in date is PostgreSQL's to say.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from uuid import UUID

from flask import Flask, g, request
from flask_jwt_extended import JWTManager, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from .errors import ApiError
from .logs import note
from .principal import Principal
from .settings import Settings

_MAX_CREDENTIAL = 8_192  # characters
_KEY = re.compile(r"[!-~]{1,512}")
_LEEWAY_S = 5  # clocks differ a little


def init_app(app: Flask, settings: Settings) -> None:
    """Tell flask-jwt-extended which tokens are ours."""
    app.config.update(
        JWT_SECRET_KEY=settings.jwt_secret,
        JWT_ALGORITHM="HS256",
        JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_DECODE_ISSUER=settings.issuer,
        JWT_DECODE_AUDIENCE=settings.jwt_audience,
        JWT_DECODE_LEEWAY=_LEEWAY_S,
        JWT_TOKEN_LOCATION=["headers"],
    )
    JWTManager(app)


def require_credentials() -> None:
    """Before every request to a protected blueprint: name the caller. Raises ApiError 401.

    OPTIONS passes: a browser's preflight carries no credentials, and its answer names methods only.
    """
    if request.method != "OPTIONS":
        g.principal = authenticate()
        note(caller=g.principal.label)


def authenticate() -> Principal:
    """The sender of the current request. Raises ApiError 401 without exactly one well-formed credential."""
    key, authorization = request.headers.get("X-API-Key"), request.headers.get("Authorization")
    if key is not None and authorization is not None:
        raise _unauthorized("Send a bearer token or an X-API-Key, not both.")
    if key is not None:
        return Principal("key", _hashed(key), g.request_id)
    if authorization is not None:
        return Principal("user", _subject(authorization), g.request_id)
    raise _unauthorized("Send a bearer token or an X-API-Key.")


def _hashed(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise _unauthorized("This is no API key.")
    return hashlib.sha256(key.encode()).hexdigest()


def _subject(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or len(token) > _MAX_CREDENTIAL:
        raise _unauthorized("The Authorization header must be: Bearer <token>.")
    try:
        claims = decode_token(token.strip())
    except (PyJWTError, JWTExtendedException, ValueError) as error:
        raise _unauthorized("The token is invalid or has expired.") from error
    return _user(claims)


def _user(claims: dict[str, Any]) -> str:
    if claims.get("role") != "authenticated" or "exp" not in claims:
        raise _unauthorized("The token is not one of a signed-in user.")
    try:
        return str(UUID(claims["sub"]))
    except (ValueError, TypeError, AttributeError):
        raise _unauthorized("The token names no user.") from None


def _unauthorized(error: str) -> ApiError:
    return ApiError(401, "UNAUTHORIZED", error)
