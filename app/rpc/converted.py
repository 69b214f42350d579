"""A database that was converted, and still answers the legacy application by functions of the same names.

From `scripts/convert switch` to `finish` some names are the legacy application's, with its arguments and
answers, and ours end in ``_atual`` (``registry.SUCCESSORS``). Ours are called with arguments that the others
do not take, so a call by the wrong name is refused before anything is done; then the other name is tried, and
kept to. That is one round trip more per process at the switch, at the finish, and at its start in between.
"""

from __future__ import annotations

from app.errors import ApiError
from app.identity.principal import Principal

from . import Answer, Argument, Backend
from .registry import SUCCESSORS

UNKNOWN_FUNCTION = ("42883", "PGRST202")  # as PostgreSQL says it, and PostgREST


class ConvertedBackend:
    """A Backend on another one, for either name."""

    def __init__(self, backend: Backend) -> None:
        self.inner = backend
        self._serves_legacy = False

    def call(self, name: str, principal: Principal, /, **arguments: Argument) -> Answer:
        """See Backend."""
        successor = SUCCESSORS.get(name)
        if successor is None:
            return self.inner.call(name, principal, **arguments)
        serves = self._serves_legacy
        first, second = (successor, name) if serves else (name, successor)
        try:
            return self.inner.call(first, principal, **arguments)
        except ApiError as error:
            if not _is_unknown(error):
                raise
            refused = error
        try:
            answer = self.inner.call(second, principal, **arguments)
        except ApiError as error:
            raise (refused if _is_unknown(error) else error) from error
        self._serves_legacy = not serves
        return answer

    def require_ready(self) -> None:
        """See Backend."""
        self.inner.require_ready()

    def ready(self) -> bool:
        """See Backend."""
        return self.inner.ready()

    def close(self) -> None:
        """See Backend."""
        self.inner.close()


def _is_unknown(error: ApiError) -> bool:
    cause = error.__cause__
    code = getattr(cause, "state", None) or getattr(getattr(cause, "fault", None), "code", None)
    return code in UNKNOWN_FUNCTION
