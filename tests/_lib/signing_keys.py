"""Keys that sign tokens with ES256 or RS256, and a server that publishes them as Supabase Auth does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests._lib import identities

_TO_JWK: dict[str, Any] = {"ES256": ECAlgorithm.to_jwk, "RS256": RSAAlgorithm.to_jwk}


@dataclass(frozen=True)
class SigningKey:
    """A key pair; what it signs carries its id and algorithm unless the header says otherwise."""

    kid: str
    algorithm: str
    private: Any

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """The public key as in a JWKS; members that are None are omitted."""
        public = _TO_JWK[self.algorithm](self.private.public_key(), as_dict=True)
        usual = {**public, "kid": self.kid, "alg": self.algorithm, "use": "sig", "key_ops": ["verify"]}
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def token(self, sub: str, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """An access token of this user; claims that are None are omitted."""
        everything = {"kid": self.kid} | (header or {})
        headers = {name: value for name, value in everything.items() if value is not None}
        return jwt.encode(identities.claims(sub, **claims), self.private, self.algorithm, headers)

    def sign(self, content: bytes) -> bytes:
        """The signature of any bytes."""
        algorithm = jwt.get_algorithm_by_name(self.algorithm)
        signature: bytes = algorithm.sign(content, self.private)
        return signature


def ec_key(kid: str, curve: ec.EllipticCurve | None = None) -> SigningKey:
    """A new P-256 key, or one on another curve."""
    return SigningKey(kid, "ES256", ec.generate_private_key(curve or ec.SECP256R1()))


def rsa_key(kid: str, bits: int = 2_048) -> SigningKey:
    """A new RSA key."""
    return SigningKey(kid, "RS256", rsa.generate_private_key(65_537, bits))


def document(*keys: Any) -> bytes:
    """A JWKS with these keys; anything but a SigningKey is included unchanged."""
    return msgspec.json.encode({"keys": [key.jwk() if isinstance(key, SigningKey) else key for key in keys]})


@dataclass
class Publisher:
    """The state of a server: its answer, whether it answers, and the paths requested."""

    url: str
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)

    def publish(self, *keys: Any) -> None:
        """Answer with these keys from now on."""
        self.body = document(*keys)


@contextmanager
def publishing(*keys: Any) -> Iterator[Publisher]:
    """A server that publishes these keys; requests wait while `answers` is cleared."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            publisher.asked.append(self.path)
            publisher.answers.wait(10)
            self.send_response(publisher.status)
            for name, value in publisher.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(publisher.body)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    publisher = Publisher(f"http://127.0.0.1:{server.server_port}/jwks.json", document(*keys))
    publisher.answers.set()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield publisher
    finally:
        publisher.answers.set()
        server.shutdown()
        server.server_close()
        thread.join()
