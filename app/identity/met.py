"""Who stands behind what a request shows, as far as the application has found out."""

from __future__ import annotations

from app.identity.share import STRANGERS, Share

_MOST = 10_000
_NOBODY = Share("nobody", "nobody")


class Met:
    """Shares by the hash of their credentials.

    Used for the order in which requests wait, and for how much of a body is received; for nothing else.
    Whoever invents credentials is one of the strangers, and whoever shows none is nobody: two more clients.
    """

    def __init__(self) -> None:
        self._shares: dict[bytes, Share] = {}

    def share(self, credential: bytes) -> Share:
        """Whose turn a request waits for."""
        return self._shares.get(credential, STRANGERS) if credential else _NOBODY

    def knows(self, credential: bytes) -> bool:
        """Whether the application does."""
        return credential in self._shares

    def forget(self, credential: bytes) -> None:
        """The application does not know this any more."""
        self._shares.pop(credential, None)

    def add(self, credential: bytes, share: Share) -> None:
        """The application knows who this is."""
        if credential and self._shares.get(credential) != share:
            if len(self._shares) >= _MOST:
                self._shares = {}
            self._shares[credential] = share
