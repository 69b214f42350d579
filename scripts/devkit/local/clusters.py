"""Private clusters for tests, apart from the one that runs the demo.

Transactions, roles and settings concern a whole cluster: an open transaction in any of its databases delays
what waits for all older ones, as the watermark of the rollups does. So each process has a cluster of its own.
Their databases are made to be dropped, hundreds in a run, so these clusters do not wait for the disk.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from . import cluster
from .locks import only_one_at_all
from .paths import state_dir, state_in


@contextmanager
def own() -> Iterator[None]:
    """Start and use the first cluster that no other process of tests uses; it keeps running for the next."""
    for number in itertools.count(1):
        with only_one_at_all(f"tests-{number}") as unused:
            if unused:
                with state_in(state_dir() / "clusters" / str(number)):
                    cluster.start(durable=False)
                    yield
                return


def stop() -> None:
    """Stop the clusters of tests."""
    for folder in sorted((state_dir() / "clusters").glob("*")):
        with state_in(folder):
            cluster.stop()
