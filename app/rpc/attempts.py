"""One rule for every back end: a read is tried a second time when its connection broke, a write never is."""

from __future__ import annotations

from collections.abc import Callable

from app.errors import ApiError

from . import Answer
from .registry import Rpc

CONNECTION_LOST = "08006"
# The connection was lost; the statement itself was not at fault.
LOST_STATES = (CONNECTION_LOST, "57P01", "57P02", "57P03")


def answered(rpc: Rpc, attempt: Callable[[], Answer], is_lost: Callable[[ApiError], bool]) -> Answer:
    """What ``attempt`` answers. It may have been committed before the connection broke: so reads only."""
    try:
        return attempt()
    except ApiError as error:
        if not (rpc.reads_only and is_lost(error)):
            raise
    return attempt()
