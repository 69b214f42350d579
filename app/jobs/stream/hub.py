"""One reader of the database for all viewers of a process, and the limits they have."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping

from app.errors import ApiError

from .database import Database, News
from .events import Encoder
from .filters import Filter
from .settings import StreamSettings
from .store import Store

TICK_S = 0.25  # between two questions for news
CHECK_S = 5.0  # between two questions for the rights of all viewers
VALUES_S = 1.0  # between two questions for values of sensors
RECONCILE_S = 60.0  # between two readings of everything, for what changes without a position
STALLED_S = 60.0  # how long a viewer may take nothing
_LONGEST_PAUSE_S = 5.0

_log = logging.getLogger("app.jobs.stream")


class Viewer:
    """An open stream."""

    def __init__(self, caller: str, wanted: Filter, now: float) -> None:
        self.caller, self.wanted, self.opened_at = caller, wanted, now
        self.clients: frozenset[int] | None = None
        """Whose rows it may see, by the last answer of PostgreSQL; None before the first."""
        self.sending_since: float | None = None
        self.task: asyncio.Task[object] | None = None


class Hub:
    """See the module. It belongs to one event loop."""

    def __init__(
        self, database: Database, settings: StreamSettings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database, self._settings, self._clock = database, settings, clock
        self.store = Store(clock)
        self.encoder = Encoder(self.store)
        self.viewers: set[Viewer] = set()
        self._of_callers: Counter[str] = Counter()
        self._news = asyncio.Event()
        self._wake = asyncio.Event()
        self._checked_at = self._reconciled_at = self._values_at = float("-inf")
        self._cover: list[str] = []
        self.failures = 0
        self.is_ending: Callable[[], bool] = lambda: False
        """Whether the process is being stopped."""

    async def changed(self) -> None:
        """Return when there may be something to send, at most a heartbeat later."""
        await self._news.wait()

    async def enter(self, caller: str, wanted: Filter) -> Viewer:
        """A new viewer, whose clients are known. Raises ApiError 401, 429, 503."""
        if len(self.viewers) >= self._settings.max_streams:
            raise ApiError(503, "BUSY", "Too many streams are open; try again.", retry_after=5)
        most = self._settings.max_per_caller
        if self._of_callers[caller] >= most:
            raise ApiError(
                429,
                "TOO_MANY_STREAMS",
                f"You have {most} streams open, which is the limit. Close one.",
                retry_after=5,
            )
        viewer = Viewer(caller, wanted, self._clock())
        self.viewers.add(viewer)
        self._of_callers[caller] += 1
        self._wake.set()
        try:
            async with asyncio.timeout(_LONGEST_PAUSE_S):
                while viewer.clients is None:
                    await self.changed()
        except TimeoutError:
            self.leave(viewer)
            raise ApiError(503, "UNAVAILABLE", "The database is not available.") from None
        if not viewer.clients:
            self.leave(viewer)
            raise ApiError(401, "UNAUTHORIZED", "Missing or invalid credentials")
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """The stream is closed."""
        if viewer in self.viewers:
            self.viewers.remove(viewer)
            self._of_callers[viewer.caller] -= 1
            if not self._of_callers[viewer.caller]:
                del self._of_callers[viewer.caller]

    async def run(self) -> None:
        """Read news as long as there are viewers, for ever; outages are waited out."""
        while True:
            began = self._clock()
            pause = TICK_S
            if self.viewers:
                try:
                    await self._read(began)
                    self.failures = 0
                except ApiError as error:
                    self.failures += 1
                    pause = min(_LONGEST_PAUSE_S, TICK_S * 2 ** min(self.failures, 6))
                    if self.failures == 1:
                        _log.error(
                            "stream_failed", extra={"fields": {"error": str(error.__cause__ or error)[:500]}}
                        )
            elif self.store.known:
                self.store.forget(())
            self._announce()
            await self._sleep(pause - (self._clock() - began))

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), max(seconds, 0.001) if self.viewers else None)
        except TimeoutError:
            return
        self._wake.clear()
        self._checked_at = float("-inf")

    async def _read(self, now: float) -> None:
        is_check = now - self._checked_at >= CHECK_S
        callers = {viewer.caller for viewer in self.viewers} if is_check else set(self._cover)
        is_all = now - self._reconciled_at >= RECONCILE_S
        known = [] if is_all else list(self.store.known)
        sensors = self._sensors(now)
        news = await asyncio.to_thread(self._database.follow, callers, known, self.store.read_until, sensors)
        seen = union(news.callers)
        if not is_check and not seen >= set(self.store.known):
            self._checked_at = float(
                "-inf"
            )  # somebody lost rights: all are asked for before anything is sent
            await self._read(self._clock())
            return
        self.store.take(news, known)
        if is_check:
            self._checked_at = now
            self._judge(news)
        self._reconciled_at = now if is_all else self._reconciled_at

    def _judge(self, news: News) -> None:
        """Take over who sees what, as PostgreSQL says now."""
        self.store.forget(union(news.callers))
        self._cover = cover(news.callers)
        for viewer in self.viewers:
            if viewer.caller in news.callers:
                viewer.clients = news.callers[viewer.caller]

    def _sensors(self, now: float) -> Collection[int]:
        """The sensors to ask for, once a second."""
        if now - self._values_at < VALUES_S:
            return ()
        self._values_at = now
        return {sensor for viewer in self.viewers for sensor in viewer.wanted.sensors}

    def _announce(self) -> None:
        """Have all viewers look whether there is something for them, and end those who take nothing."""
        self._news.set()
        self._news = asyncio.Event()
        now = self._clock()
        for viewer in self.viewers:
            since = viewer.sending_since
            if since is not None and now - since > STALLED_S and viewer.task:
                viewer.task.cancel()


def union(callers: Mapping[str, Collection[int]]) -> set[int]:
    """All clients that any of these callers sees."""
    return {client for clients in callers.values() for client in clients}


def cover(callers: Mapping[str, frozenset[int]]) -> list[str]:
    """Few callers who together see what all see."""
    found: list[str] = []
    seen: set[int] = set()
    for caller, clients in sorted(callers.items(), key=lambda item: -len(item[1])):
        if not clients <= seen:
            found.append(caller)
            seen |= clients
    return found
