"""The project's public keys (JWKS), by which tokens signed with ES256 or RS256 are verified.

PyJWT's own client holds its lock while it fetches, asks again at once when a fetch has failed, and takes
every kind of key; here a slow or broken server harms only those whose key is not held.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Literal, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from app.errors import ApiError

LIFETIME_S = 600  # no key is trusted longer than this after it was asked for
RENEWAL_S = 300  # keys of this age are fetched again in the background
PAUSE_S = 5  # at least this long between two fetches: unknown ids and outages bring no storm of them
_TIMEOUT_S = 2.0
# How long a request with an unknown id waits for keys; less while others could be served with those held.
_PATIENCE_S, _SHORT_PATIENCE_S = 2.0, 0.5
_MAX_BYTES = 1 << 18
_MIN_RSA_BITS = 2_048

_log = logging.getLogger(__name__)

Keys = Mapping[tuple[str, str], PyJWK]  # by id and algorithm


class _Ec(msgspec.Struct, tag_field="kty", tag="EC"):
    """A key that is taken for ES256."""

    kid: str
    x: str
    y: str
    crv: Literal["P-256"]
    alg: Literal["ES256"] = "ES256"
    use: Literal["sig"] = "sig"


class _Rsa(msgspec.Struct, tag_field="kty", tag="RSA"):
    """A key that is taken for RS256."""

    kid: str
    n: str
    e: str
    alg: Literal["RS256"] = "RS256"
    use: Literal["sig"] = "sig"


class _Document(msgspec.Struct):
    keys: list[Any]


class _Held(NamedTuple):
    keys: Keys
    asked_at: float  # by the clock; counted from here, they are never trusted too long


class Jwks:
    """Public keys by id and algorithm, fetched when first needed. Thread-safe.

    ``fetch`` returns the document or raises; ``clock`` returns seconds.
    """

    def __init__(self, fetch: Callable[[], bytes], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._lock = threading.Lock()
        self._held = _Held({}, -math.inf)
        self._attempt: Future[None] = Future()
        self._began = -math.inf

    def key(self, kid: str, algorithm: str) -> PyJWK | None:
        """The key of this id for this algorithm; None where the project has none.

        Raises ApiError 503 if the keys cannot be fetched: there may be such a key.
        """
        found, age = self._look(kid, algorithm)
        if age >= RENEWAL_S or found is None:
            attempt = self._ask()
            if found is None:
                self._await(attempt, _PATIENCE_S if age >= LIFETIME_S else _SHORT_PATIENCE_S)
                found, _ = self._look(kid, algorithm)
        return found

    def holds(self, kid: str) -> bool:
        """Whether a key of this id is held, for whatever algorithm. Never fetches."""
        return any(kid == known for known, _ in self._held.keys)

    def _look(self, kid: str, algorithm: str) -> tuple[PyJWK | None, float]:
        """The key, if it is held and may be trusted, and the age of the keys in seconds."""
        held = self._held  # read once: a fetch may replace it
        age = self._clock() - held.asked_at
        return (held.keys.get((kid, algorithm)) if age < LIFETIME_S else None), age

    def _ask(self) -> Future[None]:
        """The latest fetch; a new one where the one before began long enough ago."""
        with self._lock:
            now = self._clock()
            if now - self._began >= PAUSE_S:
                self._began, self._attempt = now, Future()
                work = threading.Thread(target=self._renew, args=(self._attempt, now), daemon=True)
                work.start()
            return self._attempt

    def _await(self, attempt: Future[None], patience_s: float) -> None:
        elapsed = self._clock() - self._began
        try:
            attempt.result(max(0.0, patience_s - elapsed))
        except Exception as error:  # whatever a network brings
            wait = math.ceil(PAUSE_S - elapsed)
            text = "The public keys that verify tokens are not available."
            raise ApiError(503, "UNAVAILABLE", text, retry_after=max(1, wait)) from error

    def _renew(self, attempt: Future[None], asked_at: float) -> None:
        try:
            keys = keys_in(self._fetch())
        except Exception as error:
            _log.warning("jwks_unavailable", extra={"fields": {"cause": f"{type(error).__name__}: {error}"}})
            attempt.set_exception(error)
            return
        with self._lock:
            if asked_at > self._held.asked_at:
                self._held = _Held(keys, asked_at)
        _log.info("jwks_fetched", extra={"fields": {"kids": [kid for kid, _ in keys]}})
        attempt.set_result(None)


def keys_in(document: bytes) -> Keys:
    """The keys of a JWKS that may verify tokens; others, also broken ones, are passed over.

    Raises msgspec.DecodeError if the document is not a JWKS.
    """
    found: dict[tuple[str, str], PyJWK] = {}
    for jwk in msgspec.json.decode(document, type=_Document).keys:
        key = _taken(jwk)
        if key is not None and key.key_id is not None:
            found[key.key_id, key.algorithm_name] = key
    return found


def _taken(jwk: Any) -> PyJWK | None:
    """P-256 for ES256, RSA of 2,048 bits or more for RS256. Only the public members are looked at."""
    try:
        allowed = msgspec.convert(jwk, _Ec | _Rsa)
        key = PyJWK(msgspec.to_builtins(allowed), allowed.alg)
    except (msgspec.ValidationError, PyJWTError):
        return None
    if isinstance(key.key, RSAPublicKey) and key.key.key_size < _MIN_RSA_BITS:
        return None
    return key


def fetch(url: str) -> bytes:
    """The document at this URL, without following redirects, within about two seconds.

    Raises httpx.HTTPError, and ValueError if the status is not 200, or the answer too long or too slow.
    """
    import httpx  # only here: a process that verifies by a secret needs none of it

    deadline = time.monotonic() + _TIMEOUT_S
    body = bytearray()
    with httpx.stream("GET", url, timeout=_TIMEOUT_S, headers={"Accept": "application/json"}) as answer:
        if answer.status_code != 200:
            raise ValueError(f"status {answer.status_code}")
        for part in answer.iter_bytes():
            body += part
            if len(body) > _MAX_BYTES or time.monotonic() > deadline:
                raise ValueError("too long or too slow")
    return bytes(body)
