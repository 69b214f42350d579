"""One reader of the database for all viewers of a process, and the limits they have.

The rights of all viewers are asked for every few seconds. In between few are asked for, who together see what
all see: if one of them lost rights, all are asked for before anything is sent.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor

from app.errors import ApiError

from . import shares
from .database import Database, News
from .events import Encoder
from .filters import Filter
from .settings import StreamSettings
from .store import Store
from .viewer import Viewer
from .work import Work

TICK_S = 0.1  # between two questions for news; of large fleets
LONGEST_TICK_S = 0.25
_PART = 0.25  # of the time, in which questions may be answered before there are fewer
ALL_S = 1.0  # between two looks of all viewers: at heartbeats, their rights, the end
CHECK_S = 5.0  # between two questions for the rights of all viewers
VALUES_S = 1.0  # between two questions for values of sensors
RECONCILE_S = 60.0  # between two readings of all that a client has, for what changes without a position
_LONGEST_PAUSE_S = 5.0

_log = logging.getLogger("app.jobs.stream")


class Hub:
    """See the module. It belongs to one event loop."""

    def __init__(
        self, database: Database, settings: StreamSettings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database, self._settings, self.clock = database, settings, clock
        self.store = Store(clock)
        self.encoder = Encoder(self.store)
        self.work = Work()
        self.viewers: set[Viewer] = set()
        self._wake = asyncio.Event()
        self._checked_at = self._values_at = self._all_at = self._read_at = float("-inf")
        self._pause = TICK_S
        self._cover: list[str] = []
        self._thread = ThreadPoolExecutor(1)
        self.failures = 0
        self.is_ending: Callable[[], bool] = lambda: False
        """Whether the process is being stopped."""

    async def enter(self, caller: str, wanted: Filter) -> Viewer:
        """A new viewer, whose clients are known. Raises ApiError 401, 429, 503."""
        shares.require_room(self.viewers, caller, wanted, self._settings)
        viewer = Viewer(caller, wanted, self.clock())
        self.viewers.add(viewer)
        self._wake.set()
        try:
            async with asyncio.timeout(_LONGEST_PAUSE_S):
                while viewer.clients is None:
                    await viewer.changed()
        except TimeoutError:
            self.leave(viewer)
            raise ApiError(503, "UNAVAILABLE", "The database is not available.") from None
        if not viewer.clients:
            self.leave(viewer)
            raise ApiError(401, "UNAUTHORIZED", "Missing or invalid credentials")
        try:
            shares.require_share(self.viewers, viewer, self._settings)
        except ApiError:
            self.leave(viewer)
            raise
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """The stream is closed."""
        self.viewers.discard(viewer)

    async def run(self) -> None:
        """Read news as long as there are viewers, for ever; outages are waited out."""
        while True:
            if not self.viewers:
                self.store.forget(())
                self._cover = []
                self._wake.clear()
                await self._wake.wait()
            began = self.clock()
            try:
                await self._read(began)
                self.failures = 0
                self._pause = _pause(self.clock() - began)
            except ApiError as error:
                self.failures += 1
                self._pause = min(_LONGEST_PAUSE_S, TICK_S * 2 ** min(self.failures, 6))
                if self.failures == 1:
                    cause = str(error.__cause__ or error).strip()[:500]
                    _log.error("stream_failed", extra={"fields": {"error": cause}})
            self._announce()
            await asyncio.sleep(self._pause)

    async def _read(self, now: float) -> None:
        is_check = now - self._checked_at >= CHECK_S
        everybody = {viewer.caller for viewer in self.viewers}
        newcomers = {viewer.caller for viewer in self.viewers if viewer.clients is None}
        asked = everybody if is_check else newcomers.union(self._cover)
        since, self._read_at = min(now - self._read_at, ALL_S), now
        again = self.store.oldest(1 + int(len(self.store.known) * since / RECONCILE_S), RECONCILE_S)
        known = [client for client in self.store.known if client not in again]
        news = await asyncio.get_running_loop().run_in_executor(
            self._thread, self._database.follow, asked, known, self.store.read_until, self._sensors(now)
        )
        if not is_check and not union(news.callers) >= set(self.store.known):
            self._checked_at = float("-inf")
            await self._read(self.clock())
            return
        self.store.take(news, known)
        self._judge(news)
        if is_check:
            self.store.forget(union(news.callers))
            self.work.forget()
        self._checked_at = now if is_check else self._checked_at

    def _judge(self, news: News) -> None:
        """Take over who sees what, as PostgreSQL says now."""
        for viewer in self.viewers:
            clients = news.callers.get(viewer.caller, viewer.clients)
            if clients != viewer.clients:
                viewer.clients = clients
                viewer.wake()
        self._cover = cover({viewer.caller: viewer.clients for viewer in self.viewers if viewer.clients})

    def _sensors(self, now: float) -> Collection[int]:
        """The sensors to ask for, once a second."""
        if now - self._values_at < VALUES_S:
            return ()
        self._values_at = now
        return {sensor for viewer in self.viewers for sensor in viewer.wanted.sensors}

    def _announce(self) -> None:
        """Have viewers look whether there is something for them."""
        now = self.clock()
        is_for_all = now - self._all_at >= ALL_S or self.is_ending()
        self._all_at = now if is_for_all else self._all_at
        for viewer in self.viewers:
            if is_for_all or self.store.last_change(viewer.clients or ()) > viewer.reached:
                viewer.wake()


def _pause(taken: float) -> float:
    """Seconds until the next question, when the last one took so long."""
    return max(0.0, min(max(TICK_S, taken / _PART), LONGEST_TICK_S) - taken)


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
