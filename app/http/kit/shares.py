"""Shares of callers in the threads of a process: none has all; what exceeds a share is refused at once."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import Counter

from flask import Flask, current_app, g

from app.errors import ApiError
from app.settings import Settings

_KEY = "rastro.shares"
_RETRY_S = 1

# Counters that the processes of a machine share, as whichever answers /metrics answers for all: made before
# they fork, a place for each, so that none needs a lock that another could die with.
_GIVEN, _REFUSED = 0, 1
_PLACES = 64
_counts = multiprocessing.RawArray("Q", 2 * _PLACES)


class Shares:
    """At most as many requests of a caller at a time as there are threads left for others. Thread-safe.

    So a caller alone has half of the threads, two have a third each, and a next one always finds some free.
    """

    def __init__(self, threads: int) -> None:
        self._lock = threading.Lock()
        self._threads, self._busy = threads, 0
        self._held: Counter[str] = Counter()

    def take(self, caller: str) -> None:
        """Begin a request. Raises ApiError 429 where the caller has its share already."""
        with self._lock:
            if self._held[caller] >= max(1, self._threads - self._busy):
                _count(_REFUSED)
                text = "Too many requests of yours are being answered at this moment; try again."
                raise ApiError(429, "TOO_MANY_REQUESTS", text, retry_after=_RETRY_S)
            self._held[caller] += 1
            self._busy += 1
            _count(_GIVEN)

    def give_back(self, caller: str) -> None:
        """The request has ended."""
        with self._lock:
            self._busy -= 1
            self._held[caller] -= 1
            if not self._held[caller]:
                del self._held[caller]


def init_app(app: Flask, settings: Settings) -> None:
    """Give back what requests hold when they end."""
    app.extensions[_KEY] = Shares(settings.threads)
    app.teardown_request(_end)


def begin(caller: str) -> None:
    """The caller of this request takes a thread of its share. Raises ApiError 429."""
    shares().take(caller)
    g.share = caller


def shares() -> Shares:
    """The shares in the threads of this process."""
    found: Shares = current_app.extensions[_KEY]
    return found


def counts() -> dict[str, int]:
    """Requests of identified callers in all processes, by what became of them."""
    return {"given": sum(_counts[_GIVEN::2]), "refused": sum(_counts[_REFUSED::2])}


def _count(what: int) -> None:
    _counts[os.getpid() % _PLACES * 2 + what] += 1


def _end(_error: BaseException | None) -> None:
    caller = g.pop("share", None)
    if caller is not None:
        shares().give_back(caller)
