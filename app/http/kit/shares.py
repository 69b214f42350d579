"""Shares of clients and callers in the threads of a process: what exceeds a share is refused at once."""

from __future__ import annotations

import multiprocessing
import os
import threading

from flask import Flask, current_app, g

from app.errors import ApiError
from app.identity.share import Held, Share
from app.settings import Settings

_KEY = "rastro.shares"
_RETRY_S = 1
_OF_A_CLIENT = 3  # times what is left free: 12 of 16 threads for a client alone

# Counters that the processes of a machine share, as whichever answers /metrics answers for all: made before
# they fork, a place for each, so that none needs a lock that another could die with.
_GIVEN, _REFUSED = 0, 1
_PLACES = 64
_counts = multiprocessing.RawArray("Q", 2 * _PLACES)


class Shares:
    """At most as many requests of a caller at a time as there are threads left for others. Thread-safe.

    So a caller alone has half of the threads, and a next one finds some free. A client, however many callers
    it has, leaves a quarter to others.
    """

    def __init__(self, threads: int) -> None:
        self._lock = threading.Lock()
        self._threads = threads
        self._held = Held()

    def take(self, share: Share) -> None:
        """Begin a request. Raises ApiError 429 where the caller or its client has its share already."""
        with self._lock:
            held, free = self._held, max(1, self._threads - self._held.total())
            if held.by_caller(share) >= free or held.by_client(share) >= _OF_A_CLIENT * free:
                _count(_REFUSED)
                text = "Too many requests of yours are being answered at this moment; try again."
                raise ApiError(429, "TOO_MANY_REQUESTS", text, retry_after=_RETRY_S)
            held.add(share)
            _count(_GIVEN)

    def give_back(self, share: Share) -> None:
        """The request has ended."""
        with self._lock:
            self._held.remove(share)


def init_app(app: Flask, settings: Settings) -> None:
    """Give back what requests hold when they end."""
    app.extensions[_KEY] = Shares(settings.threads)
    app.teardown_request(_end)


def begin(share: Share) -> None:
    """This request takes a thread of this share. Raises ApiError 429."""
    shares().take(share)
    g.share = share


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
    share = g.pop("share", None)
    if share is not None:
        shares().give_back(share)
