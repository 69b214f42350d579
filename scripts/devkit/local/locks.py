"""Locks between the commands of this clone."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from .paths import local


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Wait for the lock file `.local/<name>.lock` and hold it; the kernel releases it if we die."""
    with (local() / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def only_one_at_all(name: str) -> Iterator[bool]:
    """Hold the lock if it is free, without waiting; False when another process holds it."""
    with (local() / f"{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def held(name: str) -> bool:
    """Whether some process holds the lock now."""
    with only_one_at_all(name) as free:
        return not free


@contextmanager
def in_use(name: str) -> Iterator[None]:
    """Share the lock with other processes; meanwhile `only_one_at_all` yields False."""
    with (local() / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
