"""How many streams and sensors a caller and a client may take, so that others have room. Derived from what is
open: nothing is counted beside it.

A viewer is of the lowest client that it sees, so that all keys and people of a client share what it has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.errors import ApiError

from .filters import Filter
from .query import MAX_SENSORS
from .settings import StreamSettings
from .viewer import Viewer

# Asked for once a second, in the question for everybody's positions.
MAX_SENSORS_OF_ALL = 4_000


def require_room(viewers: Collection[Viewer], caller: str, wanted: Filter, settings: StreamSettings) -> None:
    """Before the rights of a caller are asked for. Raises ApiError 429, 503."""
    if len(viewers) >= settings.max_streams:
        raise ApiError(503, "BUSY", "Too many streams are open; try again.", retry_after=5)
    mine = [viewer for viewer in viewers if viewer.caller == caller]
    if len(mine) >= settings.max_per_caller:
        raise _too_many(f"You have {len(mine)} streams open, which is the limit. Close one.")
    if len(_sensors(mine) | wanted.sensors) > MAX_SENSORS:
        raise _too_many(f"Your streams may name {MAX_SENSORS} sensors together. Close one, or name fewer.")
    if len(_sensors(viewers) | wanted.sensors) > MAX_SENSORS_OF_ALL:
        raise ApiError(503, "BUSY", "Too many sensors are followed; try again.", retry_after=5)


def require_share(viewers: Iterable[Viewer], viewer: Viewer, settings: StreamSettings) -> None:
    """Once its clients are known: a client leaves half of all to others. Raises ApiError 429."""
    theirs = [one for one in viewers if one.clients and one.share == viewer.share]
    if len(theirs) > max(settings.max_per_caller, settings.max_streams // 2):
        raise _too_many("Your client has half of all streams open, which is the limit. Close one.")
    if len(_sensors(theirs)) > MAX_SENSORS_OF_ALL // 2:
        raise _too_many(
            f"Streams of your client may name {MAX_SENSORS_OF_ALL // 2:,} sensors together. Name fewer."
        )


def _sensors(viewers: Iterable[Viewer]) -> set[int]:
    return {sensor for viewer in viewers for sensor in viewer.wanted.sensors}


def _too_many(text: str) -> ApiError:
    return ApiError(429, "TOO_MANY_STREAMS", text, retry_after=5)
