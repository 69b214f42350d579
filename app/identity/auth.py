"""Credentials -> Principal: a bearer token of Supabase Auth, or an API key in X-API-Key.

A token is verified here: signature, issuer, audience, expiry. The key decides the algorithm, and the token
must name the same: HS256 with the project's secret or the one before it, ES256 or RS256 with its public keys.
An API key is only hashed: PostgreSQL decides whether it is known, active and not expired.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Literal
from uuid import UUID

from flask import Flask, current_app, g, request
from flask_jwt_extended import JWTManager, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWK
from jwt.exceptions import InvalidKeyError, InvalidSignatureError, PyJWTError

from app.errors import ApiError
from app.settings import Settings

from .jwks import Jwks, fetch
from .known import Known
from .principal import Principal

_MAX_CREDENTIAL = 8_192  # characters
_KEY = re.compile(r"[!-~]{1,512}")
_LEEWAY_S = 5  # clocks differ a little
_BY_SECRET = "HS256"
_BY_PUBLIC_KEY = ("ES256", "RS256")


def init_app(app: Flask, settings: Settings) -> None:
    """Configure flask-jwt-extended for our tokens."""
    app.config.update(
        JWT_SECRET_KEY=settings.jwt_secret.get_secret_value(),
        RASTRO_JWT_SECRETS=_secrets(settings),
        JWT_ALGORITHM=_BY_SECRET,
        JWT_DECODE_ALGORITHMS=[_BY_SECRET, *_BY_PUBLIC_KEY],
        JWT_DECODE_ISSUER=settings.issuer,
        JWT_DECODE_AUDIENCE=settings.jwt_audience,
        JWT_DECODE_LEEWAY=_LEEWAY_S,
        JWT_TOKEN_LOCATION=["headers"],
    )
    url = settings.jwks_url
    app.extensions["rastro.jwks"] = Jwks(lambda: fetch(url)) if url else None
    JWTManager(app).decode_key_loader(_verifier)


def has_credentials() -> bool:
    """Whether the request carries any, valid or not."""
    return "X-API-Key" in request.headers or "Authorization" in request.headers


def authenticate() -> Principal:
    """The caller of the current request. Raises ApiError 401 without exactly one well-formed credential."""
    key, authorization = request.headers.get("X-API-Key"), request.headers.get("Authorization")
    if key is not None and authorization is not None:
        raise _unauthorized("Send a bearer token or an X-API-Key, not both.")
    if key is not None:
        return _principal("key", _hashed(key))
    if authorization is not None:
        return _principal("user", _subject(authorization))
    raise _unauthorized("Send a bearer token or an X-API-Key.")


def _principal(kind: Literal["user", "key"], identity: str) -> Principal:
    known: Known = current_app.extensions["rastro.known"]
    return known.recognised(Principal(kind, identity, g.request_id))


def _hashed(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise _unauthorized("Malformed API key.")
    return hashlib.sha256(key.encode()).hexdigest()


def _subject(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or len(token) > _MAX_CREDENTIAL:
        raise _unauthorized("The Authorization header must be: Bearer <token>.")
    try:
        claims = _decoded(token.strip())
    except (PyJWTError, JWTExtendedException, ValueError) as error:
        raise _unauthorized("The token is invalid or has expired.") from error
    return _user(claims)


def _decoded(token: str) -> dict[str, Any]:
    """The claims of a token that is signed with a public key, the secret, or the one before."""
    *others, last = current_app.config["RASTRO_JWT_SECRETS"]
    for secret in others:
        g.jwt_secret = secret
        try:
            return decode_token(token)
        except InvalidSignatureError:
            continue
    g.jwt_secret = last
    return decode_token(token)


def _secrets(settings: Settings) -> tuple[str, ...]:
    """The secrets that may have signed a token, the present one first; one that is empty verifies nothing."""
    given = (settings.jwt_secret.get_secret_value(), settings.former_jwt_secret.get_secret_value())
    return tuple(secret for secret in given if secret) or ("",)


def _verifier(header: dict[str, Any], _claims: dict[str, Any]) -> str | PyJWK:
    """The key that verifies a token with this header, only for the algorithm that the header names.

    Raises InvalidKeyError if there is none, ApiError 503 if the keys cannot be fetched.
    """
    algorithm, kid = header.get("alg"), header.get("kid", "")
    jwks: Jwks | None = current_app.extensions["rastro.jwks"]
    secret: str = g.jwt_secret
    if algorithm == _BY_SECRET and secret and not (jwks and jwks.holds(kid)):
        return secret
    if algorithm in _BY_PUBLIC_KEY and kid and jwks and (key := jwks.key(kid, algorithm)):
        return key
    raise InvalidKeyError("no key for this algorithm and id")


def _user(claims: dict[str, Any]) -> str:
    if claims.get("role") != "authenticated" or "exp" not in claims:
        raise _unauthorized("The token does not belong to a signed-in user.")
    try:
        return str(UUID(claims["sub"]))
    except (ValueError, TypeError, AttributeError):
        raise _unauthorized("The token does not name a user.") from None


def _unauthorized(error: str) -> ApiError:
    return ApiError(401, "UNAUTHORIZED", error)
