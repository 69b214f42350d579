"""A back end without a database: answers or raises what a test says, and remembers who called."""

from typing import Any

import msgspec

from app.identity.principal import Principal
from app.rpc import Answer
from app.settings import Settings
from tests._lib import identities

SETTINGS = Settings(
    database_url="postgresql://nobody@127.0.0.1:1/nothing",
    jwt_secret=identities.JWT_SECRET,
    jwt_issuer=identities.ISSUER,
)


class StubBackend:
    """A Backend; ``raises`` is raised by every call."""

    def __init__(self, raises: Exception | None = None, clients: str | None = None) -> None:
        self.raises = raises
        self.clients = clients
        self.callers: list[Principal] = []

    def call(self, name: str, principal: Principal, /, **arguments: Any) -> Answer:
        """See Backend."""
        self.callers.append(principal)
        if self.raises:
            raise self.raises
        return Answer(msgspec.Raw(b"[]"), self.clients)

    def require_ready(self) -> None:
        """See Backend."""

    def ready(self) -> bool:
        """See Backend."""
        return self.raises is None

    def close(self) -> None:
        """See Backend."""
