"""How many requests for a stream wait until their callers are identified, so that strangers leave room to
those who were met before, and a caller to others.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.errors import ApiError
from app.identity.met import Met
from app.identity.share import Share

_MOST = 2_000
MOST_OF_STRANGERS = 200  # all together; those without credentials apart
MOST_OF_ONE = 20
_STATUS_UNKNOWN = 401


class Asking:
    """See the module. It belongs to one event loop."""

    def __init__(self) -> None:
        self._met = Met()
        self._waiting: Counter[Share] = Counter()

    @contextmanager
    def one(self, headers: Mapping[str, str], ticket: str | None) -> Iterator[None]:
        """A request is being identified inside. Raises ApiError 503 if too many wait already."""
        shown = [headers.get(name, "") for name in ("Authorization", "X-API-Key")]
        text = "\n".join([*shown, ticket or ""]).strip()
        credential = hashlib.sha256(text.encode()).digest() if text else b""
        share = self._met.share(credential)
        limit = MOST_OF_ONE if self._met.knows(credential) else MOST_OF_STRANGERS
        if self._waiting[share] >= limit or self._waiting.total() >= _MOST:
            raise ApiError(503, "BUSY", "Too many streams are being opened; try again.", retry_after=2)
        self._waiting[share] += 1
        try:
            yield
            if ticket is None:
                self._met.add(credential, Share(credential.hex(), credential.hex()))
        except ApiError as error:
            if error.status == _STATUS_UNKNOWN:
                self._met.forget(credential)
            raise
        finally:
            self._waiting[share] -= 1
            if not self._waiting[share]:
                del self._waiting[share]
