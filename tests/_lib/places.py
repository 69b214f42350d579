"""Where and when the parts of a test run are, so that its processes do not get in each other's way."""

import os
from datetime import UTC, datetime

HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
"""Tests count back from it. It stays the same when an hour ends between two of them."""
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PORTS = 100  # of each process


def first_port(of_all: int) -> int:
    """The first port to try: a server that a test stops wants its port back when it starts again."""
    return of_all + _PORTS * _WORKER
