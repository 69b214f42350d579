"""Further private clusters, for tests that run at the same time.

Transactions, roles and settings concern a whole cluster: an open transaction in any of its databases delays
what waits for all older ones, as the watermark of the rollups does. So each process has a cluster of its own.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from . import cluster
from .locks import only_one_at_all
from .paths import state_dir, state_in


@contextmanager
def own() -> Iterator[None]:
    """Start and use the first cluster that no other process of tests uses; it keeps running for the next."""
    for number in itertools.count():
        with only_one_at_all(f"tests-{number}") as unused:
            if unused:
                with state_in(state_dir() / "clusters" / str(number)) if number else nullcontext():
                    cluster.start()
                    yield
                return


def stop_further() -> None:
    """Stop all but the main cluster."""
    for folder in sorted((state_dir() / "clusters").glob("*")):
        with state_in(folder):
            cluster.stop()
