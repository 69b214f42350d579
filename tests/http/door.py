"""The application as bearers of tokens meet it, with public keys to verify them by."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.http.application import create_app
from app.identity import jwks
from app.settings import Settings
from tests._lib import identities
from tests._lib.signing_keys import Publisher
from tests.http import callers
from tests.http.stubs import SETTINGS, StubBackend

PATH = "/v2/TbPosicaoAtual?cdProduto=1"


@contextmanager
def patience() -> Iterator[None]:
    """Enough for a slow machine: who does not wait for the keys is answered 503."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_TIMEOUT_S", "_PATIENCE_S", "_SHORT_PATIENCE_S"):
            patch.setattr(jwks, name, 20)
        yield


def settings_for(server: Publisher, **changes: Any) -> Settings:
    """Settings with the keys of this server and the secret of the tests; None stands for a default."""
    usual: dict[str, Any] = {"database_url": SETTINGS.database_url, "jwt_issuer": identities.ISSUER}
    wanted = usual | {"jwt_keys_url": server.url, "jwt_secret": identities.JWT_SECRET} | changes
    return Settings(**{name: value for name, value in wanted.items() if value is not None})


class Door:
    """The application with a back end that remembers who came in."""

    def __init__(self, settings: Settings) -> None:
        self.backend = StubBackend()
        self.app = create_app(settings, self.backend)
        self._client = self.app.test_client()

    def get(self, token: str) -> TestResponse:
        """What a read with this token is answered."""
        return self._client.get(PATH, headers={"Authorization": f"Bearer {token}"})

    def admits(self, token: str) -> bool:
        """Whether the token is one of the reader; otherwise it is refused, and nothing is called."""
        self.backend.callers.clear()
        answer = self.get(token)
        who = [(caller.kind, caller.identity) for caller in self.backend.callers]
        if answer.status_code == 200 and who == [("user", callers.READER)]:
            return True
        assert (answer.status_code, (answer.json or {}).get("error_code"), who) == (401, "UNAUTHORIZED", [])
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        return False


def segment(content: Any) -> str:
    """A part of a token: bytes as they are, anything else as JSON."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
