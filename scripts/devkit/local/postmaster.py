"""The PostgreSQL server of a data directory, as its postmaster.pid describes it.

A port says nothing about whose server listens there, and neither does a process id that is in use: what
identifies a server is that its process works in our data directory.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from ..console import Problem

_SETTLES_WITHIN_SECONDS = 120
_LINES = 8  # process, folder, start, port, socket folder, address, shared memory, state


@dataclass(frozen=True)
class Postmaster:
    """A server process; `state` is `starting`, `ready` or `stopping`."""

    process: int
    port: int
    state: str


def find(data: Path) -> Postmaster | None:
    """The server of this data directory, whatever its state; None when it is not running."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines or not _works_in(process := int(lines[0]), data):
        return None
    if len(lines) < _LINES:  # it writes the file line by line while it starts
        return Postmaster(process, 0, "starting")
    return Postmaster(process, int(lines[3]), lines[7].strip())


def settled(data: Path) -> Postmaster | None:
    """The server once it is ready; None when it is not running, or no longer. Waits while it starts or stops.

    Raises Problem when that takes longer than two minutes.
    """
    end = time.monotonic() + _SETTLES_WITHIN_SECONDS
    while (found := find(data)) and found.state != "ready":
        if time.monotonic() > end:
            raise Problem(
                f"PostgreSQL (process {found.process}) is still {found.state} after "
                f"{_SETTLES_WITHIN_SECONDS} s. See postgres.log in {data.parent}."
            )
        time.sleep(0.1)
    return found


def _works_in(process: int, data: Path) -> bool:
    try:
        return Path(psutil.Process(process).cwd()) == data.resolve()
    except psutil.Error:  # it has ended, or is a process of another user
        return False
